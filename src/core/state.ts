/**
 * The state of the core: objects, tasks and what connects them, with the indices that make an event cost what it
 * affects. Only the shapes and their construction stand here; who changes what:
 * `known` finds and forgets objects and tasks, `pending` carries waves and failures downstream, `phase` moves tasks,
 * `room` says what may start.
 */
import { type Few, FewByKey } from './few.js';
import { Heap } from './heap.js';
import type { Held } from './held.js';
import type { Same } from './history.js';
import type { Job } from './job.js';
import type { Settling } from './landing.js';
import type { Mapping, ObjectDeclaration, Rules } from './mapping.js';
import type { ObjectId, Version } from './object.js';
import type { Partition } from './pattern.js';
import { PatternIndex } from './pattern-index.js';
import type { Ending, RunEnded, RunStarted } from './record.js';
import type { Selection } from './selector.js';
import { never, type Soonest } from './soonest.js';
import type { Phase } from './views.js';

/** Something of which there is only so much, and the tasks that wait for it. */
export interface Place {
  parked: Heap<Entry> | undefined;
}

/** An object that exists, or that a known task would make. */
export interface ObjectNode extends Place {
  readonly id: ObjectId;
  readonly rules: Rules;
  /** It exists, complete, in this version. */
  version: Version | undefined;
  /** It is there, and still changing as far as we know. */
  settling: Settling | undefined;
  /** The last look could not tell, and why. */
  trouble: string | undefined;
  /** What a failed or interrupted run left: nobody may consume this version. */
  leftover: string | undefined;
  /** What it is a member of. Replaced as it grows: an array that was made empty has room for seventeen. */
  inputs: Input[];
  /** Known tasks that target it. */
  readonly writers: Few<Task>;
  /** How many running tasks are writing it now. */
  writing: number;
  pending: Soonest<Task> | undefined;
  failed: number;
}

/** What one source of a job is for one set of values: one object, or the set that a star gathers. */
export interface Input {
  readonly job: JobNode;
  readonly source: number;
  readonly key: string;
  readonly values: Partition;
  /** Known objects that match. */
  readonly members: Few<ObjectNode>;
  /** How many of them exist. */
  present: number;
  readonly tasks: Few<Task>;
  pending: Soonest<ObjectNode> | undefined;
  failed: number;
}

export interface PoolNode extends Place {
  readonly name: string;
  readonly limit: number;
  running: number;
}

export interface JobNode extends Place {
  readonly job: Job;
  /** It is no longer in the mapping, and only finishes what runs. */
  readonly retired: boolean;
  /** A task's upstream always has a lower rank. */
  readonly rank: number;
  readonly pool: PoolNode | undefined;
  /** By source, by values. */
  readonly inputs: readonly FewByKey<Input>[];
  /** Required sources that capture every name: each of their objects makes a task known. */
  readonly full: readonly number[];
  /** Where there is none: required sources with captures, joined. */
  readonly joined: readonly number[];
  /** By values: tasks of a job without a full source. The others are found by their input of the first full one. */
  readonly joinedTasks: FewByKey<Task>;
  running: number;
}

/** A run that is over. */
export interface Past {
  readonly run: string;
  readonly outcome: RunEnded['outcome'];
  readonly attempts: number;
  readonly definition: string;
  /** Of a run that was interrupted: the same work goes on. Nobody asks for that of another. */
  readonly key: string | undefined;
  readonly consumed: Held;
  readonly produced: Held;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly ending: Ending;
}

/** A run as the journal tells it. */
export type RunTold = Past & { readonly task: string; readonly job: string; readonly partition: Partition };

/** Reads a run that is over. */
export type Tell = (same: Same) => Past;

/** What is told of one task. Its runs are read when they are needed: of most that are told of, only the last is. */
export interface Told {
  readonly about: { readonly job: string; readonly partition: Partition };
  success: Tell | undefined;
  /** May be that success. */
  last: Tell | undefined;
  /** The starts of its first and its latest attempt. */
  open: { readonly first: RunStarted; readonly latest: RunStarted } | undefined;
  retried: boolean;
}

/** A run in progress. */
export interface Running {
  readonly run: string;
  readonly key: string;
  readonly definition: string;
  readonly consumed: Held;
  /** What it writes: the task's targets, as they were declared when it started. */
  readonly targets: readonly ObjectNode[];
  readonly startedAt: number;
  /** Number of its first attempt: those of an interrupted run before it count on, for the same work. */
  readonly first: number;
  /** The one that goes on, or comes next. */
  attempt: number;
  /** The latest that has begun. */
  begun: number;
  /** `doubt`: it was running when we last lived, and nobody has found out yet what became of it. */
  stage: 'executing' | 'pausing' | 'queued' | 'doubt';
  /** While it is pausing: when the next attempt starts. */
  nextAt: number;
}

/** A file that landed a short while ago: when it is written on, it was taken too early. */
export interface Landed {
  readonly file: string;
  readonly written: string;
  readonly at: number;
  /** It was taken at once, because it seemed to have been moved into place. */
  readonly moved: boolean;
}

export interface Task extends Place {
  readonly id: string;
  readonly job: JobNode;
  readonly partition: Partition;
  /** May it run at all in this call (`run SELECTOR`)? */
  readonly selected: boolean;
  readonly order: number;
  /** One for each source of the job. */
  readonly inputs: readonly Input[];
  readonly targets: readonly ObjectNode[];
  phase: Phase;
  success: Past | undefined;
  last: Past | undefined;
  run: Running | undefined;
  /** Triggering source objects whose version is not the one that the last success consumed. */
  changed: Set<ObjectNode> | undefined;
  /** Someone asked for it to be tried again although it failed. */
  retried: boolean;
  /** Someone asked for it to run, due or not. */
  forced: boolean;
  /** Turn in which it became due: only what was pending then can hold it. */
  dueIn: number;
  /** Wave that made it due; `never` while it is not due. */
  wave: number;
  /** Earliest wave among what changed for it since it was last settled, or since its run started. */
  nextWave: number;
  /** What its consumers were told last: the earliest wave pending here or upstream. */
  told: number;
  /** What its consumers were told last: it or something upstream stands failed. */
  toldFailed: boolean;
  pending: Soonest<Input> | undefined;
  failed: number;
  entry: Entry | undefined;
  dirty: boolean;
  gone: boolean;
}

/** A place in the ready queue. Stale as soon as the task has another, or none. */
export interface Entry {
  readonly task: Task;
  readonly priority: number;
  readonly dueIn: number;
}

export interface Deadline {
  readonly at: number;
  readonly object?: ObjectNode;
  readonly run?: string;
}

export interface State {
  readonly mapping: Mapping;
  /** What may run; undefined: everything. */
  readonly selected: Selection | undefined;
  readonly concurrency: number;
  /** Turns a text into a short name for it: the same text, the same name. */
  readonly digest: (text: string) => string;
  /** Prefix of the names of this session's runs. */
  readonly session: string;
  readonly jobs: ReadonlyMap<string, JobNode>;
  readonly pools: ReadonlyMap<string, PoolNode>;
  readonly sources: PatternIndex<{ readonly job: JobNode; readonly source: number }>;
  readonly declarations: PatternIndex<ObjectDeclaration>;
  readonly objects: Map<ObjectId, ObjectNode>;
  /** Those of which the last look could not tell whether they are there. */
  readonly unknown: Set<ObjectNode>;
  readonly tasks: Map<string, Task>;
  readonly runs: Map<string, Task>;
  readonly dirty: Heap<Task>;
  readonly ready: Heap<Entry>;
  readonly deadlines: Heap<Deadline>;
  /** Announcement keys that have been counted. */
  readonly keys: Set<string>;
  /** What landed lately, in that order. */
  readonly lately: Map<ObjectId, Landed>;
  /** Directories in which files were taken at once and then written on (`true`), or taken after their settle time. */
  readonly early: Map<string, boolean>;
  /** What the journal tells of that has no place in this mapping: it may come back. */
  readonly strays: { readonly tasks: Map<string, Told>; readonly leftovers: Map<ObjectId, string> };
  /** Objects as the state saw them that this one replaces, until all has been looked at again. */
  before: ReadonlyMap<ObjectId, ObjectNode> | undefined;
  /** How many tasks are in each phase. */
  readonly counts: Record<Phase, number>;
  /** Counts steps. */
  turn: number;
  started: number;
  running: number;
  /** Tasks that have something to do, or may get it from what is upstream. */
  pending: number;
  created: number;
  /** The first look at everything is complete. */
  open: boolean;
  stopping: boolean;
  wakeAt: number;
}

export interface StateOptions {
  readonly concurrency: number;
  readonly digest: (text: string) => string;
  /** Unique to this process: names of runs are made from it. */
  readonly session: string;
  /** What may run; absent: everything. */
  readonly selected?: Selection;
  /** Names of the jobs, producers before their consumers. */
  readonly order: readonly string[];
}

const comesFirst = (one: Entry, other: Entry): boolean =>
  one.priority !== other.priority
    ? one.priority > other.priority
    : one.dueIn !== other.dueIn
      ? one.dueIn < other.dueIn
      : one.task.job.job.index !== other.task.job.job.index
        ? one.task.job.job.index < other.task.job.job.index
        : one.task.order < other.task.order;

/** An order among tasks that wait for the same thing. */
export const queue = (): Heap<Entry> => new Heap(comesFirst);

/** A state that knows the mapping and nothing else. */
export function emptyState(mapping: Mapping, options: StateOptions): State {
  const pools = new Map<string, PoolNode>();
  for (const [name, limit] of mapping.pools) pools.set(name, { name, limit, running: 0, parked: undefined });
  const jobs = new Map<string, JobNode>();
  const sources = new PatternIndex<{ readonly job: JobNode; readonly source: number }>();
  const rank = new Map(options.order.map((name, at) => [name, at]));
  for (const job of mapping.jobs.values()) {
    const node = jobNode(job, rank.get(job.name) ?? 0, job.pool === undefined ? undefined : pools.get(job.pool));
    jobs.set(job.name, node);
    job.sources.forEach((source, at) => {
      sources.add(source.pattern, { job: node, source: at });
    });
  }
  const declarations = new PatternIndex<ObjectDeclaration>();
  for (const declaration of mapping.objects) declarations.add(declaration.pattern, declaration);
  return {
    mapping,
    selected: options.selected,
    concurrency: options.concurrency,
    digest: options.digest,
    session: options.session,
    jobs,
    pools,
    sources,
    declarations,
    objects: new Map(),
    unknown: new Set(),
    tasks: new Map(),
    runs: new Map(),
    dirty: new Heap((one, other) => one.job.rank < other.job.rank),
    ready: queue(),
    deadlines: new Heap((one, other) => one.at < other.at),
    keys: new Set(),
    lately: new Map(),
    early: new Map(),
    strays: { tasks: new Map(), leftovers: new Map() },
    before: undefined,
    counts: { waiting: 0, held: 0, blocked: 0, ready: 0, running: 0, succeeded: 0, failed: 0, disabled: 0 },
    turn: 0,
    started: 0,
    running: 0,
    pending: 0,
    created: 0,
    open: false,
    stopping: false,
    wakeAt: never,
  };
}

const none: readonly number[] = [];

/** A job among others; `retired`: it is no longer in the mapping. */
export function jobNode(job: Job, rank: number, pool: PoolNode | undefined, retired = false): JobNode {
  const capturing = job.sources.flatMap(({ optional, pattern }, at) =>
    optional || pattern.captures.length === 0 ? [] : [at],
  );
  const full = capturing.filter((at) => job.sources[at]?.pattern.captures.length === job.captures.length);
  return {
    job,
    retired,
    rank,
    pool,
    inputs: job.sources.map(() => new FewByKey<Input>()),
    // Lists that grew have room to spare, which a hundred thousand need not keep
    full: full.length > 0 ? full.slice() : none,
    joined: full.length > 0 || capturing.length === 0 ? none : capturing.slice(),
    joinedTasks: new FewByKey(),
    running: 0,
    parked: undefined,
  };
}
