/**
 * A world for the core: a mapping in a few words, objects that exist in memory, a clock that a test moves, runs that a
 * test ends. It keeps the records, so that it can crash and be restored.
 */
import { fileTargets } from '../../src/core/adopt.ts';
import { tasksView } from '../../src/core/answers.ts';
import type { Effect } from '../../src/core/effect.ts';
import type { Event } from '../../src/core/event.ts';
import { historyOf, readHistory } from '../../src/core/history.ts';
import type { Job, Source } from '../../src/core/job.ts';
import { type Mapping, type ObjectDeclaration, undeclared, unsaid } from '../../src/core/mapping.ts';
import { asVersion, fileId, kindOf, type Look, nameOf, type ObjectId, objectId } from '../../src/core/object.ts';
import { type Pattern, parsePattern } from '../../src/core/pattern.ts';
import type { JournalRecord } from '../../src/core/record.ts';
import { restore, runsInDoubt } from '../../src/core/restore.ts';
import { consumable, workKey } from '../../src/core/run.ts';
import type { Selection } from '../../src/core/selector.ts';
import type { State } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import type { TaskView } from '../../src/core/views.ts';

export function pattern(text: string, where?: Record<string, string>): Pattern {
  const parsed = parsePattern(text, where);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  return parsed.value;
}

export const idOf = (text: string): ObjectId =>
  /^[a-z]{2,}[0-9]*:/.test(text) ? objectId(kindOf(text), nameOf(text)) : fileId(text);

const nowhere = { file: '/objflow.yaml', line: 1, column: 1, endLine: 1, endColumn: 1 };

/** `NAME: SOURCE… -> TARGET… ; option=value…`, a source being `[name=]pattern[(no-trigger,optional)]`. */
export function parseJob(text: string, index: number): Job {
  const [, name = '', sourceText = '', targetText = '', optionText = ''] =
    /^([^:\s]+):\s*(.*?)\s*->\s*(.*?)\s*(?:;\s*(.*))?$/.exec(text) ?? [];
  if (name === '') throw new Error(`not a job: ${text}`);
  const options = new Map(
    words(optionText).map((word): [string, string] => {
      const at = word.indexOf('=');
      return at < 0 ? [word, 'true'] : [word.slice(0, at), word.slice(at + 1)];
    }),
  );
  const where: Record<string, string> = {};
  for (const [key, value] of options) if (key.startsWith('where.')) where[key.slice(6)] = value;
  const take = (key: string): string | undefined => {
    const value = options.get(key);
    options.delete(key);
    return value;
  };
  const number = (key: string): number | undefined => {
    const value = take(key);
    return value === undefined ? undefined : Number(value);
  };
  const sources = words(sourceText).map((word): Source => {
    const [, label, patternText = '', flags = ''] = /^(?:([a-z]\w*)=)?([^()]+)(?:\((.*)\))?$/.exec(word) ?? [];
    return {
      ...(label === undefined ? {} : { name: label }),
      pattern: pattern(patternText, where),
      trigger: !flags.includes('no-trigger'),
      optional: flags.includes('optional'),
    };
  });
  const captures = [...new Set(sources.flatMap((source) => (source.optional ? [] : source.pattern.captures)))];
  const concurrency = number('concurrency');
  const pool = take('pool');
  const onFailure = take('on_failure');
  const job: Job = {
    name,
    index,
    tags: [],
    sources,
    targets: words(targetText).map((word) => ({ pattern: pattern(word, where) })),
    captures,
    when: take('when') === 'all' ? 'all' : 'any',
    run: 'true',
    shell: 'sh',
    env: {},
    retries: { attempts: number('attempts') ?? 1, delay: number('delay') ?? 1000, backoff: number('backoff') ?? 2 },
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(pool === undefined ? {} : { pool }),
    ...(onFailure === undefined ? {} : { onFailure }),
    priority: number('priority') ?? 0,
    enabled: take('disabled') === undefined,
    onUpstreamFailure: take('ignore-upstream') === undefined ? 'block' : 'ignore',
    onMissingTarget: take('rerun-missing') === undefined ? 'ignore' : 'rerun',
    sourcesAs: 'all',
    definition: take('definition') ?? '1',
    place: nowhere,
  };
  for (const key of options.keys()) if (!key.startsWith('where.')) throw new Error(`unknown option ${key} in: ${text}`);
  return job;
}

export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

export interface Seen {
  readonly version: string;
  /** How long ago it changed, in milliseconds; long ago when absent. */
  readonly age?: number;
  readonly moved?: boolean;
  readonly size?: number;
  readonly marker?: 'there' | 'missing' | 'older';
  /** Its content has to be read to tell its version. */
  readonly unread?: boolean;
}

export class Rig {
  readonly jobs = new Map<string, Job>();
  readonly pools = new Map<string, number>();
  readonly objects: ObjectDeclaration[] = [];
  concurrency = 100;
  selected: Selection | undefined;
  now = 1_000_000;
  readonly disk = new Map<ObjectId, Look>();
  readonly records: JournalRecord[] = [];
  readonly keys = new Map<string, string>();
  /** Runs that are executing: their names by task. */
  readonly executing = new Map<string, string>();
  wakeAt: number | undefined;
  sessions = 0;
  /** What decides; a test may put something in its place. */
  decide: typeof step = step;
  #state: State | undefined;

  get state(): State {
    this.#state ??= this.#restore();
    return this.#state;
  }

  job(text: string): void {
    const job = parseJob(text, this.jobs.size);
    const old = this.jobs.get(job.name);
    this.jobs.set(job.name, old ? { ...job, index: old.index } : job);
  }

  /** Names of jobs and tasks. */
  select(names: readonly string[]): void {
    const jobs = new Set(names);
    this.selected = { jobs, has: ({ job, task }) => jobs.has(job) || jobs.has(task) };
  }

  object(text: string, rules: Partial<ObjectDeclaration>): void {
    this.objects.push({ ...undeclared, ...rules, pattern: pattern(text) });
  }

  get mapping(): Mapping {
    return {
      ...unsaid,
      root: '/',
      manifests: ['/objflow.yaml'],
      pools: this.pools,
      objects: this.objects,
      jobs: this.jobs,
    };
  }

  /** `from`: the state that this one replaces in the same process. */
  #restore(from?: State): State {
    if (!from) this.sessions += 1;
    return this.restored(this.records, from);
  }

  /** What these records tell, or what another state remembers, as a state beside this rig's. */
  restored(records: readonly JournalRecord[], from?: State): State {
    const history = from ? historyOf(from) : readHistory(records);
    const options = {
      concurrency: this.concurrency,
      digest: (text: string) => text.replaceAll('\0', ' '),
      session: `s${this.sessions}`,
      order: [...this.jobs.keys()],
      ...(this.selected ? { selected: this.selected } : {}),
    };
    return restore(this.mapping, history, options, from);
  }

  /** A state beside this rig's, as a reload would make it. */
  reloaded(): State {
    const state = this.restored([], this.state);
    step(state, { type: 'remapped', at: this.now });
    return this.#opened(state);
  }

  /** A state beside this rig's, as it would be if objflow were started anew while what executes lives on. */
  restarted(records: readonly JournalRecord[]): State {
    const state = this.restored(records);
    const alive = new Set(this.executing.values());
    for (const run of runsInDoubt(state)) step(state, alive.has(run) ? this.#found(run) : this.#lost(state, run));
    return this.#opened(state);
  }

  #opened(state: State): State {
    step(state, { type: 'looked', at: this.now, looks: [...this.disk.values()] });
    step(state, { type: 'opened', at: this.now });
    return state;
  }

  /** Brings the jobs into this order: producers come before their consumers. */
  sort(names: readonly string[]): void {
    const jobs = names.flatMap((name) => this.jobs.get(name) ?? []);
    this.jobs.clear();
    for (const job of jobs) this.jobs.set(job.name, job);
  }

  /** One step; effects are kept and given. */
  send(event: Event): Effect[] {
    const effects = this.decide(this.state, event);
    for (const effect of effects) {
      if (effect.type === 'append') this.records.push(JSON.parse(JSON.stringify(effect.record)) as JournalRecord); // as the journal would
      if (effect.type === 'start') this.executing.set(effect.work.task, effect.work.run);
      if (effect.type === 'wake-at') this.wakeAt = effect.at;
    }
    return effects;
  }

  /** Puts a file there and lets the core look at it. */
  look(seen: readonly (readonly [ObjectId, Seen | undefined | 'unknown'])[]): Effect[] {
    const looks = seen.map(([object, what]): Look => {
      if (what === undefined) {
        this.disk.delete(object);
        return { object, found: { state: 'absent' } };
      }
      if (what === 'unknown') return { object, found: { state: 'unknown', problem: 'EIO' } };
      const look = this.put(object, what);
      return look;
    });
    return this.send({ type: 'looked', at: this.now, looks });
  }

  put(object: ObjectId, { version, age = 1e6, moved = false, size = 10, marker, unread }: Seen): Look {
    const about = { file: object, written: version, stamp: version, size, moved, ...(marker ? { marker } : {}) };
    const known = unread ? undefined : asVersion(version);
    const found = { state: 'present', version: known, changedAt: this.now - age, ...about } as const;
    const look: Look = { object, found };
    this.disk.set(object, look);
    return look;
  }

  open(): Effect[] {
    const first = this.send({ type: 'looked', at: this.now, looks: [...this.disk.values()] });
    return [...first, ...this.send({ type: 'opened', at: this.now })];
  }

  /** Ends the task's attempt. `made`: versions of its file targets; absent ones were not made. */
  exit(
    task: string,
    exitCode: number,
    made: 'new' | 'same' | 'nothing',
    how: 'stopped' | 'temporary' | 'ended' = 'ended',
  ): Effect[] {
    const run = this.executing.get(task);
    if (run === undefined) throw new Error(`${task} is not executing`);
    this.executing.delete(task);
    const targets = (this.state.runs.get(run)?.run?.targets ?? [])
      .filter(({ id }) => kindOf(id) === 'file')
      .map(({ id }) => id);
    for (const id of targets) if (made === 'new') this.put(id, { version: `${run}`, age: 0 });
    const looks = targets.map((id): Look => this.disk.get(id) ?? { object: id, found: { state: 'absent' } });
    const lacking = exitCode === 0 && looks.some(({ found }) => found.state !== 'present');
    const outcome = {
      exitCode,
      well: exitCode === 0 && how === 'ended' && !lacking,
      ...(lacking ? { problem: 'did not make its target' } : {}),
      ...(how === 'ended' ? {} : { [how]: true }),
      targets: looks,
    };
    return this.send({ type: 'attempt-ended', at: this.now, run, outcome });
  }

  /** Moves the clock on, waking the core as it asked, and looking when it says so. */
  tick(milliseconds: number): Effect[] {
    const effects: Effect[] = [];
    const until = this.now + milliseconds;
    while (this.wakeAt !== undefined && this.wakeAt <= until) {
      this.now = Math.max(this.now, this.wakeAt);
      this.wakeAt = undefined;
      const woken = this.send({ type: 'woke', at: this.now });
      effects.push(...woken);
      const asked = woken.flatMap((effect) => (effect.type === 'look' ? effect.objects : []));
      if (asked.length > 0)
        effects.push(
          ...this.send({
            type: 'looked',
            at: this.now,
            looks: asked.map((id) => this.disk.get(id) ?? { object: id, found: { state: 'absent' } }),
          }),
        );
    }
    this.now = until;
    return effects;
  }

  /** Asks that the tasks be taken for up to date as they stand: all, or only those whose work is as in `keys`. */
  take(tasks: readonly string[], keys?: ReadonlyMap<string, string>): Effect[] {
    const targets = fileTargets(this.state, tasks).map(
      (id): Look => this.disk.get(id) ?? { object: id, found: { state: 'absent' } },
    );
    const asked = tasks.map((task) => {
      const key = keys?.get(task);
      return key === undefined ? { task } : { task, key };
    });
    return this.send({ type: 'adopt-asked', at: this.now, tasks: asked, targets });
  }

  /** Somebody looks at what the work of these tasks is now, to ask for it later. */
  noteKeys(tasks: readonly string[]): void {
    for (const name of tasks) {
      const task = this.state.tasks.get(name);
      if (task) this.keys.set(name, workKey(this.state, task, consumable(task)));
    }
  }

  /** Dies and lives again: what was executing is lost. */
  crash(): Effect[] {
    this.executing.clear();
    this.wakeAt = undefined;
    this.#state = this.#restore();
    const effects: Effect[] = [];
    for (const run of runsInDoubt(this.state)) effects.push(...this.send(this.#lost(this.state, run)));
    return [...effects, ...this.open()];
  }

  /** Dies, and the next finds what was executing still alive; of what waited for another attempt it finds nothing. */
  adopt(): Effect[] {
    this.wakeAt = undefined;
    this.#state = this.#restore();
    const alive = new Set(this.executing.values());
    const effects = runsInDoubt(this.state).flatMap((run) =>
      this.send(alive.has(run) ? this.#found(run) : this.#lost(this.state, run)),
    );
    return [...effects, ...this.open()];
  }

  #found(run: string): Event {
    return { type: 'adopted', at: this.now, run };
  }

  /** Nothing is left of a run, but what it may have written. */
  #lost(state: State, run: string): Event {
    const targets = (state.runs.get(run)?.run?.targets ?? []).filter(({ id }) => kindOf(id) === 'file');
    const looks = targets.map(({ id }): Look => this.disk.get(id) ?? { object: id, found: { state: 'absent' } });
    return { type: 'attempt-ended', at: this.now, run, outcome: { well: false, stopped: true, targets: looks } };
  }

  /** The mapping was edited: what runs goes on. */
  reload(): Effect[] {
    this.#state = this.#restore(this.state);
    this.wakeAt = undefined;
    return [...this.send({ type: 'remapped', at: this.now }), ...this.open()];
  }

  status(): TaskView[] {
    return tasksView(this.state);
  }
}
