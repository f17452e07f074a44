/**
 * What selectors select, together. Selection is by task: whatever names jobs means all their tasks, those too that are
 * not known yet; from jobs a `+` follows the graph of the mapping, from tasks that of the state.
 */
import type { JobGraph } from './graph.js';
import type { Mapping } from './mapping.js';
import { type Named, Names, type NotKnown } from './named.js';
import { ok, type Result } from './result.js';
import { partsOf, readTerm, type Selection, type Term } from './selector.js';
import type { Input, State, Task } from './state.js';

/** Selectors whose names are known, as far as the mapping tells. */
export interface Selectors {
  /** The mapping alone cannot tell what they select. */
  readonly needState: boolean;
  /** `state` may only be left away where none is needed. */
  select(state: State | undefined): Result<Selection, NotKnown>;
}

interface Meant extends Omit<Term, 'name'> {
  readonly named: Named;
  /** What it stands for where the pluses belong to the name: an object that is there. */
  readonly whole?: Named;
}

/** What is selected so far: whole jobs, and single tasks with their jobs. */
interface Extent {
  readonly jobs: Set<string>;
  readonly tasks: Map<string, string>;
}

/** Reads the selectors; or the first name in them that stands for nothing. */
export function readSelectors(
  mapping: Pick<Mapping, 'jobs'>,
  graph: JobGraph,
  selectors: readonly string[],
): Result<Selectors, NotKnown> {
  const names = new Names(mapping, graph);
  const read: (readonly Meant[])[] = [];
  for (const selector of selectors) {
    const one = readSelector(names, selector);
    if (!one.ok) return one;
    read.push(one.value);
  }
  const needState = read.flat().some(({ named }) => typeof named === 'function');
  return ok({ needState, select: (state) => selectAll(graph, read, state) });
}

/** The parts that are to hold at once. What has a comma or a plus in its own name is found nevertheless. */
function readSelector(names: Names, selector: string): Result<readonly Meant[], NotKnown> {
  const written = names.written(selector);
  if (written) return ok([{ up: 0, down: 0, named: written }]);
  const all: Meant[] = [];
  for (const part of partsOf(selector)) {
    const { name, up, down } = readTerm(part);
    const named = names.find(name);
    if (named.ok) {
      const whole = name === part || typeof named.value !== 'function' ? undefined : names.find(part);
      all.push({ up, down, named: named.value, ...(whole?.ok ? { whole: whole.value } : {}) });
      continue;
    }
    const whole = names.find(selector);
    return whole.ok ? ok([{ up: 0, down: 0, named: whole.value }]) : named;
  }
  return ok(all);
}

function selectAll(
  graph: JobGraph,
  read: readonly (readonly Meant[])[],
  state: State | undefined,
): Result<Selection, NotKnown> {
  const all: Extent = { jobs: new Set(), tasks: new Map() };
  for (const parts of read) {
    let both: Extent | undefined;
    for (const part of parts) {
      const extent = extentOf(graph, part, state);
      if (!extent.ok) return extent;
      both = both ? inBoth(both, extent.value) : extent.value;
    }
    for (const job of both?.jobs ?? []) all.jobs.add(job);
    for (const [task, job] of both?.tasks ?? []) all.tasks.set(task, job);
  }
  return ok({
    jobs: new Set([...all.jobs, ...all.tasks.values()]),
    has: ({ job, task }) => all.jobs.has(job) || all.tasks.has(task),
  });
}

function extentOf(
  graph: JobGraph,
  { named, up, down, whole }: Meant,
  state: State | undefined,
): Result<Extent, NotKnown> {
  if (typeof named !== 'function') {
    const upstream = (job: string) => (graph.producers.get(job) ?? []).flat().map(({ from }) => from);
    const downstream = (job: string) => (graph.consumers.get(job) ?? []).map(({ to }) => to);
    return ok({ jobs: around(named, up, upstream, down, downstream), tasks: new Map() });
  }
  if (!state) throw new Error('these selectors need a state');
  const alone = typeof whole === 'function' ? whole(state) : undefined;
  if (alone?.ok && alone.value.length > 0) return ok(extentOfTasks(alone.value));
  const tasks = named(state);
  if (!tasks.ok) return tasks;
  return ok(extentOfTasks(around(tasks.value, up, upstreamTasks(), down, downstreamTasks())));
}

const extentOfTasks = (tasks: Iterable<Task>): Extent => ({
  jobs: new Set(),
  tasks: new Map([...tasks].map((task) => [task.id, task.job.job.name])),
});

function inBoth(one: Extent, other: Extent): Extent {
  const jobs = new Set([...one.jobs].filter((job) => other.jobs.has(job)));
  const tasks = new Map<string, string>();
  for (const [from, against] of [
    [one, other],
    [other, one],
  ] as const)
    for (const [task, job] of from.tasks) if (against.jobs.has(job) || against.tasks.has(task)) tasks.set(task, job);
  return { jobs, tasks };
}

type Next<T> = (node: T) => Iterable<T>;

function around<T>(seeds: readonly T[], up: number, upstream: Next<T>, down: number, downstream: Next<T>): Set<T> {
  const reached = new Set(seeds);
  for (const node of reach(seeds, up, upstream)) reached.add(node);
  for (const node of reach(seeds, down, downstream)) reached.add(node);
  return reached;
}

/** The seeds, and what is so many steps from them at most. */
function reach<T>(seeds: readonly T[], steps: number, next: Next<T>): Set<T> {
  const reached = new Set(seeds);
  let last: readonly T[] = seeds;
  for (let step = 0; step < steps && last.length > 0; step += 1) {
    const further: T[] = [];
    for (const node of last)
      for (const other of next(node)) {
        if (reached.has(other)) continue;
        reached.add(other);
        further.push(other);
      }
    last = further;
  }
  return reached;
}

/** For one walk: an input that a thousand tasks share is gone through once. */
function upstreamTasks(): Next<Task> {
  const seen = new Set<Input>();
  return function* (task) {
    for (const input of task.inputs) {
      if (seen.has(input)) continue;
      seen.add(input);
      for (const object of input.members) yield* object.writers;
    }
  };
}

/** As above. */
function downstreamTasks(): Next<Task> {
  const seen = new Set<Input>();
  return function* (task) {
    for (const object of task.targets)
      for (const input of object.inputs) {
        if (seen.has(input)) continue;
        seen.add(input);
        yield* input.tasks;
      }
  };
}
