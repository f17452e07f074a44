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
  /** What says that the object is complete. With one, nothing else does. */
  readonly marker?: Marker;
  /** Bytes; what is smaller has not landed. */
  readonly minSize: number;
}

/** What is said about one object. */
export type Rules = Omit<ObjectDeclaration, 'pattern'> & Partial<Pick<ObjectDeclaration, 'pattern'>>;

export type Marker =
  /** A file of its own, with the same captures as the object's pattern. */
  | { readonly where: 'beside'; readonly pattern: Pattern }
  /** A name in the object, which is a directory. */
  | { readonly where: 'inside'; readonly name: string };

/** How the daemon watches. */
export interface WatchSettings {
  /** Milliseconds after which everything is listed again, whatever was heard. */
  readonly rescan: number;
  /** Directories that are listed again and again, because nothing is heard of them; the root is `''`. */
  readonly polling: readonly { readonly directory: string; readonly every: number }[];
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
  readonly watch: WatchSettings;
  /** Names (without a slash) and paths of what is never an object; a directory's goes for all that is in it. */
  readonly ignore: readonly Pattern[];
  /** Milliseconds that running tasks are given when objflow is told to stop. */
  readonly grace: number;
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
  minSize: 0,
} as const satisfies Omit<ObjectDeclaration, 'pattern'>;

/** What holds for a mapping that says nothing of these. Durations in milliseconds. */
export const unsaid = {
  watch: { rescan: 300_000, polling: [] },
  ignore: [],
  grace: 30_000,
} as const satisfies Pick<Mapping, 'watch' | 'ignore' | 'grace'>;
