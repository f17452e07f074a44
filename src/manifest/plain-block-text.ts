/**
 * Text in lines of its own after `|` or `>`, without an indentation indicator and without `+`. What is not certain is
 * refused: `undefined`, and the library reads it.
 */
import { DASH, NEWLINE, type Reading, SPACE } from './plain-scalars.js';

const FOLDED = 0x3e;
const LITERAL = 0x7c;

export const isBlockText = (code: number): boolean => code === LITERAL || code === FOLDED;

/**
 * Reads the text whose header begins here, and whose lines are indented deeper than `around`; `reading.at` and
 * `reading.end` are then at the start of the first line that does not belong to it, but for empty ones.
 */
export function readBlockText(reading: Reading, around: number): string | undefined {
  const { text } = reading;
  const isFolded = text.charCodeAt(reading.at) === FOLDED;
  let at = reading.at + 1;
  const isStripped = text.charCodeAt(at) === DASH;
  if (isStripped) at++;
  while (text.charCodeAt(at) === SPACE) at++;
  if (text.charCodeAt(at) !== NEWLINE) return undefined;

  const lines: string[] = [];
  let indent: number | undefined;
  let filled = 0;
  let end = at + 1;
  for (let start = at + 1; start < text.length; ) {
    let first = start;
    while (text.charCodeAt(first) === SPACE) first++;
    const newline = text.indexOf('\n', first);
    const lineEnd = newline < 0 ? text.length : newline;
    if (first < lineEnd) {
      indent ??= first - start;
      if (first - start < indent || indent <= around) break;
      lines.push(text.slice(start + indent, lineEnd));
      filled = lines.length;
      end = newline < 0 ? lineEnd : lineEnd + 1;
    } else if (first > start && (newline < 0 || first - start > (indent ?? 0))) return undefined;
    else lines.push('');
    start = lineEnd + 1;
  }
  if (filled === 0) return undefined;
  reading.at = end;
  reading.end = end;
  lines.length = filled;
  return (isFolded ? folded(lines) : lines.join('\n')) + (isStripped ? '' : '\n');
}

/** Lines that follow one another become one, empty ones line ends; what is indented deeper stays as it is. */
function folded(lines: readonly string[]): string {
  let whole = '';
  let separator = '';
  let afterDeeper = false;
  let begun = false;
  for (const line of lines) {
    if (!begun && line === '') {
      whole += '\n';
      continue;
    }
    begun = true;
    if (line.startsWith(' ')) {
      if (separator === ' ') separator = '\n';
      else if (!afterDeeper && separator === '\n') separator = '\n\n';
      whole += separator + line;
      separator = '\n';
      afterDeeper = true;
    } else if (line === '') {
      if (separator === '\n') whole += '\n';
      else separator = '\n';
    } else {
      whole += separator + line;
      separator = ' ';
      afterDeeper = false;
    }
  }
  return whole;
}
