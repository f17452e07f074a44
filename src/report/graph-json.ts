/** The graph as the document that `graph --format json` prints (schema/graph.schema.json). */
import type { GraphView } from '../core/views.js';
import type { Standings } from './graph-standing.js';
import { json } from './sinks.js';

/** With standings, a job has its `phase` and its counts of `tasks`; so has an object where only objects are shown. */
export function graphJson(view: GraphView, standings?: Standings): string {
  const standing = (node: string) => {
    const { phase, counts } = standings?.get(node) ?? {};
    return { ...(phase === undefined ? {} : { phase }), ...(counts === undefined ? {} : { tasks: counts }) };
  };
  const document = {
    jobs: view.jobs.map(({ name, sources, targets }) => ({ name, sources, targets, ...standing(`job:${name}`) })),
    objects: view.objects.map(({ id, kind }) => ({ id, kind, ...standing(id) })),
    edges: view.edges,
  };
  return `${json(document, 2)}\n`;
}
