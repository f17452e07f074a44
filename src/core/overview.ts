/**
 * Where many tasks stand, for whoever cannot read them one by one: each job's tasks counted, and the tasks in short,
 * those that have waited longest first. Costs a few steps a task: reasons are found only where they are asked for.
 * Reads; decides nothing.
 */
import { taskView } from './answers.js';
import { tasksOf } from './known.js';
import { sinceWhen, type Times } from './since.js';
import type { JobNode, State, Task } from './state.js';
import type { JobView, Phase, TaskBrief } from './views.js';

/** So many failed partitions of a job are named. */
const named = 3;

/** Which tasks are meant. */
export type Chosen = (task: { readonly job: string; readonly task: string }) => boolean;

/** The jobs that have such a task, or `also` say so, in the order of the mapping. */
export function jobsView(state: State, chosen: Chosen, also: (job: string) => boolean, times: Times): JobView[] {
  const since = sinceWhen(times);
  return [...state.jobs.values()].flatMap((node) => {
    const known = tasksOf(node);
    const tasks = known.filter((task) => isChosen(chosen, task));
    return tasks.length > 0 || (also(node.job.name) && known.length === 0) ? [jobView(node, tasks, since)] : [];
  });
}

const isChosen = (chosen: Chosen, task: Task): boolean => chosen({ job: task.job.job.name, task: task.id });

function jobView(node: JobNode, tasks: readonly Task[], since: ReturnType<typeof sinceWhen>): JobView {
  const { job } = node;
  const counts: Partial<Record<Phase, number>> = {};
  const failed: JobView['failed'][number][] = [];
  let definitionChanged = 0;
  let ended: number | undefined;
  let waiting: number | undefined;
  for (const task of tasks) {
    const { phase } = task;
    counts[phase] = (counts[phase] ?? 0) + 1;
    if (phase === 'failed' && failed.length < named) failed.push(task.partition);
    if (phase === 'succeeded' && task.success && task.success.definition !== job.definition) definitionChanged += 1;
    if (task.last) ended = Math.max(ended ?? 0, task.last.endedAt);
    if (waits(phase)) waiting = earlier(waiting, since(task));
  }
  return {
    job: job.name,
    enabled: job.enabled,
    partitioned: job.captures.length > 0,
    counts,
    definitionChanged,
    failed,
    ...(ended === undefined ? {} : { lastEndedAt: ended }),
    ...(waiting === undefined ? {} : { waitingSince: waiting }),
    waitsFor: tasks.length > 0 ? [] : needed(node),
  };
}

const waits = (phase: Phase): boolean =>
  phase === 'waiting' || phase === 'held' || phase === 'blocked' || phase === 'ready';

const needed = ({ job }: JobNode): string[] =>
  job.sources.flatMap(({ optional, pattern }) => (optional || pattern.captures.length === 0 ? [] : [pattern.id]));

const earlier = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

/** Such tasks in these phases: what waits longest first, and what ended last first. */
export function briefs(
  state: State,
  phases: ReadonlySet<Phase>,
  chosen: Chosen,
  times: Times,
): ReadonlyMap<Phase, readonly TaskBrief[]> {
  const sinceOf = sinceWhen(times);
  const found = new Map<Phase, { readonly task: Task; readonly since: number | undefined }[]>();
  for (const task of state.tasks.values()) {
    if (!phases.has(task.phase) || !isChosen(chosen, task)) continue;
    const group = found.get(task.phase) ?? [];
    found.set(task.phase, group);
    group.push({ task, since: sinceOf(task) });
  }
  const sorted = new Map<Phase, readonly TaskBrief[]>();
  for (const [phase, group] of found) {
    const over = phase === 'failed' || phase === 'succeeded';
    group.sort(
      (one, other) =>
        (one.since === other.since ? 0 : (one.since ?? never(over)) < (other.since ?? never(over)) !== over ? -1 : 1) ||
        one.task.job.job.index - other.task.job.job.index ||
        (one.task.id < other.task.id ? -1 : 1),
    );
    sorted.set(
      phase,
      group.map(({ task, since }) => ({
        job: task.job.job.name,
        phase,
        ...(since === undefined ? {} : { since }),
        whole: () => taskView(state, task),
      })),
    );
  }
  return sorted;
}

/** Comes last. */
const never = (over: boolean): number => (over ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
