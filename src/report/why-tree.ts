/**
 * A tree that fits the terminal: a label, what is said of it, lines below it, branches. Knows nothing of what it shows.
 * Text comes in escaped.
 */
import { widthOf, wrap } from './measure.js';
import type { Style, Styles } from './styles.js';

export interface Line {
  readonly text: string;
  readonly style?: Style;
  /** A line of output: longer ones go on below. */
  readonly bar?: true;
}

export interface Branch {
  /** Shown strongly. */
  readonly label: string;
  /** A word that stands after the label, in its own colour. */
  readonly mark?: { readonly text: string; readonly style: Style };
  /** What is said of it, after label and mark, or below where there is no room. */
  readonly text: string;
  readonly lines: readonly Line[];
  readonly branches: readonly Branch[];
}

/** No branch begins further to the right than this part of the width, and however wide it may be, than so many columns. */
const deepest = { part: 0.45, columns: 200 };

/** The lines of the tree, no wider than this where words allow it. */
export function treeLines(top: Branch, style: Styles, width: number): string[] {
  return drawn(top, '', '', style, width);
}

function drawn(branch: Branch, first: string, rest: string, style: Styles, width: number): string[] {
  const { label, mark, text, lines, branches } = branch;
  const inside = rest + (branches.length > 0 ? '│ ' : '  ');
  const room = (prefix: string): number => Math.max(12, width - widthOf(prefix));
  const head = [label, mark?.text ?? ''].filter((part) => part !== '').join('  ');
  const fits = text !== '' && widthOf(first) + widthOf(head) + 2 + widthOf(text) <= width;
  const coloured =
    wrap(head, room(first)).length === 1
      ? [markUp(branch, style)]
      : wrap(head, room(first)).map((line) => style.strong(line));
  const out = coloured.map((line, at) => style.faint(at === 0 ? first : inside) + line);
  if (fits) out[0] += `  ${text}`;
  else if (text !== '') out.push(...wrap(text, room(inside)).map((line) => style.faint(inside) + line));
  for (const line of lines) {
    const bar = line.bar ? `${inside}│ ` : inside;
    const paint = line.style ?? ((plain: string) => plain);
    out.push(...wrap(line.text, room(bar)).map((part) => style.faint(bar) + paint(part)));
  }
  for (const [at, below] of branches.entries()) {
    const last = at === branches.length - 1;
    // What is deeper than there is room for stands below one another.
    const deep = widthOf(rest) > Math.min(width * deepest.part, deepest.columns);
    const next = deep ? rest : rest + (last ? '   ' : '│  ');
    out.push(...drawn(below, rest + (last ? '└─ ' : '├─ '), next, style, width));
  }
  return out.map((line) => line.trimEnd());
}

const markUp = ({ label, mark }: Branch, style: Styles): string =>
  `${style.strong(label)}${mark ? `  ${mark.style(mark.text)}` : ''}`;
