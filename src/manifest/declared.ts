/**
 * What was read of manifests, with the places that checks point to. Knows no rules.
 */
import type { Job } from '../core/job.js';
import type { ObjectDeclaration } from '../core/mapping.js';
import type { Data, Path, Tree } from './tree.js';

/** A part of a manifest. */
export interface Spotted {
  readonly tree: Tree;
  readonly path: Path;
}

/** A name in a map, a position in a list; undefined: the field is all there is. */
export type Step = string | number | undefined;

export interface DeclaredJob extends Spotted {
  /** As it was written. */
  readonly data: Data | undefined;
  readonly job: Job;
  /** Where each source and each target stands, below the field. */
  readonly sources: readonly Step[];
  readonly targets: readonly Step[];
  /** All its sources and targets could be read: what is missing from them is missing indeed. */
  readonly whole: boolean;
  /** Where its pool is named: in the job, or in defaults. */
  readonly pool: Spotted | undefined;
}

/** Where a source or a target of a job stands. */
export function pathOf({ path, ...steps }: DeclaredJob, field: 'sources' | 'targets', at: number): Path {
  const step = steps[field][at];
  return step === undefined ? [...path, field] : [...path, field, step];
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
