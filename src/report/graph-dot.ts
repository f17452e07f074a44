/** The mapping in the DOT language of Graphviz. */
import { displayName } from '../core/object.js';
import type { GraphView } from '../core/views.js';
import { looks, type Standings, standingWords, symbolOf } from './graph-standing.js';
import { dot } from './sinks.js';

/** Jobs are boxes, files notes, other objects ellipses; data flows from left to right. */
export function graphDot(view: GraphView, standings?: Standings): string {
  const look = (id: string, usual: readonly [string, string?]): string => {
    const standing = standings?.get(id);
    const [fill, line] = standing?.phase === undefined ? usual : looks[standing.phase].light;
    const words = standing === undefined ? '' : `, tooltip=${dot(standingWords(standing))}`;
    return `fillcolor="${fill}"${line === undefined ? '' : `, color="${line}"`}${words}`;
  };
  const label = (id: string, name: string): string => dot(symbolOf(standings?.get(id)) + name);
  const lines = [
    ...view.objects.map(({ id, kind }) => {
      const shape = kind === 'file' ? 'note' : 'ellipse';
      const colored = standings?.has(id) ? `, style=filled, ${look(id, ['#ffffff'])}` : '';
      return `${dot(id)} [label=${label(id, displayName(id))}, shape=${shape}${colored}];`;
    }),
    ...view.jobs.map(({ name }) => {
      const id = `job:${name}`;
      return `${dot(id)} [label=${label(id, name)}, shape=box, style="rounded,filled", ${look(id, ['#dbe9f6'])}];`;
    }),
    ...view.edges.map(({ from, to }) => `${dot(from)} -> ${dot(to)};`),
  ];
  const head = ['digraph objflow {', '  rankdir=LR;', '  node [fontname="sans-serif"];'];
  return `${[...head, ...lines.map((line) => `  ${line}`), '}'].join('\n')}\n`;
}
