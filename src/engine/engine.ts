/**
 * The loop: takes events from a queue, lets the core decide, performs the effects in their order. Knows the adapters
 * by interface only, and decides nothing itself.
 */
import { failedTasks } from '../core/answers.js';
import type { Effect } from '../core/effect.js';
import type { Event } from '../core/event.js';
import { kindOf, type Look, type ObjectId, type Version } from '../core/object.js';
import { unreachable } from '../core/result.js';
import type { State } from '../core/state.js';
import { isIdle, step } from '../core/step.js';
import type { JournalProblem } from '../journal/problem.js';
import { type Asking, createAskings, type Told } from './asking.js';
import { createExecutions } from './executions.js';
import { createLooking, unlistedToLookAt } from './looking.js';
import { createRecording } from './recording.js';
import type { Loop, Objects, World } from './world.js';

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
  ask(asking: Asking, told?: Told): Promise<number | undefined>;
  /** The state may have been taken from under us: gives whether it is still there; where it is not, the engine ends. */
  check(): boolean;
  /** Looks at everything, does what is asked, and ends: nothing starts, and what runs is nobody's concern. */
  takeUp(): Promise<Finished>;
  /** Goes on with another state and its objects, made from the present one, once everything has been looked at. */
  replace(make: (state: State) => { readonly state: State; readonly objects: Objects }): Promise<void>;
}

/** Turns after which a journal is looked after although something runs: some daemons are never idle. */
const busy = 1000;

/** An engine over this state and this world. */
export function createEngine(first: State, world: World, options: EngineOptions): Engine {
  const { clock } = world;
  const present = { state: first, objects: world.objects };
  const queue: Event[] = [];
  let stopping = false;
  /** `run` has come to its end: what comes late finds nobody. */
  let over = false;
  let isOpen = false;
  /** All that this state is about has been looked at. */
  let lookedAtAll = false;
  let turns = 0;
  let waiters: (() => void)[] = [];
  let cancelWake: (() => void) | undefined;

  const loop: Loop = {
    now: () => clock.now(),
    post(event) {
      queue.push(event);
      loop.wakeUp();
    },
    wakeUp() {
      const woken = waiters;
      waiters = [];
      for (const wake of woken) wake();
    },
    something: () => new Promise((resolve) => waiters.push(resolve)),
  };
  const { post, wakeUp, something, now } = loop;

  const looking = createLooking(present, loop);
  const executions = createExecutions(world, present, loop, looking);
  const recording = createRecording(world, {
    waits: () => options.lasting === true && !stopping,
    act,
    lookAt: looking.lookAt,
    wakeUp,
  });
  const askings = createAskings({
    present,
    recording,
    looking,
    loop,
    isReady: () => lookedAtAll,
    isOver: () => over,
    drain,
    turned: () => world.turned?.(),
  });
  /** Nothing is taken any more, or not now. */
  const isDeaf = (): boolean => recording.stalled !== undefined || recording.problem !== undefined || over;

  function act(effect: Effect): void {
    switch (effect.type) {
      case 'append':
      case 'look':
      case 'report':
        return;
      case 'start':
        executions.start(effect.work);
        return;
      case 'hook':
        executions.hook(effect.command, effect.work);
        return;
      case 'wake-at':
        cancelWake?.();
        cancelWake = clock.at(effect.at, () => post({ type: 'woke', at: now() }));
        return;
      default:
        unreachable(effect);
    }
  }

  function drain(): void {
    if (recording.stalled || over) return;
    const effects: Effect[] = [];
    for (const event of queue.splice(0)) for (const effect of step(present.state, event)) effects.push(effect);
    recording.perform(effects);
    turns += 1;
    world.turned?.();
  }

  /** Looks at everything, and says that the look is complete. */
  async function lookAtAll(): Promise<void> {
    const { objects } = present;
    const looked = (looks: readonly Look[]): void => {
      // Others have taken their place, and are looked at by themselves.
      if (objects === present.objects) post({ type: 'looked', at: now(), looks });
      drain();
    };
    looked(await objects.list());
    const unlisted = unlistedToLookAt(present.state);
    if (unlisted.length > 0) looked(await objects.look(unlisted, true));
    // What has to be read to be known is read before anything starts without it.
    while (looking.count > 0) {
      await something();
      drain();
    }
    if (objects !== present.objects) return;
    lookedAtAll = true;
    void askings.answerAll();
    // Whoever is told to stop does not wait until there is room.
    while (askings.answering && !(recording.stalled && stopping)) await something();
    if (objects !== present.objects) return;
    const { state } = present;
    if (options.retry) post({ type: 'asked', at: now(), what: 'retry', tasks: failedTasks(state) });
    if (options.force) post({ type: 'asked', at: now(), what: 'force', tasks: selectedTasks(state) });
    post({ type: 'opened', at: now() });
    drain();
    if (!isOpen) options.opened?.();
    isOpen = true;
  }

  const isOver = (): boolean => {
    if (executions.running > 0 || looking.count > 0 || executions.hooks > 0) return false;
    return stopping || recording.problem !== undefined || (!options.lasting && isIdle(present.state));
  };

  function compact(): void {
    turns = 0;
    recording.compact();
  }

  return {
    get state() {
      return present.state;
    },
    async run() {
      await executions.findLost();
      await lookAtAll();
      for (;;) {
        if (queue.length > 0 && !recording.stalled) drain();
        else if (isOver()) break;
        else {
          if (options.lasting && (executions.running === 0 || turns > busy) && !isDeaf()) compact();
          // Nothing may ever come that would tell of a journal that has just failed.
          if (!recording.problem || present.state.stopping) await something();
        }
        // Lets whatever else has ended in the meantime join the next batch.
        await new Promise(setImmediate);
        if (recording.problem && !present.state.stopping) post({ type: 'stopping', at: now() });
      }
      cancelWake?.();
      if (recording.stalled) {
        recording.recordEnds();
        queue.unshift({ type: 'stopping', at: now() });
        drain();
      }
      if (!recording.problem) compact();
      over = true;
      askings.answerNone();
      wakeUp();
      while (askings.answering) await something();
      if (recording.problem) return { how: 'journal', problem: recording.problem };
      return { how: present.state.stopping ? 'stopped' : 'idle' };
    },
    stop(intent) {
      stopping = true;
      post({ type: 'stopping', at: now() });
      if (intent !== 'finish') executions.stop(intent);
    },
    looked(looks) {
      looking.seen(looks);
      queue.push({ type: 'looked', at: now(), looks });
      // They were looked at together: nothing is won by waiting for more.
      drain();
      wakeUp();
    },
    announce(announced) {
      if (isDeaf()) return false;
      const files = announced.flatMap(({ object }) => (kindOf(object) === 'file' ? [object] : []));
      if (files.length > 0) looking.lookAt(files);
      for (const each of announced)
        if (kindOf(each.object) !== 'file') queue.push({ type: 'announced', at: now(), ...each });
      drain();
      wakeUp();
      return !recording.stalled && !recording.problem;
    },
    ask: (asking, told = () => {}) => askings.ask(asking, told),
    check() {
      const good = recording.check();
      if (!good) wakeUp();
      return good;
    },
    async takeUp() {
      post({ type: 'stopping', at: now() });
      await lookAtAll();
      cancelWake?.();
      over = true;
      askings.answerNone();
      return recording.problem ? { how: 'journal', problem: recording.problem } : { how: 'idle' };
    },
    async replace(make) {
      drain();
      lookedAtAll = false;
      ({ state: present.state, objects: present.objects } = make(present.state));
      post({ type: 'remapped', at: now() });
      await lookAtAll();
    },
  };
}

const selectedTasks = (state: State): string[] =>
  [...state.tasks.values()].flatMap((task) => (task.selected ? [task.id] : []));
