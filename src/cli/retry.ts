/**
 * `objflow retry`: runs failed tasks again, and what they then make due. Asks whoever holds the state; where nobody does,
 * it is `run` for these tasks and what is downstream of them.
 */
import { taskView } from '../core/answers.js';
import type { Selection } from '../core/selector.js';
import type { State, Task } from '../core/state.js';
import type { AskedView } from '../core/views.js';
import { readPresent } from '../orchestrator/present.js';
import { renderAsked } from '../report/asked.js';
import { type AskedOptions, askOf, selectedTasks, tellAsked } from './asked.js';
import { type Context, stateFile } from './context.js';
import { exit, must, UserError } from './exit.js';
import { requireMapping } from './mapping.js';
import { runAll } from './run.js';
import { requireSelection } from './selection.js';

export interface RetryOptions extends AskedOptions {
  /** All that failed, of what is selected. */
  readonly failed?: boolean;
  readonly jobs?: number;
}

/** Gives the exit status: that of `run` where nobody holds the state. `ask`: stands in for asking whoever does. */
export async function retry(
  context: Context,
  selectors: readonly string[],
  { format, failed = false, jobs }: RetryOptions,
  ask: typeof askOf = askOf,
): Promise<number> {
  if (selectors.length === 0 && !failed)
    throw new UserError('retry wants to know what; name jobs or tasks, or say --failed for all that failed');
  const mapped = await requireMapping(context);
  const present = must(await readPresent(stateFile(context, mapped.mapping), mapped));
  const selection = await requireSelection(context, mapped, selectors, async () => present);
  const { tasks, left } = sorted(present.state, selectedTasks(present.state, selection), failed);
  const isAsked =
    present.isHeld && tasks.length > 0 && (await ask(context, mapped, { what: 'retry', tasks })) === 'asked';
  const view: AskedView = { what: 'retry', tasks, left, asked: isAsked, dryRun: false };
  // Whoever held the state may be gone by now: then it is on record, and for us to run.
  const isOver = isAsked || (tasks.length === 0 && (present.isHeld || format === 'text'));
  if (isOver || format === 'json') tellAsked(context, mapped, view, format);
  if (isOver) return exit.well;
  if (format === 'text' && left.length > 0 && !context.options.quiet)
    context.err.write(renderAsked(view, { color: context.colorErr, width: context.width }));
  const downstream = tasks.map((task) => `${task}+`);
  const affected = tasks.length === 0 ? none : await requireSelection(context, mapped, downstream, async () => present);
  return runAll(context, mapped, affected, {
    format,
    retry: false,
    retried: tasks,
    ...(jobs === undefined ? {} : { jobs }),
  });
}

const none: Selection = { jobs: new Set(), has: () => false };

/**
 * Those that failed, and how the others stand. One that is due again all the same, because its job or a source was mended,
 * is among them: whoever says `retry` wants it to run. With `failed` nobody asked for the others.
 */
function sorted(state: State, selected: readonly Task[], failed: boolean): Pick<AskedView, 'tasks' | 'left'> {
  const tasks: string[] = [];
  const left: AskedView['left'][number][] = [];
  for (const task of selected) {
    const { phase, reasons } = taskView(state, task);
    if (task.last?.outcome === 'failed' && phase !== 'running' && phase !== 'disabled') tasks.push(task.id);
    else if (!failed) left.push({ task: task.id, reason: `${phase}: ${reasons[0]?.message ?? ''}` });
  }
  return { tasks, left };
}
