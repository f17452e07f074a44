/** `objflow run --dry-run`: what `run` would start, in order and with reasons, and what it would not; runs nothing. */
import { emptyView, summaryView, tasksView } from '../core/answers.js';
import { displayName, kindOf } from '../core/object.js';
import type { Selection } from '../core/selector.js';
import type { Phase, PlannedTask, PlanView, Reason } from '../core/views.js';
import { planDocument, renderPlan } from '../report/plan.js';
import type { Context } from './context.js';
import { exit } from './exit.js';
import { type FutureOptions, openFuture, type Start } from './future.js';
import type { Mapped } from './mapping.js';
import { tellMissingState } from './missing-state.js';

export interface DryRunOptions extends Pick<FutureOptions, 'retry' | 'jobs'> {
  readonly format: 'text' | 'json';
  readonly force?: boolean;
}

/** Phases of what has something to do. */
const unfinished: readonly Phase[] = ['failed', 'blocked', 'held', 'waiting', 'ready'];

/** Gives the exit status. */
export async function dryRun(
  context: Context,
  mapped: Mapped,
  selected: Selection | undefined,
  { format, force = false, retry, jobs }: DryRunOptions,
): Promise<number> {
  tellMissingState(context);
  const { starts, state, well, left } = await openFuture(context, mapped)({ retry, force, selected, jobs });
  const notRun = tasksView(state).filter(({ task, phase }) => unfinished.includes(phase) && isSelected(task));
  function isSelected(task: string): boolean {
    return state.tasks.get(task)?.selected === true;
  }
  tellPlan(context, format, {
    tasks: starts.map((start) => inFuture(start)),
    notRun,
    upToDate: summaryView(state, well).upToDate,
    ...(left.length > 0 ? { left } : {}),
    empty: emptyView(state),
  });
  return exit.well;
}

/** Prints a plan. */
export function tellPlan(context: Context, format: 'text' | 'json', plan: PlanView): void {
  const { colorOut: color, width, options } = context;
  context.out.write(
    format === 'json' ? planDocument(plan) : renderPlan(plan, { color, width, all: options.verbose === true }),
  );
}

/** What the engine says when the task starts, as it is to be said before anything has happened. */
export function inFuture({ task, reasons, makers }: Start, landed: ReadonlySet<string> = new Set()): PlannedTask {
  const ahead = reasons.map((reason): Reason => {
    const { code, object } = reason;
    if (code !== 'source-changed' || object === undefined) return reason;
    const name = displayName(object);
    const maker = makers.get(object);
    if (maker !== undefined) return { ...reason, message: `${name} changes when ${maker} has run`, task: maker };
    if (!landed.has(object)) return reason;
    return { ...reason, message: `${name} ${kindOf(object) === 'file' ? 'lands' : 'is announced'}` };
  });
  if (ahead.every((reason, at) => reason === reasons[at])) return { task, reasons };
  // What is only counted, `and 3 more have changed`, has not all done so yet.
  const more = (reason: Reason): Reason =>
    reason.code === 'source-changed' && reason.object === undefined
      ? { ...reason, message: reason.message.replace(/ have changed$/, ' change') }
      : reason;
  return { task, reasons: ahead.map(more) };
}
