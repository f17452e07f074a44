/** The mapping in the DOT language of Graphviz. */
import { displayName } from '../core/object.js';
import type { GraphView } from '../core/views.js';
import { dot } from './sinks.js';

/** Jobs are boxes, files notes, other objects ellipses; data flows from left to right. */
export function graphDot(view: GraphView): string {
  const lines = [
    ...view.objects.map(
      ({ id, kind }) => `${dot(id)} [label=${dot(displayName(id))}, shape=${kind === 'file' ? 'note' : 'ellipse'}];`,
    ),
    ...view.jobs.map(
      ({ name }) =>
        `${dot(`job:${name}`)} [label=${dot(name)}, shape=box, style="rounded,filled", fillcolor="#dbe9f6"];`,
    ),
    ...view.edges.map(({ from, to }) => `${dot(from)} -> ${dot(to)};`),
  ];
  const head = ['digraph objflow {', '  rankdir=LR;', '  node [fontname="sans-serif"];'];
  return `${[...head, ...lines.map((line) => `  ${line}`), '}'].join('\n')}\n`;
}
