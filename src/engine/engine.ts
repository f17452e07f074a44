/**
 * The loop: takes events from a queue, lets the core decide, performs the effects in their order. Knows the adapters
 * by interface only, and decides nothing itself.
 */
import { failedTasks } from '../core/answers.js';
import type { Effect, Work } from '../core/effect.js';
import type { AttemptOutcome, Event } from '../core/event.js';
import { displayName, kindOf, type Look, type ObjectId } from '../core/object.js';
import type { JournalRecord } from '../core/record.js';
import { runsInDoubt } from '../core/restore.js';
import { unreachable } from '../core/result.js';
import type { State } from '../core/state.js';
import { isIdle, step } from '../core/step.js';
import type { Execution, Outcome } from '../execute/executor.js';
import type { JournalProblem } from '../journal/problem.js';
import type { World } from './world.js';

export interface EngineOptions {
  /** Try once more what stands failed. */
  readonly retry: boolean;
  /** Run what is selected, due or not. */
  readonly force: boolean;
}

export type Finished =
  | { readonly how: 'idle' | 'stopped' }
  | { readonly how: 'journal'; readonly problem: JournalProblem };

export interface Engine {
  /** Looks at everything, runs what is due until nothing is. */
  run(): Promise<Finished>;
  /** Starts nothing more; `terminate` and `kill` also end what runs. */
  stop(intent: 'finish' | 'terminate' | 'kill'): void;
}

/** An engine over this state and this world. */
export function createEngine(state: State, world: World, options: EngineOptions): Engine {
  const queue: Event[] = [];
  const executions = new Map<string, Execution>();
  const ending = new Map<string, readonly ObjectId[]>();
  let looking = 0;
  let wakeUp: (() => void) | undefined;
  let cancelWake: (() => void) | undefined;
  let problem: JournalProblem | undefined;

  const post = (event: Event): void => {
    queue.push(event);
    wakeUp?.();
  };

  /** Performs a batch: all records are written before the first act, and what must be on disk is synced. */
  function perform(effects: readonly Effect[]): void {
    const records = effects.flatMap((effect) => (effect.type === 'append' ? [effect.record] : []));
    if (records.length > 0 && !problem) {
      const appended = world.journal.append(records);
      const synced = appended.ok && records.some(mustBeOnDisk) ? world.journal.sync() : appended;
      if (!synced.ok) problem = synced.error;
    }
    // Once an attempt's end is on record, what would tell of it again must not outlive it into the next attempt.
    if (!problem)
      for (const record of records)
        if (record.type === 'run-ended' || record.type === 'attempt-failed') world.executor.forget(record.run);
    // What could not be recorded must neither happen nor be told.
    if (!problem) for (const effect of effects) act(effect);
  }

  function act(effect: Effect): void {
    switch (effect.type) {
      case 'append':
        return;
      case 'start':
        begin(effect.work.run, world.executor.start(effect.work), effect.work);
        return;
      case 'hook':
        looking += 1;
        void world.executor.hook(effect.command, effect.work).finally(done);
        return;
      case 'look':
        looking += 1;
        void world.objects
          .look(effect.objects)
          .then((looks) => post({ type: 'looked', at: world.clock.now(), looks }))
          .finally(done);
        return;
      case 'wake-at':
        cancelWake?.();
        cancelWake = world.clock.at(effect.at, () => post({ type: 'woke', at: world.clock.now() }));
        return;
      case 'report':
        world.tell(effect.report);
        return;
      default:
        unreachable(effect);
    }
  }

  const done = (): void => {
    looking -= 1;
    wakeUp?.();
  };

  function begin(run: string, execution: Execution, work: Pick<Work, 'targets'>): void {
    executions.set(run, execution);
    ending.set(
      run,
      work.targets.flatMap(({ objects }) => objects).filter((id) => kindOf(id) === 'file'),
    );
    void execution.outcome.then((outcome) => end(run, outcome));
  }

  /** Looks at the run's targets, and tells how it went. */
  async function end(run: string, outcome: Outcome): Promise<void> {
    const judged = await judge(outcome, await world.objects.look(ending.get(run) ?? []));
    // Until here it counts as under way: a loop that is stopping would otherwise leave without it.
    executions.delete(run);
    ending.delete(run);
    post({ type: 'attempt-ended', at: world.clock.now(), run, outcome: judged });
  }

  /** Exit status 0 is not enough: the file targets must be there, and on disk before a success is recorded. */
  async function judge(outcome: Outcome, targets: readonly Look[]): Promise<AttemptOutcome> {
    const exitedWell =
      outcome.exitCode === 0 && outcome.problem === undefined && !outcome.stopped && !outcome.temporary;
    if (!exitedWell) return { ...outcome, well: false, targets };
    const lacking = targets.filter(({ found }) => found.state !== 'present').map(({ object }) => displayName(object));
    if (lacking.length > 0)
      return {
        ...outcome,
        well: false,
        problem: `exited with status 0 but did not make ${lacking.join(', ')}`,
        targets,
      };
    const unsynced = await world.objects.sync(targets.map(({ object }) => object));
    if (unsynced !== undefined)
      return { ...outcome, well: false, problem: `its target could not be put on disk: ${unsynced}`, targets };
    return { ...outcome, well: true, targets };
  }

  /** Finds out what became of the runs that were in progress when we last lived. */
  async function findLost(): Promise<void> {
    for (const run of runsInDoubt(state)) {
      const task = state.runs.get(run);
      const objects = task?.targets.map(({ id }) => id) ?? [];
      const found = await world.executor.attach(run);
      if (found && 'outcome' in found) begin(run, found, { targets: [{ gathers: false, objects }] });
      else {
        ending.set(
          run,
          objects.filter((id) => kindOf(id) === 'file'),
        );
        await end(run, found ?? { stopped: true });
      }
    }
  }

  async function open(): Promise<void> {
    await findLost();
    post({ type: 'looked', at: world.clock.now(), looks: await world.objects.list() });
    drain();
    const targets = targetsToLookAt(state);
    if (targets.length > 0) post({ type: 'looked', at: world.clock.now(), looks: await world.objects.look(targets) });
    drain();
    if (options.retry) post({ type: 'asked', at: world.clock.now(), what: 'retry', tasks: failedTasks(state) });
    if (options.force) post({ type: 'asked', at: world.clock.now(), what: 'force', tasks: selectedTasks(state) });
    post({ type: 'opened', at: world.clock.now() });
  }

  function drain(): void {
    const effects: Effect[] = [];
    for (const event of queue.splice(0)) effects.push(...step(state, event));
    perform(effects);
  }

  return {
    async run() {
      await open();
      for (;;) {
        if (queue.length > 0) drain();
        else if (executions.size === 0 && looking === 0 && (isIdle(state) || problem || state.stopping)) break;
        else await new Promise<void>((resolve) => (wakeUp = resolve));
        // Lets whatever else has ended in the meantime join the next batch.
        await new Promise(setImmediate);
        if (problem && !state.stopping) post({ type: 'stopping', at: world.clock.now() });
      }
      cancelWake?.();
      if (!problem) {
        const compacted = world.journal.compactIfWorthwhile();
        // A journal that could not be made shorter for want of room is as good as before.
        if (!compacted.ok && !compacted.error.retryable) problem = compacted.error;
      }
      if (problem) return { how: 'journal', problem };
      return { how: state.stopping ? 'stopped' : 'idle' };
    },
    stop(intent) {
      post({ type: 'stopping', at: world.clock.now() });
      if (intent !== 'finish') for (const execution of executions.values()) execution.stop(intent);
    },
  };
}

/** A success must be on disk before what depends on it starts; so must an announcement. A start need not: a crash of the
 *  machine ends the job as well. */
const mustBeOnDisk = (record: JournalRecord): boolean =>
  record.type !== 'run-started' && record.type !== 'attempt-failed';

/** File targets of known tasks whose absence makes them due: to be looked at once everything else has been. */
export function targetsToLookAt(state: State): ObjectId[] {
  const found: ObjectId[] = [];
  for (const task of state.tasks.values())
    if (task.job.job.onMissingTarget === 'rerun')
      for (const object of task.targets)
        if (kindOf(object.id) === 'file' && object.version === undefined) found.push(object.id);
  return found;
}

const selectedTasks = (state: State): string[] =>
  [...state.tasks.values()].flatMap((task) => (task.job.selected ? [task.id] : []));
