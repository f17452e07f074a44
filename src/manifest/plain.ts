/**
 * A quick reader for plain manifests: block maps and lists, scalars and flow collections on one line, text after `|` and
 * `>`, comments. It reads a fraction of YAML, which nearly all manifests are written in, and refuses all else as a
 * whole, mistakes included: then the library reads the text, and says what is wrong. What it does read, it reads as the
 * library does; a test holds one against the other. Knows nothing of what a manifest means.
 */
import { isBlockText, readBlockText } from './plain-block-text.js';
import { isBracket, readFlow } from './plain-flow.js';
import { readKey } from './plain-keys.js';
import {
  COLON,
  cut,
  DASH,
  HASH,
  isBlank,
  isQuote,
  NEWLINE,
  type Reading,
  readQuoted,
  SPACE,
  skipPlain,
  typed,
} from './plain-scalars.js';
import { PlainSpots } from './plain-spots.js';
import { type Data, type DataMap, newMap, type Spots } from './tree.js';

export interface Plain {
  readonly data: DataMap;
  readonly spots: Spots;
}

/** Levels of nesting; the library may go further. */
const deepest = 32;

/** Tabs, carriage returns and other control characters, byte order marks, halves of characters. */
const odd = /[\0-\x09\x0b-\x1f\ufeff]|\p{Surrogate}/u;

/** What the text says, or undefined where it is anything but plain. */
export function readPlain(text: string): Plain | undefined {
  if (odd.test(text)) return undefined;
  const reading: Reading = { text, spots: new PlainSpots(), at: 0, end: 0, indent: 0, lately: [] };
  nextLine(reading);
  if (reading.indent === 0 && text.startsWith('---', reading.at)) {
    reading.at += 3;
    if (!endLine(reading)) return undefined;
    nextLine(reading);
  }
  if (reading.indent !== 0) return undefined;
  const data = readMap(reading, 0, deepest);
  if (data === undefined || reading.indent >= 0) return undefined;
  return { data, spots: reading.spots.finish(data) };
}

/** Reads the map whose first key begins here, and whose keys all stand in this column. */
function readMap(reading: Reading, column: number, levels: number): DataMap | undefined {
  const { text, spots } = reading;
  const map = newMap();
  do {
    const start = reading.at;
    const key = readKey(reading, map, false);
    if (key === undefined) return undefined;
    const entry = spots.open(start, reading.end);
    reading.at++;
    skipSpaces(reading);
    const code = text.charCodeAt(reading.at);
    let at = reading.at;
    let value: Data | undefined;
    if (isBlank(code) || code === HASH) {
      reading.end = at;
      endLine(reading);
      nextLine(reading);
      const isList = isListItem(reading);
      if (reading.indent > column || (isList && reading.indent === column)) {
        at = reading.at;
        value = isList ? readList(reading, reading.indent, levels - 1) : readMap(reading, reading.indent, levels - 1);
      } else value = null;
    } else {
      value = readInline(reading, column, levels - 1);
      if (value !== undefined) nextLine(reading);
    }
    if (value === undefined || levels === 0) return undefined;
    spots.close(entry, at, reading.end);
    map[key] = value;
  } while (reading.indent === column && !isListItem(reading));
  return reading.indent > column ? undefined : map;
}

/** Reads the list whose first dash stands here, and whose dashes all stand in this column. */
function readList(reading: Reading, column: number, levels: number): readonly Data[] | undefined {
  const { text, spots } = reading;
  const list: Data[] = [];
  do {
    const dash = reading.at;
    const entry = spots.open(-1, -1);
    reading.at++;
    skipSpaces(reading);
    const start = reading.at;
    if (isBlank(text.charCodeAt(start)) || text.charCodeAt(start) === HASH) return undefined;
    let value: Data | undefined;
    if (isKey(reading)) value = readMap(reading, column + start - dash, levels - 1);
    else {
      value = readInline(reading, column, levels - 1);
      if (value !== undefined) nextLine(reading);
    }
    if (value === undefined || levels === 0) return undefined;
    spots.close(entry, start, reading.end);
    list.push(value);
  } while (reading.indent === column && isListItem(reading));
  return reading.indent > column ? undefined : list;
}

/** Reads what begins on this line, and is no block of its own; `column`: that of the key or dash that it belongs to. */
function readInline(reading: Reading, column: number, levels: number): Data | undefined {
  const { text, at } = reading;
  const code = text.charCodeAt(at);
  if (isBlockText(code)) return readBlockText(reading, column);
  let value: Data | undefined;
  if (isBracket(code)) value = readFlow(reading, levels);
  else if (isQuote(code)) value = readQuoted(reading);
  else if (skipPlain(reading, false)) value = typed(cut(reading, at));
  return value !== undefined && endLine(reading) ? value : undefined;
}

/** Does a key begin here. Goes nowhere. */
function isKey(reading: Reading): boolean {
  const { text, at, end } = reading;
  const reads = isQuote(text.charCodeAt(at)) ? readQuoted(reading) !== undefined : skipPlain(reading, false);
  const found = reads && text.charCodeAt(reading.at) === COLON;
  Object.assign(reading, { at, end });
  return found;
}

const isListItem = ({ text, at }: Reading): boolean => text.charCodeAt(at) === DASH && isBlank(text.charCodeAt(at + 1));

/** Goes to what stands first on the next line that is neither empty nor a comment, from the beginning of a line. */
function nextLine(reading: Reading): void {
  const { text } = reading;
  for (let line = reading.at; ; line = reading.at) {
    skipSpaces(reading);
    const first = reading.at;
    const code = text.charCodeAt(first);
    if (code !== NEWLINE && code !== HASH) {
      reading.indent = first < text.length ? first - line : -1;
      return;
    }
    const newline = text.indexOf('\n', first);
    reading.at = newline < 0 ? text.length : newline + 1;
  }
}

/** Goes to the beginning of the next line. False: something other than a comment stands before it. */
function endLine(reading: Reading): boolean {
  const { text } = reading;
  const from = reading.at;
  skipSpaces(reading);
  const code = text.charCodeAt(reading.at);
  if (!isBlank(code) && (code !== HASH || text.charCodeAt(reading.at - 1) !== SPACE)) return false;
  const newline = text.indexOf('\n', from);
  reading.at = newline < 0 ? text.length : newline + 1;
  return true;
}

function skipSpaces(reading: Reading): void {
  while (reading.text.charCodeAt(reading.at) === SPACE) reading.at++;
}
