/**
 * What a run's trace tells to somebody who only looks: whether its command still runs, and otherwise how it ended. For
 * when nobody oversees it any more. Changes nothing.
 */
import path from 'node:path';
import type { Ending } from '../core/record.js';
import { leads } from './tree.js';
import { readTrace } from './wrapper.js';

export interface LookedAt {
  readonly runs: boolean;
  /** Absent where that is not known. */
  readonly ending?: Ending;
}

/** Looks at a run. `directory` is the absolute path of objflow's own directory. */
export function lookAtRun(directory: string, run: string): LookedAt {
  const file = path.join(directory, 'runs', `${run}.trace`);
  const trace = readTrace(file);
  if (trace === undefined) return { runs: false };
  if (trace.ending !== undefined) return { runs: false, ending: trace.ending };
  return { runs: leads(trace.leader, run, file, trace.token) };
}
