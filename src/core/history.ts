/**
 * What has happened, task by task: as the records of a journal tell it, or as a state remembers it. Both say the same,
 * so that a mapping that was edited goes on as if objflow had been started again. Knows nothing of the mapping.
 */
import { asObjectId, kindOf, type ObjectId } from './object.js';
import type { Partition } from './pattern.js';
import { endingOf, type JournalRecord, type RunKept, type RunStarted } from './record.js';
import { unreachable } from './result.js';
import type { RunTold, State, Task, Told } from './state.js';

/** All that is told, before it is held against a mapping. */
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
  const texts = new Map<string, string>();
  /** The same text once, however many lines it stood in. */
  const once = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };

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
        const named = { ...about, job: once(about.job), definition: once(about.definition) };
        ended({ ...named, attempts, outcome, produced, startedAt: since, endedAt: record.at, ...endingOf(record) });
        break;
      }
      case 'run': {
        const { type: _, ...run } = record satisfies RunKept;
        ended({ ...run, job: once(run.job), definition: once(run.definition) });
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

/** What a state remembers: the history that its journal would tell. */
export function historyOf(state: State): History {
  const tasks = new Map(state.strays.tasks);
  for (const task of state.tasks.values()) if (task.success || task.last || task.run) tasks.set(task.id, toldOf(task));
  const versions = new Map<ObjectId, string>();
  const leftovers = new Map(state.strays.leftovers);
  for (const { id, version, leftover } of state.objects.values()) {
    if (version !== undefined && kindOf(id) !== 'file') versions.set(id, version);
    if (leftover !== undefined) leftovers.set(id, leftover);
  }
  return { tasks, versions, leftovers, keys: state.keys };
}

/** What is to be told of a task. */
export function toldOf(task: Task): Told {
  const { success, last, run, partition, retried } = task;
  const about = { task: task.id, job: task.job.job.name, partition };
  const pasts = success === last ? [success] : [success, last];
  return {
    job: about.job,
    partition,
    runs: pasts.flatMap((past) => (past ? [{ ...past, ...about }] : [])),
    open: run && { started: startOf(task, run), since: run.startedAt, first: run.first },
    retried,
  };
}

/** The record of the latest attempt's start. */
function startOf(
  task: Task,
  { run, attempt, key, definition, consumed, startedAt }: NonNullable<Task['run']>,
): RunStarted {
  const about = { task: task.id, job: task.job.job.name, partition: task.partition };
  return { type: 'run-started', at: startedAt, run, ...about, attempt, key, definition, consumed };
}
