/**
 * A small, slow, obviously right scheduler to hold the core against: it keeps facts, and works out everything else
 * from the beginning after each event. It chooses nothing: it is told what started, and says whether that was right.
 * It shares with the core only the matching of patterns.
 */
import type { Effect } from '../../src/core/effect.ts';
import type { Event } from '../../src/core/event.ts';
import type { Job, Source } from '../../src/core/job.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import { asObjectId, kindOf, type Look, type ObjectId } from '../../src/core/object.ts';
import { fill, match, type Partition, type Pattern } from '../../src/core/pattern.ts';
import type { Versions } from '../../src/core/record.ts';
import type { Selection } from '../../src/core/selector.ts';
import { taskName } from '../../src/core/task-name.ts';
import type { Phase } from '../../src/core/views.ts';

/** How long a file that nobody declared must not change in order to land, in milliseconds. */
export const settleTime = 2000;
const never = Number.POSITIVE_INFINITY;

interface Ended {
  readonly outcome: 'succeeded' | 'failed' | 'interrupted';
  readonly consumed: Versions;
  readonly produced: Versions;
}

interface Going {
  readonly run: string;
  readonly consumed: Versions;
  wave: number;
  attempt: number;
  /** Number of its first attempt. */
  first: number;
  stage: 'executing' | 'pausing' | 'queued';
  nextAt: number;
}

/** What is remembered of a task. */
interface Past {
  readonly job: Job;
  readonly partition: Partition;
  success: Ended | undefined;
  last: Ended | undefined;
  retried: boolean;
  run: Going | undefined;
}

/** A known task, as it is after this event. */
export interface Modelled {
  readonly id: string;
  readonly job: Job;
  readonly partition: Partition;
  readonly past: Past | undefined;
  /** Known objects of each source. */
  readonly sources: readonly (readonly ObjectId[])[];
  readonly targets: readonly ObjectId[];
  phase: Phase;
  /** The earliest wave pending upstream, and whether something upstream stands failed. */
  upstream: number;
  upstreamFailed: boolean;
  /** The same for what reads its targets. */
  tells: number;
  tellsFailed: boolean;
}

export class Model {
  readonly mapping: Mapping;
  readonly concurrency: number;
  readonly #selected: Selection | undefined;
  tasks = new Map<string, Modelled>();
  objects = new Set<ObjectId>();
  /** What is wrong with what the core did. */
  readonly complaints: string[] = [];
  turn = 0;
  readonly versions = new Map<ObjectId, string>();
  readonly #leftovers = new Map<ObjectId, string>();
  readonly #settling = new Map<ObjectId, { version: string; since: number }>();
  readonly #troubled = new Set<ObjectId>();
  /** What was seen before the mapping was edited, until all has been looked at again. */
  #before: { versions: Map<ObjectId, string>; settling: Map<ObjectId, { version: string; since: number }> } | undefined;
  readonly #pasts = new Map<string, Past>();
  /** Tasks that are due or running: in which turn they became so, and for which outside happening. */
  readonly #active = new Map<string, { dueIn: number; wave: number }>();
  /** What changed for a task since it was looked into last, or since its run started: the earliest wave. */
  readonly #news = new Map<string, number>();
  #changes: (readonly [ObjectId, number])[] = [];
  #open = false;
  #makers = new Map<ObjectId, Modelled[]>();
  readonly #read = new Map<ObjectId, boolean>();
  readonly #targets = new Map<string, readonly ObjectId[]>();
  readonly #matches = new Map<Pattern, Map<ObjectId, Partition | undefined>>();

  constructor(mapping: Mapping, concurrency: number, selected?: Selection) {
    this.mapping = mapping;
    this.concurrency = concurrency;
    this.#selected = selected;
  }

  /** The program died: what was running is lost. */
  die(): void {
    this.#forgetWhatIsSeen();
    this.turn = 0;
    for (const past of this.#pasts.values()) if (past.run) past.run.stage = 'executing';
    this.#know();
  }

  /** The mapping was edited, to the same as before: what runs goes on. */
  remap(): void {
    this.#before = { versions: new Map(this.versions), settling: new Map(this.#settling) };
    this.#forgetWhatIsSeen();
    this.#know();
    for (const { id, past, sources } of this.tasks.values()) {
      if (!past?.run) continue;
      past.run.wave = never;
      const { consumed } = past.run;
      // Of the tables: files are looked at again.
      const there = sources.flat().filter((object) => this.versions.has(object));
      if (there.some((object) => this.versions.get(object) !== consumed[object])) this.#news.set(id, 0);
    }
  }

  /** Files are looked at again; the rest was written down. */
  #forgetWhatIsSeen(): void {
    for (const id of [...this.versions.keys()]) if (kindOf(id) === 'file') this.versions.delete(id);
    this.#settling.clear();
    this.#troubled.clear();
    this.#active.clear();
    this.#news.clear();
    this.#changes = [];
    this.#open = false;
  }

  /** The event happened, and this is what the core did about it. */
  take(event: Event, effects: readonly Effect[]): void {
    this.turn += 1;
    this.#changes = [];
    this.#happen(event);
    this.#know();
    for (const task of this.tasks.values())
      for (const [object, wave] of this.#changes)
        if (task.sources.some((source) => source.includes(object)))
          this.#news.set(task.id, Math.min(wave, this.#news.get(task.id) ?? never));
    if (!this.#open) return;
    for (const task of this.tasks.values()) this.#settle(task);
    effects.forEach((effect, at) => {
      if (effect.type === 'start')
        this.#started(effect.work.task, effect.work.run, effect.work.attempt, effects[at - 2]);
    });
    for (const task of this.#waiting())
      if (this.#hasRoom(task)) this.complaints.push(`${task.id} could start and does not`);
  }

  #happen(event: Event): void {
    switch (event.type) {
      case 'looked':
        for (const look of event.looks) this.#look(look, event.at);
        return;
      case 'announced':
        this.#set(event.object, event.version, this.turn);
        return;
      case 'asked':
        for (const name of event.tasks) this.#ask(event.what, name);
        return;
      case 'adopt-asked':
        // The mapping has producers before their consumers.
        for (const task of this.tasks.values())
          if (event.tasks.some((asked) => asked.task === task.id)) this.#adopt(task.id, event.targets);
        return;
      case 'attempt-ended': {
        const past = [...this.#pasts.values()].find(({ run }) => run?.run === event.run);
        if (past?.run) this.#end(past, past.run, event.outcome, event.at);
        return;
      }
      case 'woke':
        for (const { run } of this.#pasts.values())
          if (run?.stage === 'pausing' && run.nextAt <= event.at) run.stage = 'queued';
        return;
      case 'opened':
        this.#open = true;
        this.#before = undefined;
        return;
      case 'remapped':
        return;
      default:
        throw new Error(`the model does not know of ${event.type}`);
    }
  }

  #look({ object, found }: Look, at: number): void {
    if (this.#writing(object) > 0) return;
    this.#troubled.delete(object);
    if (found.state === 'unknown') this.#troubled.add(object);
    else if (found.state === 'absent') {
      this.#settling.delete(object);
      this.#leftovers.delete(object);
      this.#set(object, undefined, this.turn);
    } else if (found.version === this.#leftovers.get(object)) this.#settling.delete(object);
    else if (found.version !== this.versions.get(object) && found.version !== this.#leftovers.get(object)) {
      const before = this.#settling.get(object) ?? this.#before?.settling.get(object);
      const since = before && before.version === found.version ? before.since : before ? at : found.changedAt;
      const was = found.version === this.#before?.versions.get(object);
      const known =
        was ||
        [...this.tasks.values()].some(
          ({ past, targets }) =>
            (targets.includes(object) && past?.success?.produced[object] === found.version) ||
            past?.last?.consumed[object] === found.version ||
            past?.run?.consumed[object] === found.version,
        );
      const landed = known || at - since >= settleTime;
      if (landed) {
        this.#settling.delete(object);
        this.#leftovers.delete(object);
      } else this.#settling.set(object, { version: found.version ?? '', since });
      this.#set(object, landed ? found.version : undefined, this.turn);
    }
  }

  #set(object: ObjectId, version: string | undefined, wave: number): void {
    if (this.versions.get(object) === version) return;
    if (version === undefined) this.versions.delete(object);
    else {
      this.versions.set(object, version);
      this.#changes.push([object, wave]);
    }
  }

  #ask(what: string, name: string): void {
    const past = this.#pasts.get(name);
    if (!past) return;
    if (what === 'retry') past.retried = past.last?.outcome === 'failed' && !past.run;
    else if (past.run) Object.assign(past, { success: undefined, last: undefined, retried: false });
    else this.#pasts.delete(name);
  }

  /** It stands as if it had just succeeded, where everything for that is there. */
  #adopt(name: string, targets: readonly Look[]): void {
    this.#know();
    const task = this.tasks.get(name);
    if (!task || task.past?.run) return;
    const { job, partition, sources, past } = task;
    const isMissing = job.sources.some(
      ({ optional }, at) => !optional && !sources[at]?.some((id) => this.versions.has(id)),
    );
    if (isMissing) return;
    const consumed = this.consumable(task);
    if (past?.last?.outcome === 'succeeded' && !past.retried && !this.#hasSomethingToDo(task)) {
      // There is nothing to adopt, but for what `when: all` still waits for.
      if (job.when === 'any' || !this.#hasChanged(task)) return;
    }
    const produced: Record<string, string> = {};
    for (const id of task.targets) {
      const found = targets.find(({ object }) => object === id)?.found;
      if (kindOf(id) !== 'file') produced[id] = this.versions.get(id) ?? `adopted-${this.#keyOf(name, consumed)}`;
      else if (found?.state !== 'present') return;
      else produced[id] = found.version ?? '';
    }
    const done = { outcome: 'succeeded', consumed, produced } as const;
    this.#pasts.set(name, { job, partition, success: done, last: done, retried: false, run: undefined });
    for (const id of task.targets) {
      this.#leftovers.delete(id);
      this.#settling.delete(id);
      this.#troubled.delete(id);
      this.#set(id, produced[id], this.turn);
    }
  }

  /** The rig's digest of the task and what it consumes. */
  #keyOf(name: string, consumed: Versions): string {
    return [
      name,
      ...Object.keys(consumed)
        .sort()
        .map((id) => `${id} ${consumed[id]}`),
    ].join(' ');
  }

  #end(
    past: Past,
    run: Going,
    outcome: { well: boolean; stopped?: boolean; targets: readonly Look[] },
    at: number,
  ): void {
    const name = taskName(past.job, past.partition);
    const produced: Record<string, string> = {};
    for (const { object, found } of outcome.targets)
      if (found.state === 'present') produced[object] = found.version ?? '';
    for (const { pattern } of past.job.targets) {
      const id = fill(pattern, past.partition);
      if (outcome.well) {
        if (kindOf(id) !== 'file') produced[id] = run.run;
        this.#leftovers.delete(id);
        this.#settling.delete(id);
        this.#troubled.delete(id);
        this.#set(id, produced[id], run.wave);
      } else if (kindOf(id) === 'file') {
        // What a failed attempt left may not be consumed; what was there before it may.
        const left = produced[id];
        if (left !== undefined && (left === this.versions.get(id) || left === past.success?.produced[id])) continue;
        if (left === undefined) this.#leftovers.delete(id);
        else this.#leftovers.set(id, left);
        this.#settling.delete(id);
        this.#set(id, undefined, run.wave);
      }
    }
    const { attempts, delay, backoff } = past.job.retries;
    if (!outcome.well && !outcome.stopped && run.attempt - run.first + 1 < attempts) {
      run.stage = 'pausing';
      run.nextAt = at + delay * backoff ** (run.attempt - run.first);
      return;
    }
    past.run = undefined;
    past.last = {
      outcome: outcome.well ? 'succeeded' : outcome.stopped ? 'interrupted' : 'failed',
      consumed: run.consumed,
      produced,
    };
    if (outcome.well) past.success = past.last;
    this.#active.delete(name);
  }

  /** Which objects and tasks are known: producers come before their consumers in the mapping, so once through is enough. */
  #know(): void {
    const jobs = [...this.mapping.jobs.values()];
    const there = [...this.versions.keys(), ...this.#settling.keys(), ...this.#troubled];
    this.objects = new Set(there.filter((id) => this.#isRead(id)));
    this.tasks = new Map();
    this.#makers = new Map();
    for (const job of jobs) {
      const matching = job.sources.map(({ pattern }) =>
        [...this.objects].flatMap((id) => {
          const values = this.#match(pattern, id);
          return values ? [{ id, values }] : [];
        }),
      );
      const partitions = partitionsOf(
        job,
        matching.map((objects) => objects.map(({ values }) => values)),
      );
      for (const past of this.#pasts.values()) if (past.job.name === job.name) partitions.push(past.partition);
      for (const partition of partitions) {
        const id = taskName(job, partition);
        if (this.tasks.has(id)) continue;
        const sources = matching.map((objects) =>
          objects.filter(({ values }) => agree(values, partition)).map((object) => object.id),
        );
        const targets = this.#targetsOf(id, job, partition);
        this.tasks.set(id, {
          id,
          job,
          partition,
          past: this.#pasts.get(id),
          sources,
          targets,
          phase: 'waiting',
          upstream: never,
          upstreamFailed: false,
          tells: never,
          tellsFailed: false,
        });
      }
      for (const task of this.tasks.values())
        for (const id of task.job === job ? task.targets : []) {
          this.objects.add(id);
          this.#makers.set(id, [...(this.#makers.get(id) ?? []), task]);
        }
    }
    for (const id of this.#active.keys()) if (!this.tasks.has(id)) this.#active.delete(id);
    for (const id of this.#news.keys()) if (!this.tasks.has(id)) this.#news.delete(id);
  }

  // Matched and filled once for each name, for speed alone.

  #isRead(id: ObjectId): boolean {
    let read = this.#read.get(id);
    if (read === undefined) {
      read = [...this.mapping.jobs.values()].some((job) => job.sources.some(({ pattern }) => this.#match(pattern, id)));
      this.#read.set(id, read);
    }
    return read;
  }

  #targetsOf(name: string, job: Job, partition: Partition): readonly ObjectId[] {
    const targets = this.#targets.get(name) ?? job.targets.map(({ pattern }) => fill(pattern, partition));
    this.#targets.set(name, targets);
    return targets;
  }

  #match(pattern: Pattern, id: ObjectId): Partition | undefined {
    const known = this.#matches.get(pattern) ?? new Map<ObjectId, Partition | undefined>();
    this.#matches.set(pattern, known);
    if (!known.has(id)) known.set(id, match(pattern, id));
    return known.get(id);
  }

  /** Tasks come here producers first. */
  #settle(task: Modelled): void {
    const makers = task.sources.flat().flatMap((id) => this.#makers.get(id) ?? []);
    task.upstream = Math.min(never, ...makers.map(({ tells }) => tells));
    task.upstreamFailed = makers.some(({ tellsFailed }) => tellsFailed);
    const phase = this.#phaseButHeld(task);
    const active = this.#isSelected(task) && (phase === 'ready' || phase === 'running');
    let since = this.#active.get(task.id);
    if (!active) this.#active.delete(task.id);
    else if (!since) {
      since = { dueIn: this.turn, wave: Math.min(this.turn, this.#news.get(task.id) ?? never) };
      this.#active.set(task.id, since);
    }
    const run = task.past?.run;
    if (run && run.wave === never && since) run.wave = since.wave;
    task.phase = phase === 'ready' && since && task.upstream <= since.dueIn ? 'held' : phase;
    if (phase !== 'running') this.#news.delete(task.id);
    const blocks = task.job.onUpstreamFailure === 'block';
    task.tells =
      task.job.enabled && this.#isSelected(task)
        ? Math.min(active && since ? since.wave : never, task.upstream)
        : never;
    task.tellsFailed = phase === 'failed' || (task.job.enabled && task.upstreamFailed && blocks);
  }

  #isSelected({ id, job }: Modelled): boolean {
    return this.#selected?.has({ job: job.name, task: id }) ?? true;
  }

  #phaseButHeld(task: Modelled): Phase {
    const { job, past, sources } = task;
    if (past?.run) return 'running';
    if (!job.enabled) return 'disabled';
    const missing = job.sources.some(
      ({ optional }, at) =>
        (!optional && !sources[at]?.some((id) => this.versions.has(id))) ||
        sources[at]?.some(
          (id) => this.#troubled.has(id) && !this.versions.has(id) && past?.last?.consumed[id] !== undefined,
        ),
    );
    const failed = past?.last?.outcome === 'failed' && (!past.retried || missing);
    if (failed && this.#standsSince(task, past?.last?.consumed ?? {})) return 'failed';
    if (!this.#hasSomethingToDo(task)) return 'succeeded';
    if (task.upstreamFailed && job.onUpstreamFailure === 'block') return 'blocked';
    return missing ? 'waiting' : 'ready';
  }

  /** Something that triggers it is not as its success consumed it. */
  #hasChanged({ job, past, sources }: Modelled): boolean {
    const triggers = sources.filter((_, at) => job.sources[at]?.trigger).flat();
    return triggers.some((id) => this.versions.has(id) && this.versions.get(id) !== past?.success?.consumed[id]);
  }

  #hasSomethingToDo({ job, past, sources, targets }: Modelled): boolean {
    if (!past?.success || past.last?.outcome !== 'succeeded') return true;
    const { consumed } = past.success;
    const triggers = sources
      .filter((_, at) => job.sources[at]?.trigger)
      .map((ids) => ids.filter((id) => this.versions.has(id)))
      .filter((ids) => ids.length > 0);
    const changed = triggers.map((ids) => ids.some((id) => this.versions.get(id) !== consumed[id]));
    if (changed.includes(true) && (job.when === 'any' || !changed.includes(false))) return true;
    if (job.onMissingTarget !== 'rerun') return false;
    return targets.some(
      (id) => kindOf(id) === 'file' && !this.versions.has(id) && !this.#settling.has(id) && !this.#troubled.has(id),
    );
  }

  /** Nothing has landed otherwise than it was consumed; what is being written, or not known, has not landed yet. */
  #standsSince(task: Modelled, consumed: Readonly<Record<string, string>>): boolean {
    const now = this.consumable(task);
    for (const id of task.sources.flat())
      if (!this.versions.has(id) && (this.#settling.has(id) || this.#troubled.has(id)) && consumed[id] !== undefined)
        now[id] = consumed[id];
    return same(consumed, now);
  }

  /** What a run would consume if it started now. */
  consumable(task: Modelled): Record<string, string> {
    const consumed: Record<string, string> = {};
    for (const id of task.sources.flat()) {
      const version = this.versions.get(id);
      if (version !== undefined) consumed[id] = version;
    }
    return consumed;
  }

  #started(name: string, run: string, attempt: number, before: Effect | undefined): void {
    const task = this.tasks.get(name);
    const again = task?.past?.run?.stage === 'queued';
    if (!task || !(again || (task.phase === 'ready' && this.#isSelected(task)))) {
      this.complaints.push(`${name} was started, and is ${task?.phase ?? 'not known'}`);
      return;
    }
    if (!this.#hasRoom(task)) this.complaints.push(`${name} was started without room`);
    for (const other of this.#waiting())
      if (this.#isBefore(other, task) && this.#hasRoom(other))
        this.complaints.push(`${name} was started before ${other.id}`);
    const record = before?.type === 'append' && before.record.type === 'run-started' ? before.record : undefined;
    const consumed = again ? (task.past?.run?.consumed ?? {}) : this.consumable(task);
    if (!record || !same(record.consumed, consumed))
      this.complaints.push(`${name} was started on other versions than there are`);
    const past = task.past ?? {
      job: task.job,
      partition: task.partition,
      success: undefined,
      last: undefined,
      retried: false,
      run: undefined,
    };
    const wave = this.#active.get(name)?.wave ?? this.turn;
    const first = again ? (past.run?.first ?? attempt) : attempt;
    past.run = { run, consumed, wave, attempt, first, stage: 'executing', nextAt: 0 };
    past.retried = false;
    this.#pasts.set(name, past);
    this.tasks.set(name, { ...task, past, phase: 'running' });
  }

  #waiting(): Modelled[] {
    return [...this.tasks.values()].filter(
      (task) => (task.phase === 'ready' && this.#isSelected(task)) || task.past?.run?.stage === 'queued',
    );
  }

  #isBefore(one: Modelled, other: Modelled): boolean {
    if (one.job.priority !== other.job.priority) return one.job.priority > other.job.priority;
    return (this.#active.get(one.id)?.dueIn ?? 0) < (this.#active.get(other.id)?.dueIn ?? 0);
  }

  #executing(): Modelled[] {
    return [...this.tasks.values()].filter(({ past }) => past?.run?.stage === 'executing');
  }

  #writing(object: ObjectId): number {
    let count = 0;
    for (const { run, job, partition } of this.#pasts.values())
      if (run?.stage === 'executing' && job.targets.some(({ pattern }) => fill(pattern, partition) === object))
        count += 1;
    return count;
  }

  #hasRoom(task: Modelled): boolean {
    const { job } = task;
    const executing = this.#executing();
    const limit = job.pool === undefined ? never : (this.mapping.pools.get(job.pool) ?? never);
    if (executing.length >= this.concurrency) return false;
    if (executing.filter((other) => other.job === job).length >= (job.concurrency ?? never)) return false;
    if (executing.filter((other) => other.job.pool === job.pool).length >= limit) return false;
    const written = new Set(executing.flatMap(({ targets }) => targets));
    const shared = (id: ObjectId): boolean => {
      const declared = this.mapping.objects.find(({ pattern }) => this.#match(pattern, id));
      return declared?.concurrentWriters === true;
    };
    if (task.targets.some((id) => written.has(id) && !shared(id))) return false;
    const alone = task.sources.filter((_, at) => !job.sources[at]?.pattern.gathers).flat();
    return !alone.some((id) => kindOf(id) === 'file' && written.has(id));
  }
}

export function same(one: Versions, other: Versions): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[asObjectId(name)]);
}

const agree = (one: Partition, other: Partition): boolean =>
  Object.keys(one).every((name) => other[name] === undefined || one[name] === other[name]);

/** A source that captures every name gives partitions by itself; where there is none, they are joined. */
function partitionsOf(job: Job, found: readonly (readonly Partition[])[]): Partition[] {
  if (job.captures.length === 0) return [{}];
  const capturing = (source: Source): boolean => !source.optional && source.pattern.captures.length > 0;
  const full = found.filter((_, at) => {
    const source = job.sources[at];
    return source && capturing(source) && source.pattern.captures.length === job.captures.length;
  });
  if (full.length > 0) return full.flat();
  const joined = found.filter((_, at) => job.sources[at] && capturing(job.sources[at]));
  return joined.reduce<Partition[]>(
    (partial, values) =>
      partial.flatMap((one) => values.filter((other) => agree(one, other)).map((other) => ({ ...one, ...other }))),
    [{}],
  );
}
