/** `objflow status`: how each job's tasks stand, and why. Reads the state at any time, disturbs nobody. */
import { renderStatus } from '../report/status.js';
import type { Context } from './context.js';
import { exit } from './exit.js';
import { requireMapping } from './mapping.js';
import { tellMissingState } from './missing-state.js';
import { readStatus } from './status-view.js';

export interface StatusOptions {
  readonly format: 'text' | 'json';
  readonly check?: boolean;
  readonly watch?: boolean;
}

/** Gives the exit status. */
export async function status(
  context: Context,
  selectors: readonly string[],
  { format, check, watch }: StatusOptions,
): Promise<number> {
  tellMissingState(context);
  if (watch) return (await import('./status-watch.js')).watchStatus(context, selectors, format);
  const mapped = await requireMapping(context);
  const { view, lastLine, document, isUnwell } = await readStatus(context, mapped, selectors);
  const { out, colorOut: color, width, options } = context;
  const rows = process.stdout.isTTY ? { rows: out.size().rows } : {};
  const verbose = options.verbose === true;
  out.write(
    format === 'json' ? document(2) : renderStatus(view, { color, width, ...rows, verbose, now: Date.now(), lastLine }),
    true,
  );
  return check && isUnwell ? exit.unwell : exit.well;
}
