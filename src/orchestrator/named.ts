/**
 * Objects as a person names them: those that jobs read or write, and those that are declared. One
 * that is none of the mapping's is most often a typo, so it is told what it is close to.
 */
import path from 'node:path';
import type { Mapping } from '../core/mapping.js';
import { asObjectId, displayName, kindOf, nameOf, type ObjectId, objectId } from '../core/object.js';
import { isLiteral, type Pattern, parsePattern } from '../core/pattern.js';
import { PatternIndex } from '../core/pattern-index.js';
import { err, ok, type Result } from '../core/result.js';
import { didYouMean } from '../manifest/suggest.js';
import { terminal } from '../report/sinks.js';
import type { Problem } from './problem.js';

/** Beyond these, objects that are not known are not told one by one. */
const mostTold = 20;

/**
 * The objects that the texts name, each once, unless one is none of the mapping's. `cwd`: paths may have been meant from
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
  const objects = new Set<ObjectId>();
  const unknown: string[] = [];
  for (const text of texts) {
    const read = objectOf(text, deed);
    if (!read.ok) return unknownObject(read.error);
    const object = read.value;
    if (known.index.match(object).length > 0) objects.add(object);
    else if (unknown.length < mostTold) unknown.push(notKnown(object, known, mapping.root, cwd));
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

/** What jobs read and write, and what is declared. */
function knownTo({ jobs, objects }: Mapping): Known {
  const patterns = objects.map(({ pattern }) => pattern);
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
  return didYouMean(displayName(object), alike(object, known));
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
  return others.find((other) => index.match(other).length > 0);
}

/** Names that could have been meant: what patterns become with the values that seem to stand in this name, and they themselves. */
function* alike(object: ObjectId, { patterns, index }: Known): Iterable<string> {
  const segments = nameOf(object).split('/');
  for (const pattern of patterns) {
    yield displayName(pattern.id);
    const written = nameOf(pattern.id).split('/');
    if (isLiteral(pattern) || written.length !== segments.length) continue;
    for (const shift of [0, -1, 1]) {
      const filled = written.map((segment, at) => refill(segment, segments[at] ?? '', shift));
      const candidate = objectId(pattern.kind, filled.join('/'));
      if (index.match(candidate).length > 0) yield displayName(candidate);
    }
  }
}

/** A segment of a pattern with its holes filled from a name, in which what stands before them is longer by `shift`. */
function refill(segment: string, name: string, shift: number): string {
  const hole = segment.search(/[{*?]/);
  if (hole < 0) return segment;
  const [rest = ''] = /[^}*?]*$/.exec(segment) ?? [];
  return segment.slice(0, hole) + name.slice(Math.max(0, hole + shift), name.length - rest.length) + rest;
}

/** Text of others between backticks, for a message. */
export const quoted = (text: string): string => `\`${terminal(text)}\``;
