/**
 * What happens: facts, in the past tense. `at` is milliseconds since 1970 on a clock that never runs backwards.
 */
import type { Look, ObjectId, Version } from './object.js';
import type { Ending, Versions } from './record.js';
import type { Reason } from './views.js';

/** How an attempt's process ended, and what its targets looked like afterwards. */
export interface AttemptOutcome extends Ending {
  /** True when the command exited 0 and every file target is there and on disk. */
  readonly well: boolean;
  /** It was stopped by us: neither well nor failed. */
  readonly stopped?: boolean;
  /** It never started for want of processes, memory or descriptors: try again, it is nobody's failure. */
  readonly temporary?: boolean;
  /** File targets as they were looked at after the end. */
  readonly targets: readonly Look[];
}

export type Event =
  /** Objects were looked at. Looks of one event belong together: they are one wave. */
  | { readonly type: 'looked'; readonly at: number; readonly looks: readonly Look[] }
  /** An attempt ended. */
  | { readonly type: 'attempt-ended'; readonly at: number; readonly run: string; readonly outcome: AttemptOutcome }
  /** A time that was asked for with `wake-at` has come. */
  | { readonly type: 'woke'; readonly at: number }
  /** Somebody said that an object has a new version. */
  | {
      readonly type: 'announced';
      readonly at: number;
      readonly object: ObjectId;
      readonly version: Version;
      readonly key?: string;
    }
  /** Somebody asked for tasks to be tried again, forgotten, or run whether due or not. */
  | {
      readonly type: 'asked';
      readonly at: number;
      readonly what: 'retry' | 'reset' | 'force';
      readonly tasks: readonly string[];
    }
  /**
   * Somebody asked that tasks be taken for up to date as they stand. A task with a key is so only while that names its
   * work: with other sources than when somebody looked, it is another matter.
   */
  | {
      readonly type: 'adopt-asked';
      readonly at: number;
      readonly tasks: readonly { readonly task: string; readonly key?: string }[];
      /** File targets of these tasks, as they were looked at for it. */
      readonly targets: readonly Look[];
    }
  /** A run that was in progress when we last lived is still executing, and is in our hands. */
  | { readonly type: 'adopted'; readonly at: number; readonly run: string }
  /** The mapping was edited: this state was made from the one before it. */
  | { readonly type: 'remapped'; readonly at: number }
  /** The first look at everything is complete: from now on things may start. */
  | { readonly type: 'opened'; readonly at: number }
  /** We were told to stop: nothing more starts. */
  | { readonly type: 'stopping'; readonly at: number };

/** What reporters are told; a superset of it is what `--format json` prints (schema/). */
export type Report =
  | { readonly event: 'object-landed'; readonly at: number; readonly object: ObjectId; readonly version: Version }
  | (RunReport & { readonly event: 'run-started'; readonly reasons: readonly Reason[] })
  /** A run that an objflow which is gone had started goes on in our hands. */
  | (RunReport & { readonly event: 'run-adopted'; readonly startedAt: number })
  /** What had landed is being written on: where it was taken at once, files of its directory are from now on waited for. */
  | { readonly event: 'landed-early'; readonly at: number; readonly object: ObjectId; readonly distrusted?: string }
  | (RunReport & Ending & { readonly event: 'attempt-failed'; readonly nextAt: number })
  | (RunReport & Ending & { readonly event: 'run-succeeded'; readonly produced: Versions; readonly startedAt: number })
  | (RunReport & Ending & { readonly event: 'run-failed'; readonly startedAt: number })
  | (RunReport & Ending & { readonly event: 'run-interrupted'; readonly startedAt: number });

interface RunReport {
  readonly at: number;
  readonly task: string;
  readonly job: string;
  readonly run: string;
  readonly attempt: number;
}
