/**
 * A job as it was declared and checked. The core reads what decides when it runs; the rest is carried to the executor.
 */
import type { Place } from './diagnostic.js';
import type { Pattern } from './pattern.js';

export interface Source {
  /** The name given in a map of sources; the command sees it as a variable. */
  readonly name?: string;
  readonly pattern: Pattern;
  /** A change of it makes the job due. */
  readonly trigger: boolean;
  /** It need not exist. */
  readonly optional: boolean;
}

export interface Target {
  readonly name?: string;
  readonly pattern: Pattern;
}

export interface Retries {
  /** Attempts in all, from 1. */
  readonly attempts: number;
  /** Milliseconds before the second attempt. */
  readonly delay: number;
  /** What each further delay is multiplied by. */
  readonly backoff: number;
}

/** Which lists a command is given: `sources_as`. */
export type SourcesAs = 'all' | 'arguments' | 'file';

export interface Job {
  readonly name: string;
  /** Position in the mapping: the last tie-break between tasks. */
  readonly index: number;
  readonly description?: string;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly sources: readonly Source[];
  readonly targets: readonly Target[];
  /** Names that the required sources capture, in the order in which the sources name them. */
  readonly captures: readonly string[];
  readonly when: 'any' | 'all';
  readonly run: string;
  readonly shell: 'sh' | 'bash';
  readonly env: Readonly<Record<string, string>>;
  /** Absolute; absent: the project's root. */
  readonly cwd?: string;
  /** Milliseconds, for each attempt. */
  readonly timeout?: number;
  readonly retries: Retries;
  /** Tasks of this job at a time. */
  readonly concurrency?: number;
  readonly pool?: string;
  /** Higher first. */
  readonly priority: number;
  readonly enabled: boolean;
  readonly onUpstreamFailure: 'block' | 'ignore';
  readonly onMissingTarget: 'ignore' | 'rerun';
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly sourcesAs: SourcesAs;
  /** A hash of everything about the job that changes what a run does. */
  readonly definition: string;
  readonly place: Place;
}
