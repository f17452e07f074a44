/**
 * Rebuilds the state from the mapping and a history: at the start, and when the mapping was edited. What can be looked
 * up again is not here: the engine looks at all files and then says `opened`.
 */
import { heldOf, versionIn } from './held.js';
import { type History, keptApart, type Same } from './history.js';
import type { Job } from './job.js';
import { forgetTask, knowObject, knowTask } from './known.js';
import type { Mapping } from './mapping.js';
import { asObjectId, asVersion } from './object.js';
import type { Partition } from './pattern.js';
import { compareWithSuccess, enter, setKnownVersion } from './phase.js';
import { enqueue, occupy } from './room.js';
import { never } from './soonest.js';
import { emptyState, jobNode, type Running, type State, type StateOptions, type Task, type Told } from './state.js';

/**
 * The state that the history left, under this mapping. Jobs that are gone leave their past aside; what still runs of them
 * finishes. `from` is the state that this one replaces, in one and the same process: its executing runs go on.
 */
export function restore(mapping: Mapping, history: History, options: StateOptions, from?: State): State {
  const state = emptyState(mapping, options);
  if (from) carryOver(state, from);
  // Each goes to its object as soon as that is known.
  for (const [id, version] of history.leftovers) state.strays.leftovers.set(id, version);
  for (const job of state.jobs.values()) if (job.job.captures.length === 0) knowTask(state, job, {});
  for (const [name, told] of history.tasks) {
    if (!told.last && !told.open) continue;
    const task = taskOf(state, name, told, from);
    if (task) restoreTask(state, task, told, sameIn(task, history), from);
    else state.strays.tasks.set(name, keptApart(told));
  }
  for (const [id, version] of history.versions) setKnownVersion(state, id, asVersion(version), 0);
  for (const key of history.keys) state.keys.add(key);
  for (const task of state.tasks.values()) compareWithSuccess(task);
  // What changed while they ran was pending before anything that becomes due from now on.
  for (const task of state.runs.values()) task.nextWave = hasNews(task) ? 0 : never;
  return state;
}

/** What the task's objects and the history hold already. */
const sameIn = ({ targets, inputs }: Task, { versions }: History): Same => ({
  id(object) {
    for (const { id } of targets) if (id === object) return id;
    for (const { members } of inputs)
      if (members.size === 1) for (const { id } of members) if (id === object) return id;
    return object;
  },
  version(object, version) {
    const known = versions.get(asObjectId(object));
    return known === version ? known : version;
  },
});

/** Something that it reads is there in another version than its run consumes. */
const hasNews = ({ inputs, run }: Task): boolean =>
  inputs.some(({ members }) =>
    [...members].some(({ id, version }) => version !== undefined && run && versionIn(run.consumed, id) !== version),
  );

/** What is neither in the history nor to be looked at again. */
function carryOver(state: State, from: State): void {
  state.before = from.objects;
  state.started = from.started;
  state.turn = from.turn;
  state.stopping = from.stopping;
  for (const [id, landed] of from.lately) state.lately.set(id, landed);
  for (const [directory, moved] of from.early) state.early.set(directory, moved);
}

/** The task that is told of, if it is one of this mapping's, or still runs. */
function taskOf(state: State, name: string, told: Told, from: State | undefined): Task | undefined {
  const { about } = told;
  const { partition } = about;
  const job = state.jobs.get(about.job);
  if (job && sameNames(job.job.captures, partition)) {
    const task = knowTask(state, job, partition);
    if (task.id === name) return task;
    forgetTask(state, task);
  }
  if (!told.open) return undefined;
  const last = from?.tasks.get(name)?.job.job ?? unknownJob(about);
  const pool = last.pool === undefined ? undefined : state.pools.get(last.pool);
  return knowTask(state, jobNode({ ...last, sources: [] }, 0, pool, true), partition);
}

/** A job of which nothing is left but a run: how that ends is all that there is to know. */
const unknownJob = ({ job, partition }: Told['about']): Job => ({
  name: job,
  index: -1,
  tags: [],
  sources: [],
  targets: [],
  captures: Object.keys(partition),
  when: 'any',
  run: '',
  shell: 'sh',
  env: {},
  retries: { attempts: 1, delay: 0, backoff: 1 },
  priority: 0,
  enabled: true,
  onUpstreamFailure: 'block',
  onMissingTarget: 'ignore',
  sourcesAs: 'all',
  definition: '',
  place: { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 },
});

function restoreTask(state: State, task: Task, told: Told, same: Same, from: State | undefined): void {
  task.success = told.success?.(same);
  task.last = told.last === told.success ? task.success : told.last?.(same);
  task.retried = told.retried;
  if (!told.open) return;
  const { first, latest } = told.open;
  const live = from?.runs.get(latest.run)?.run;
  const run: Running = {
    run: latest.run,
    key: latest.key,
    definition: latest.definition,
    consumed: heldOf(latest.consumed),
    targets: latest.targets?.map((id) => knowObject(state, asObjectId(id))) ?? task.targets,
    startedAt: first.at,
    first: first.attempt,
    attempt: latest.attempt,
    begun: live?.begun ?? latest.attempt,
    stage: live?.stage ?? 'doubt',
    nextAt: live?.nextAt ?? 0,
  };
  task.run = run;
  enter(state, task, 'running');
  state.runs.set(run.run, task);
  if (run.stage === 'executing' || run.stage === 'doubt') occupy(state, task, 1);
  else if (run.stage === 'pausing') state.deadlines.push({ at: run.nextAt, run: run.run });
  else enqueue(state, task);
}

const sameNames = (names: readonly string[], partition: Partition): boolean =>
  Object.keys(partition).length === names.length && names.every((name) => Object.hasOwn(partition, name));

/** Runs that were in progress when the journal ends: somebody has to find out what became of them. */
export const runsInDoubt = (state: State): string[] =>
  [...state.runs.values()].flatMap(({ run }) => (run?.stage === 'doubt' ? [run.run] : []));
