/**
 * What was read of manifests, with the places that checks point to. Knows no rules.
 */
import type { Job } from '../core/job.js';
import type { ObjectDeclaration } from '../core/mapping.js';
import type { Path, Tree } from './tree.js';

/** A part of a manifest. */
export interface Spotted {
  readonly tree: Tree;
  readonly path: Path;
}

export interface DeclaredJob extends Spotted {
  readonly job: Job;
  /** Where each source and each target stands. */
  readonly sources: readonly Path[];
  readonly targets: readonly Path[];
  /** All its sources and targets could be read: what is missing from them is missing indeed. */
  readonly whole: boolean;
  /** Where its pool is named: in the job, or in defaults. */
  readonly pool?: Spotted;
}

export interface DeclaredObject extends Spotted {
  readonly object: ObjectDeclaration;
}

export interface DeclaredPool extends Spotted {
  readonly name: string;
  readonly limit: number;
}

/** All manifests together, in the order of declaration. */
export interface Declared {
  readonly jobs: readonly DeclaredJob[];
  readonly objects: readonly DeclaredObject[];
  readonly pools: readonly DeclaredPool[];
  readonly doubt: Doubt;
}

/**
 * What could not be read, and from whose absence nothing follows: `objects`, what some job reads or writes, or is said
 * of objects; `all`, a whole manifest or part of one.
 */
export type Doubt = 'none' | 'objects' | 'all';

/** The greater of two doubts. */
export const moreDoubt = (one: Doubt, other: Doubt): Doubt =>
  one === 'all' || other === 'all' ? 'all' : one === 'none' ? other : one;
