/** The selectors of a command. */
import { ok } from '../core/result.js';
import type { Selection } from '../core/selector.js';
import { type Present, readPresent } from '../orchestrator/present.js';
import { select } from '../orchestrator/selection.js';
import { terminal } from '../report/sinks.js';
import { type Context, stateFile } from './context.js';
import { must } from './exit.js';
import type { Mapped } from './mapping.js';
import { onTerminal } from './say.js';

/** What is selected; undefined where there are no selectors: all. Throws a `UserError` for a name that stands for nothing. */
export async function requireSelection(
  context: Context,
  mapped: Mapped,
  selectors: readonly string[],
  present: () => Promise<Present> = async () => must(await readPresent(stateFile(context, mapped.mapping), mapped)),
): Promise<Selection | undefined> {
  const selected = must(await select(mapped, selectors, async () => ok(await present()), context.cwd));
  if (selected?.jobs.size === 0 && !context.options.quiet)
    context.err.write(onTerminal(`objflow: nothing is selected by \`${terminal(selectors.join(' '))}\``));
  return selected;
}
