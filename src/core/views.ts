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

/**
 * As what a state is held. `watch`: the daemon, which takes up all that comes. `run`: takes up what is there when it
 * begins. `take-up`: records what is asked, and starts nothing.
 */
export type Role = 'watch' | 'run' | 'take-up';

/** What a state is held for. */
export interface Purpose {
  /** Absent where whoever holds it does not say. */
  readonly role?: Role;
  /** It is a run of what was selected. */
  readonly selected?: boolean;
}

/** Who holds a state, as far as that is told. */
export interface AtWork extends Purpose {
  readonly pid?: number;
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

/** Where the tasks of a job stand, counted. */
export interface JobView {
  readonly job: string;
  readonly enabled: boolean;
  /** It has captures, so that it may have many tasks. */
  readonly partitioned: boolean;
  /** Tasks by phase; a phase without tasks is absent. */
  readonly counts: Readonly<Partial<Record<Phase, number>>>;
  /** So many of those that succeeded did so before the job was edited. */
  readonly definitionChanged: number;
  /** Partitions of those that stand failed, the first few. */
  readonly failed: readonly Readonly<Record<string, string>>[];
  /** When the last of their runs ended, in milliseconds since 1970. */
  readonly lastEndedAt?: number;
  /** Since when the one waits that has waited longest, in milliseconds since 1970; absent where that is not known. */
  readonly waitingSince?: number;
  /** Where there is no task yet: ids of the patterns of which something has to be there for the first. */
  readonly waitsFor: readonly string[];
}

/** One of many tasks: what it takes to sort it, and the rest when it is asked for. */
export interface TaskBrief {
  readonly job: string;
  readonly phase: Phase;
  /**
   * Milliseconds since 1970: when its run started, its last one ended, or it came to wait as it does; absent where that
   * is not known.
   */
  readonly since?: number;
  whole(): TaskView;
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

/** Where the tasks of a job stand together. */
export interface StandingView {
  /** Of the task that most needs a person; absent where there are no tasks. */
  readonly phase?: Phase;
  readonly counts: Readonly<Partial<Record<Phase, number>>>;
  /** What most needs a person first. */
  readonly tasks: readonly TaskView[];
}

/** What a call of `run` came to: tasks it ran well; tasks that stand failed, blocked, waiting; tasks that needed nothing. */
export interface SummaryView {
  readonly succeeded: number;
  readonly failed: number;
  readonly blocked: number;
  readonly waiting: number;
  readonly upToDate: number;
}

/** What there is for a call of `run` that finds nothing at all to do. */
export interface EmptyView {
  /** Not everything was to run. */
  readonly isPart: boolean;
  /** Jobs of which something may run, and those of them that are disabled, with where they stand: `objflow.yaml:48`. */
  readonly jobs: readonly string[];
  readonly disabled: readonly { readonly job: string; readonly place: string }[];
}

/** A task that was running when objflow ended, or that another one runs: it goes on, or has ended since. */
export interface LeftTask {
  readonly task: string;
  readonly fate: 'running' | 'ended';
}

/** A task that would run, and why. */
export interface PlannedTask {
  readonly task: string;
  readonly reasons: readonly Reason[];
  /** Where objects are said to land: whether it takes that, or it is `due` without it, too. */
  readonly because?: 'landed' | 'due';
}

/** What would run, in the order in which it would start. */
export interface PlanView {
  readonly tasks: readonly PlannedTask[];
  /** What has something to do, or is touched by what lands, and yet would not run. */
  readonly notRun?: readonly Pick<TaskView, 'task' | 'phase' | 'reasons'>[];
  /** How many tasks have nothing to do. */
  readonly upToDate?: number;
  /** Runs that are in progress, and go on. */
  readonly left?: readonly LeftTask[];
  /** What there is, where there is nothing to do. */
  readonly empty?: EmptyView;
  /** Objects that are said to land, or to be announced. */
  readonly landed?: readonly string[];
  /** Those of them that no job reads. */
  readonly unread?: readonly string[];
}

/** What was asked of tasks by `retry`, `reset` or `adopt`: to which it is done, and which are left alone. */
export interface AskedView {
  readonly what: 'retry' | 'reset' | 'adopt';
  readonly tasks: readonly string[];
  readonly left: readonly { readonly task: string; readonly reason: string }[];
  /** Tasks for which there was nothing to do. */
  readonly already?: readonly string[];
  /** Whoever holds the state was asked; otherwise it is done. */
  readonly asked: boolean;
  readonly dryRun: boolean;
}
