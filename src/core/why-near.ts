/**
 * Whether a name that lies there could have been meant for an object, or for one that a pattern matches; and what sets
 * it apart. Knows nothing of directories.
 */
import { fileId, nameOf, type ObjectId } from './object.js';
import { match, type Pattern, parsePattern } from './pattern.js';

/** At most so many letters differ, in one place. */
const mostLetters = 3;

/** Do two names differ in one place only, as after a typo? Those of two days do not: only digits tell them apart. */
function isClose(name: string, other: string): boolean {
  const [one, two] = [name.toLowerCase(), other.toLowerCase()];
  if (one === two) return true;
  const shorter = Math.min(one.length, two.length);
  let begin = 0;
  while (begin < shorter && one[begin] === two[begin]) begin += 1;
  let end = 0;
  while (end < shorter - begin && one[one.length - 1 - end] === two[two.length - 1 - end]) end += 1;
  const isSame = one.replace(/\d/g, '0') === two.replace(/\d/g, '0');
  return Math.max(one.length, two.length) - begin - end <= mostLetters && !isSame;
}

/** How the path of a file differs from the object that is wanted, in words that follow the path; undefined: too far. */
export function apartFrom(wanted: ObjectId, path: string): string | undefined {
  const name = nameOf(wanted).replace(/\/$/, '');
  if (path === name) return 'is there';
  if (path.toLowerCase() === name.toLowerCase()) return 'differs in upper and lower case only';
  return isClose(path, name) ? 'has nearly that name' : undefined;
}

/** How a path differs from what a pattern matches, in words that follow the path; undefined: too far, or not at all. */
export function apartFromPattern(pattern: Pattern, path: string): string | undefined {
  const id = fileId(path);
  if (match(pattern, id)) return undefined;
  const refused = refusedByWhere(pattern, id);
  if (refused !== undefined) return refused;
  const meant = [...filledFrom(pattern, path)].filter((candidate) => isClose(path, candidate));
  const by = (one: Pattern | undefined) => meant.find((candidate) => one && match(one, fileId(candidate)));
  const found = by(pattern) ?? by(withoutWhere(pattern));
  if (found !== undefined) return `nearly matches ${pattern.text}: compare ${found}`;
  return undefined;
}

/** Which values `where` refuses of an object that the pattern would match without it, in words that follow its name. */
export function refusedByWhere(pattern: Pattern, id: ObjectId): string | undefined {
  if (match(pattern, id)) return undefined;
  const free = withoutWhere(pattern);
  const values = free && match(free, id);
  if (!values) return undefined;
  const refused = Object.keys(values).filter((name) => !isFine(pattern, name, values[name] ?? ''));
  const names = refused.length > 0 ? refused : Object.keys(values);
  const told = names.map((name) => `${name} may not be ${values[name]}`).join(', ');
  return `would match ${pattern.text}, but for \`where\`: ${told} (${names.map((name) => whereOf(pattern, name) ?? '').join(', ')})`;
}

/** The same pattern, whose captures may be anything. */
export function withoutWhere(pattern: Pattern): Pattern | undefined {
  const parsed = parsePattern(pattern.text);
  return parsed.ok ? parsed.value : undefined;
}

/** Would the pattern take this value for the capture? Asked of the capture alone. */
function isFine(pattern: Pattern, name: string, value: string): boolean {
  const where = whereOf(pattern, name);
  if (where === undefined) return true;
  const alone = parsePattern(`{${name}}`, { [name]: where });
  return !alone.ok || match(alone.value, fileId(value)) !== undefined;
}

/** What a capture may be, as it was written. */
function whereOf({ segments }: Pattern, name: string): string | undefined {
  for (const segment of segments)
    for (const token of segment.type === 'wild' ? segment.tokens : [])
      if (token.type === 'capture' && token.name === name) return token.language?.source;
  return undefined;
}

/** What a name would be if what is written in the pattern stood in it: literals taken from there, the rest from here. */
export function* filledFrom(pattern: Pattern, name: string): Iterable<string> {
  const names = name.split('/');
  const written = nameOf(pattern.id).split('/');
  if (written.length !== names.length) return;
  for (const shift of [0, -1, 1, -2, 2])
    yield written.map((segment, at) => refill(segment, names[at] ?? '', shift)).join('/');
}

/** A segment with its holes filled from a name, in which what stands before them is longer by `shift`. */
function refill(segment: string, name: string, shift: number): string {
  const hole = segment.search(/[{*?]/);
  if (hole < 0) return segment;
  const [rest = ''] = /[^}*?]*$/.exec(segment) ?? [];
  return segment.slice(0, hole) + name.slice(Math.max(0, hole + shift), endOfHole(name, hole, rest)) + rest;
}

/** Where that ends in a name which stands in a hole; what follows it may have grown (`a.csv.part`), or be another ending. */
function endOfHole(name: string, hole: number, rest: string): number {
  const grown = rest.includes('.') ? name.indexOf(rest, hole + 1) : -1;
  if (grown >= 0) return grown;
  return name.endsWith(rest) ? name.length - rest.length : Math.max(name.lastIndexOf('.'), 0) || name.length;
}
