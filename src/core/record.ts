/**
 * What the journal keeps: facts that cannot be looked up again. Files that exist are not among them; versions consumed
 * are. Fields are added, never renamed: a journal outlives the program that wrote it. Its schema: schema/journal.schema.json.
 */

/** Object id → version. */
export type Versions = Readonly<Record<string, string>>;

/** How an attempt or a run ended, when it did not end well. */
export interface Ending {
  /** Exit status of the command; absent when a signal ended it or it never started. */
  readonly exitCode?: number;
  /** `SIGKILL`, … */
  readonly signal?: string;
  /** In a sentence, where the exit status does not say it: `timed out after 10s`, `did not make out/x.csv`. */
  readonly problem?: string;
}

/** What something says of how a command ended, and nothing else of it. */
export function endingOf({ exitCode, signal, problem }: Ending): Ending {
  if (exitCode === 0 && signal === undefined && problem === undefined) return exitedWell;
  return {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Very many tasks remember that of their last run. */
const exitedWell: Ending = Object.freeze({ exitCode: 0 });

/** One attempt is about to start. Written before the act. */
export interface RunStarted {
  readonly type: 'run-started';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly run: string;
  readonly task: string;
  readonly job: string;
  readonly partition: Readonly<Record<string, string>>;
  /** From 1; grows over crashes too. */
  readonly attempt: number;
  /** The same for every attempt at the same work. */
  readonly key: string;
  readonly definition: string;
  /** Versions of all sources, as they were when the run started. */
  readonly consumed: Versions;
  /** Objects that it writes: its job may be another by the time the run is found again. Absent in older journals. */
  readonly targets?: readonly string[] | undefined;
}

/** An attempt failed and another will follow. */
export interface AttemptFailed extends Ending {
  readonly type: 'attempt-failed';
  readonly at: number;
  readonly run: string;
  readonly attempt: number;
}

/** A run is over. `interrupted`: it was stopped, or lost in a crash; its task is due again. */
export interface RunEnded extends Ending {
  readonly type: 'run-ended';
  readonly at: number;
  readonly run: string;
  readonly outcome: 'succeeded' | 'failed' | 'interrupted';
  /** Versions of the targets afterwards. After a failure: of what it left behind, which nothing may consume. */
  readonly produced: Versions;
}

/** A run in one line: what compaction makes of the records above. One of no attempts was adopted: nothing ran. */
export interface RunKept extends Ending {
  readonly type: 'run';
  readonly run: string;
  readonly task: string;
  readonly job: string;
  readonly partition: Readonly<Record<string, string>>;
  readonly attempts: number;
  readonly key: string;
  readonly definition: string;
  readonly consumed: Versions;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: RunEnded['outcome'];
  readonly produced: Versions;
}

/** As many announcements are remembered by their keys, the last ones: more would grow for ever. */
export const rememberedKeys = 10_000;

/** Somebody said that an object has a new version. */
export interface Announced {
  readonly type: 'announced';
  readonly at: number;
  readonly object: string;
  readonly version: string;
  readonly key?: string;
}

/** Somebody asked that a task's past be forgotten (`reset`) or its failure be tried again (`retry`). */
export interface Asked {
  readonly type: 'asked';
  readonly at: number;
  readonly what: 'reset' | 'retry';
  readonly task: string;
}

export type JournalRecord = RunStarted | AttemptFailed | RunEnded | RunKept | Announced | Asked;
