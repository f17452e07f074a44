/**
 * The graph that follows from a mapping: which job feeds which, in what order, and where it runs in circles. Knows
 * nothing of state; nobody declares an edge, they follow from patterns that overlap.
 */
import { type ByJob, type Edge, Edges } from './graph-edges.js';
import type { Job } from './job.js';
import type { Mapping } from './mapping.js';
import { OverlapIndex } from './overlaps.js';
import type { Pattern } from './pattern.js';
import type { GraphView } from './views.js';

export type { Edge };

export interface JobGraph {
  /** By job, for each of its sources the edges that feed it; jobs that nothing feeds are left out. */
  readonly producers: ByJob<readonly (readonly Edge[])[]>;
  /** By job, the edges from its targets to those that read them; jobs that feed nothing are left out. */
  readonly consumers: ByJob<readonly Edge[]>;
  /** Jobs, upstream before downstream, otherwise as declared. Jobs on a cycle, or downstream of one, are left out. */
  readonly order: readonly string[];
  /** One shortest cycle for each set of jobs that feed one another; each edge starts where the one before it ends. */
  readonly cycles: readonly (readonly Edge[])[];
}

type Jobs = Pick<Mapping, 'jobs'>;

/** A target, as the graph is asked for it. */
export interface Written {
  readonly job: Job;
  /** Position of the job in the mapping. */
  readonly position: number;
  /** Position among the targets of the job. */
  readonly target: number;
}

/** All targets, to be asked which of them overlap a pattern. */
export function targetsOf({ jobs }: Jobs): OverlapIndex<Written> {
  const targets = new OverlapIndex<Written>();
  let position = 0;
  for (const job of jobs.values()) {
    for (let target = 0; target < job.targets.length; target++) {
      const pattern = job.targets[target]?.pattern;
      if (pattern !== undefined) targets.add(pattern, { job, position, target });
    }
    position++;
  }
  return targets;
}

/** The job graph of a mapping, or of one that is still being checked. */
export function buildGraph({ jobs }: Jobs, targets: OverlapIndex<Written> = targetsOf({ jobs })): JobGraph {
  const all = [...jobs.values()];
  const edges = new Edges(all);
  for (let to = 0; to < all.length; to++) {
    const sources = all[to]?.sources ?? [];
    for (let source = 0; source < sources.length; source++) {
      const pattern = sources[source]?.pattern;
      if (pattern === undefined) continue;
      targets.each(pattern, ({ position, target }) => edges.add(position, to, target, source));
    }
  }
  const { producers, consumers } = edges.finish();
  const order = edges.order().flatMap((at) => all[at]?.name ?? []);
  return { producers, consumers, order, cycles: cyclesAmong(jobs, order, consumers) };
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
