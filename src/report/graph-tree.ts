/** The mapping as a tree that follows the data: what nobody makes, the jobs that read it, what they make, and so on. */
import { displayName } from '../core/object.js';
import type { GraphView } from '../core/views.js';
import { neighbours } from './graph-ranks.js';
import { type Standings, standingMark } from './graph-standing.js';
import { shortenMiddle, widthOf, wrap } from './measure.js';
import { terminal } from './sinks.js';
import type { Style, Styles } from './styles.js';

/** Columns left for a name, at least; what is deeper begins a tree of its own. */
const room = 32;
const step = 3;
/** However wide it may be, a long chain makes no endless lines. */
const widest = 400;

interface Branch {
  readonly node: string;
  /** The node above it; absent at a root. */
  readonly parent?: string;
  /** What stands before its name. */
  readonly lead: string;
  /** What stands before the names below it. */
  readonly indent: string;
}

/**
 * Every job and object stands once in full; where it comes up again, it says that it stands above. A job with several
 * sources says which others it reads. What does not fit beside a name goes on below it.
 */
export function graphTree(view: GraphView, style: Styles, width: number, standings?: Standings): string {
  const nodes = [...view.objects.map(({ id }) => id), ...view.jobs.map(({ name }) => `job:${name}`)];
  if (nodes.length === 0) return 'no jobs\n';
  const { below, above } = neighbours(view.edges);
  const jobs = new Set(view.jobs.map(({ name }) => `job:${name}`));
  const label = (node: string): string => terminal(jobs.has(node) ? node.slice('job:'.length) : displayName(node));

  const lines: string[] = [];
  const shown = new Set<string>();
  const later: string[] = [];
  const deepest = Math.max(4 * step, Math.min(width, widest) - room);
  /** A name that would be cut here, and not in a tree of its own. */
  const isCramped =
    (indent: string) =>
    (node: string): boolean =>
      indent !== '' && widthOf(indent) + step + widthOf(label(node)) > width && step + widthOf(label(node)) <= width;

  /** Writes the lines of a node, and gives what is below it. */
  const line = ({ node, parent, lead, indent }: Branch): readonly Branch[] => {
    const children = below.get(node) ?? [];
    const hide =
      children.length > 0 && (shown.has(node) || indent.length > deepest || children.some(isCramped(indent)));
    if (hide && !shown.has(node)) later.push(node);
    const others = jobs.has(node) ? (above.get(node) ?? []).filter((one) => one !== parent) : [];
    const also = parent === undefined || others.length === 0 ? '' : `(with ${others.map(label).join(', ')})`;
    const rest = hide ? `(${shown.has(node) ? 'above' : 'below'})` : shown.has(node) ? '' : also;
    const name = shortenMiddle(label(node), width - widthOf(lead));
    // Where it stands is said once, beside all that hangs on it.
    const mark = hide ? undefined : standingMark(standings?.get(node), style);
    lines.push(
      ...fitted(width, indent + (children.length > 0 && !hide ? '│  ' : '   '), style, [
        { words: lead, paint: style.faint },
        { words: name, paint: jobs.has(node) ? style.strong : (text) => text },
        ...(mark ? [{ ...mark, words: ` ${mark.words}` }] : []),
        ...(rest === '' ? [] : [{ words: ` ${rest}`, paint: style.faint }]),
      ]),
    );
    if (hide) return [];
    shown.add(node);
    return children.map((child, index) => {
      const last = index === children.length - 1;
      return {
        node: child,
        parent: node,
        lead: indent + (last ? '└─ ' : '├─ '),
        indent: indent + (last ? '   ' : '│  '),
      };
    });
  };
  const tree = (root: string): void => {
    for (let next: string | undefined = root; next !== undefined; next = later.shift()) {
      if (next !== root && shown.has(next)) continue;
      // A stack of our own: a chain of ten thousand jobs must not overflow Node's.
      const stack: Branch[] = [{ node: next, lead: '', indent: '' }];
      for (let branch = stack.pop(); branch !== undefined; branch = stack.pop())
        stack.push(...line(branch).toReversed());
    }
  };

  for (const node of nodes) if (!above.has(node)) tree(node);
  // Only what patterns join in a circle is left; checking refuses that, printing shows it all the same.
  for (const node of nodes) if (!shown.has(node)) tree(node);
  return `${lines.join('\n')}\n`;
}

interface Piece {
  readonly words: string;
  readonly paint: Style;
}

/** The pieces in a line; what does not fit there stands below, under `bars`. */
function fitted(width: number, bars: string, style: Styles, pieces: readonly Piece[]): string[] {
  let [line, used] = ['', 0];
  const lines: string[] = [];
  for (const { words, paint } of pieces) {
    if (line === '' || used + widthOf(words) <= width) {
      // The space between two pieces has no colour.
      line += words.startsWith(' ') ? ` ${paint(words.slice(1))}` : paint(words);
      used += widthOf(words);
      continue;
    }
    for (const part of wrap(words.trimStart(), Math.max(step, width - widthOf(bars)))) {
      lines.push(line);
      line = style.faint(bars) + paint(part);
      used = widthOf(bars) + widthOf(part);
    }
  }
  return [...lines, line];
}
