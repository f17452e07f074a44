/**
 * Which patterns match an object, in time that does not grow with the number of patterns that do not: a trie over
 * segments. The same trie guides the walk over directories.
 */
import type { ObjectId } from './object.js';
import type { Partition, Pattern } from './pattern.js';

export interface Matched<T> {
  readonly value: T;
  readonly captures: Partition;
}

/** Where a walk stands: the patterns that a path so far may still become. */
export interface Walk {
  /** No pattern goes on below. */
  readonly dead: boolean;
  /** Names that the next segment must be one of, where every pattern here goes on with a literal: no listing is needed. */
  readonly literals: readonly string[] | undefined;
  /** After one more segment. */
  enter(segment: string): Walk;
  /** Some pattern may end with this segment: a file of this name is wanted. */
  wants(segment: string): boolean;
}

export declare class PatternIndex<T> {
  add(pattern: Pattern, value: T): void;
  match(id: ObjectId): readonly Matched<T>[];
  /** Walk for file patterns; absolute patterns are reached by `root: '/'`, others by `''`. */
  walk(root: '' | '/'): Walk;
}
