/**
 * Which records of a journal still say something, and the shorter ones that say the same. Pure. Replaying what is kept
 * gives what replaying everything gives: for each task its last success, its last run, its unended runs and what was
 * asked of it since; for each object its last version, announced, produced or left behind by a failure. Knows nothing of files.
 */
import {
  endingOf,
  type JournalRecord,
  type RunEnded,
  type RunKept,
  type RunStarted,
  rememberedKeys,
} from '../core/record.js';
import type { Strange } from './line.js';
import { type TaskTold, type Told, tell } from './tell.js';

/** How many ended runs are kept for `history`: as many as announcements by their keys. */
const remembered = rememberedKeys;

/**
 * The records that are to stand in a compacted journal, in order; runs that ended are folded into one `run`, where it
 * ended. Records of types that nobody here knows stay. `remember` is for tests.
 */
export function keep<R extends JournalRecord | Strange>(
  records: readonly R[],
  remember = remembered,
): (R | JournalRecord)[] {
  const told = tell(records);
  const kept: (R | JournalRecord | undefined)[] = new Array(records.length);
  const stay = (at: number): void => {
    kept[at] = records[at];
  };

  for (const at of told.keyed.slice(-remember)) stay(at);
  for (const at of told.lastAnnounced.values()) stay(at);
  for (const at of told.strange) stay(at);

  const runs = new Set<Told>(told.endedRuns.slice(-remember));
  for (const run of [...told.lastLeaver.values(), ...told.lastProducer.values()]) runs.add(run);
  const firstKept = new Map<string, number>();
  for (const task of told.tasks.values()) {
    if (task.lastSuccess) runs.add(task.lastSuccess);
    if (task.lastRun) runs.add(task.lastRun);
    if (task.retry !== undefined) stay(task.retry);
  }
  for (const run of told.openRuns.values()) {
    for (const at of standing(run)) {
      stay(at);
      note(firstKept, run.task, at);
    }
  }
  for (const run of runs) {
    for (const [at, record] of fold(run, told.tasks.get(run.task))) {
      kept[at] = record ?? records[at];
      note(firstKept, run.task, at);
    }
  }
  // A reset that nothing stands before has nothing to forget.
  for (const [name, { reset }] of told.tasks) {
    if (reset !== undefined && (firstKept.get(name) ?? reset) < reset) stay(reset);
  }
  return kept.filter((record) => record !== undefined);
}

/** The runs that these records tell of, and those that are kept do not. */
export function forgottenRuns(
  records: readonly (JournalRecord | Strange)[],
  kept: readonly (JournalRecord | Strange)[],
): string[] {
  const runs = new Set<string>();
  for (const record of records) if ('run' in record) runs.add(record.run);
  for (const record of kept) if ('run' in record) runs.delete(record.run);
  return [...runs];
}

/**
 * Records of a run that has not ended, in their order: its first start, from which attempts are counted, its latest, and
 * that this failed, where another attempt is waited for.
 */
const standing = ({ at, latestAt }: Told): Set<number> =>
  new Set([at[0] ?? latestAt, latestAt, at[at.length - 1] ?? latestAt]);

function note(firstKept: Map<string, number>, task: string, at: number): void {
  firstKept.set(task, Math.min(at, firstKept.get(task) ?? at));
}

/**
 * Where an ended run stands afterwards: as one record where it ended. A run that was under way when somebody asked
 * something of its task, and the asking still counts, keeps its own records: their order is what the asking means.
 */
function fold(run: Told, task: TaskTold | undefined): [number, RunKept | undefined][] {
  const start = run.at[0] ?? 0;
  const end = run.at[run.at.length - 1] ?? 0;
  const within = (at: number | undefined): boolean => at !== undefined && start < at && at < end;
  if (within(task?.reset) || within(task?.retry)) return run.at.map((at) => [at, undefined]);
  const { first, latest, ended } = run;
  if (!first || !latest || ended?.type !== 'run-ended') return [[end, undefined]]; // it is folded already
  return [[end, folded(first, latest, ended)]];
}

const folded = (first: RunStarted, latest: RunStarted, ended: RunEnded): RunKept => ({
  type: 'run',
  run: latest.run,
  task: latest.task,
  job: latest.job,
  partition: latest.partition,
  attempts: latest.attempt,
  key: latest.key,
  definition: latest.definition,
  consumed: latest.consumed,
  startedAt: first.at,
  endedAt: ended.at,
  outcome: ended.outcome,
  produced: ended.produced,
  ...endingOf(ended),
});
