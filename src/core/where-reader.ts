/**
 * A regular expression being read: a place in its characters, and the first problem met.
 */
import type { CharSet } from './charset.js';
import type { PatternProblem } from './pattern.js';

export interface Reader {
  readonly chars: readonly string[];
  readonly end: number;
  at: number;
  problem?: PatternProblem;
}

/** Keeps the first problem, and puts an end to all reading. Gives the empty set, in place of what was to be read. */
export function fail(reader: Reader, what: string, hint: string, code = 'where-syntax'): CharSet {
  reader.problem ??= { code, message: `the regular expression ${what}, at character ${reader.at + 1}`, hint };
  reader.at = reader.end;
  return [];
}

/** What would be read elsewhere. */
export const unsupported = (reader: Reader, what: string, hint: string): CharSet =>
  fail(reader, `uses ${what}, which is not supported here`, hint, 'where-unsupported');

/** The next character, if there is one. */
export const peek = (reader: Reader): string | undefined =>
  reader.at < reader.end ? reader.chars[reader.at] : undefined;

/** Reads this text, if it comes next. */
export function take(reader: Reader, text: string): boolean {
  const found = [...text].every((char, at) => reader.at + at < reader.end && reader.chars[reader.at + at] === char);
  if (found) reader.at += text.length;
  return found;
}
