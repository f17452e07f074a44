/** Views of a state, made by hand. */
import type { JobView, Phase, Reason, ReasonCode, RunView, TaskBrief, TaskView } from '../../src/core/views.js';
import type { StatusView } from '../../src/report/status.js';

export const now = Date.UTC(2026, 10, 24, 10);

export const reason = (code: ReasonCode, message: string, task?: string): Reason => ({
  code,
  message,
  ...(task === undefined ? {} : { task }),
});

export const run = (task: string, outcome: RunView['outcome'], startedAt: number, endedAt?: number): RunView => ({
  run: 'r1',
  task,
  job: task,
  partition: {},
  outcome,
  ...(outcome === 'failed' ? { exitCode: 1 } : {}),
  attempts: 1,
  startedAt,
  ...(endedAt === undefined ? {} : { endedAt }),
  consumed: { 'file:a': '1' },
  produced: {},
});

export const task = (name: string, phase: Phase, reasons: readonly Reason[], lastRun?: RunView): TaskView => ({
  task: name,
  job: name.replace(/\[.*/, ''),
  partition: name.includes('[') ? { date: name.replace(/.*=|\]/g, '') } : {},
  phase,
  reasons,
  ...(lastRun === undefined ? {} : { lastRun }),
});

export const succeeded = (name: string, ago: number): TaskView =>
  task(name, 'succeeded', [reason('up-to-date', 'up to date')], run(name, 'succeeded', now - ago - 1000, now - ago));

export const failed = (name: string, ago: number): TaskView =>
  task(
    name,
    'failed',
    [reason('last-run-failed', 'its last run failed with exit status 1, and nothing has changed since')],
    run(name, 'failed', now - ago - 1000, now - ago),
  );

/** Jobs of these tasks, and the tasks that are told one by one: all, where only a part was asked for. */
export function viewOf(tasks: readonly TaskView[], more: Partial<StatusView> = {}): StatusView {
  const briefs = new Map<Phase, TaskBrief[]>();
  for (const one of tasks) {
    const { job, phase, lastRun } = one;
    if (more.isPart !== true && (phase === 'succeeded' || phase === 'disabled')) continue;
    const since = phase === 'running' ? lastRun?.startedAt : lastRun?.endedAt;
    const brief = { job, phase, whole: () => one, ...(since === undefined ? {} : { since }) };
    briefs.set(phase, [...(briefs.get(phase) ?? []), brief]);
  }
  return { jobs: jobsOf(tasks), tasks: briefs, isPart: false, setAside: [], polled: [], ...more };
}

export function jobsOf(tasks: readonly TaskView[]): JobView[] {
  const jobs = [...new Set(tasks.map(({ job }) => job))];
  return jobs.map((job) => {
    const own = tasks.filter((one) => one.job === job);
    const counts: Partial<Record<Phase, number>> = {};
    for (const { phase } of own) counts[phase] = (counts[phase] ?? 0) + 1;
    const ends = own.flatMap(({ lastRun }) => lastRun?.endedAt ?? []);
    return {
      ...{ job, enabled: true, counts, definitionChanged: 0, waitsFor: [] },
      partitioned: own.some((one) => one.task !== job),
      failed: own.flatMap(({ phase, partition }) => (phase === 'failed' ? [partition] : [])).slice(0, 3),
      ...(ends.length === 0 ? {} : { lastEndedAt: Math.max(...ends) }),
    };
  });
}

/** A job without tasks. */
export const idle = (job: string, waitsFor: readonly string[], enabled = true): JobView => ({
  ...{ job, enabled, waitsFor },
  ...{ partitioned: true, counts: {}, definitionChanged: 0, failed: [] },
});
