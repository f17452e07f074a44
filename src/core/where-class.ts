/**
 * Reads what stands for one character in a regular expression: escapes, and classes in brackets.
 */
import { type CharSet, negate, single, union } from './charset.js';
import { fail, peek, type Reader, take, unsupported } from './where-reader.js';

const digits: CharSet = [0x30, 0x39];
const word = union(digits, [0x41, 0x5a], [0x61, 0x7a], single(0x5f));
const space: CharSet = [
  9, 13, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000,
  0x3000, 0xfeff, 0xfeff,
];
const named: ReadonlyMap<string, CharSet> = new Map([
  ['d', digits],
  ['D', negate(digits)],
  ['w', word],
  ['W', negate(word)],
  ['s', space],
  ['S', negate(space)],
]);

/** `\d`, `\.`, `\u00e9`: a class or one character. */
export function readEscape(reader: Reader): CharSet {
  const char = reader.at + 1 < reader.end ? reader.chars[reader.at + 1] : undefined;
  const set = named.get(char ?? '');
  if (char === undefined) {
    return fail(reader, 'ends with a lone `\\`', 'write `\\\\` for the character itself');
  }
  if (set !== undefined || !/[A-Za-z0-9]/.test(char)) {
    reader.at += 2;
    return set ?? single(char.codePointAt(0) ?? 0);
  }
  const code = reader.chars.slice(reader.at + 2, Math.min(reader.at + 6, reader.end)).join('');
  if (char === 'u' && /^[0-9A-Fa-f]{4}$/.test(code)) {
    reader.at += 6;
    return single(Number.parseInt(code, 16));
  }
  if (char === 'u') {
    return fail(reader, 'has a `\\u` without four hexadecimal digits', 'write `\\u00e9`, or the character itself');
  }
  return unsupported(
    reader,
    `\`\\${char}\``,
    'use characters, classes such as `[a-z]` and `\\d`, groups and repetitions',
  );
}

/** `[a-z_]`, `[^,]`. */
export function readClass(reader: Reader): CharSet {
  const open = reader.at;
  reader.at++;
  const negated = take(reader, '^');
  const sets: CharSet[] = [];
  while (reader.problem === undefined && !take(reader, ']')) {
    if (peek(reader) === undefined) {
      reader.at = open;
      return fail(reader, 'has a `[` that is never closed', 'close it, or write `\\[` for the character itself');
    }
    sets.push(readMember(reader));
  }
  if (reader.problem === undefined && sets.length === 0) {
    reader.at = open;
    return fail(reader, 'has an empty class', 'put characters between `[` and `]`; write `\\]` for the bracket itself');
  }
  const set = union(...sets);
  return negated ? negate(set) : set;
}

/** One character, class or range between `[` and `]`. */
function readMember(reader: Reader): CharSet {
  const low = readOne(reader);
  const ranges = peek(reader) === '-' && reader.at + 1 < reader.end && reader.chars[reader.at + 1] !== ']';
  if (!ranges || reader.problem !== undefined) return low;
  reader.at++;
  const high = readOne(reader);
  if (reader.problem !== undefined) return [];
  const [first, last] = [low[0] ?? 0, high[0] ?? 0];
  if (low.length > 2 || high.length > 2 || low[1] !== first || high[1] !== last || last < first) {
    fail(
      reader,
      'has a range that is none',
      'write the lower character first; put a `-` that stands for itself at the end',
    );
    return [];
  }
  return [first, last];
}

function readOne(reader: Reader): CharSet {
  if (peek(reader) === '\\') return readEscape(reader);
  return single(reader.chars[reader.at++]?.codePointAt(0) ?? 0);
}
