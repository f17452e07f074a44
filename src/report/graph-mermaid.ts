/** The mapping as a Mermaid flowchart, as GitHub shows it in Markdown. */
import { displayName } from '../core/object.js';
import type { GraphView } from '../core/views.js';
import { looks, phasesByNeed, type Standings, symbolOf } from './graph-standing.js';
import { mermaid } from './sinks.js';

/** Jobs are boxes, objects rounded. Nodes are numbered, because Mermaid takes few characters in an id. */
export function graphMermaid(view: GraphView, standings?: Standings): string {
  const ids = new Map<string, string>();
  const node = (id: string): string => {
    const known = ids.get(id) ?? `n${ids.size}`;
    ids.set(id, known);
    return known;
  };
  const label = (id: string, name: string): string => mermaid(symbolOf(standings?.get(id)) + name);
  const look = (id: string, usual: string): string => {
    const phase = standings?.get(id)?.phase;
    return phase === undefined ? usual : `:::${phase}`;
  };
  const used = new Set([...(standings?.values() ?? [])].map(({ phase }) => phase));
  const lines = [
    ...view.objects.map(({ id }) => `${node(id)}([${label(id, displayName(id))}])${look(id, '')}`),
    ...view.jobs.map(({ name }) => {
      const id = `job:${name}`;
      return `${node(id)}[${label(id, name)}]${look(id, ':::job')}`;
    }),
    ...view.edges.map(({ from, to }) => `${node(from)} --> ${node(to)}`),
    'classDef job fill:#dbe9f6,stroke:#4a7ba6,color:#000',
    ...phasesByNeed
      .filter((phase) => used.has(phase))
      .map((phase) => `classDef ${phase} fill:${looks[phase].light[0]},stroke:${looks[phase].light[1]},color:#000`),
  ];
  return `${['flowchart LR', ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
}
