/** Where things are kept beside a project. Loads next to nothing: every command asks. */
import path from 'node:path';
import type { Mapping } from '../core/mapping.js';

/** Where the state is kept, unless somebody says otherwise. */
export const usualStateFile = ({ root }: Pick<Mapping, 'root'>): string => path.join(root, '.objflow', 'state.jsonl');

/** Where a run's output is kept: beside the state. */
export const logFile = (state: string, run: string): string => path.join(path.dirname(state), 'logs', `${run}.log`);

/** Where what is known of runs is kept until their end is on record. */
export const runsDirectory = (state: string): string => path.join(path.dirname(state), 'runs');

/** Where a run leaves what it is known by, and how it ended. */
export const traceFile = (state: string, run: string): string => path.join(runsDirectory(state), `${run}.trace`);
