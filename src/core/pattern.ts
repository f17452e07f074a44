/**
 * Object patterns: braces fan out, stars gather. One matcher, here, serves checking, watching and listing.
 */
import type { ObjectId } from './object.js';
import type { Result } from './result.js';

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
}

export declare function parsePattern(
  text: string,
  where?: Readonly<Record<string, string>>,
): Result<Pattern, PatternProblem>;
/** The values it captures from an object's id, or undefined where it does not match. */
export declare function match(pattern: Pattern, id: ObjectId): Partition | undefined;
/** The object it names for these values. Only for a pattern that does not gather; extra values are ignored. */
export declare function fill(pattern: Pattern, values: Partition): ObjectId;
/** An id that both match, or undefined: exact. */
export declare function overlap(one: Pattern, other: Pattern): ObjectId | undefined;
