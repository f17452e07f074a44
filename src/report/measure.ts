/**
 * How wide text is on a terminal, and how to make it fit. Takes text that is escaped and not yet coloured, so that
 * neither a control character nor a colour is ever counted or cut in two.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let segmenter: Intl.Segmenter | undefined;

/** Whole characters. Making the first segmenter takes a tenth of a start. */
const segments = (text: string): Intl.Segments => {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
};

/** Columns that it takes; a wide character takes two. */
export const widthOf = (text: string): number => (isPlain.test(text) ? text.length : exactWidth(text));

/** ASCII, letters of Europe, our own signs: what nearly every text is made of. Each takes one column, and joins no other. */
const isPlain = /^[\x20-\x7e¡-¬®-ɏΆ-ώЀ-ҁҊ-ԯ‖•…›↓↻−─│├└■▪✓✗]*$/;

/** The package is loaded by the first text that needs it: its patterns take as long as Node itself to start. */
function exactWidth(text: string): number {
  const { default: stringWidth } = require('string-width') as typeof import('string-width'); // its own types
  return stringWidth(text);
}

const graphemes = (text: string): string[] => Array.from(segments(text), ({ segment }) => segment);

/** As many whole characters as fit, from the start. */
export function takeStart(text: string, width: number): string {
  if (isPlain.test(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  let taken = '';
  for (const { segment } of segments(text)) {
    used += widthOf(segment);
    if (used > width) break;
    taken += segment;
  }
  return taken;
}

/** As many whole characters as fit, from the end. */
export function takeEnd(text: string, width: number): string {
  if (isPlain.test(text)) return text.slice(Math.max(0, text.length - width));
  let used = 0;
  let taken = '';
  for (const segment of graphemes(text).reverse()) {
    used += widthOf(segment);
    if (used > width) break;
    taken = segment + taken;
  }
  return taken;
}

/** The text if it fits, otherwise its start and `…`. */
export const shorten = (text: string, width: number): string =>
  widthOf(text) <= width ? text : `${takeStart(text, Math.max(0, width - 1))}…`;

/** The text if it fits, otherwise its start, `…` and its end: what tells names apart stands at both. */
export function shortenMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const end = takeEnd(text, Math.floor((width - 1) / 2));
  return `${takeStart(text, Math.max(0, width - 1 - widthOf(end)))}…${end}`;
}

/** The text with spaces after it, up to this width. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Lines no wider than this, broken at spaces, and inside a word only where the word alone is wider. */
export function wrap(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    let rest = word;
    while (widthOf(rest) > width) {
      // A character that is wider than the column stands alone all the same.
      const piece = takeStart(rest, width) || (graphemes(rest)[0] ?? '');
      lines.push(piece);
      rest = rest.slice(piece.length);
    }
    line = rest;
  }
  if (line !== '') lines.push(line);
  return lines;
}
