/**
 * Leaves one kind out of a graph: only its jobs, or only its objects. What the other kind joined is joined directly.
 */
import type { GraphView } from '../core/views.js';
import { neighbours } from './graph-ranks.js';

/** Jobs alone: an edge where an object that one writes, or one that its pattern meets, is read by another. */
export function onlyJobs(view: GraphView): GraphView {
  const { below } = neighbours(view.edges);
  const jobs = new Set(view.jobs.map(({ name }) => `job:${name}`));
  const edges = [...jobs].flatMap((from) =>
    unique(below.get(from) ?? []).flatMap((target) => {
      // Patterns that meet are one step only: what meets a pattern need not meet what that one meets.
      const reached = unique([target, ...(below.get(target) ?? []).filter((node) => !jobs.has(node))]);
      const readers = unique(reached.flatMap((object) => (below.get(object) ?? []).filter((node) => jobs.has(node))));
      return readers.map((to) => ({ from, to }));
    }),
  );
  return { jobs: view.jobs, objects: [], edges: distinct(edges) };
}

/** A job without targets: no object shows how it stands. */
export const isSink = ({ targets }: GraphView['jobs'][number]): boolean => targets.length === 0;

/**
 * Objects alone: an edge from each source of a job to each of its targets, and where two patterns meet. `withSinks`:
 * jobs without targets stay.
 */
export function onlyObjects(view: GraphView, withSinks = false): GraphView {
  const objects = new Set(view.objects.map(({ id }) => id));
  const sinks = withSinks ? view.jobs.filter(isSink) : [];
  const edges = [
    ...view.jobs.flatMap(({ sources, targets }) => sources.flatMap((from) => targets.map((to) => ({ from, to })))),
    ...view.edges.filter(({ from, to }) => objects.has(from) && objects.has(to)),
    ...sinks.flatMap(({ name, sources }) => sources.map((from) => ({ from, to: `job:${name}` }))),
  ];
  return { jobs: sinks, objects: view.objects, edges: distinct(edges) };
}

const unique = (nodes: readonly string[]): string[] => [...new Set(nodes)];

const distinct = (edges: GraphView['edges']): GraphView['edges'] => [
  ...new Map(edges.map((edge) => [JSON.stringify([edge.from, edge.to]), edge])).values(),
];
