/**
 * The mapping as a table: what each job reads and writes, or what stands before and after each node of one kind. Where
 * names do not fit beside one another they stand one a line.
 */
import { displayName } from '../core/object.js';
import type { GraphView } from '../core/views.js';
import { neighbours } from './graph-ranks.js';
import { looks, type Standings, standingWords, symbolOf } from './graph-standing.js';
import { pad, shortenMiddle, widthOf } from './measure.js';
import { terminal } from './sinks.js';
import type { Styles } from './styles.js';
import { breaksWords, type Cell, table } from './table.js';

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
  const laid = (titles: readonly string[], rows: readonly (readonly Cell[])[]): string => {
    const shown = titles.filter((title) => title !== 'STATUS' || standings !== undefined);
    const all = [shown.map((text) => ({ text, style: style.faint })), ...rows];
    const lines = breaksWords(all, width)
      ? rows.flatMap((cells) => stacked(shown, cells, style, width))
      : table(all, width);
    return `${lines.join('\n')}\n`;
  };
  if (only === undefined) {
    const shown = (ids: readonly string[]): string[] => ids.map(displayName);
    const rows = view.jobs.map(({ name, sources, targets }) =>
      row(`job:${name}`, name, shown(sources), shown(targets)),
    );
    return laid(['JOB', 'STATUS', 'SOURCES', 'TARGETS'], rows);
  }
  const jobs = new Map(view.jobs.map((job) => [`job:${job.name}`, job.name]));
  const name = (node: string): string => jobs.get(node) ?? displayName(node);
  const { above, below } = neighbours(view.edges);
  const rows = [...view.objects.map(({ id }) => id), ...jobs.keys()].map((node) =>
    row(node, name(node), (above.get(node) ?? []).map(name), (below.get(node) ?? []).map(name)),
  );
  return laid([only === 'jobs' ? 'JOB' : 'OBJECT', 'STATUS', 'UPSTREAM', 'DOWNSTREAM'], rows);
}

/** A row as a paragraph: the first cell on a line of its own, then each line of the others, under its column's title. */
function stacked(titles: readonly string[], cells: readonly Cell[], style: Styles, width: number): string[] {
  const margin = Math.max(...titles.slice(1).map(widthOf)) + 4;
  const [first, ...others] = cells;
  const told = others.flatMap(({ text, style: own = (plain: string) => plain }, index) =>
    text === ''
      ? []
      : text.split('\n').map((line, at) => {
          const title = at === 0 ? `  ${titles[index + 1]?.toLowerCase() ?? ''}` : '';
          return style.faint(pad(title, margin)) + own(shortenMiddle(line, width - margin));
        }),
  );
  return [style.strong(shortenMiddle(first?.text ?? '', width)), ...told];
}
