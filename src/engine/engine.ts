/**
 * The loop: takes events from a queue, lets the core decide, performs the effects in their order. Knows the adapters
 * by interface only, and decides nothing itself.
 */
import { fileTargets } from '../core/adopt.js';
import { failedTasks } from '../core/answers.js';
import type { Effect, Work } from '../core/effect.js';
import type { Event } from '../core/event.js';
import { objectsIn } from '../core/held.js';
import { kindOf, type Look, type ObjectId, type Version } from '../core/object.js';
import type { JournalRecord } from '../core/record.js';
import { runsInDoubt } from '../core/restore.js';
import { unreachable } from '../core/result.js';
import type { State } from '../core/state.js';
import { isIdle, step } from '../core/step.js';
import type { Execution, Outcome } from '../execute/executor.js';
import type { JournalProblem } from '../journal/problem.js';
import { judge } from './judge.js';
import type { Objects, World } from './world.js';

export interface EngineOptions {
  /** Try once more what stands failed. */
  readonly retry: boolean;
  /** Run what is selected, due or not. */
  readonly force: boolean;
  /** Goes on when there is nothing to do, until it is told to stop. */
  readonly lasting?: boolean;
  /** Told when the first look at everything is complete: from now on things start. */
  readonly opened?: () => void;
}

export type Finished =
  | { readonly how: 'idle' | 'stopped' }
  | { readonly how: 'journal'; readonly problem: JournalProblem };

/** Something that was announced from outside. */
export interface Announced {
  readonly object: ObjectId;
  readonly version: Version;
  readonly key?: string;
}

/** What somebody asks of tasks, by their names. */
export type Asking =
  | { readonly what: 'retry' | 'reset'; readonly tasks: readonly string[] }
  /** Each with the key of its work as it was when somebody looked. */
  | { readonly what: 'adopt'; readonly tasks: readonly { readonly task: string; readonly key: string }[] };

export interface Engine {
  readonly state: State;
  /** Looks at everything, runs what is due until nothing is; a lasting one until it is stopped. */
  run(): Promise<Finished>;
  /** Starts nothing more; `terminate` and `kill` also end what runs. */
  stop(intent: 'finish' | 'terminate' | 'kill'): void;
  /** Objects were looked at. */
  looked(looks: readonly Look[]): void;
  /** Objects were announced; gives whether that is on record. A file is looked at: it is the truth itself. */
  announce(announced: readonly Announced[]): boolean;
  /**
   * Something is asked of tasks: done in the order of asking, and not before everything has been looked at. Gives of how
   * many tasks it was done once that is on record, which a full journal delays; undefined where it was not done: ask again.
   * `told` hears of which tasks, before anything is told that comes of it.
   */
  ask(asking: Asking, told?: (tasks: readonly string[]) => void): Promise<number | undefined>;
  /** Looks at everything, does what is asked, and ends: nothing starts, and what runs is nobody's concern. */
  takeUp(): Promise<Finished>;
  /** Goes on with another state and its objects, made from the present one, once everything has been looked at. */
  replace(make: (state: State) => { readonly state: State; readonly objects: Objects }): Promise<void>;
}

/** Milliseconds between two tries to write to a journal that has no room. */
const patience = 1000;

/** Turns after which a journal is looked after although something runs: some daemons are never idle. */
const busy = 1000;

/** An engine over this state and this world. */
export function createEngine(first: State, world: World, options: EngineOptions): Engine {
  const { clock, journal, executor } = world;
  let state = first;
  let objects = world.objects;
  const queue: Event[] = [];
  const executions = new Map<string, Execution>();
  const ending = new Map<string, readonly ObjectId[]>();
  /** What could not be recorded for want of room, and so has not happened. */
  let stalled: readonly Effect[] | undefined;
  /** The want of room was told. */
  let isFull = false;
  let stopping = false;
  /** `run` has come to its end: what comes late finds nobody. */
  let over = false;
  let isOpen = false;
  /** All that this state is about has been looked at. */
  let lookedAtAll = false;
  const asked: {
    readonly asking: Asking;
    readonly told: (tasks: readonly string[]) => void;
    readonly answer: (count: number | undefined) => void;
  }[] = [];
  let answering = false;
  let turns = 0;
  let looking = 0;
  let hooks = 0;
  let waiters: (() => void)[] = [];
  let cancelWake: (() => void) | undefined;
  let problem: JournalProblem | undefined;

  const wakeUp = (): void => {
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  };
  /** Until something has happened. */
  const something = (): Promise<void> => new Promise((resolve) => waiters.push(resolve));

  const post = (event: Event): void => {
    queue.push(event);
    wakeUp();
  };

  /**
   * Performs a batch: all records are written before the first act, and what must be on disk is synced. `first` is called
   * when it happens, before anything is told of it.
   */
  function perform(effects: readonly Effect[], first = (): void => {}): void {
    const records = effects.flatMap((effect) => (effect.type === 'append' ? [effect.record] : []));
    if (records.length > 0 && !problem) {
      const appended = journal.append(records);
      if (!appended.ok && appended.error.retryable && options.lasting && !stopping) {
        stall(effects, appended.error, first);
        return;
      }
      // The disk takes its time, and what does not build on these records need not wait for it.
      if (appended.ok) for (const effect of effects) if (startsApart(effect, records)) act(effect);
      const synced = appended.ok && records.some(mustBeOnDisk) ? journal.sync() : appended;
      if (!synced.ok) problem = synced.error;
    }
    // What could not be recorded must neither happen nor be told.
    if (problem) return;
    // Once an attempt's end is on record, what would tell of it again must not outlive it into the next attempt.
    for (const record of records)
      if (record.type === 'run-ended' || record.type === 'attempt-failed') executor.forget(record.run);
    for (const effect of effects) if (!startsApart(effect, records)) act(effect);
    for (const content of [false, true]) {
      const asked = effects.flatMap((effect) =>
        effect.type === 'look' && (effect.content === true) === content ? effect.objects : [],
      );
      if (asked.length > 0) lookAt(asked, content);
    }
    // What is told can wait for what is done: nothing that comes of it is told before.
    first();
    for (const effect of effects) if (effect.type === 'report') world.tell(effect.report);
  }

  /** Nothing happens until there is room again; what runs goes on, and what it does is kept. */
  function stall(effects: readonly Effect[], { message }: JournalProblem, first: () => void): void {
    if (!isFull) world.warn?.(`${message}; nothing starts until then`);
    isFull = true;
    stalled = effects;
    clock.at(clock.now() + patience, () => {
      // It is for the end to say what of it still happens.
      if (stopping) return;
      stalled = undefined;
      perform(effects, first);
      isFull = stalled !== undefined;
      if (!isFull && !problem) world.warn?.('there is room for the state again: going on');
      wakeUp();
    });
  }

  function act(effect: Effect): void {
    switch (effect.type) {
      case 'append':
      case 'look':
      case 'report':
        return;
      case 'start':
        begin(effect.work.run, executor.start(effect.work), effect.work);
        return;
      case 'hook':
        hooks += 1;
        void executor.hook(effect.command, effect.work).finally(() => {
          hooks -= 1;
          wakeUp();
        });
        return;
      case 'wake-at':
        cancelWake?.();
        cancelWake = clock.at(effect.at, () => post({ type: 'woke', at: clock.now() }));
        return;
      default:
        unreachable(effect);
    }
  }

  /** For each look that takes its time: what somebody else has looked at since. */
  const newer = new Set<Set<ObjectId>>();
  function lookAt(ids: readonly ObjectId[], content = false): void {
    looking += 1;
    const seen = new Set<ObjectId>();
    newer.add(seen);
    void objects
      .look(ids, content)
      .then((looks) => {
        // The core asks for content once: an answer that is out of date is better than none.
        const good = content ? looks : looks.filter(({ object }) => !seen.has(object));
        post({ type: 'looked', at: clock.now(), looks: good });
      })
      .finally(() => {
        newer.delete(seen);
        looking -= 1;
        wakeUp();
      });
  }

  function begin(run: string, execution: Execution, work: Pick<Work, 'targets'>): void {
    executions.set(run, execution);
    ending.set(
      run,
      work.targets.flatMap((target) => target.objects).filter((id) => kindOf(id) === 'file'),
    );
    void execution.outcome.then((outcome) => end(run, outcome));
  }

  /** Looks at the run's targets, and tells how it went. */
  async function end(run: string, outcome: Outcome): Promise<void> {
    const looks = await objects.look(ending.get(run) ?? [], true);
    const judged = await judge(objects, outcome, looks);
    // Until here it counts as under way: a loop that is stopping would otherwise leave without it.
    executions.delete(run);
    ending.delete(run);
    post({ type: 'attempt-ended', at: endOf(run, outcome), run, outcome: judged });
  }

  /** Not after now, nor before it started, whatever has been done to clocks meanwhile. */
  function endOf(run: string, { endedAt }: Outcome): number {
    const now = clock.now();
    if (endedAt === undefined) return now;
    return Math.min(now, Math.max(endedAt, state.runs.get(run)?.run?.startedAt ?? 0));
  }

  /** Finds out what became of the runs that were in progress when we last lived. */
  async function findLost(): Promise<void> {
    for (const run of runsInDoubt(state)) {
      const targets = state.runs.get(run)?.targets.map(({ id }) => id) ?? [];
      const found = await executor.attach(run);
      if (found && 'outcome' in found) {
        begin(run, found, { targets: [{ gathers: false, objects: targets }] });
        post({ type: 'adopted', at: clock.now(), run });
      } else {
        ending.set(
          run,
          targets.filter((id) => kindOf(id) === 'file'),
        );
        await end(run, found ?? { stopped: true });
      }
    }
  }

  /** Looks at everything, and says that the look is complete. */
  async function lookAtAll(): Promise<void> {
    const these = objects;
    const looked = (looks: readonly Look[]): void => {
      // Others have taken their place, and are looked at by themselves.
      if (these === objects) post({ type: 'looked', at: clock.now(), looks });
      drain();
    };
    looked(await these.list());
    const unlisted = unlistedToLookAt(state);
    if (unlisted.length > 0) looked(await these.look(unlisted, true));
    // What has to be read to be known is read before anything starts without it.
    while (looking > 0) {
      await something();
      drain();
    }
    if (these !== objects) return;
    lookedAtAll = true;
    void answerAll();
    // Whoever is told to stop does not wait until there is room.
    while (answering && !(stalled && stopping)) await something();
    if (these !== objects) return;
    if (options.retry) post({ type: 'asked', at: clock.now(), what: 'retry', tasks: failedTasks(state) });
    if (options.force) post({ type: 'asked', at: clock.now(), what: 'force', tasks: selectedTasks(state) });
    post({ type: 'opened', at: clock.now() });
    drain();
    if (!isOpen) options.opened?.();
    isOpen = true;
  }

  /** Does what was asked, one after the other. */
  async function answerAll(): Promise<void> {
    if (answering) return;
    answering = true;
    for (let next = asked[0]; next && lookedAtAll; next = asked[0]) {
      const now = state;
      const targets = next.asking.what === 'adopt' ? await lookAtTargets(next.asking.tasks) : [];
      // Another state has taken its place, and wants to be looked at first.
      if (now !== state) continue;
      asked.shift();
      next.answer(await answerOne(next, targets));
    }
    answering = false;
    wakeUp();
  }

  async function lookAtTargets(tasks: readonly { readonly task: string }[]): Promise<readonly Look[]> {
    looking += 1;
    const targets = fileTargets(
      state,
      tasks.map(({ task }) => task),
    );
    try {
      return await objects.look(targets, true);
    } finally {
      looking -= 1;
      wakeUp();
    }
  }

  async function answerOne(
    { asking, told }: (typeof asked)[number],
    targets: readonly Look[],
  ): Promise<number | undefined> {
    drain();
    if (stalled || problem || over) return undefined;
    const at = clock.now();
    const effects =
      asking.what === 'adopt'
        ? step(state, { type: 'adopt-asked', at, tasks: asking.tasks, targets })
        : step(state, { type: 'asked', at, what: asking.what, tasks: asking.tasks });
    const done = effects.flatMap((effect) =>
      effect.type === 'append' && (effect.record.type === 'asked' || effect.record.type === 'run')
        ? [effect.record.task]
        : [],
    );
    perform(effects, () => told(done));
    world.turned?.();
    wakeUp();
    // The state has changed: whoever asked again would have it done twice.
    while (stalled === effects) await something();
    return problem ? undefined : done.length;
  }

  /** What was asked and not done stays where it was asked. */
  function answerNone(): void {
    for (const { answer } of asked.splice(0)) answer(undefined);
  }

  function drain(): void {
    if (stalled || over) return;
    const effects: Effect[] = [];
    for (const event of queue.splice(0)) for (const effect of step(state, event)) effects.push(effect);
    perform(effects);
    turns += 1;
    world.turned?.();
  }

  const isOver = (): boolean => {
    if (executions.size > 0 || looking > 0 || hooks > 0) return false;
    return stopping || problem !== undefined || (!options.lasting && isIdle(state));
  };

  function compact(): void {
    turns = 0;
    const compacted = journal.compactIfWorthwhile();
    // A journal that could not be made shorter for want of room is as good as before.
    if (!compacted.ok && !compacted.error.retryable) problem = compacted.error;
  }

  /** There may be room by now for what has ended; what was to start does not. */
  function recordEnds(effects: readonly Effect[]): void {
    stalled = undefined;
    perform(
      effects.filter((effect) => {
        if (effect.type === 'append') return effect.record.type !== 'run-started';
        return effect.type === 'report' && effect.report.event !== 'run-started';
      }),
    );
    queue.unshift({ type: 'stopping', at: clock.now() });
    drain();
  }

  return {
    get state() {
      return state;
    },
    async run() {
      await findLost();
      await lookAtAll();
      for (;;) {
        if (queue.length > 0 && !stalled) drain();
        else if (isOver()) break;
        else {
          if (options.lasting && (executions.size === 0 || turns > busy) && !stalled && !problem) compact();
          // Nothing may ever come that would tell of a journal that has just failed.
          if (!problem || state.stopping) await something();
        }
        // Lets whatever else has ended in the meantime join the next batch.
        await new Promise(setImmediate);
        if (problem && !state.stopping) post({ type: 'stopping', at: clock.now() });
      }
      cancelWake?.();
      if (stalled) recordEnds(stalled);
      if (!problem) compact();
      over = true;
      answerNone();
      wakeUp();
      while (answering) await something();
      if (problem) return { how: 'journal', problem };
      return { how: state.stopping ? 'stopped' : 'idle' };
    },
    stop(intent) {
      stopping = true;
      post({ type: 'stopping', at: clock.now() });
      if (intent !== 'finish') for (const execution of executions.values()) execution.stop(intent);
    },
    looked(looks) {
      for (const seen of newer) for (const { object } of looks) seen.add(object);
      queue.push({ type: 'looked', at: clock.now(), looks });
      // They were looked at together: nothing is won by waiting for more.
      drain();
      wakeUp();
    },
    announce(announced) {
      if (stalled || problem || over) return false;
      const files = announced.flatMap(({ object }) => (kindOf(object) === 'file' ? [object] : []));
      if (files.length > 0) lookAt(files);
      for (const each of announced)
        if (kindOf(each.object) !== 'file') queue.push({ type: 'announced', at: clock.now(), ...each });
      drain();
      wakeUp();
      return !stalled && !problem;
    },
    ask(asking, told = () => {}) {
      const answered = new Promise<number | undefined>((answer) => void asked.push({ asking, told, answer }));
      if (over) answerNone();
      else if (lookedAtAll) void answerAll();
      return answered;
    },
    async takeUp() {
      post({ type: 'stopping', at: clock.now() });
      await lookAtAll();
      cancelWake?.();
      over = true;
      answerNone();
      return problem ? { how: 'journal', problem } : { how: 'idle' };
    },
    async replace(make) {
      drain();
      lookedAtAll = false;
      ({ state, objects } = make(state));
      post({ type: 'remapped', at: clock.now() });
      await lookAtAll();
    },
  };
}

/** A success must be on disk before what depends on it starts; so must an announcement. A start need not: a crash of the
 *  machine ends the job as well. */
const mustBeOnDisk = (record: JournalRecord): boolean =>
  record.type !== 'run-started' && record.type !== 'attempt-failed';

/**
 * Whether it starts something that takes nothing from what these records vouch for. Should they be lost with the machine, their runs
 * run again, and so does this one; it has not been given anything that nobody remembers.
 */
function startsApart(effect: Effect, records: readonly JournalRecord[]): boolean {
  if (effect.type !== 'start') return false;
  const { run, sources } = effect.work;
  return records.every((record) => {
    if (record.type === 'run-started') return true;
    if (record.type !== 'run-ended' || record.run === run) return false;
    return !sources.some(({ objects }) => objects.some((object) => object in record.produced));
  });
}

/**
 * Files to be looked at once everything has been listed: targets of known tasks whose absence makes them due; and what a
 * star gathered last and was not listed now, since a directory that cannot be read says nothing of what is in it.
 */
export function unlistedToLookAt(state: State): ObjectId[] {
  const found: ObjectId[] = [];
  for (const task of state.tasks.values()) {
    const { onMissingTarget, sources } = task.job.job;
    if (onMissingTarget === 'rerun')
      for (const object of task.targets)
        if (kindOf(object.id) === 'file' && object.version === undefined) found.push(object.id);
    if (task.last && sources.some(({ pattern }) => pattern.gathers))
      for (const name of objectsIn(task.last.consumed)) {
        const id = name as ObjectId; // ids are what a run consumes
        if (kindOf(id) === 'file' && !state.objects.has(id)) found.push(id);
      }
  }
  return found;
}

const selectedTasks = (state: State): string[] =>
  [...state.tasks.values()].flatMap((task) => (task.selected ? [task.id] : []));
