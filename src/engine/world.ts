/**
 * The world as the engine sees it: adapters by interface only.
 */
import type { Work } from '../core/effect.js';
import type { Report } from '../core/event.js';
import type { Look, ObjectId } from '../core/object.js';
import type { Ending, JournalRecord } from '../core/record.js';
import type { Result } from '../core/result.js';

/** How an attempt's process ended. */
export interface ProcessOutcome extends Ending {
  readonly stopped?: boolean;
  readonly temporary?: boolean;
}

/** A process that was started or found again. */
export interface Execution {
  /** Never rejects. */
  readonly outcome: Promise<ProcessOutcome>;
  stop(intent: 'terminate' | 'kill'): void;
}

export interface Executor {
  start(work: Work): Execution;
  /** After a crash: it still runs, or it has ended, or nobody knows. */
  attach(run: string): Promise<Execution | ProcessOutcome | undefined>;
  /** The run's end is on record: what was kept to find it again may go. */
  forget(run: string): void;
  hook(command: string, work: Work): Promise<void>;
}

export interface Objects {
  /** Everything that is there and wanted. */
  list(): Promise<readonly Look[]>;
  look(ids: readonly ObjectId[]): Promise<readonly Look[]>;
  /** Puts files on disk; gives what went wrong. */
  sync(ids: readonly ObjectId[]): Promise<string | undefined>;
}

export interface JournalProblem {
  readonly message: string;
  /** Nothing was lost, and the same call may succeed later. */
  readonly retryable: boolean;
}

export interface Journal {
  append(records: readonly JournalRecord[]): Result<void, JournalProblem>;
  sync(): Result<void, JournalProblem>;
  compactIfWorthwhile(): Result<unknown, JournalProblem>;
}

export interface Clock {
  /** Milliseconds since 1970 as they were at the start, and never backwards since. */
  now(): number;
  /** Calls back at that time, unless it is cancelled first. */
  at(time: number, then: () => void): () => void;
}

export interface World {
  readonly objects: Objects;
  readonly executor: Executor;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Told everything that happens; must not throw. */
  readonly tell: (report: Report) => void;
}
