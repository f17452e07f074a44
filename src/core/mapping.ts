/**
 * The object mapping: all manifests together, checked.
 */
import type { Job } from './job.js';
import type { Pattern } from './pattern.js';

/** What is said about the objects that a pattern matches. The first declaration that matches an object counts. */
export interface ObjectDeclaration {
  readonly pattern: Pattern;
  readonly description?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly external: boolean;
  /** Milliseconds without a change after which a file has landed. */
  readonly settle: number;
  /** Always wait for `settle`, also for what was renamed into place. */
  readonly strict: boolean;
  /** `stat`: inode, size and times. `content`: a hash. */
  readonly version: 'stat' | 'content';
  readonly concurrentWriters: boolean;
}

export interface Mapping {
  /** Absolute path of the root manifest's directory; file objects are relative to it. */
  readonly root: string;
  /** Absolute paths of all manifests, the root manifest first. */
  readonly manifests: readonly string[];
  /** Tasks at a time; absent: the number of cores. */
  readonly concurrency?: number;
  /** Tasks at a time among the jobs that name the pool. */
  readonly pools: ReadonlyMap<string, number>;
  readonly objects: readonly ObjectDeclaration[];
  /** In the order of declaration. Acyclic: checked before anything sees it. */
  readonly jobs: ReadonlyMap<string, Job>;
}

/** What holds for an object that nobody declared. `settle` in milliseconds. */
export const undeclared = {
  tags: [],
  external: false,
  settle: 2000,
  strict: false,
  version: 'stat',
  concurrentWriters: false,
} as const satisfies Omit<ObjectDeclaration, 'pattern'>;
