/**
 * Keys of plain manifests. What is not certain is refused: `undefined`, and the library reads it.
 */
import { COLON, cut, DASH, isBlank, isQuote, type Reading, readQuoted, skipPlain, typed } from './plain-scalars.js';
import type { DataMap } from './tree.js';

/** YAML lets a key have 1024. */
const longest = 1000;

/**
 * Reads a key that the map does not have yet, on one line with its colon; `reading.end` is then its end, `reading.at` the
 * colon, which a blank follows.
 */
export function readKey(reading: Reading, map: DataMap, inFlow: boolean): string | undefined {
  const { text } = reading;
  const start = reading.at;
  const code = text.charCodeAt(start);
  let key: string | undefined;
  if (isQuote(code)) key = readQuoted(reading);
  else if (code !== DASH && skipPlain(reading, inFlow)) key = cut(reading, start);
  if (key === undefined || reading.at !== reading.end || reading.end - start > longest) return undefined;
  if (text.charCodeAt(reading.at) !== COLON || !isBlank(text.charCodeAt(reading.at + 1))) return undefined;
  return isUnusual(key) || key in map ? undefined : key;
}

/** A merge, what may be null or end a document, and numbers: objects keep those in an order of their own. */
const isUnusual = (key: string): boolean =>
  /^[<.~nN0-9]/.test(key) && (key === '<<' || key.startsWith('...') || typed(key) === null || /^[0-9]+$/.test(key));
