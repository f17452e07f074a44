/**
 * What every command needs of where it was called: global options, the two outlets, colour and width.
 */
import path from 'node:path';
import type { Mapping } from '../core/mapping.js';
import { usualStateFile } from '../orchestrator/places.js';
import type { Call } from '../recall/call.js';
import { type Outlet, openOutlet } from '../report/outlet.js';

/** Global options, as commander gives them. */
export interface GlobalOptions {
  readonly file?: string;
  readonly state?: string;
  readonly directory?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
}

export interface Context {
  readonly options: GlobalOptions;
  readonly cwd: string;
  /** The manifest, or the directory with it. */
  readonly manifest: string;
  readonly out: Outlet;
  readonly err: Outlet;
  /** Colour on standard output, and on standard error. */
  readonly colorOut: boolean;
  readonly colorErr: boolean;
  /** Columns of the terminal; without one endless, so that nothing is cut or broken for whoever reads it there. */
  readonly width: number;
  /** Under GitHub Actions. */
  readonly github: boolean;
  /** As what its answer may be remembered. */
  readonly call?: Call | undefined;
}

/** The context of this call. */
export function createContext(options: GlobalOptions, call?: Call): Context {
  const out = openOutlet(process.stdout);
  return {
    options,
    cwd: process.cwd(),
    manifest: path.resolve(options.file ?? '.'),
    out,
    err: openOutlet(process.stderr),
    colorOut: wantsColor(options, process.stdout),
    colorErr: wantsColor(options, process.stderr),
    width: process.stdout.isTTY ? out.size().columns : Number.POSITIVE_INFINITY,
    github: process.env.GITHUB_ACTIONS === 'true',
    call,
  };
}

/** Where the state is that a command is about: `--state`, or where it is kept otherwise. */
export const stateFile = ({ options, cwd }: Context, mapping: Pick<Mapping, 'root'>): string =>
  options.state === undefined ? usualStateFile(mapping) : path.resolve(cwd, options.state);

/** The flag first, then NO_COLOR and FORCE_COLOR, then whether it is a terminal. */
function wantsColor({ color }: GlobalOptions, stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (color !== undefined) return color;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return stream.isTTY === true && TERM !== 'dumb';
}
