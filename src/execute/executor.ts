/**
 * The seam between the engine and whatever runs commands: this machine today, a cluster's queue later. Knows nothing of
 * processes.
 */
import type { Work } from '../core/effect.js';
import type { Ending } from '../core/record.js';

/** How an attempt's command ended. Whether it made its targets is for others to look at. */
export interface Outcome extends Ending {
  /** It was stopped by us: neither well nor failed. */
  readonly stopped?: boolean;
  /** It never ran, for want of processes, memory, descriptors or disk: try again, it is nobody's failure. */
  readonly temporary?: boolean;
  /** When it ended, in milliseconds since 1970, where that is known and was not just now. */
  readonly endedAt?: number;
}

/** One attempt, under way. */
export interface Execution {
  /** Never rejects. Resolves when the command and all that it started have ended. */
  readonly outcome: Promise<Outcome>;
  /** Ends it: `terminate` asks first and gives it time, `kill` does not. Its outcome then says `stopped`. */
  stop(intent: 'terminate' | 'kill'): void;
  /** Absolute path of the file that its output goes to. */
  readonly log: string;
}

export interface Executor {
  /** Starts an attempt. What fails in starting is an outcome too. */
  start(work: Work): Execution;
  /**
   * Finds an attempt that an objflow which is gone had started: its outcome where it has ended, an execution where it
   * still runs, undefined where it was lost on the way; then nothing of it is left running.
   */
  attach(run: string): Promise<Execution | Outcome | undefined>;
  /** To be called when an attempt's ending is on record: what was kept for `attach` goes. The log stays. */
  forget(run: string): void;
  /**
   * Runs a hook with the environment of the work and, over it, `outcomeEnv`; resolves when it has ended, however it did. Once
   * `ended` is aborted it is not waited for any more, but ended.
   */
  hook(command: string, work: Work, outcomeEnv?: Readonly<Record<string, string>>, ended?: AbortSignal): Promise<void>;
}
