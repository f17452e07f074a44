/** Where the state is that a command is about. */
import path from 'node:path';
import type { Mapping } from '../core/mapping.js';
import { usualStateFile } from '../orchestrator/session.js';
import type { Context } from './context.js';

/** `--state`, or where it is kept otherwise. */
export const stateFile = ({ options, cwd }: Context, mapping: Pick<Mapping, 'root'>): string =>
  options.state === undefined ? usualStateFile(mapping) : path.resolve(cwd, options.state);
