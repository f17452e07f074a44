/** What reporters of a run are told. Types only. */
import type { Diagnostic } from '../core/diagnostic.js';
import type { Report } from '../core/event.js';
import type { Ending } from '../core/record.js';
import type { EmptyView, SummaryView } from '../core/views.js';
import type { Styles } from './styles.js';

/** What the core reports, and what the engine adds. Times are milliseconds since 1970. */
export type RunEvent =
  | Report
  /** Something is not as it should be, and the run goes on. */
  | { readonly event: 'warning'; readonly at: number; readonly message: string }
  /** What lies where a source may be, and can be none as it is. */
  | { readonly event: 'set-aside'; readonly at: number; readonly name: string; readonly why: string }
  | AskedEvent
  | WatchEvent;

/** Somebody asked something of tasks, and it is on record: done to `tasks` of them, `left` as they were. */
export interface AskedEvent {
  readonly event: 'asked';
  readonly at: number;
  readonly what: 'retry' | 'reset' | 'adopt';
  readonly tasks: number;
  readonly left: number;
  /** The names of those to which it was done, the first hundred. */
  readonly named: readonly string[];
}

/** What only the daemon tells. */
export type WatchEvent =
  /** The first look at everything is complete: from now on things start. */
  | {
      readonly event: 'watching';
      readonly at: number;
      readonly jobs: number;
      /** Directories that are watched, and objects that are there. */
      readonly directories: number;
      readonly objects: number;
    }
  /** Nothing is heard of what happens in a directory: it is listed every so many milliseconds. */
  | {
      readonly event: 'polling';
      readonly at: number;
      readonly directory: string;
      readonly every: number;
      readonly why: string;
    }
  /** The mapping was edited, and the edit holds from now on. Names of jobs. */
  | {
      readonly event: 'reloaded';
      readonly at: number;
      readonly jobs: number;
      readonly added: readonly string[];
      readonly changed: readonly string[];
      readonly removed: readonly string[];
    }
  /** The mapping was edited, and has errors: the one before it goes on. */
  | { readonly event: 'reload-refused'; readonly at: number; readonly diagnostics: readonly Diagnostic[] }
  /** Told to stop: nothing more starts, and `running` tasks are given `grace` milliseconds. */
  | { readonly event: 'stopping'; readonly at: number; readonly running: number; readonly grace: number };

/** An event before it is known when it is told. */
export type Timeless<E> = E extends unknown ? Omit<E, 'at'> : never;

/** An event in words. */
export interface EventWords {
  /** ✓ and the like, for those who show one. */
  readonly symbol: string;
  readonly style: keyof Styles;
  /** What the sentence is about: it comes first. */
  readonly subject: string;
  readonly rest: string;
}

/** How the daemon stands: numbers of tasks, and what landed last. */
export interface Standing {
  readonly running: number;
  /** Ready, and waiting for room. */
  readonly ready: number;
  readonly held: number;
  readonly blocked: number;
  readonly failed: number;
  /** The object by its id. */
  readonly lastLanding?: { readonly at: number; readonly object: string };
}

/** What a daemon came to, from its start to its stop. */
export interface WatchEnd {
  readonly at: number;
  /** Milliseconds. */
  readonly took: number;
  /** Runs that ended well, and that did not. */
  readonly succeeded: number;
  readonly failed: number;
}

/** How far it has come: tasks that are over, of all that this call has found due until now. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** A task that stands failed. */
export interface Failure extends Ending {
  readonly task: string;
  readonly attempts: number;
  /** The last lines of its output, as they came out. */
  readonly output: readonly string[];
  /** Path of its log, as the reader can open it. */
  readonly log?: string;
}

/** What the call came to. */
export interface RunEnd {
  readonly at: number;
  /** Milliseconds. */
  readonly took: number;
  readonly summary: SummaryView;
  /** What there was, where there was nothing to do. */
  readonly empty?: EmptyView;
  readonly failures: readonly Failure[];
  /** Tasks that stand blocked, and the failed tasks that block them. */
  readonly blocked: readonly { readonly task: string; readonly by: readonly string[] }[];
  /** It was told to stop before it was through. */
  readonly stopped?: boolean;
}

export interface Reporter {
  report(event: RunEvent): void;
  progress?(progress: Progress): void;
  /** The daemon's counterpart of `progress`. */
  standing?(standing: Standing): void;
  /** Called once, at the end. */
  end(end: RunEnd): void;
  /** The daemon's counterpart of `end`. */
  left(end: WatchEnd): void;
}
