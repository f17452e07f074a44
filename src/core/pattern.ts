/**
 * Object patterns: braces fan out, stars gather. One matcher, here, serves checking, watching and listing.
 *
 * What a hole may stand for: characters of one segment, never a control character. A name that begins with a hole does
 * not begin with a dot, and no name with holes is `.` or `..`. A capture is never empty, `.` or `..`.
 *
 * A file pattern that ends with a slash matches directories, objects whose ids end with a slash; no other pattern does.
 */
import { hasUnprintable } from './charset.js';
import { execute } from './matcher.js';
import { asObjectId, isDirectory, type ObjectId } from './object.js';
import { type Languages, shaped } from './pattern-shape.js';
import type { Program } from './program.js';
import type { Segment } from './segment.js';

export { overlap } from './overlap.js';
export { parsePattern } from './pattern-parse.js';

/** Values of captures by name. */
export type Partition = Readonly<Record<string, string>>;

export interface PatternProblem {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** An object's name with holes. Opaque but for what stands here. */
export interface Pattern {
  /** As it was written. */
  readonly text: string;
  /** Its id in graphs: `file:landing/orders_{date}.csv`, normalised. */
  readonly id: string;
  readonly kind: string;
  /** Names it captures, each once, in order. */
  readonly captures: readonly string[];
  /** It has a star or a question mark: it matches a set that is given to one task together. */
  readonly gathers: boolean;
  /**
   * For this folder only: what its captures may be, where its segments begin (`/` for an absolute path), what they are, how
   * they are matched. Segments and program are worked out when they are asked for.
   */
  readonly languages: Languages;
  readonly root: '' | '/';
  readonly segments: readonly Segment[];
  readonly program: Program;
}

/** It has no holes: it names one object, whose id is the pattern's. */
export const isLiteral = ({ captures, gathers }: Pattern): boolean => captures.length === 0 && !gathers;

/** The values it captures from an object's id, or undefined where it does not match. */
export function match(pattern: Pattern, id: ObjectId): Partition | undefined {
  if (id === pattern.id && isLiteral(pattern)) return {};
  if (!id.startsWith(pattern.kind) || id[pattern.kind.length] !== ':' || hasUnprintable(id)) return undefined;
  const spans = execute(pattern.program, id, pattern.kind.length + 1);
  if (spans === undefined) return undefined;
  const values: Record<string, string> = {};
  pattern.program.names.forEach((name, slot) => {
    values[name] = id.slice(spans[2 * slot], spans[2 * slot + 1]);
  });
  return values;
}

/** The object it names for these values. Only for a pattern that does not gather; extra values are ignored. */
export function fill(pattern: Pattern, values: Partition): ObjectId {
  if (pattern.gathers) throw new Error(`a pattern that gathers names no one object: ${pattern.id}`);
  const filled = pattern.id.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`no value for {${name}} in ${pattern.id}`);
    return value;
  });
  return asObjectId(filled);
}

/**
 * The directory that all objects of a file pattern are below, as far as it is written without holes: `landing` for
 * `landing/orders_{date}.csv` and for `landing/day/`, `''` for the project's root, `/` for the file system's.
 */
export function fixedPart(pattern: Pattern): string {
  const directories: string[] = [];
  for (const segment of pattern.segments.slice(0, isDirectory(pattern.id) ? -2 : -1)) {
    if (segment.type !== 'literal') break;
    directories.push(segment.text);
  }
  return pattern.root + directories.join('/');
}

/** What lies in the directories of a pattern, at any depth, but for what no hole matches: hidden names. */
export const contentsOf = (directories: Pattern): Pattern => withId(directories, `${directories.id}**/*`);

/** The same names without the slash at their end; a pattern of files as it is. */
export const asFiles = (pattern: Pattern): Pattern =>
  isDirectory(pattern.id) ? withId(pattern, pattern.id.slice(0, -1)) : pattern;

const withId = (pattern: Pattern, id: string): Pattern =>
  shaped(id, { id, kind: pattern.kind, captures: pattern.captures, languages: pattern.languages });
