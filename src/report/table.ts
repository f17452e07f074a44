/** Columns that fit the terminal. Knows nothing of what stands in them. */
import { pad, widthOf, wrap } from './measure.js';
import type { Style } from './styles.js';

/** Escaped text; a newline begins a new line in the cell. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

type Rows = readonly (readonly Cell[])[];

const gap = 2;
/** No column is made narrower than this, where words have to be broken. */
const narrowest = 10;

/**
 * The lines of a table: a column is as wide as its widest cell, or where that is too much, cells go on below. A word is
 * broken only where `breaksWords` says so.
 */
export function table(rows: Rows, width: number): string[] {
  const widths = share(rows, width);
  return rows.flatMap((row) => {
    const cells = row.map((cell, index) => ({
      style: cell.style ?? ((text: string) => text),
      lines: cell.text.split('\n').flatMap((line) => wrap(line, widths[index] ?? narrowest)),
    }));
    const height = Math.max(...cells.map((cell) => cell.lines.length));
    return Array.from({ length: height }, (_, at) => {
      const last = cells.findLastIndex((cell) => (cell.lines[at] ?? '') !== '');
      return cells
        .slice(0, last + 1)
        .map(({ lines, style }, index) => {
          const text = lines[at] ?? '';
          // Only the text is coloured, not the space around it, and nothing stands after the last column.
          const styled = text === '' ? '' : style(text);
          return index === last ? styled : styled + pad('', (widths[index] ?? 0) - widthOf(text) + gap);
        })
        .join('');
    });
  });
}

/** Whether the widest words do not fit beside one another. */
export const breaksWords = (rows: Rows, width: number): boolean => sum(widest(rows, /[ \n]/)) > available(rows, width);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const available = (rows: Rows, width: number): number => width - gap * ((rows[0]?.length ?? 1) - 1);

/** For each column, the width of the widest of its parts. */
function widest(rows: Rows, between: RegExp): number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, { text }] of row.entries())
      for (const part of text.split(between)) widths[index] = Math.max(widths[index] ?? 0, widthOf(part));
  return widths;
}

/** Gives each column what it cannot do without, and shares what is left so that the narrowest are served first. */
function share(rows: Rows, width: number): number[] {
  const natural = widest(rows, /\n/);
  const least = breaksWords(rows, width) ? natural.map(() => narrowest) : widest(rows, /[ \n]/);
  const room = available(rows, width);
  const shared = (level: number): number[] =>
    natural.map((wanted, index) => Math.min(wanted, Math.max(least[index] ?? 0, level)));
  let [fits, above] = [0, Math.max(0, ...natural) + 1];
  while (above - fits > 1) {
    const middle = Math.floor((fits + above) / 2);
    if (sum(shared(middle)) <= room) fits = middle;
    else above = middle;
  }
  return shared(fits);
}
