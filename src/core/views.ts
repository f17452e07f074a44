/**
 * Read-only answers, in the shapes that `--format json` prints (schema/). Fields are added, never renamed.
 */
export type Phase = 'waiting' | 'held' | 'blocked' | 'ready' | 'running' | 'succeeded' | 'failed' | 'disabled';

export type ReasonCode =
  | 'source-missing'
  | 'source-settling'
  | 'source-too-small'
  | 'marker-missing'
  | 'source-unknown'
  | 'source-changed'
  | 'never-succeeded'
  | 'target-missing'
  | 'when-unsatisfied'
  | 'held-by'
  | 'blocked-by'
  | 'no-room'
  | 'being-written'
  | 'running'
  | 'next-attempt'
  | 'last-run-failed'
  | 'interrupted'
  | 'asked'
  | 'up-to-date'
  | 'disabled'
  | 'definition-changed'
  | 'not-selected'
  | 'stopping';

/** Why a task is where it is: a stable code, a sentence without a full stop, what it is about. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly object?: string;
  readonly task?: string;
}

export interface RunView {
  readonly run: string;
  readonly task: string;
  readonly job: string;
  readonly partition: Readonly<Record<string, string>>;
  readonly outcome: 'running' | 'succeeded' | 'failed' | 'interrupted';
  readonly exitCode?: number;
  readonly signal?: string;
  readonly problem?: string;
  readonly attempts: number;
  /** Milliseconds since 1970; the JSON documents print ISO 8601. */
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly consumed: Readonly<Record<string, string>>;
  readonly produced: Readonly<Record<string, string>>;
}

export interface TaskView {
  readonly task: string;
  readonly job: string;
  readonly partition: Readonly<Record<string, string>>;
  readonly phase: Phase;
  readonly reasons: readonly Reason[];
  readonly lastRun?: RunView;
}

export interface GraphView {
  readonly jobs: readonly {
    readonly name: string;
    readonly sources: readonly string[];
    readonly targets: readonly string[];
  }[];
  readonly objects: readonly { readonly id: string; readonly kind: string }[];
  /** A job's node is `job:NAME`, an object's its id. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** What a call of `run` came to: tasks it ran well; tasks that stand failed, blocked, waiting; tasks that needed nothing. */
export interface SummaryView {
  readonly succeeded: number;
  readonly failed: number;
  readonly blocked: number;
  readonly waiting: number;
  readonly upToDate: number;
}

/** What would run, in the order in which it would start. */
export interface PlanView {
  readonly tasks: readonly { readonly task: string; readonly reasons: readonly Reason[] }[];
}
