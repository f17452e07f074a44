/**
 * Answers from the state, for `status`, `run` and its summary. They read; they decide nothing.
 */
import { versionsOf } from './held.js';
import { readiness } from './readiness.js';
import { whatIsFull } from './room.js';
import type { RunTold, State, Task } from './state.js';
import type { EmptyView, Reason, RunView, SummaryView, TaskView } from './views.js';
import { placeOf } from './why-next.js';

/** Every task's phase and reasons, in the order of the mapping. */
export function tasksView(state: State): TaskView[] {
  return inOrder(state).map((task) => taskView(state, task));
}

function inOrder(state: State): Task[] {
  return [...state.tasks.values()].sort(
    (one, other) => one.job.job.index - other.job.job.index || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0),
  );
}

/** One task's phase and reasons. */
export function taskView(state: State, task: Task): TaskView {
  const reasons: Reason[] = [];
  const phase = readiness(state, task, reasons);
  if (phase === 'ready' && task.selected && !state.stopping) {
    const full = whatIsFull(task);
    if (full) reasons.push(full);
  }
  const view = { task: task.id, job: task.job.job.name, partition: task.partition, phase, reasons };
  const lastRun = lastRunOf(task);
  return lastRun ? { ...view, lastRun } : view;
}

function lastRunOf(task: Task): RunView | undefined {
  const about = { task: task.id, job: task.job.job.name, partition: task.partition };
  if (task.run) {
    const { run, attempt: attempts, startedAt } = task.run;
    const consumed = versionsOf(task.run.consumed);
    return { run, ...about, outcome: 'running', attempts, startedAt, consumed, produced: {} };
  }
  return task.last && runView({ ...task.last, ...about });
}

/** A run as documents show it. */
function runView(told: RunTold): RunView {
  const { run, task, job, partition, outcome, attempts, startedAt, endedAt, consumed, produced, ending } = told;
  return {
    run,
    task,
    job,
    partition,
    outcome,
    ...ending,
    attempts,
    startedAt,
    endedAt,
    consumed: versionsOf(consumed),
    produced: versionsOf(produced),
  };
}

/**
 * What a call of `run` came to. `well`: names of the tasks that it ran well. Only tasks that may run in this call count.
 */
export function summaryView(state: State, well: ReadonlySet<string>): SummaryView {
  const summary = { succeeded: 0, failed: 0, blocked: 0, waiting: 0, upToDate: 0 };
  for (const task of state.tasks.values()) {
    if (!task.selected) continue;
    if (task.phase === 'failed') summary.failed += 1;
    else if (task.phase === 'blocked') summary.blocked += 1;
    else if (task.phase === 'waiting' || task.phase === 'held' || task.phase === 'ready') summary.waiting += 1;
    else if (well.has(task.id)) summary.succeeded += 1;
    else if (task.phase === 'succeeded') summary.upToDate += 1;
  }
  return summary;
}

/** What there is for a call that found nothing to do. */
export function emptyView({ mapping, selected }: State): EmptyView {
  const jobs = [...mapping.jobs.values()].filter(({ name }) => selected?.jobs.has(name) ?? true);
  return {
    isPart: selected !== undefined,
    jobs: jobs.map(({ name }) => name),
    disabled: jobs.flatMap((job) => (job.enabled ? [] : [{ job: job.name, place: placeOf(mapping, job) }])),
  };
}

/** Names of the tasks that stand failed: what `run` tries once more. */
export const failedTasks = (state: State): string[] =>
  [...state.tasks.values()].flatMap((task) => (task.last?.outcome === 'failed' && task.selected ? [task.id] : []));
