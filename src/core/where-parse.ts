/**
 * Reads the regular expressions of `where`: the part of their usual syntax that describes a regular language. What
 * looks around, refers back or depends on a mode is refused by name. `^` and `$` at the outer ends say what holds anyway.
 */
import { type CharSet, negate, single } from './charset.js';
import type { PatternProblem } from './pattern.js';
import { err, ok, type Result } from './result.js';
import { readClass, readEscape } from './where-class.js';
import { fail, peek, type Reader, take, unsupported } from './where-reader.js';

export type Expression =
  | { readonly type: 'set'; readonly set: CharSet }
  | { readonly type: 'sequence'; readonly items: readonly Expression[] }
  | { readonly type: 'either'; readonly items: readonly Expression[] }
  /** Without `max`: any number. */
  | { readonly type: 'repeat'; readonly item: Expression; readonly min: number; readonly max: number | undefined };

const MAX_LENGTH = 1000;
const MAX_COUNT = 1000;

const one = (set: CharSet): Expression => ({ type: 'set', set });
const nothing: Expression = { type: 'sequence', items: [] };

/** The expression, or what is wrong with it; places in messages count characters from 1. */
export function parseExpression(source: string): Result<Expression, PatternProblem> {
  const chars = [...source];
  if (chars.length > MAX_LENGTH) {
    return err({
      code: 'where-too-large',
      message: `the regular expression is longer than ${MAX_LENGTH} characters`,
      hint: 'say less precisely what the capture may be',
    });
  }
  const anchored = chars.at(-1) === '$' && backslashesBefore(chars, chars.length - 1) % 2 === 0;
  const reader: Reader = { chars, at: chars[0] === '^' ? 1 : 0, end: chars.length - (anchored ? 1 : 0) };
  const expression = readEither(reader);
  if (reader.at < reader.end) fail(reader, 'has a `)` that closes nothing', 'write `\\)` for the character itself');
  return reader.problem === undefined ? ok(expression) : err(reader.problem);
}

function backslashesBefore(chars: readonly string[], end: number): number {
  let count = 0;
  while (chars[end - 1 - count] === '\\') count++;
  return count;
}

function readEither(reader: Reader): Expression {
  const items = [readSequence(reader)];
  while (take(reader, '|')) items.push(readSequence(reader));
  return items.length === 1 ? (items[0] ?? nothing) : { type: 'either', items };
}

function readSequence(reader: Reader): Expression {
  const items: Expression[] = [];
  for (let next = peek(reader); next !== undefined && next !== '|' && next !== ')'; next = peek(reader)) {
    items.push(readCount(reader, readAtom(reader)));
  }
  return { type: 'sequence', items };
}

function readAtom(reader: Reader): Expression {
  const char = peek(reader) ?? '';
  switch (char) {
    case '(':
      return readGroup(reader);
    case '[':
      return one(readClass(reader));
    case '\\':
      return one(readEscape(reader));
    case '^':
    case '$':
      return one(unsupported(reader, `\`${char}\` inside`, 'the whole value always has to match: leave it out'));
    case '*':
    case '+':
    case '?':
    case '{':
      return one(
        fail(reader, `has a \`${char}\` that repeats nothing`, `write \`\\${char}\` for the character itself`),
      );
    case ']':
    case '}':
      return one(fail(reader, `has a \`${char}\` that closes nothing`, `write \`\\${char}\` for the character itself`));
    default:
      reader.at++;
      return one(char === '.' ? negate([]) : single(char.codePointAt(0) ?? 0));
  }
}

function readGroup(reader: Reader): Expression {
  const open = reader.at;
  for (const look of ['(?=', '(?!', '(?<=', '(?<!']) {
    if (take(reader, look))
      return one(unsupported(reader, `\`${look}\``, 'say what the value is, not what stands around it'));
  }
  if (!take(reader, '(?:') && take(reader, '(?')) {
    return one(unsupported(reader, 'a named group or a mode', 'write a plain group: `( )`'));
  }
  if (reader.at === open) reader.at++;
  const inside = readEither(reader);
  if (reader.problem === undefined && !take(reader, ')')) {
    reader.at = open;
    fail(reader, 'has a `(` that is never closed', 'close it, or write `\\(` for the character itself');
  }
  return inside;
}

/** What follows an atom: `?`, `*`, `+`, `{n}`, `{n,}`, `{n,m}`, lazy or not: the language is the same. */
function readCount(reader: Reader, item: Expression): Expression {
  let result: Expression;
  if (take(reader, '?')) result = { type: 'repeat', item, min: 0, max: 1 };
  else if (take(reader, '*')) result = { type: 'repeat', item, min: 0, max: undefined };
  else if (take(reader, '+')) result = { type: 'repeat', item, min: 1, max: undefined };
  else if (peek(reader) === '{') result = readBounds(reader, item);
  else return item;
  take(reader, '?');
  return result;
}

function readBounds(reader: Reader, item: Expression): Expression {
  const close = reader.chars.indexOf('}', reader.at);
  const text = reader.chars.slice(reader.at + 1, Math.max(close, 0)).join('');
  const [, low, comma, high] = /^(\d+)(?:(,)(\d*))?$/.exec(text) ?? [];
  if (low === undefined) {
    return one(
      fail(reader, 'has a `{` without a count', 'write `{2}`, `{2,}` or `{2,4}`, or `\\{` for the character itself'),
    );
  }
  const min = Number(low);
  const max = comma === undefined ? min : high ? Number(high) : undefined;
  if (max !== undefined && max < min) {
    return one(fail(reader, `repeats at least ${low} and at most ${high} times`, 'write the smaller count first'));
  }
  if (Math.max(min, max ?? 0) > MAX_COUNT) {
    return one(fail(reader, `repeats more than ${MAX_COUNT} times`, 'use `+` or `*`', 'where-too-large'));
  }
  reader.at = close + 1;
  return { type: 'repeat', item, min, max };
}
