/** `objflow reset`: forgets that tasks ran, so that they are due again. Never all by accident: it wants selectors. */
import type { AskedView } from '../core/views.js';
import { readPresent } from '../orchestrator/present.js';
import { type AskedOptions, askOf, selectedTasks, tellAsked } from './asked.js';
import { type Context, stateFile } from './context.js';
import { exit, must, UserError } from './exit.js';
import { requireMapping } from './mapping.js';
import { requireSelection } from './selection.js';

export interface ResetOptions extends AskedOptions {
  readonly dryRun?: boolean;
}

/** Gives the exit status. A task that is running goes on, and its success counts: only what was before it is forgotten. */
export async function reset(
  context: Context,
  selectors: readonly string[],
  { format, dryRun = false }: ResetOptions,
): Promise<number> {
  if (selectors.length === 0)
    throw new UserError(
      "reset forgets what it is told to, and was told nothing; name jobs or tasks, or say '*' for all",
    );
  const mapped = await requireMapping(context);
  const present = must(await readPresent(stateFile(context, mapped.mapping), mapped));
  const selection = await requireSelection(context, mapped, selectors, async () => present);
  const tasks: string[] = [];
  const left: AskedView['left'][number][] = [];
  for (const task of selectedTasks(present.state, selection)) {
    if (task.success || task.last) tasks.push(task.id);
    else left.push({ task: task.id, reason: task.run ? 'it runs for the first time' : 'it has never run' });
  }
  const how = dryRun ? 'done' : await askOf(context, mapped, { what: 'reset', tasks });
  tellAsked(context, mapped, { what: 'reset', tasks, left, asked: how === 'asked', dryRun }, format);
  return exit.well;
}
