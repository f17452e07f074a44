/** A project on disk, an ear that waits for events, and an executor that the test ends. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assert } from 'vitest';
import {
  type Execution,
  type Executor,
  type Loaded,
  loadMapping,
  type OrchestratorEvent,
  type Outcome,
  type Work,
} from '../../src/index.js';
import { directory } from '../journal/fixtures.js';
import { faults } from '../report/schemas.js';

export interface Project {
  readonly root: string;
  /** The mapping as it is on disk now. */
  load(): Promise<Loaded>;
  /** Puts a whole file in its place, or edits it. */
  put(name: string, text: string): void;
}

/** Removed after the test. */
export function projectOf(manifest: string): Project {
  const root = directory();
  const put = (name: string, text: string): void => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  };
  put('objflow.yaml', manifest);
  return {
    root,
    put,
    async load() {
      const loaded = await loadMapping(root);
      assert(loaded.ok, loaded.ok ? '' : JSON.stringify(loaded.error));
      return loaded.value;
    },
  };
}

type Name = OrchestratorEvent['event'];
type Named<N extends Name> = Extract<OrchestratorEvent, { event: N }>;

/** Keeps all events, held against their schema, and lets a test wait for one. */
export class Ear {
  readonly events: OrchestratorEvent[] = [];
  #waiting: (() => void)[] = [];

  readonly onEvent = (event: OrchestratorEvent): void => {
    this.events.push(event);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  of<N extends Name>(name: N): Named<N>[] {
    return this.events.filter((event): event is Named<N> => event.event === name);
  }

  /** The event of this name, once it has come so many times. */
  async heard<N extends Name>(name: N, times = 1): Promise<Named<N>> {
    for (;;) {
      const found = this.of(name)[times - 1];
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** What no schema allows. */
  faults(): string[] {
    return this.events.flatMap((event) => faults('events', JSON.parse(JSON.stringify(event))));
  }
}

/** Starts nothing: a test ends each attempt, unless `well` says that all end well at once. */
export class FakeExecutor implements Executor {
  readonly started: Work[] = [];
  readonly stopped: string[] = [];
  readonly #well: boolean;
  readonly #ends = new Map<string, (outcome: Outcome) => void>();
  #waiting: (() => void)[] = [];

  constructor(how: 'well' | 'by hand') {
    this.#well = how === 'well';
  }

  /** Names of the tasks that were started, in their order. */
  get tasks(): string[] {
    return this.started.map(({ task }) => task);
  }

  start(work: Work): Execution {
    this.started.push(work);
    const outcome = new Promise<Outcome>((resolve) => this.#ends.set(work.task, resolve));
    if (this.#well) this.end(work.task);
    for (const wake of this.#waiting.splice(0)) wake();
    const stop = (intent: 'terminate' | 'kill'): void => {
      this.stopped.push(`${intent} ${work.task}`);
      this.end(work.task, { stopped: true });
    };
    return { outcome, stop, log: '' };
  }

  end(task: string, outcome: Outcome = { exitCode: 0 }): void {
    this.#ends.get(task)?.(outcome);
  }

  /** Once so many attempts have been started. */
  async begun(count: number): Promise<void> {
    while (this.started.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async attach(): Promise<undefined> {}
  forget(): void {}
  async hook(): Promise<void> {}
}
