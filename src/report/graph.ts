/** The mapping as a graph, in the formats that `graph` prints. Takes a view, and asks nobody else. */
import { unreachable } from '../core/result.js';
import type { GraphView, TaskView } from '../core/views.js';
import { graphDot } from './graph-dot.js';
import { type Details, graphHtml } from './graph-html.js';
import { graphJson } from './graph-json.js';
import { onlyJobs, onlyObjects } from './graph-kinds.js';
import { graphMermaid } from './graph-mermaid.js';
import { standingsOf } from './graph-standing.js';
import { graphSvg } from './graph-svg.js';
import { graphTable } from './graph-table.js';
import { graphTree } from './graph-tree.js';
import { styles } from './styles.js';

export const graphFormats = ['text', 'table', 'dot', 'mermaid', 'json', 'svg', 'html'] as const;

export interface GraphOptions {
  readonly format: (typeof graphFormats)[number];
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
  /** The other kind is left out, but for jobs without targets whose state would then be nowhere. */
  readonly only?: 'jobs' | 'objects' | undefined;
  /** The present tasks, where the graph is to show how jobs stand. */
  readonly tasks?: readonly TaskView[] | undefined;
  /** What is declared of nodes besides their names, for the page. */
  readonly details?: Details;
}

/** The whole document; ends with a newline. */
export function renderGraph(view: GraphView, options: GraphOptions): string {
  const { format, color, width = 80, only, tasks, details = new Map() } = options;
  const standings = tasks && standingsOf(view, tasks, only);
  const shown = only === undefined ? view : only === 'jobs' ? onlyJobs(view) : onlyObjects(view, tasks !== undefined);
  switch (format) {
    case 'text':
      return graphTree(shown, styles(color), width, standings);
    case 'table':
      return graphTable(shown, styles(color), { width, standings, only });
    case 'dot':
      return graphDot(shown, standings);
    case 'mermaid':
      return graphMermaid(shown, standings);
    case 'json':
      return graphJson(shown, standings);
    case 'svg':
      return graphSvg(shown, standings);
    case 'html':
      return graphHtml(shown, standings, details);
    default:
      return unreachable(format);
  }
}
