/** What reporters of a run are told. Types only. */
import type { Report } from '../core/event.js';
import type { Ending } from '../core/record.js';
import type { SummaryView } from '../core/views.js';

/** What the core reports, and what the engine adds. Times are milliseconds since 1970. */
export type RunEvent =
  | Report
  /** Something is not as it should be, and the run goes on. */
  | { readonly event: 'warning'; readonly at: number; readonly message: string }
  /** A file that can never be a source, because of its name. */
  | { readonly event: 'set-aside'; readonly at: number; readonly name: string; readonly why: string };

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
  readonly failures: readonly Failure[];
  /** Tasks that stand blocked, and the failed tasks that block them. */
  readonly blocked: readonly { readonly task: string; readonly by: readonly string[] }[];
  /** It was told to stop before it was through. */
  readonly stopped?: boolean;
}

export interface Reporter {
  report(event: RunEvent): void;
  progress?(progress: Progress): void;
  /** Called once, at the end. */
  end(end: RunEnd): void;
}
