/**
 * What has happened, task by task: as the records of a journal tell it, or as a state remembers it. Both say the same,
 * so that a mapping that was edited goes on as if objflow had been started again. Knows nothing of the mapping.
 */
import { held, versionsOf } from './held.js';
import { asObjectId, type ObjectId } from './object.js';
import { endingOf, type JournalRecord, type RunEnded, type RunKept, type RunStarted } from './record.js';
import { unreachable } from './result.js';
import type { Past, State, Task, Tell, Told } from './state.js';

/** All that is told, before it is held against a mapping. */
export interface History {
  readonly tasks: ReadonlyMap<string, Told>;
  /** Versions of objects that are not files. */
  readonly versions: ReadonlyMap<ObjectId, string>;
  /** Versions of files that a run left without succeeding. */
  readonly leftovers: ReadonlyMap<ObjectId, string>;
  readonly keys: ReadonlySet<string>;
}

const isFile = (id: string): boolean => id.startsWith('file:');

type Take = (object: string, version: string) => void;

/** Records that are still text say what they are about without being read as a whole. */
interface Producer {
  eachProduced(take: Take): void;
}
interface Consumer {
  eachConsumed(take: Take): void;
}

/** Goes through what a run produced. */
export function eachProduced(record: RunEnded | RunKept, take: Take): void {
  if ('eachProduced' in record)
    (record as Producer).eachProduced(take); // what is called so is that
  else for (const [object, version] of Object.entries(record.produced)) take(object, version);
}

function eachConsumed(record: RunStarted | RunKept, take: Take): void {
  if ('eachConsumed' in record)
    (record as Consumer).eachConsumed(take); // what is called so is that
  else for (const [object, version] of Object.entries(record.consumed)) take(object, version);
}

/** Texts that are there already, in place of others that say the same: there are very many. */
export interface Same {
  id(object: string): string;
  version(object: string, version: string): string;
}

/** What is kept of a run that is over: of the records of its first start, its latest, and its end. */
const pastOf =
  (first: RunStarted, latest: RunStarted, ended: RunEnded): Tell =>
  (same) =>
    past(latest, ended, same, { attempts: latest.attempt, startedAt: first.at, endedAt: ended.at });

/** The same of the one record that compaction made of them. */
const pastOfKept =
  (record: RunKept): Tell =>
  (same) =>
    past(record, record, same, record);

function past(
  work: RunStarted | RunKept,
  end: RunEnded | RunKept,
  same: Same,
  { attempts, startedAt, endedAt }: Pick<RunKept, 'attempts' | 'startedAt' | 'endedAt'>,
): Past {
  const { outcome } = end;
  let { run } = work;
  const consumed = held((take) => eachConsumed(work, (object, version) => take(same.id(object), version)));
  const produced = held((take) =>
    eachProduced(end, (object, version) => {
      const shared = same.version(object, version);
      if (shared === run) run = shared;
      take(same.id(object), shared);
    }),
  );
  const key = outcome === 'interrupted' ? work.key : undefined;
  const { definition } = work;
  return { run, outcome, attempts, definition, key, consumed, produced, startedAt, endedAt, ending: endingOf(end) };
}

/** Reads the records in their order. */
export function readHistory(records: Iterable<JournalRecord>): History {
  const tasks = new Map<string, Told>();
  const open = new Map<string, Told>();
  const versions = new Map<ObjectId, string>();
  const leftovers = new Map<ObjectId, string>();
  const keys = new Set<string>();

  const toldOf = (record: RunStarted | RunKept): Told => {
    let told = tasks.get(record.task);
    if (told) return told;
    told = { about: record, success: undefined, last: undefined, open: undefined, retried: false };
    tasks.set(record.task, told);
    return told;
  };
  const ended = (told: Told, run: Tell, record: RunEnded | RunKept): void => {
    const well = record.outcome === 'succeeded';
    told.last = run;
    if (well) told.success = run;
    told.retried = false;
    eachProduced(record, (name, version) => {
      const id = asObjectId(name);
      if (!isFile(id)) versions.set(id, version);
      else if (well) leftovers.delete(id);
      else leftovers.set(id, version);
    });
  };

  for (const record of records) {
    switch (record.type) {
      case 'run-started': {
        const told = toldOf(record);
        const first = told.open?.latest.run === record.run ? told.open.first : record;
        told.open = { first, latest: record };
        // The other try that was asked for is this one, however it will be found again.
        told.retried = false;
        open.set(record.run, told);
        break;
      }
      case 'attempt-failed':
        break;
      case 'run-ended': {
        const told = open.get(record.run);
        open.delete(record.run);
        if (told?.open?.latest.run !== record.run) break;
        const { first, latest } = told.open;
        told.open = undefined;
        ended(told, pastOf(first, latest, record), record);
        break;
      }
      case 'run':
        ended(toldOf(record), pastOfKept(record), record);
        break;
      case 'announced':
        versions.set(asObjectId(record.object), record.version);
        if (record.key !== undefined) keys.add(record.key);
        break;
      case 'asked': {
        const told = tasks.get(record.task);
        if (!told) break;
        if (record.what === 'retry') told.retried = true;
        else told.success = told.last = undefined;
        break;
      }
      default:
        unreachable(record);
    }
  }
  return { tasks, versions, leftovers, keys };
}

/** What is told of a task that does not run, without the records: it may stay long after they are let go. */
export function keptApart({ about, success, last, retried }: Told): Told {
  const { job, partition } = about;
  const read = (tell: Tell | undefined): Tell | undefined => {
    const past = tell?.(asTold);
    return past && (() => past);
  };
  const well = read(success);
  const wasLast = last === success ? well : read(last);
  return { about: { job, partition }, success: well, last: wasLast, open: undefined, retried };
}

/** Texts as they were told. */
export const asTold: Same = { id: (object) => object, version: (_, version) => version };

/** What a state remembers: the history that its journal would tell. */
export function historyOf(state: State): History {
  const tasks = new Map(state.strays.tasks);
  for (const task of state.tasks.values()) if (task.success || task.last || task.run) tasks.set(task.id, toldOf(task));
  const versions = new Map<ObjectId, string>();
  const leftovers = new Map(state.strays.leftovers);
  for (const { id, version, leftover } of state.objects.values()) {
    if (version !== undefined && !isFile(id)) versions.set(id, version);
    if (leftover !== undefined) leftovers.set(id, leftover);
  }
  return { tasks, versions, leftovers, keys: state.keys };
}

/** What is to be told of a task. */
export function toldOf(task: Task): Told {
  const { success, last, run, partition, retried } = task;
  const about = { job: task.job.job.name, partition };
  const wasWell = success && (() => success);
  const wasLast = last === success ? wasWell : last && (() => last);
  return { about, success: wasWell, last: wasLast, open: run && openOf(task, run), retried };
}

/** The starts of its first and its latest attempt. */
function openOf(
  task: Task,
  { run, first, attempt, key, definition, consumed, startedAt: at, ...running }: NonNullable<Task['run']>,
): NonNullable<Told['open']> {
  const targets = running.targets.map(({ id }) => id);
  const about = { task: task.id, job: task.job.job.name, partition: task.partition, targets };
  const work = { type: 'run-started', at, run, ...about, key, definition, consumed: versionsOf(consumed) } as const;
  return { first: { ...work, attempt: first }, latest: { ...work, attempt } };
}
