/**
 * The graph that follows from a mapping: which job feeds which, in what order, and where it runs in circles. Knows
 * nothing of state; nobody declares an edge, they follow from patterns that overlap.
 */
import type { Job } from './job.js';
import type { Mapping } from './mapping.js';
import type { ObjectId } from './object.js';
import { OverlapIndex, witnessOf } from './overlaps.js';
import type { Pattern } from './pattern.js';
import type { GraphView } from './views.js';

/** A target of one job that overlaps a source of another (or of the same). */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Position among the targets of `from`. */
  readonly target: number;
  /** Position among the sources of `to`. */
  readonly source: number;
  /** An object that both match; worked out when it is asked for. */
  readonly witness: ObjectId;
}

class Meeting implements Edge {
  readonly from: string;
  readonly to: string;
  readonly target: number;
  readonly source: number;
  readonly #jobs: ReadonlyMap<string, Job>;

  constructor(jobs: ReadonlyMap<string, Job>, from: string, to: string, target: number, source: number) {
    this.from = from;
    this.to = to;
    this.target = target;
    this.source = source;
    this.#jobs = jobs;
  }

  get witness(): ObjectId {
    const written = this.#jobs.get(this.from)?.targets[this.target];
    const read = this.#jobs.get(this.to)?.sources[this.source];
    if (written === undefined || read === undefined) throw new Error(`no edge from ${this.from} to ${this.to}`);
    return witnessOf(written.pattern, read.pattern);
  }
}

export interface JobGraph {
  /** By job, for each of its sources the edges that feed it; jobs that nothing feeds are left out. */
  readonly producers: ReadonlyMap<string, readonly (readonly Edge[])[]>;
  /** By job, the edges from its targets to those that read them; jobs that feed nothing are left out. */
  readonly consumers: ReadonlyMap<string, readonly Edge[]>;
  /** Jobs, upstream before downstream, otherwise as declared. Jobs on a cycle, or downstream of one, are left out. */
  readonly order: readonly string[];
  /** One shortest cycle for each set of jobs that feed one another; each edge starts where the one before it ends. */
  readonly cycles: readonly (readonly Edge[])[];
}

type Jobs = Pick<Mapping, 'jobs'>;

/** A target, as the graph is asked for it. */
export interface Written {
  readonly job: Job;
  /** Position among the targets of the job. */
  readonly target: number;
}

/** All targets, to be asked which of them overlap a pattern. */
export function targetsOf({ jobs }: Jobs): OverlapIndex<Written> {
  const targets = new OverlapIndex<Written>();
  for (const job of jobs.values()) {
    for (let target = 0; target < job.targets.length; target++) {
      const pattern = job.targets[target]?.pattern;
      if (pattern !== undefined) targets.add(pattern, { job, target });
    }
  }
  return targets;
}

/** The job graph of a mapping, or of one that is still being checked. */
export function buildGraph({ jobs }: Jobs, targets: OverlapIndex<Written> = targetsOf({ jobs })): JobGraph {
  const producers = new Map<string, readonly (readonly Edge[])[]>();
  const consumers = new Map<string, Edge[]>();
  for (const job of jobs.values()) {
    const feeding = job.sources.map(({ pattern }, source) =>
      targets.of(pattern).map(({ value }) => new Meeting(jobs, value.job.name, job.name, value.target, source)),
    );
    if (feeding.every(({ length }) => length === 0)) continue;
    producers.set(job.name, feeding);
    for (const edge of feeding.flat()) {
      const list = consumers.get(edge.from);
      if (list === undefined) consumers.set(edge.from, [edge]);
      else list.push(edge);
    }
  }
  const order = topological(jobs, producers, consumers);
  return { producers, consumers, order, cycles: cyclesAmong(jobs, order, consumers) };
}

function topological(
  jobs: ReadonlyMap<string, Job>,
  producers: JobGraph['producers'],
  consumers: JobGraph['consumers'],
): readonly string[] {
  /** By job, how many of the edges that feed it come from jobs that are not in order yet. */
  const open = new Map<string, number>();
  for (const [name, feeding] of producers) open.set(name, feeding.flat().length);
  const order = [...jobs.keys()].filter((name) => !open.has(name));
  for (let at = 0; at < order.length; at++) {
    for (const { to } of consumers.get(order[at] ?? '') ?? []) {
      const left = (open.get(to) ?? 0) - 1;
      open.set(to, left);
      if (left === 0) order.push(to);
    }
  }
  return order;
}

/** Takes the shortest cycle through the first job that is on one, sets aside all that feed one another with it, and goes on. */
function cyclesAmong(jobs: ReadonlyMap<string, Job>, order: readonly string[], consumers: JobGraph['consumers']) {
  const cycles: (readonly Edge[])[] = [];
  if (order.length === jobs.size) return cycles;
  const open = new Set(jobs.keys());
  for (const name of order) open.delete(name);
  for (const group of strongGroups(open, consumers)) {
    const members = new Set(group);
    const index = (name: string) => jobs.get(name)?.index ?? 0;
    const first = group.reduce((one, other) => (index(other) < index(one) ? other : one));
    const cycle = shortestCycle(first, members, consumers);
    if (cycle !== undefined) cycles.push(cycle);
  }
  return cycles.sort((one, other) => position(jobs, one) - position(jobs, other));
}

const position = (jobs: ReadonlyMap<string, Job>, cycle: readonly Edge[]): number =>
  jobs.get(cycle[0]?.from ?? '')?.index ?? 0;

/** Sets of jobs that can reach one another (Kosaraju, without recursion: a chain may be as long as the mapping). */
function strongGroups(open: ReadonlySet<string>, consumers: JobGraph['consumers']): readonly (readonly string[])[] {
  const next = (name: string) => (consumers.get(name) ?? []).map(({ to }) => to).filter((to) => open.has(to));
  const back = new Map<string, string[]>([...open].map((name) => [name, []]));
  for (const name of open) for (const to of next(name)) back.get(to)?.push(name);

  const finished = depthFirst(open, next).flat();
  return depthFirst(finished.reverse(), (name) => back.get(name) ?? []);
}

/** Trees of a depth-first walk, each in the order in which its nodes were left. */
function depthFirst(roots: Iterable<string>, next: (name: string) => readonly string[]): string[][] {
  const seen = new Set<string>();
  const trees: string[][] = [];
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    const tree: string[] = [];
    const path = [{ name: root, left: [...next(root)] }];
    for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
      const to = here.left.pop();
      if (to === undefined) {
        tree.push(here.name);
        path.pop();
      } else if (!seen.has(to)) {
        seen.add(to);
        path.push({ name: to, left: [...next(to)] });
      }
    }
    trees.push(tree);
  }
  return trees;
}

function shortestCycle(first: string, members: ReadonlySet<string>, consumers: JobGraph['consumers']) {
  const reachedBy = new Map<string, Edge>();
  const queue = [first];
  for (const name of queue) {
    for (const edge of consumers.get(name) ?? []) {
      if (!members.has(edge.to) || reachedBy.has(edge.to)) continue;
      reachedBy.set(edge.to, edge);
      if (edge.to === first) return walkBack(first, reachedBy);
      queue.push(edge.to);
    }
  }
  return undefined;
}

function walkBack(first: string, reachedBy: ReadonlyMap<string, Edge>): readonly Edge[] {
  const cycle: Edge[] = [];
  for (let edge = reachedBy.get(first); edge !== undefined; edge = reachedBy.get(edge.from)) {
    cycle.unshift(edge);
    if (edge.from === first) break;
  }
  return cycle;
}

/** The graph as it is printed. Where a target and a source overlap and are written differently, their nodes are joined. */
export function graphView({ jobs }: Jobs, graph: JobGraph = buildGraph({ jobs })): GraphView {
  const objects = new Map<string, { readonly id: string; readonly kind: string }>();
  const edges = new Map<string, { readonly from: string; readonly to: string }>();
  const connect = (from: string, to: string) => edges.set(JSON.stringify([from, to]), { from, to });
  const rows = [...jobs.values()].map(({ name, sources, targets }) => {
    for (const { pattern } of [...sources, ...targets]) objects.set(pattern.id, { id: pattern.id, kind: pattern.kind });
    for (const { pattern } of sources) connect(pattern.id, `job:${name}`);
    for (const { pattern } of targets) connect(`job:${name}`, pattern.id);
    const ids = (list: readonly { readonly pattern: Pattern }[]) => [...new Set(list.map(({ pattern }) => pattern.id))];
    return { name, sources: ids(sources), targets: ids(targets) };
  });
  for (const { from, to, target, source } of [...graph.consumers.values()].flat()) {
    const written = jobs.get(from)?.targets[target]?.pattern.id;
    const read = jobs.get(to)?.sources[source]?.pattern.id;
    if (written !== undefined && read !== undefined && written !== read) connect(written, read);
  }
  return { jobs: rows, objects: [...objects.values()], edges: [...edges.values()] };
}
