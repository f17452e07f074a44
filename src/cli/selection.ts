/** The selectors of a command. */
import { ok } from '../core/result.js';
import type { Selection } from '../core/selector.js';
import { select } from '../orchestrator/selection.js';
import { terminal } from '../report/sinks.js';
import type { Context } from './context.js';
import { userError } from './exit.js';
import type { Mapped } from './mapping.js';
import { type Present, presentState } from './present.js';

/** What is selected; undefined where there are no selectors: all. Throws a `UserError` for a name that stands for nothing. */
export async function requireSelection(
  context: Context,
  mapped: Mapped,
  selectors: readonly string[],
  present: () => Promise<Present> = () => presentState(context, mapped),
): Promise<Selection | undefined> {
  const selected = await select(mapped, selectors, async () => ok(await present()), context.cwd);
  if (!selected.ok) throw userError(selected.error);
  if (selected.value?.jobs.size === 0 && !context.options.quiet)
    context.err.write(`objflow: nothing is selected by ${terminal(selectors.join(' '))}\n`);
  return selected.value;
}
