/**
 * What runs leave beside the state and nobody needs any more: what was kept of one until its end was on record, where whoever recorded it
 * died before it could remove it; and logs of runs that the state has forgotten. Knows nothing of what is in it.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { asTold } from '../core/history.js';
import type { State } from '../core/state.js';
import { logFile, runsDirectory } from './places.js';

/**
 * Removes what a death left behind. Of each task only the last run can have left anything; and only what this state
 * tells of is touched, since others may keep theirs in the same directory. `file`: the state's, which is held.
 */
export function removeLeftovers(file: string, state: State): void {
  const directory = runsDirectory(file);
  try {
    const names = readdirSync(directory).filter((name) => !state.runs.has(runOf(name)));
    if (names.length === 0) return;
    const ended = new Set([...state.tasks.values()].map(({ last }) => last?.run));
    for (const { last } of state.strays.tasks.values()) ended.add(last?.(asTold).run);
    for (const name of names) if (ended.has(runOf(name))) rmSync(path.join(directory, name), { force: true });
  } catch {
    // There is none yet, or it is not to be removed: it takes a little room.
  }
}

/** So many files are removed before others get their turn. */
const atOnce = 50;

/**
 * Removes the logs of these runs, beside whatever else is done. What a death leaves of them stays. `file`: the state's, which
 * is held.
 */
export async function removeLogs(file: string, runs: readonly string[]): Promise<void> {
  for (const [at, run] of runs.entries()) {
    if (at % atOnce === atOnce - 1) await setImmediate();
    if (path.basename(run) !== run) continue; // no run of ours is called so
    try {
      rmSync(logFile(file, run), { force: true });
    } catch {
      // It is not to be removed: it takes a little room.
    }
  }
}

/** A run's name has no dot. */
const runOf = (name: string): string => name.slice(0, name.indexOf('.'));
