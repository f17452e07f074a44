/** Columns that fit the terminal. Knows nothing of what stands in them. */
import { pad, widthOf, wrap } from './measure.js';
import type { Style } from './styles.js';

/** Escaped text; a newline begins a new line in the cell. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

const gap = 2;
/** No column is made narrower than this. */
const narrowest = 10;

/** The lines of a table: a column is as wide as its widest cell, or where that is too much, cells go on below. */
export function table(rows: readonly (readonly Cell[])[], width: number): string[] {
  const natural: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      for (const line of cell.text.split('\n')) natural[index] = Math.max(natural[index] ?? 0, widthOf(line));
    }
  }
  const widths = share(natural, width - gap * (natural.length - 1));
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

/** Gives narrow columns what they need, and shares what is left among the wide ones. */
function share(natural: readonly number[], available: number): number[] {
  const widths: number[] = [];
  let left = available;
  const narrowFirst = [...natural.entries()].sort(([, one], [, other]) => one - other);
  for (const [place, [index, wanted]] of narrowFirst.entries()) {
    const fair = Math.max(narrowest, Math.floor(left / (natural.length - place)));
    const given = Math.min(wanted, fair);
    widths[index] = given;
    left -= given;
  }
  return widths;
}
