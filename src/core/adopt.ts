/**
 * Adoption: a task is taken for up to date as it stands, as if it had just succeeded. What it would consume now counts as
 * consumed, what it would make as made; nothing runs. For a platform that was there before objflow. Knows nothing of who
 * asks.
 */
import type { Effect } from './effect.js';
import type { Event } from './event.js';
import { heldOf } from './held.js';
import { asVersion, displayName, kindOf, type Look, type ObjectId, type Observation } from './object.js';
import { touch } from './pending.js';
import { setVersion } from './phase.js';
import { readiness } from './readiness.js';
import type { Versions } from './record.js';
import { consumable, nextRunId, remember, workKey } from './run.js';
import type { State, Task } from './state.js';
import type { Reason } from './views.js';

/** What was found of file targets. */
export type Targets = ReadonlyMap<ObjectId, Observation>;

/** File targets of these tasks: to be looked at before anybody adopts them. */
export function fileTargets(state: State, tasks: Iterable<string>): ObjectId[] {
  const found = new Set<ObjectId>();
  for (const name of tasks)
    for (const { id } of state.tasks.get(name)?.targets ?? []) if (kindOf(id) === 'file') found.add(id);
  return [...found];
}

/** By object. */
export const targetsOf = (looks: readonly Look[]): Targets =>
  new Map(looks.map(({ object, found }) => [object, found]));

/** Adopts those that can be, producers before their consumers, so that a whole chain is adopted at once. */
export function adoptTasks(state: State, event: Extract<Event, { type: 'adopt-asked' }>, effects: Effect[]): void {
  const targets = targetsOf(event.targets);
  const asked = event.tasks.flatMap(({ task: name, key }) => {
    const task = state.tasks.get(name);
    return task ? [{ task, key }] : [];
  });
  asked.sort((one, other) => one.task.job.rank - other.task.job.rank || (one.task.id < other.task.id ? -1 : 1));
  for (const { task, key } of asked) adopt(state, task, key, targets, event.at, effects);
}

function adopt(
  state: State,
  task: Task,
  asked: string | undefined,
  targets: Targets,
  at: number,
  effects: Effect[],
): void {
  if (isUpToDate(task, targets) || obstacle(state, task, targets) !== undefined) return;
  const consumed = consumable(task);
  const key = workKey(state, task, consumed);
  if (asked !== undefined && asked !== key) return;
  const produced = producedBy(task, key, targets);
  const { job } = task.job;
  const run = nextRunId(state);
  const about = { run, task: task.id, job: job.name, partition: task.partition, attempts: 0 };
  const { definition } = job;
  const ended = { startedAt: at, endedAt: at, outcome: 'succeeded' } as const;
  // In the order of those that compaction makes: such lines are read fastest.
  effects.push({
    type: 'append',
    record: { type: 'run', ...about, key, definition, consumed, ...ended, produced },
  });
  task.retried = false;
  task.forced = false;
  const versions = { consumed: heldOf(consumed), produced: heldOf(produced) };
  remember(task, { run, attempts: 0, definition, key: undefined, ...versions, ...ended, ending: {} });
  touch(state, task);
  for (const object of task.targets) {
    const version = produced[object.id];
    if (version === undefined) continue;
    object.leftover = undefined;
    object.settling = undefined;
    object.trouble = undefined;
    state.unknown.delete(object);
    setVersion(state, object, asVersion(version), state.turn);
  }
}

/** Files are as they are; another object keeps the version that it has, and where it has none its work names one. */
function producedBy(task: Task, key: string, targets: Targets): Versions {
  const produced: Record<string, string> = {};
  for (const { id, version } of task.targets) {
    const found = targets.get(id);
    if (kindOf(id) !== 'file') produced[id] = version ?? `adopted-${key}`;
    else if (found?.state === 'present' && found.version !== undefined) produced[id] = found.version;
  }
  return produced;
}

/** It has succeeded as it is, on what is there: there is nothing to adopt. */
export const isUpToDate = (task: Task, targets: Targets): boolean =>
  !task.run &&
  !task.retried &&
  !task.forced &&
  task.last?.outcome === 'succeeded' &&
  task.last.definition === task.job.job.definition &&
  task.changed === undefined &&
  (task.job.job.onMissingTarget === 'ignore' || task.targets.every(({ id }) => targets.get(id)?.state !== 'absent'));

/** Why the task cannot be adopted, in a sentence without a full stop; undefined where it can. */
export function obstacle(state: State, task: Task, targets: Targets): string | undefined {
  if (task.run) return 'it is running';
  const missing = task.inputs.some((input, at) => input.present === 0 && task.job.job.sources[at]?.optional !== true);
  if (missing) return missingSource(state, task);
  for (const { id } of task.targets) {
    if (kindOf(id) !== 'file') continue;
    const found = targets.get(id);
    if (found === undefined || found.state === 'unknown')
      return `${displayName(id)} cannot be looked at${found === undefined ? '' : `: ${found.problem}`}`;
    if (found.state === 'absent' || found.version === undefined) return `its target ${displayName(id)} is not there`;
  }
  return undefined;
}

/** In the words of whoever decides that it has to wait. */
function missingSource(state: State, task: Task): string {
  const reasons: Reason[] = [];
  readiness(state, task, reasons);
  const about = reasons.find(({ code }) => code.startsWith('source-') || code === 'marker-missing');
  return about?.message ?? 'a source of it does not exist';
}
