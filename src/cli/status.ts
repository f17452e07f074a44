/** `objflow status`: each task's phase, and why. Reads the state at any time, disturbs nobody. */
import { tasksView } from '../core/answers.js';
import { renderStatus, statusDocument } from '../report/status.js';
import type { Context } from './context.js';
import { exit } from './exit.js';
import { requireMapping, requireSelected } from './mapping.js';
import { presentState } from './present.js';

export interface StatusOptions {
  readonly format: 'text' | 'json';
  readonly check?: boolean;
}

/** Gives the exit status. */
export async function status(
  context: Context,
  selectors: readonly string[],
  { format, check }: StatusOptions,
): Promise<number> {
  const mapped = await requireMapping(context);
  const selected = requireSelected(mapped, selectors);
  const present = await presentState(context, mapped);
  // What is set aside belongs to no job.
  const setAside = selected ? [] : present.setAside;
  const tasks = tasksView(present.state).filter(({ job }) => selected?.has(job) ?? true);
  context.out.write(
    format === 'json'
      ? statusDocument(tasks, setAside)
      : renderStatus(tasks, { color: context.colorOut, width: context.width, now: Date.now(), setAside }),
  );
  const unwell = tasks.some(({ phase }) => phase === 'failed' || phase === 'blocked');
  return check && unwell ? exit.unwell : exit.well;
}
