/**
 * Objects as a person names them: those that jobs read or write, and those that are declared. One
 * that is none of the mapping's is most often a typo, so it is told what it is close to.
 */
import path from 'node:path';
import type { Mapping } from '../core/mapping.js';
import { markedBy } from '../core/marker.js';
import { asObjectId, displayName, isDirectory, kindOf, nameOf, type ObjectId, objectId } from '../core/object.js';
import { isLiteral, type Pattern, parsePattern } from '../core/pattern.js';
import { PatternIndex } from '../core/pattern-index.js';
import { err, ok, type Result } from '../core/result.js';
import { filledFrom } from '../core/why-near.js';
import { closest } from '../manifest/suggest.js';
import { terminal } from '../report/sinks.js';
import type { Problem } from './problem.js';
import { noJobCanRead, whyUntaken } from './untaken.js';

/** Beyond these, objects that are not known are not told one by one. */
const mostTold = 20;

/**
 * The objects that the texts name, each once, unless one is none of the mapping's, or can never be a source as it is; a
 * marker stands for the file that it speaks of. `cwd`: paths may have been meant from
 * there. `deed`: what is done with them, in the passive. Several sentences are put together by `and`.
 */
export function namedObjects(
  mapping: Mapping,
  texts: readonly string[],
  cwd: string,
  deed: 'announced' | 'simulated',
  and: string,
): Result<readonly ObjectId[], Problem> {
  const known = knownTo(mapping);
  const untaken = whyUntaken(mapping);
  const objects = new Set<ObjectId>();
  const unknown: string[] = [];
  for (const text of texts) {
    const read = objectOf(text, deed);
    if (!read.ok) return unknownObject(read.error);
    const object = isKnown(read.value, known) ? read.value : (alias(read.value, mapping, known) ?? read.value);
    const why = untaken(object);
    if (why === undefined && isKnown(object, known)) objects.add(object);
    else if (unknown.length < mostTold)
      unknown.push(why === undefined ? notKnown(object, known, mapping.root, cwd) : noJobCanRead(object, why));
  }
  return unknown.length > 0 ? unknownObject(unknown.join(and)) : ok([...objects]);
}

const unknownObject = (message: string): Result<never, Problem> => err({ kind: 'unknown-object', message });

function objectOf(text: string, deed: string): Result<ObjectId> {
  const [hole] = /\{[^}]*\}?|[}*?]/.exec(text) ?? [];
  if (hole !== undefined)
    return err(`${quoted(text)} is a pattern, and one object at a time is ${deed}; write a value for ${quoted(hole)}`);
  const pattern = parsePattern(text);
  if (pattern.ok) return ok(asObjectId(pattern.value.id));
  const { message, hint } = pattern.error;
  return err(terminal(hint === undefined ? message : `${message}; ${hint}`));
}

interface Known {
  readonly patterns: readonly Pattern[];
  readonly index: PatternIndex<undefined>;
}

const isKnown = (object: ObjectId, { index }: Known): boolean => index.match(object).length > 0;

/** The file of which it is the marker, or the directory of this name. */
function alias(object: ObjectId, { objects }: Mapping, known: Known): ObjectId | undefined {
  if (kindOf(object) !== 'file') return undefined;
  const marked = objects.map((declared) => markedBy(declared, object));
  const asDirectory = isDirectory(object) ? [] : [objectId('file', `${nameOf(object)}/`)];
  return [...marked, ...asDirectory].find((other) => other !== undefined && isKnown(other, known));
}

/** What jobs read and write, and what is declared; but a file is nothing to us because something is said of files like it. */
function knownTo({ jobs, objects }: Mapping): Known {
  const patterns = objects.flatMap(({ pattern }) => (pattern.kind === 'file' ? [] : [pattern]));
  for (const { sources, targets } of jobs.values())
    for (const { pattern } of [...sources, ...targets]) patterns.push(pattern);
  const index = new PatternIndex<undefined>();
  for (const pattern of patterns) index.add(pattern, undefined);
  return { patterns, index };
}

function notKnown(object: ObjectId, known: Known, root: string, cwd: string): string {
  const hint = meant(object, known, root, cwd) ?? '`objflow graph` lists what they read and write';
  return `no job reads or writes ${quoted(displayName(object))}, and no object is declared so; ${terminal(hint)}`;
}

/** What was meant by the name of an object that is none of the mapping's; undefined where nothing is close to it. */
export function meantObject(mapping: Mapping, text: string, cwd: string): string | undefined {
  const pattern = parsePattern(text);
  return pattern.ok && isLiteral(pattern.value)
    ? meant(asObjectId(pattern.value.id), knownTo(mapping), mapping.root, cwd)
    : undefined;
}

function meant(object: ObjectId, known: Known, root: string, cwd: string): string | undefined {
  const other = otherwise(object, known, root, cwd);
  if (other !== undefined) return `did you mean \`${displayName(other)}\`?`;
  const ofKind = known.patterns.find(({ kind }) => kind !== 'file' && kind === nameOf(object).replace(/:$/, ''));
  if (ofKind) return `\`${ofKind.kind}\` is a kind, and an object is written \`${displayName(ofKind.id)}\``;
  const name = displayName(object);
  const inside = known.patterns.find(({ kind, id }) => kind === 'file' && nameOf(id).startsWith(`${name}/`));
  if (inside) return `files in it are written \`${displayName(inside.id)}\``;
  const close = closest(name, alike(object, known));
  if (close !== undefined) return `did you mean \`${close}\`?`;
  const like = known.patterns.find((pattern) => pattern.kind === kindOf(object) && isLike(pattern, object));
  return like === undefined ? undefined : `those that are close to it are written \`${displayName(like.id)}\``;
}

/** The same name in another way: with a kind, or as a path from the project's root. */
function otherwise(object: ObjectId, { patterns, index }: Known, root: string, cwd: string): ObjectId | undefined {
  const name = nameOf(object);
  const kinds = new Set(patterns.map(({ kind }) => kind));
  const others = [...kinds].map((kind) => objectId(kind, name));
  if (kindOf(object) === 'file') {
    const fromRoot = path.relative(root, path.resolve(cwd, name)).split(path.sep).join('/');
    others.unshift(objectId('file', fromRoot));
  }
  return others.find((other) => other !== object && index.match(other).length > 0);
}

/** Is what a pattern writes out close to what stands there in the name? A star alone takes the name of any other place. */
function isLike({ id }: Pattern, object: ObjectId): boolean {
  const names = nameOf(object).split('/');
  const segments = nameOf(id).split('/');
  const isClose = (segment: string, at: number): boolean => {
    const hole = segment.search(/[{*?]/);
    const [begin, name] = [hole < 0 ? segment : segment.slice(0, hole), names[at] ?? ''];
    const aim = hole < 0 ? name : name.slice(0, hole);
    return begin === aim || closest(aim, [begin]) !== undefined;
  };
  return segments.length === names.length && segments.every(isClose);
}

/** Names of objects that could have been meant: those without holes, and what patterns become with what stands in this name. */
function* alike(object: ObjectId, known: Known): Iterable<string> {
  for (const pattern of known.patterns) {
    if (isLiteral(pattern)) yield displayName(pattern.id);
    else if (isLike(pattern, object))
      for (const name of filledFrom(pattern, nameOf(object))) {
        const candidate = objectId(pattern.kind, name);
        if (candidate !== object && isKnown(candidate, known)) yield displayName(candidate);
      }
  }
}

/** Text of others between backticks, for a message. */
export const quoted = (text: string): string => `\`${terminal(text)}\``;
