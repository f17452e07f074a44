/**
 * Scalars of plain manifests: words and quoted text on one line, with the types that YAML 1.2 gives them. What is not
 * certain is refused: `undefined`, and the library reads it.
 */
import type { PlainSpots } from './plain-spots.js';

export interface Reading {
  readonly text: string;
  readonly spots: PlainSpots;
  /** Where reading goes on. */
  at: number;
  /** Where the part that was read last ends. */
  end: number;
  /** Texts that were read lately: the same few keys and commands stand in most jobs. */
  readonly lately: string[];
  /** Spaces before what stands first on the line; -1 at the end of the text. */
  indent: number;
}

export type Scalar = null | boolean | number | string;

export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const HASH = 0x23;
export const COMMA = 0x2c;
export const DASH = 0x2d;
export const COLON = 0x3a;
const MOST_KEPT = 256;
const [QUOTE, APOSTROPHE, BACKSLASH] = [0x22, 0x27, 0x5c];

/** A table of characters below 128. */
const among = (characters: string): Uint8Array => {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
};
/** What no word may begin with. Some of them may, before a letter: too seldom to be told apart here. */
const indicators = among('!&*?|>@`%"\'#,[]{}:');
const brackets = among(',[]{}');
/** What words begin with that may be something other than text. */
const suspects = among('0123456789+-.~tTfFnN');

const words: ReadonlyMap<string, null | boolean> = new Map([
  ...['~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/** Escapes in double quotes, but for those of code points, and NUL. */
const escapes: ReadonlyMap<string, string> = new Map([
  ...['a\x07', 'b\b', 'e\x1b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v', 'N\x85', '_\xa0', 'L\u2028', 'P\u2029'].map(
    (pair) => [pair.charAt(0), pair.slice(-1)] as const,
  ),
  ...[' ', '"', '/', '\\'].map((itself) => [itself, itself] as const),
]);

/** Is this the end of a word: a space, the end of the line or of the text. */
export const isBlank = (code: number): boolean => code === SPACE || code === NEWLINE || Number.isNaN(code);

export const isQuote = (code: number): boolean => code === QUOTE || code === APOSTROPHE;

/**
 * Goes over a plain scalar: `reading.end` is then its end, and `reading.at` what ended it: the end of the line or text, a
 * colon before a blank, the `#` of a comment, in a flow a bracket or comma. False: no plain scalar begins here.
 */
export function skipPlain(reading: Reading, inFlow: boolean): boolean {
  const { text } = reading;
  let { at } = reading;
  let code = text.charCodeAt(at);
  if (code < 128 && indicators[code] === 1) return false;
  const second = text.charCodeAt(at + 1);
  if (code === DASH && (isBlank(second) || (inFlow && brackets[second] === 1))) return false;
  let end = at;
  for (; at < text.length; code = text.charCodeAt(++at)) {
    if (code === SPACE) continue;
    if (code === NEWLINE) break;
    if (code === HASH && text.charCodeAt(at - 1) === SPACE) break;
    if (code === COLON) {
      const next = text.charCodeAt(at + 1);
      if (isBlank(next) || (inFlow && brackets[next] === 1)) break;
    }
    if (inFlow && brackets[code] === 1) break;
    end = at + 1;
  }
  reading.at = at;
  reading.end = end;
  return true;
}

/** The text from there to `reading.end`: the one that was read before, where it is the same. */
export function cut({ text, end, lately }: Reading, start: number): string {
  const length = end - start;
  const place = (31 * length + 7 * text.charCodeAt(start) + text.charCodeAt(end - 1)) % MOST_KEPT;
  const known = lately[place];
  if (known !== undefined && known.length === length && text.startsWith(known, start)) return known;
  const found = text.slice(start, end);
  lately[place] = found;
  return found;
}

/** What a plain scalar stands for in YAML's core schema. */
export function typed(word: string): Scalar {
  const first = word.charCodeAt(0);
  if (first > 127 || suspects[first] === 0) return word;
  const known = words.get(word);
  if (known !== undefined) return known;
  if (!/^[-+]?\.?[0-9]|^[-+]?\.[inIN]/.test(word)) return word;
  if (/^[-+]?[0-9]+$/.test(word)) return Number.parseInt(word, 10);
  if (/^0o[0-7]+$/.test(word)) return Number.parseInt(word.slice(2), 8);
  if (/^0x[0-9a-fA-F]+$/.test(word)) return Number.parseInt(word.slice(2), 16);
  if (/^(?:\.nan|\.NaN|\.NAN)$/.test(word)) return Number.NaN;
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(word))
    return first === DASH ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+$/.test(word)) return Number.parseFloat(word);
  if (/^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$/.test(word)) return Number.parseFloat(word);
  return word;
}

/** Reads quoted text that ends on its line; `reading.at` and `reading.end` are then behind it. */
export function readQuoted(reading: Reading): string | undefined {
  const { text } = reading;
  const quote = text.charCodeAt(reading.at);
  const start = reading.at + 1;
  let whole = '';
  let from = start;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE) return undefined;
    if (code === BACKSLASH && quote === QUOTE) {
      const escaped = escapes.get(text.charAt(at + 1));
      if (escaped === undefined) return undefined;
      whole += text.slice(from, at) + escaped;
      from = ++at + 1;
    } else if (code === quote) {
      if (quote === APOSTROPHE && text.charCodeAt(at + 1) === APOSTROPHE) {
        whole += text.slice(from, ++at);
        from = at + 1;
        continue;
      }
      reading.at = at + 1;
      reading.end = at + 1;
      return whole + text.slice(from, at);
    }
  }
  return undefined;
}
