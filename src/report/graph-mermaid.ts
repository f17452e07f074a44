/** The mapping as a Mermaid flowchart, as GitHub shows it in Markdown. */
import { displayName } from '../core/object.js';
import type { GraphView } from '../core/views.js';
import { mermaid } from './sinks.js';

/** Jobs are boxes, objects rounded. Nodes are numbered, because Mermaid takes few characters in an id. */
export function graphMermaid(view: GraphView): string {
  const ids = new Map<string, string>();
  const node = (id: string): string => {
    const known = ids.get(id) ?? `n${ids.size}`;
    ids.set(id, known);
    return known;
  };
  const lines = [
    ...view.objects.map(({ id }) => `${node(id)}([${mermaid(displayName(id))}])`),
    ...view.jobs.map(({ name }) => `${node(`job:${name}`)}[${mermaid(name)}]:::job`),
    ...view.edges.map(({ from, to }) => `${node(from)} --> ${node(to)}`),
    'classDef job fill:#dbe9f6,stroke:#4a7ba6,color:#000',
  ];
  return `${['flowchart LR', ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
}
