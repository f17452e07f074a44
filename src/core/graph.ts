/**
 * The graph that follows from a mapping: which job feeds which, in what order, and where it runs in circles. Knows
 * nothing of state; nobody declares an edge, they follow from patterns that overlap.
 */
import type { Job } from './job.js';
import type { Mapping } from './mapping.js';
import type { ObjectId } from './object.js';
import { OverlapIndex } from './overlaps.js';
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
  /** An object that both match. */
  readonly witness: ObjectId;
}

export interface JobGraph {
  /** By job, for each of its sources the edges that feed it. */
  readonly producers: ReadonlyMap<string, readonly (readonly Edge[])[]>;
  /** By job, the edges from its targets to those that read them. */
  readonly consumers: ReadonlyMap<string, readonly Edge[]>;
  /** Jobs, upstream before downstream, otherwise as declared. Jobs on a cycle, or downstream of one, are left out. */
  readonly order: readonly string[];
  /** One shortest cycle for each set of jobs that feed one another; each edge starts where the one before it ends. */
  readonly cycles: readonly (readonly Edge[])[];
}

type Jobs = Pick<Mapping, 'jobs'>;

/** The job graph of a mapping, or of one that is still being checked. */
export function buildGraph({ jobs }: Jobs): JobGraph {
  const targets = new OverlapIndex(everyTarget(jobs));
  const producers = new Map<string, readonly (readonly Edge[])[]>();
  const consumers = new Map<string, Edge[]>([...jobs.keys()].map((name) => [name, []]));
  for (const job of jobs.values()) {
    const feeding = job.sources.map(({ pattern }, source) =>
      targets
        .of(pattern)
        .map(
          ({ value, witness }): Edge => ({ from: value.job.name, to: job.name, target: value.target, source, witness }),
        ),
    );
    producers.set(job.name, feeding);
    for (const edge of feeding.flat()) consumers.get(edge.from)?.push(edge);
  }
  const order = topological(jobs, producers, consumers);
  return { producers, consumers, order, cycles: cyclesAmong(jobs, order, consumers) };
}

function* everyTarget(jobs: ReadonlyMap<string, Job>): Iterable<readonly [Pattern, { job: Job; target: number }]> {
  for (const job of jobs.values()) {
    for (const [target, { pattern }] of job.targets.entries()) yield [pattern, { job, target }];
  }
}

function topological(
  jobs: ReadonlyMap<string, Job>,
  producers: JobGraph['producers'],
  consumers: JobGraph['consumers'],
): readonly string[] {
  const open = new Map([...jobs.keys()].map((name) => [name, producers.get(name)?.flat().length ?? 0]));
  const order = [...jobs.keys()].filter((name) => open.get(name) === 0);
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
