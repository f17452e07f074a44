/**
 * A world for the engine: objects in memory that a test looks at late, commands that it ends, a journal that fills up, a
 * clock that it moves. All keep one record of what they were asked, in its order. Nothing here takes time of its own,
 * so a few turns of the loop bring everything to rest.
 */
import { setImmediate } from 'node:timers/promises';
import { assert, onTestFinished } from 'vitest';
import type { Work } from '../../src/core/effect.ts';
import { historyOf } from '../../src/core/history.ts';
import { asVersion, displayName, type Look, type ObjectId } from '../../src/core/object.ts';
import type { JournalRecord, RunStarted } from '../../src/core/record.ts';
import { restore } from '../../src/core/restore.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { State } from '../../src/core/state.ts';
import {
  type Announced,
  createEngine,
  type Engine,
  type EngineOptions,
  type Finished,
} from '../../src/engine/engine.ts';
import type { Clock, Objects, World } from '../../src/engine/world.ts';
import type { Execution, Executor, Outcome } from '../../src/execute/executor.ts';
import { type JournalProblem, problem } from '../../src/journal/problem.ts';
import { idOf, Rig, type Seen } from '../core/rig.ts';

/** Milliseconds after which the engine tries again to write to a journal that was full. */
export const patience = 1000;

export const full = problem('full', 'the state is full', { retryable: true });
export const broken = problem('failed', 'the state is broken');

/** A mapping, its state before anything has happened, and what can be put there. Jobs are written as in the core's rig. */
export class Project extends Rig {
  constructor(...jobs: readonly string[]) {
    super();
    for (const job of jobs) this.job(job);
  }

  /** A look at an object that changed long ago, or as `seen` says. */
  seen(name: string, version: string, seen: Partial<Seen> = {}): Look {
    return this.put(idOf(name), { version, ...seen });
  }

  /** This project's state in place of another's. */
  after(state: State): State {
    const order = [...this.jobs.keys()];
    const { concurrency, session, digest } = state;
    return restore(this.mapping, historyOf(state), { concurrency, session, order, digest }, state);
  }
}

/** A promise in the hands of the test. */
function later<T>() {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

/** Answers that wait until the test lets them go; they tell what was seen when they were asked for. */
class Held {
  #held: (() => void)[] | undefined;

  hold(): void {
    this.#held ??= [];
  }

  async answer<T>(value: T): Promise<T> {
    if (this.#held === undefined) return value;
    const { promise, settle } = later<void>();
    this.#held.push(settle);
    await promise;
    return value;
  }

  get waiting(): number {
    return this.#held?.length ?? 0;
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const settle of held) settle();
  }
}

/** Objects of a project: what is on its disk is what is seen. */
export class FakeObjects implements Objects {
  readonly lists = new Held();
  readonly looks = new Held();
  readonly #project: Project;
  readonly #note: (act: string) => void;

  constructor(project: Project, note: (act: string) => void) {
    this.#project = project;
    this.#note = note;
  }

  list(): Promise<readonly Look[]> {
    this.#note('list');
    return this.lists.answer([...this.#project.disk.values()]);
  }

  look(ids: readonly ObjectId[], content = false): Promise<readonly Look[]> {
    if (ids.length > 0) this.#note(`${content ? 'look into' : 'look at'} ${names(ids)}`);
    const known = ({ object, found }: Look): Look => ({
      object,
      found: content && found.state === 'present' ? { ...found, version: asVersion(found.stamp) } : found,
    });
    return this.looks.answer(
      ids.map((object) => known(this.#project.disk.get(object) ?? { object, found: { state: 'absent' } })),
    );
  }

  async sync(ids: readonly ObjectId[]): Promise<string | undefined> {
    if (ids.length > 0) this.#note(`put on disk ${names(ids)}`);
    return undefined;
  }
}

const names = (ids: readonly ObjectId[]): string => ids.map(displayName).join(' ');

class FakeExecutor implements Executor {
  readonly hooks = new Held();
  readonly attaches = new Held();
  readonly #running = new Map<string, { readonly run: string; readonly end: (outcome: Outcome) => void }>();
  readonly #note: (act: string) => void;
  /** What is found of runs that another objflow had started. */
  found: Execution | Outcome | undefined;

  constructor(note: (act: string) => void) {
    this.#note = note;
  }

  start({ task, run }: Work): Execution {
    this.#note(`start ${task}`);
    const { promise, settle } = later<Outcome>();
    this.#running.set(task, { run, end: settle });
    return {
      log: '/log',
      outcome: promise,
      stop: (intent) => {
        // What has ended, and has not been heard of yet, stays as it is.
        if (this.#running.get(task)?.run !== run) return;
        this.#note(`${intent} ${task}`);
        this.end(task, { stopped: true });
      },
    };
  }

  end(task: string, outcome: Outcome): void {
    const running = this.#running.get(task);
    assert(running, `${task} is not running`);
    this.#running.delete(task);
    running.end(outcome);
  }

  async attach(run: string): Promise<Execution | Outcome | undefined> {
    this.#note(`attach ${run}`);
    return this.attaches.answer(this.found);
  }

  forget(): void {
    this.#note('forget');
  }

  async hook(command: string, _work: Work, _outcomeEnv?: unknown, ended?: AbortSignal): Promise<void> {
    this.#note(`hook ${command}`);
    const { promise, settle } = later<void>();
    const end = (): void => {
      this.#note(`end hook ${command}`);
      settle();
    };
    if (ended?.aborted) end();
    ended?.addEventListener('abort', end);
    await Promise.race([this.hooks.answer(undefined), promise]);
    ended?.removeEventListener('abort', end);
  }
}

class FakeJournal {
  readonly records: JournalRecord[] = [];
  hasRoom = true;
  compactions = 0;
  /** What becomes of the next sync, and of what the engine asks for when it has nothing else to do. */
  synced: Result<void, JournalProblem> = ok(undefined);
  compacted: Result<boolean, JournalProblem> = ok(false);
  checked: Result<void, JournalProblem> = ok(undefined);
  readonly #note: (act: string) => void;

  constructor(note: (act: string) => void) {
    this.#note = note;
  }

  append(records: readonly JournalRecord[]): Result<void, JournalProblem> {
    const told = records.map((record) => [record.type, 'task' in record ? record.task : ''].join(' ').trim());
    this.#note(`${this.hasRoom ? 'append' : 'cannot append'} ${told.join(', ')}`);
    if (!this.hasRoom) return err(full);
    this.records.push(...records);
    return ok(undefined);
  }

  sync(): Result<void, JournalProblem> {
    this.#note('sync');
    return this.synced;
  }

  compactIfWorthwhile(): Result<boolean, JournalProblem> {
    this.compactions += 1;
    return this.compacted;
  }

  check(): Result<void, JournalProblem> {
    return this.checked;
  }
}

class FakeClock implements Clock {
  time = 1_000_000;
  readonly #alarms = new Set<{ readonly time: number; readonly then: () => void }>();

  now(): number {
    return this.time;
  }

  at(time: number, then: () => void): () => void {
    const alarm = { time, then };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Moves on, ringing on the way. */
  tick(milliseconds: number): void {
    const until = this.time + milliseconds;
    for (;;) {
      const [next] = [...this.#alarms].filter(({ time }) => time <= until).sort((a, b) => a.time - b.time);
      if (!next) break;
      this.#alarms.delete(next);
      this.time = Math.max(this.time, next.time);
      next.then();
    }
    this.time = until;
  }
}

export type Stage = ReturnType<typeof stage>;

/** An engine over a project that goes on until it is stopped, in a world of fakes. It is not running yet. */
export function stage(project: Project, options: Partial<EngineOptions> = {}) {
  /** All that was asked of the world, in its order; what is told to people is in `told` and `warnings`. */
  const acts: string[] = [];
  const note = (act: string): void => void acts.push(act);
  const told: string[] = [];
  const warnings: string[] = [];
  const objects = new FakeObjects(project, note);
  const executor = new FakeExecutor(note);
  const journal = new FakeJournal(note);
  const clock = new FakeClock();
  project.now = clock.time;
  const world: World = {
    objects,
    executor,
    journal,
    clock,
    tell: (report) => void told.push([report.event, 'task' in report ? report.task : ''].join(' ').trim()),
    warn: (message) => void warnings.push(message),
  };
  const engine: Engine = createEngine(project.state, world, {
    retry: false,
    force: false,
    lasting: true,
    opened: () => note('opened'),
    ...options,
  });
  let finished: Finished | undefined;
  onTestFinished(() => engine.stop('kill'));

  /** Runs until nothing moves. Gives what was asked of the world meanwhile. */
  async function calm(): Promise<string[]> {
    const { length } = acts;
    for (let turn = 0; turn < 30; turn += 1) await setImmediate();
    return acts.slice(length);
  }

  return {
    acts,
    told,
    warnings,
    objects,
    executor,
    journal,
    clock,
    engine,
    note,
    calm,
    async run(): Promise<string[]> {
      void engine.run().then((how) => {
        finished = how;
      });
      return calm();
    },
    /** How the engine's run ended; undefined while it goes on. */
    get finished(): Finished | undefined {
      return finished;
    },
    async look(...looks: readonly Look[]): Promise<string[]> {
      const { length } = acts;
      engine.looked(looks);
      await calm();
      return acts.slice(length);
    },
    announce: (...given: readonly string[]): boolean => engine.announce(given.map(announced)),
    /** Ends a command well or otherwise, having made its file targets. */
    async exit(task: string, exitCode = 0): Promise<string[]> {
      const { length } = acts;
      executor.end(task, { exitCode });
      await calm();
      return acts.slice(length);
    },
    async tick(milliseconds: number): Promise<string[]> {
      const { length } = acts;
      clock.tick(milliseconds);
      project.now = clock.time;
      await calm();
      return acts.slice(length);
    },
    async stop(intent: 'finish' | 'terminate' = 'finish'): Promise<string[]> {
      const { length } = acts;
      engine.stop(intent);
      await calm();
      return acts.slice(length);
    },
    /** Tasks whose starts are on record, with what they were to consume. */
    started: (): (readonly [string, Readonly<Record<string, string>>])[] =>
      journal.records.flatMap((record) => (isStart(record) ? [[record.task, record.consumed] as const] : [])),
    starts: (): string[] => acts.filter((act) => act.startsWith('start ')),
  };
}

const isStart = (record: JournalRecord): record is RunStarted => record.type === 'run-started';

/** `OBJECT=VERSION`. */
function announced(text: string): Announced {
  const [name = '', version = '1'] = text.split('=');
  const look = new Project().seen(name, version);
  assert(look.found.state === 'present' && look.found.version !== undefined);
  return { object: look.object, version: look.found.version };
}
