/**
 * `objflow simulate`: what would run, in order and with reasons, if these objects landed or were announced now. Plays it
 * twice, with them and without, so that what is due anyway is told apart. Runs nothing, writes nothing.
 */
import { taskView } from '../core/answers.js';
import { displayName, type ObjectId } from '../core/object.js';
import type { JobNode, ObjectNode, State, Task } from '../core/state.js';
import type { PlannedTask, PlanView, Reason, TaskView } from '../core/views.js';
import { namedObjects } from '../orchestrator/named.js';
import type { Context } from './context.js';
import { exit, must } from './exit.js';
import { type Future, openFuture } from './future.js';
import { requireMapping } from './mapping.js';
import { tellMissingState } from './missing-state.js';
import { inFuture, tellPlan } from './plan.js';

export interface SimulateOptions {
  readonly format: 'text' | 'json';
}

/** As a daemon does it: what stands failed is tried again only when its sources change. */
const asDaemon = { retry: false, force: false } as const;

/** Gives the exit status. */
export async function simulate(
  context: Context,
  texts: readonly string[],
  { format }: SimulateOptions,
): Promise<number> {
  const mapped = await requireMapping(context);
  const landed = must(namedObjects(mapped.mapping, texts, context.cwd, 'simulated', '\nobjflow: '));
  tellMissingState(context);
  const play = openFuture(context, mapped);
  const future = await play({ ...asDaemon, landed });
  const without = future.starts.length === 0 ? undefined : await play(asDaemon);
  tellPlan(context, format, simulated(future, without, landed));
  return exit.well;
}

/** The plan with what lands, held against the one without it. */
export function simulated(future: Future, without: Future | undefined, landed: readonly ObjectId[]): PlanView {
  const { state, starts } = future;
  const due = new Map<string, number>();
  for (const { task } of without?.starts ?? []) due.set(task, (due.get(task) ?? 0) + 1);
  const names = new Set<string>(landed);
  const tasks = starts.map((start): PlannedTask => {
    const left = due.get(start.task) ?? 0;
    due.set(start.task, left - 1);
    return { ...inFuture(start, names), because: left > 0 ? 'due' : 'landed' };
  });
  return {
    tasks,
    notRun: [...stayed(state, tasks, landed), ...landed.flatMap((object) => withoutTask(state, object))],
    landed,
    unread: landed.filter((object) => state.sources.match(object).length === 0),
  };
}

/** Tasks that read what lands, or what is made because of it, and would not run. */
function stayed(
  state: State,
  planned: readonly PlannedTask[],
  landed: readonly ObjectId[],
): Pick<TaskView, 'task' | 'phase' | 'reasons'>[] {
  const changed = new Set<ObjectNode>();
  for (const id of landed) {
    const object = state.objects.get(id);
    if (object) changed.add(object);
  }
  for (const { task, because } of planned)
    for (const object of (because === 'landed' && state.tasks.get(task)?.targets) || []) changed.add(object);
  const runs = new Set(planned.map(({ task }) => task));
  const found = new Set<Task>();
  for (const { inputs } of changed)
    for (const input of inputs) for (const task of input.tasks) if (!runs.has(task.id)) found.add(task);
  return [...found].sort(inOrder).map((task) => {
    const { phase, reasons } = taskView(state, task);
    const [first, ...rest] = reasons;
    const silent = first?.code === 'up-to-date' ? untriggered(task, changed) : [];
    return { task: task.id, phase, reasons: silent.length > 0 ? [...silent, ...rest] : reasons };
  });
}

const inOrder = (one: Task, other: Task): number =>
  one.job.job.index - other.job.job.index || (one.id < other.id ? -1 : 1);

/** Sources that changed and start nothing. */
const untriggered = (task: Task, changed: ReadonlySet<ObjectNode>): Reason[] =>
  task.inputs.flatMap((input) =>
    task.job.job.sources[input.source]?.trigger === false
      ? [...input.members]
          .filter((object) => changed.has(object))
          .map(({ id }) => ({
            code: 'up-to-date',
            message: `${displayName(id)} alone starts nothing: the source says trigger: false`,
            object: id,
          }))
      : [],
  );

/** Jobs that read it and have no task that does, because what goes with it is not there. */
function withoutTask(state: State, object: ObjectId): Pick<TaskView, 'task' | 'phase' | 'reasons'>[] {
  const inputs = state.objects.get(object)?.inputs ?? [];
  return state.sources.match(object).flatMap(({ value: { job, source } }) => {
    const input = inputs.find((one) => one.job === job && one.source === source);
    if (input && input.tasks.size > 0) return [];
    const name = displayName(object);
    const reasons = partners(job, source).map(
      ({ text, id }): Reason => ({
        code: 'source-missing',
        message: `no task reads ${name} yet: nothing that goes with it matches ${text}`,
        object: id,
      }),
    );
    return [{ task: job.job.name, phase: job.job.enabled ? 'waiting' : 'disabled', reasons }];
  });
}

/** Patterns of the other sources that make tasks known: of those, where there are some, that match nothing at all. */
function partners(job: JobNode, source: number) {
  const others = (job.full.length > 0 ? job.full : job.joined).filter((at) => at !== source);
  const isEmpty = (at: number): boolean =>
    [...(job.inputs[at]?.values() ?? [])].every(({ members }) => members.size === 0);
  const empty = others.filter(isEmpty);
  return (empty.length > 0 ? empty : others).flatMap((at) => job.job.sources[at]?.pattern ?? []);
}
