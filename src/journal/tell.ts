/**
 * What a journal's records tell, as far as it decides which of them are kept: one walk, in their order. Pure.
 */
import { eachProduced } from '../core/history.js';
import type { Asked, JournalRecord, RunEnded, RunKept, RunStarted } from '../core/record.js';
import { unreachable } from '../core/result.js';
import type { Strange } from './line.js';

/** A run as the records tell it. */
export interface Told {
  readonly task: string;
  /** Where its records stand; the last is where it ended, if it did. */
  readonly at: number[];
  /** Its first attempt, and its latest, which counts. */
  readonly first?: RunStarted;
  latest?: RunStarted;
  /** Where its latest attempt started. */
  latestAt: number;
  ended?: RunEnded | RunKept;
}

export interface TaskTold {
  lastSuccess: Told | undefined;
  lastRun: Told | undefined;
  /** Where it was last asked for, and not yet answered: a reset stays, a retry ends with the next start. */
  reset: number | undefined;
  retry: number | undefined;
}

export interface All {
  readonly tasks: Map<string, TaskTold>;
  readonly openRuns: Map<string, Told>;
  readonly endedRuns: Told[];
  /** Announcements with a key. */
  readonly keyed: number[];
  /** Where each object was last announced, which run last left it behind, and which successful one last produced it. */
  readonly lastAnnounced: Map<string, number>;
  readonly lastLeaver: Map<string, Told>;
  readonly lastProducer: Map<string, Told>;
  readonly strange: number[];
}

/** One walk over all records: the replay, as far as it decides what is kept. */
export function tell(records: readonly (JournalRecord | Strange)[]): All {
  const all: All = {
    tasks: new Map(),
    openRuns: new Map(),
    endedRuns: [],
    keyed: [],
    lastAnnounced: new Map(),
    lastLeaver: new Map(),
    lastProducer: new Map(),
    strange: [],
  };
  records.forEach((record, at) => {
    hear(all, record, at);
  });
  return all;
}

function hear(all: All, record: JournalRecord | Strange, at: number): void {
  switch (record.type) {
    case 'run-started':
      started(all, record, at);
      break;
    case 'attempt-failed':
      all.openRuns.get(record.run)?.at.push(at);
      break;
    case 'run-ended': {
      const run = all.openRuns.get(record.run);
      if (!run) break; // of a run that never started: it tells nothing
      all.openRuns.delete(record.run);
      run.at.push(at);
      ended(all, run, record);
      break;
    }
    case 'run':
      taskOf(all, record.task).retry = undefined;
      ended(all, { task: record.task, at: [at], latestAt: at }, record);
      break;
    case 'announced':
      if (record.key !== undefined) all.keyed.push(at);
      all.lastAnnounced.set(record.object, at);
      break;
    case 'asked':
      asked(all, record, at);
      break;
    case 'strange':
      all.strange.push(at);
      break;
    default:
      unreachable(record);
  }
}

function started(all: All, record: RunStarted, at: number): void {
  taskOf(all, record.task).retry = undefined;
  const run = all.openRuns.get(record.run) ?? { task: record.task, at: [], first: record, latestAt: at };
  run.at.push(at);
  run.latest = record;
  run.latestAt = at;
  all.openRuns.set(record.run, run);
}

function ended(all: All, run: Told, record: RunEnded | RunKept): void {
  run.ended = record;
  all.endedRuns.push(run);
  const task = taskOf(all, run.task);
  task.lastRun = run;
  const well = record.outcome === 'succeeded';
  if (well) task.lastSuccess = run;
  eachProduced(record, (object) => {
    all.lastLeaver.set(object, run);
    if (well) all.lastProducer.set(object, run);
  });
}

function asked(all: All, record: Asked, at: number): void {
  // A reset forgets all that came before it; what a task's runs made is there all the same.
  if (record.what === 'reset') all.tasks.set(record.task, newTask(at));
  else taskOf(all, record.task).retry = at;
}

function taskOf(all: All, name: string): TaskTold {
  const task = all.tasks.get(name) ?? newTask(undefined);
  all.tasks.set(name, task);
  return task;
}

const newTask = (reset: number | undefined): TaskTold => ({
  lastSuccess: undefined,
  lastRun: undefined,
  reset,
  retry: undefined,
});
