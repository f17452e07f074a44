/** Runs that are between two attempts, as the records tell: a failed attempt is the last that is told of them. */
import type { JournalRecord } from './record.js';
import { release } from './room.js';
import { nextAttemptAt } from './run.js';
import type { State } from './state.js';

/** Marks them so in a state that was made from these records: they take no room, and go on by themselves. */
export function markPaused(state: State, records: Iterable<JournalRecord>): void {
  const paused = new Map<string, { readonly attempt: number; readonly at: number }>();
  for (const record of records) {
    if (record.type === 'attempt-failed') paused.set(record.run, record);
    else if (record.type === 'run-started' || record.type === 'run-ended') paused.delete(record.run);
  }
  for (const [id, { attempt, at }] of paused) {
    const task = state.runs.get(id);
    const run = task?.run;
    if (!task || run?.stage !== 'executing') continue;
    release(state, task);
    run.stage = 'pausing';
    run.attempt = attempt + 1;
    run.nextAt = nextAttemptAt(task, run, attempt, at);
  }
}
