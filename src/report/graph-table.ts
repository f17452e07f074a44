/** The mapping as a table: what each job reads and writes, or what stands before and after each node of one kind. */
import { displayName } from '../core/object.js';
import type { GraphView } from '../core/views.js';
import { neighbours } from './graph-ranks.js';
import { looks, type Standings, standingWords, symbolOf } from './graph-standing.js';
import { terminal } from './sinks.js';
import type { Styles } from './styles.js';
import { type Cell, table } from './table.js';

export interface TableOptions {
  readonly width: number;
  readonly standings?: Standings | undefined;
  /** The one kind that the view was left with. */
  readonly only?: 'jobs' | 'objects' | undefined;
}

/** A job has as many lines as it has sources or targets, whichever are more. */
export function graphTable(view: GraphView, style: Styles, { width, standings, only }: TableOptions): string {
  if (view.jobs.length === 0 && view.objects.length === 0) return 'no jobs\n';
  const list = (names: readonly string[]): string => names.map(terminal).join('\n');
  const stands = (node: string): Cell[] => {
    if (standings === undefined) return [];
    const standing = standings.get(node);
    if (standing === undefined) return [{ text: '' }];
    const named = standing.phase === undefined ? style.faint : style[looks[standing.phase].style];
    return [{ text: `${symbolOf(standing)}${standingWords(standing)}`, style: named }];
  };
  const row = (node: string, name: string, before: readonly string[], after: readonly string[]): Cell[] => [
    { text: terminal(name), style: style.strong },
    ...stands(node),
    { text: list(before) },
    { text: list(after) },
  ];
  const heading = (titles: readonly string[]): Cell[] =>
    titles
      .filter((title) => title !== 'STATUS' || standings !== undefined)
      .map((text) => ({ text, style: style.faint }));
  if (only === undefined) {
    const shown = (ids: readonly string[]): string[] => ids.map(displayName);
    const rows = view.jobs.map(({ name, sources, targets }) =>
      row(`job:${name}`, name, shown(sources), shown(targets)),
    );
    return `${table([heading(['JOB', 'STATUS', 'SOURCES', 'TARGETS']), ...rows], width).join('\n')}\n`;
  }
  const name = (node: string): string => (only === 'jobs' ? node.slice('job:'.length) : displayName(node));
  const { above, below } = neighbours(view.edges);
  const nodes = only === 'jobs' ? view.jobs.map((job) => `job:${job.name}`) : view.objects.map(({ id }) => id);
  const rows = nodes.map((node) =>
    row(node, name(node), (above.get(node) ?? []).map(name), (below.get(node) ?? []).map(name)),
  );
  const title = only === 'jobs' ? 'JOB' : 'OBJECT';
  return `${table([heading([title, 'STATUS', 'UPSTREAM', 'DOWNSTREAM']), ...rows], width).join('\n')}\n`;
}
