/**
 * Rebuilds the state from the mapping and the journal's records. What can be looked up again is not here: the engine
 * looks at all files and then says `opened`.
 */
import { knowTask } from './known.js';
import type { Mapping } from './mapping.js';
import { asObjectId, asVersion, kindOf, type ObjectId } from './object.js';
import type { Partition } from './pattern.js';
import { compareWithSuccess, setKnownVersion } from './phase.js';
import type { JournalRecord, RunKept, RunStarted } from './record.js';
import { unreachable } from './result.js';
import { occupy } from './room.js';
import { endingOf, remember } from './run.js';
import { emptyState, type Past, type State, type StateOptions, type Task } from './state.js';
import { forgetPast } from './step.js';

/** A run as the journal tells it. */
export type RunTold = Past & { readonly task: string; readonly job: string; readonly partition: Partition };

/** What the records say about one task. */
interface Told {
  readonly job: string;
  readonly partition: Partition;
  readonly runs: RunTold[];
  open: { readonly started: RunStarted; readonly since: number; readonly first: number } | undefined;
  retried: boolean;
}

/** A history: all that the records tell, before it is held against a mapping. */
export interface History {
  readonly tasks: ReadonlyMap<string, Told>;
  /** Versions of objects that are not files. */
  readonly versions: ReadonlyMap<ObjectId, string>;
  /** Versions of files that a run left without succeeding. */
  readonly leftovers: ReadonlyMap<ObjectId, string>;
  readonly keys: ReadonlySet<string>;
}

/** Reads the records in their order. */
export function readHistory(records: Iterable<JournalRecord>): History {
  const tasks = new Map<string, Told>();
  const open = new Map<string, string>();
  const versions = new Map<ObjectId, string>();
  const leftovers = new Map<ObjectId, string>();
  const keys = new Set<string>();

  const toldOf = (task: string, job: string, partition: Partition): Told => {
    let told = tasks.get(task);
    if (told) return told;
    told = { job, partition, runs: [], open: undefined, retried: false };
    tasks.set(task, told);
    return told;
  };
  const ended = (run: RunTold): void => {
    const told = toldOf(run.task, run.job, run.partition);
    told.runs.push(run);
    told.retried = false;
    for (const [name, version] of Object.entries(run.produced)) {
      const id = asObjectId(name);
      if (kindOf(id) !== 'file') versions.set(id, version);
      else if (run.outcome === 'succeeded') leftovers.delete(id);
      else leftovers.set(id, version);
    }
  };

  for (const record of records) {
    switch (record.type) {
      case 'run-started': {
        const told = toldOf(record.task, record.job, record.partition);
        const before = told.open?.started.run === record.run ? told.open : undefined;
        told.open = { started: record, since: before?.since ?? record.at, first: before?.first ?? record.attempt };
        open.set(record.run, record.task);
        break;
      }
      case 'attempt-failed':
        break;
      case 'run-ended': {
        const told = tasks.get(open.get(record.run) ?? '');
        if (told?.open?.started.run !== record.run) break;
        const { started, since } = told.open;
        told.open = undefined;
        open.delete(record.run);
        const { outcome, produced } = record;
        const { attempt: attempts, at: _, type: __, ...about } = started;
        ended({ ...about, attempts, outcome, produced, startedAt: since, endedAt: record.at, ...endingOf(record) });
        break;
      }
      case 'run': {
        const { type: _, ...run } = record satisfies RunKept;
        ended(run);
        break;
      }
      case 'announced':
        versions.set(asObjectId(record.object), record.version);
        if (record.key !== undefined) keys.add(record.key);
        break;
      case 'asked': {
        const told = tasks.get(record.task);
        if (!told) break;
        if (record.what === 'retry') told.retried = true;
        else told.runs.length = 0;
        break;
      }
      default:
        unreachable(record);
    }
  }
  return { tasks, versions, leftovers, keys };
}

/** The state that the history left, under this mapping. Jobs that are gone leave their past in the journal alone. */
export function restore(mapping: Mapping, history: History, options: StateOptions): State {
  const state = emptyState(mapping, options);
  for (const job of state.jobs.values()) if (job.job.captures.length === 0) knowTask(state, job, {});
  for (const [name, told] of history.tasks) {
    const job = state.jobs.get(told.job);
    if (!job || !sameNames(job.job.captures, told.partition)) continue;
    if (told.runs.length === 0 && !told.open) continue;
    const task = knowTask(state, job, told.partition);
    if (task.id !== name) continue;
    restoreTask(state, task, told);
  }
  for (const [id, version] of history.versions) setKnownVersion(state, id, asVersion(version), 0);
  for (const [id, version] of history.leftovers) {
    const object = state.objects.get(id);
    if (object) object.leftover = version;
  }
  for (const key of history.keys) state.keys.add(key);
  for (const task of state.tasks.values()) compareWithSuccess(task);
  return state;
}

function restoreTask(state: State, task: Task, told: Told): void {
  forgetPast(task);
  for (const run of told.runs) remember(task, run);
  task.retried = told.retried;
  if (!told.open) return;
  const { started, since } = told.open;
  task.run = {
    run: started.run,
    key: started.key,
    definition: started.definition,
    consumed: started.consumed,
    startedAt: since,
    first: told.open.first,
    attempt: started.attempt,
    stage: 'doubt',
  };
  task.phase = 'running';
  state.runs.set(started.run, task);
  occupy(state, task, 1);
}

const sameNames = (names: readonly string[], partition: Partition): boolean =>
  Object.keys(partition).length === names.length && names.every((name) => Object.hasOwn(partition, name));

/** Runs that were in progress when the journal ends: somebody has to find out what became of them. */
export const runsInDoubt = (state: State): string[] =>
  [...state.runs.values()].flatMap(({ run }) => (run?.stage === 'doubt' ? [run.run] : []));
