/**
 * Flow lists and maps on one line: `[a, b]`, `{ date: '\d+', trigger: false }`, one in another. What is not certain is
 * refused: `undefined`, and the library reads it.
 */

import { readKey } from './plain-keys.js';
import { COLON, COMMA, cut, isQuote, type Reading, readQuoted, SPACE, skipPlain, typed } from './plain-scalars.js';
import { type Data, newMap } from './tree.js';

const [LIST, LIST_END, MAP, MAP_END] = [0x5b, 0x5d, 0x7b, 0x7d];

export const isBracket = (code: number): boolean => code === LIST || code === MAP;

/** Reads the list or map that begins here; `reading.at` and `reading.end` are then behind its end. */
export function readFlow(reading: Reading, levels: number): Data | undefined {
  if (levels === 0) return undefined;
  return reading.text.charCodeAt(reading.at) === LIST ? readList(reading, levels) : readMap(reading, levels);
}

function readList(reading: Reading, levels: number): Data | undefined {
  const { text, spots } = reading;
  const list: Data[] = [];
  reading.at++;
  skipSpaces(reading);
  while (list.length > 0 || text.charCodeAt(reading.at) !== LIST_END) {
    const start = reading.at;
    const entry = spots.open(-1, -1);
    const value = readValue(reading, levels);
    if (value === undefined) return undefined;
    spots.close(entry, start, reading.end);
    list.push(value);
    const more = goesOn(reading, LIST_END);
    if (more === undefined) return undefined;
    if (!more) break;
  }
  reading.end = ++reading.at;
  return list;
}

function readMap(reading: Reading, levels: number): Data | undefined {
  const { text, spots } = reading;
  const map = newMap();
  reading.at++;
  skipSpaces(reading);
  for (let first = true; !first || text.charCodeAt(reading.at) !== MAP_END; first = false) {
    const keyStart = reading.at;
    const key = readKey(reading, map, true);
    if (key === undefined || text.charCodeAt(reading.at + 1) !== SPACE) return undefined;
    const entry = spots.open(keyStart, reading.end);
    reading.at++;
    skipSpaces(reading);
    const start = reading.at;
    const value = readValue(reading, levels);
    if (value === undefined) return undefined;
    spots.close(entry, start, reading.end);
    map[key] = value;
    const more = goesOn(reading, MAP_END);
    if (more === undefined) return undefined;
    if (!more) break;
  }
  reading.end = ++reading.at;
  return map;
}

function readValue(reading: Reading, levels: number): Data | undefined {
  const { text } = reading;
  const start = reading.at;
  const code = text.charCodeAt(start);
  if (isBracket(code)) return readFlow(reading, levels - 1);
  if (isQuote(code)) return readQuoted(reading);
  if (!skipPlain(reading, true) || text.charCodeAt(reading.at) === COLON) return undefined;
  return typed(cut(reading, start));
}

/** After a comma, at the next entry: true. At the end: false. */
function goesOn(reading: Reading, end: number): boolean | undefined {
  skipSpaces(reading);
  const code = reading.text.charCodeAt(reading.at);
  if (code === end) return false;
  if (code !== COMMA) return undefined;
  reading.at++;
  skipSpaces(reading);
  return true;
}

function skipSpaces(reading: Reading): void {
  while (reading.text.charCodeAt(reading.at) === SPACE) reading.at++;
}
