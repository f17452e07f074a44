/** The mapping as a graph, in the formats that `graph` prints. Takes a view, and asks nobody else. */
import { unreachable } from '../core/result.js';
import type { GraphView } from '../core/views.js';
import { graphDot } from './graph-dot.js';
import { graphMermaid } from './graph-mermaid.js';
import { graphTable } from './graph-table.js';
import { graphTree } from './graph-tree.js';
import { json } from './sinks.js';
import { styles } from './styles.js';

export interface GraphOptions {
  readonly format: 'text' | 'table' | 'dot' | 'mermaid' | 'json';
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
}

/** The whole document; ends with a newline. */
export function renderGraph(view: GraphView, { format, color, width = 80 }: GraphOptions): string {
  switch (format) {
    case 'text':
      return graphTree(view, styles(color), width);
    case 'table':
      return graphTable(view, styles(color), width);
    case 'dot':
      return graphDot(view);
    case 'mermaid':
      return graphMermaid(view);
    case 'json':
      return `${json({ jobs: view.jobs, objects: view.objects, edges: view.edges }, 2)}\n`;
    default:
      return unreachable(format);
  }
}
