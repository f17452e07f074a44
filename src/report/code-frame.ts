/** A line of a manifest with the range marked under it. Knows nothing of diagnostics, and reads no file. */
import { takeEnd, takeStart, widthOf } from './measure.js';
import { terminal } from './sinks.js';

export interface Frame {
  /** The line, escaped, and cut around the range where it is too long. */
  readonly text: string;
  /** What stands under it: spaces, then carets. */
  readonly marks: string;
}

/** Code units looked at on either side of the range: enough for any terminal, little for a line of megabytes. */
const reach = 2000;
/** Columns kept before a range that does not fit beside its own beginning. */
const lead = 20;

/**
 * Marks the code units from `from` to before `to` (both from 0; at least one column is marked) in `width` columns.
 */
export function frame(line: string, from: number, to: number, width: number): Frame {
  const start = Math.min(from, line.length);
  const end = Math.max(start, Math.min(to, line.length));
  const before = terminal(line.slice(Math.max(0, start - reach), start));
  const marked = terminal(line.slice(start, Math.min(end, start + reach)));
  const after = terminal(line.slice(end, end + reach));

  const cutBefore = start > reach || widthOf(before) + Math.min(widthOf(marked), width - lead - 2) > width - 1;
  const left = cutBefore ? `…${takeEnd(before, lead)}` : before;
  const room = Math.max(1, width - widthOf(left));
  if (widthOf(marked) > room) {
    const shown = takeStart(marked, room - 1);
    return { text: `${left}${shown}…`, marks: underline(left, Math.max(1, widthOf(shown))) };
  }
  const space = room - widthOf(marked);
  const right = widthOf(after) <= space && end + reach >= line.length ? after : `${takeStart(after, space - 1)}…`;
  return { text: left + marked + right, marks: underline(left, Math.max(1, widthOf(marked))) };
}

const underline = (left: string, count: number): string => ' '.repeat(widthOf(left)) + '^'.repeat(count);
