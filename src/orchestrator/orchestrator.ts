/**
 * The library's way in: everything that the commands do with a state, for a program. It touches no signals, no exit status,
 * no output and no working directory, and leaves nothing behind when a call has ended.
 */
import path from 'node:path';
import { tasksView } from '../core/answers.js';
import type { Mapping } from '../core/mapping.js';
import { ok, type Result } from '../core/result.js';
import type { Selection } from '../core/selector.js';
import type { SummaryView } from '../core/views.js';
import type { Executor } from '../execute/executor.js';
import type { Loaded } from '../manifest/load.js';
import { type EventDocument, stoppedDocument, summaryDocument } from '../report/event-document.js';
import type { Failure } from '../report/run-event.js';
import { type TaskDocument, taskDocument } from '../report/status-document.js';
import { type Announced, announceObjects, checkNoFile, checkTexts } from './announce.js';
import { type Lived, runDaemon } from './daemon.js';
import { guarded } from './guarded.js';
import { type Listener, listenerOf } from './listener.js';
import { namedObjects } from './named.js';
import { runOnce } from './once.js';
import { usualStateFile } from './places.js';
import { readPresent } from './present.js';
import type { Problem } from './problem.js';
import { select } from './selection.js';
import { type Mapped, takeState } from './session.js';

export interface OrchestratorOptions {
  /** The state's file; `.objflow/state.jsonl` in the project's root where it is not said. One state, one orchestrator at a time. */
  readonly state?: string | undefined;
  /** Tasks at a time, 1 to 1024; what the mapping says, or the number of cores, where it is not said. */
  readonly concurrency?: number | undefined;
  /** Runs the commands in place of this machine: elsewhere, or not at all. */
  readonly executor?: Executor | undefined;
}

/** A selector, or several: `load_orders+`, `tag:nightly`, `state:failed`, an object; all tasks where there are none. */
export type Select = string | readonly string[];

export interface StatusOptions {
  /** Which tasks. */
  readonly select?: Select | undefined;
}

export interface RunOptions extends StatusOptions {
  /** Run what is selected, due or not. Default: false. */
  readonly force?: boolean | undefined;
  /** Try once more what stands failed. Default: true. */
  readonly retry?: boolean | undefined;
  /** Once it is aborted nothing more starts; what runs is given the mapping's `grace`, and then ended. */
  readonly signal?: AbortSignal | undefined;
  /** Told what happens, as `--format json` prints it; one that throws stops the call, which then throws its error. */
  readonly onEvent?: ((event: EventDocument) => void) | undefined;
}

export interface WatchOptions extends Pick<RunOptions, 'signal' | 'onEvent'> {
  /** Called when everything has been looked at once: from now on nothing that lands is missed. */
  readonly onReady?: (() => void) | undefined;
}

export interface EmitOptions {
  /** What the new version is called; one of its own where it is not said. Not for files: they have what is on disk. */
  readonly version?: string | undefined;
  /** The same key counts once, for ever; with several objects once for each. */
  readonly key?: string | undefined;
}

export interface RunResult {
  /** Tasks that this call ran well; tasks that stand failed, blocked, waiting; tasks that needed nothing. */
  readonly summary: SummaryView;
  /** The tasks that stand failed, with the last lines of their output and the absolute path of their log. */
  readonly failures: readonly Failure[];
  /** The tasks that stand blocked, and the failed tasks that block them. */
  readonly blocked: readonly { readonly task: string; readonly by: readonly string[] }[];
  /** It was aborted before it was through. */
  readonly stopped: boolean;
}

/** Runs that ended well, and that did not, from the start of the watching to its end. */
export type WatchResult = Lived;

/**
 * Runs the jobs of a mapping when what they read is there. What can be expected to go wrong is in the `Result` of each call;
 * what is thrown is a bug.
 *
 * @example
 * const loaded = await loadMapping('.');
 * if (!loaded.ok) throw new Error('the mapping has errors');
 * const result = await new Orchestrator(loaded.value).run();
 * if (result.ok) console.log(result.value.summary);
 * else console.error(result.error.message);
 */
export class Orchestrator {
  /** Absolute path of the state's file. Logs are beside it, in `logs/`. */
  readonly state: string;
  #mapped: Mapped;
  readonly #concurrency: number | undefined;
  readonly #executor: Executor | undefined;

  /** `loaded`: what `loadMapping` gave. Touches nothing yet. Throws a `RangeError` for a concurrency that is none. */
  constructor(loaded: Loaded, { state, concurrency, executor }: OrchestratorOptions = {}) {
    if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 1024))
      throw new RangeError(`concurrency is a whole number from 1 to 1024, not ${concurrency}`);
    this.#mapped = loaded;
    this.state = state === undefined ? usualStateFile(loaded.mapping) : path.resolve(state);
    this.#concurrency = concurrency;
    this.#executor = executor;
  }

  /** The mapping; once `watch` has heard of an edit, the edited one. */
  get mapping(): Mapping {
    return this.#mapped.mapping;
  }

  /**
   * Runs everything that is due, until nothing is. A task that fails is no problem: it stands in `failures`. An abort is none
   * either: the result says `stopped`.
   */
  async run(options: RunOptions = {}): Promise<Result<RunResult, Problem>> {
    const { force = false, retry = true } = options;
    const selected = await this.#select(options.select);
    if (!selected.ok) return selected;
    const about = { role: 'run', selected: selected.value, concurrency: this.#concurrency } as const;
    const taken = takeState(this.#mapped, this.state, about);
    if (!taken.ok) return taken;
    const listener = listenerOf(options, this.mapping.root);
    const { report, stopBy } = listener;
    const how = { file: this.state, executor: this.#guarded(listener), force, retry, report, stopBy };
    const ran = await runOnce(this.#mapped, taken.value, how);
    if (ran.ok) listener.tell(summaryDocument({ at: Date.now(), ...ran.value }));
    listener.rethrow();
    return ran.ok ? ok({ ...ran.value, stopped: ran.value.stopped === true }) : ran;
  }

  /**
   * The daemon: runs what can run as soon as it can, and reloads the mapping when its manifests change, until the signal is
   * aborted. That is its normal end.
   */
  async watch(options: WatchOptions = {}): Promise<Result<WatchResult, Problem>> {
    const concurrency = this.#concurrency;
    const taken = takeState(this.#mapped, this.state, { role: 'watch', concurrency });
    if (!taken.ok) return taken;
    const listener = listenerOf(options, this.mapping.root);
    const { report, stopBy } = listener;
    const edited = (next: Mapped): void => {
      this.#mapped = next;
    };
    const how = { file: this.state, concurrency, executor: this.#guarded(listener), report, edited, stopBy };
    const lived = await runDaemon(this.#mapped, taken.value, how);
    if (lived.ok) listener.tell(stoppedDocument({ at: Date.now(), ...lived.value }));
    listener.rethrow();
    return lived;
  }

  /** How the tasks stand now, and why, in the order of the mapping. Works at any time, and disturbs nobody who holds the state. */
  async status({ select }: StatusOptions = {}): Promise<Result<readonly TaskDocument[], Problem>> {
    const present = await readPresent(this.state, this.#mapped);
    if (!present.ok) return present;
    const selected = await this.#select(select, async () => present);
    if (!selected.ok) return selected;
    const tasks = tasksView(present.value.state).filter((task) => selected.value?.has(task) ?? true);
    return ok(tasks.map(taskDocument));
  }

  /**
   * Announces that objects have changed, written as in the mapping (`table:raw.customers`). They are on disk when this resolves:
   * whoever holds the state takes them up at once, or else the next `run` or `watch` does.
   */
  async emit(
    objects: string | readonly string[],
    { version, key }: EmitOptions = {},
  ): Promise<Result<Announced, Problem>> {
    const names = { version: '`version`', key: '`key`' };
    const checked = checkTexts({ version, key }, names);
    if (!checked.ok) return checked;
    const { mapping } = this;
    const named = namedObjects(mapping, listOf(objects), mapping.root, 'announced', '; ');
    if (!named.ok) return named;
    const allowed = version === undefined ? checked : checkNoFile(named.value, names.version);
    return allowed.ok ? announceObjects(this.state, named.value, { version, key }) : allowed;
  }

  #select(
    selectors: Select = [],
    present = () => readPresent(this.state, this.#mapped),
  ): Promise<Result<Selection | undefined, Problem>> {
    return select(this.#mapped, listOf(selectors), present, this.mapping.root);
  }

  #guarded({ warn }: Listener): Executor | undefined {
    return this.#executor && guarded(this.#executor, warn);
  }
}

const listOf = (texts: string | readonly string[]): readonly string[] => (typeof texts === 'string' ? [texts] : texts);
