/**
 * The life of a run: started, tried again, ended. Every change is a record first and an act afterwards.
 */
import type { Effect, Given, Work } from './effect.js';
import type { AttemptOutcome } from './event.js';
import { heldOf, versionIn, versionsOf } from './held.js';
import { toldOf } from './history.js';
import { forget, forgetTask } from './known.js';
import { asVersion, kindOf, type ObjectId } from './object.js';
import { fill } from './pattern.js';
import { touch } from './pending.js';
import { compareWithSuccess, enter, setVersion } from './phase.js';
import { readiness } from './readiness.js';
import { endingOf, type RunEnded, type Versions } from './record.js';
import { enqueue, release, takeNext } from './room.js';
import { never } from './soonest.js';
import type { ObjectNode, Past, Running, State, Task } from './state.js';
import type { Reason } from './views.js';

/** A start that failed for want of processes or memory is tried again after this many milliseconds. */
const temporaryDelay = 1000;

/** Starts all that may start and has room. */
export function startReady(state: State, at: number, effects: Effect[]): void {
  for (let task = takeNext(state); task; task = takeNext(state)) start(state, task, at, effects);
}

function start(state: State, task: Task, at: number, effects: Effect[]): void {
  const reasons: Reason[] = [];
  readiness(state, task, reasons);
  const run = task.run ?? newRun(state, task, at);
  run.stage = 'executing';
  run.begun = run.attempt;
  task.run = run;
  task.retried = false;
  task.forced = false;
  enter(state, task, 'running');
  state.runs.set(run.run, task);
  const { job } = task.job;
  const work = workOf(task, run);
  const { attempt, key, definition } = run;
  const consumed = versionsOf(run.consumed);
  const { partition } = task;
  const named = { run: run.run, task: task.id, job: job.name };
  const targets = run.targets.map(({ id: target }) => target);
  effects.push(
    {
      type: 'append',
      record: { type: 'run-started', at, ...named, partition, attempt, key, definition, consumed, targets },
    },
    { type: 'report', report: { event: 'run-started', at, ...named, attempt, reasons } },
    { type: 'start', work },
  );
}

/** What a run would consume if it started now: versions of all its sources that exist. */
export function consumable(task: Task): Versions {
  const consumed: Record<string, string> = {};
  for (const input of task.inputs)
    for (const object of input.members) if (object.version !== undefined) consumed[object.id] = object.version;
  return consumed;
}

/** Names the task's work on these versions: the same for the same, so that what was interrupted goes on. */
export function workKey(state: State, task: Task, consumed: Versions): string {
  const text = [
    task.id,
    ...Object.keys(consumed)
      .sort()
      .map((id) => `${id}\u0000${consumed[id]}`),
  ].join('\u0000');
  return state.digest(text);
}

/** Unique, and sorted by time within a session. */
export function nextRunId(state: State): string {
  state.started += 1;
  return `${state.session}-${state.started}`;
}

function newRun(state: State, task: Task, at: number): Running {
  const consumed = consumable(task);
  const key = workKey(state, task, consumed);
  const { last } = task;
  const again = last?.outcome === 'interrupted' && last.key === key;
  const first = again ? last.attempts + 1 : 1;
  return {
    run: nextRunId(state),
    key,
    definition: task.job.job.definition,
    consumed: heldOf(consumed),
    targets: task.targets,
    startedAt: at,
    first,
    attempt: first,
    begun: first,
    stage: 'executing',
    nextAt: at,
  };
}

/** What an executor is told: the same for an attempt as for the hooks after it. */
function workOf(task: Task, run: Running): Work {
  const { job } = task.job;
  const { partition } = task;
  return {
    run: run.run,
    task: task.id,
    job,
    partition,
    attempt: run.attempt,
    key: run.key,
    sources: task.inputs.map((input, at): Given => {
      const source = job.sources[at];
      const objects = [...input.members]
        .filter(({ id }) => versionIn(run.consumed, id) !== undefined)
        .map(({ id }) => id);
      return given(source?.name, source?.pattern.gathers === true, objects.sort());
    }),
    // By pattern: two of them may come to the same object.
    targets: job.targets.map((target) => given(target.name, false, [fill(target.pattern, partition)])),
  };
}

const given = (name: string | undefined, gathers: boolean, objects: readonly ObjectId[]): Given =>
  name === undefined ? { gathers, objects } : { name, gathers, objects };

/** An attempt ended: the run is over, or waits for its next attempt. */
export function endAttempt(state: State, id: string, outcome: AttemptOutcome, at: number, effects: Effect[]): void {
  const task = state.runs.get(id);
  const run = task?.run;
  if (!task || !run) return;
  release(state, task);
  const { attempts } = task.job.job.retries;
  // What was edited meanwhile finishes as it was, and is not tried again so.
  const last = run.attempt - run.first + 1 >= attempts || state.stopping || isOutdated(task, run);
  // It never ran: nothing has failed. Whoever is told to stop does not try again.
  const stopped = outcome.stopped || (outcome.temporary && state.stopping);
  if (outcome.temporary && !stopped) pause(state, task, run, at + temporaryDelay);
  else if (stopped) endRun(state, task, run, { ...outcome, stopped }, at, effects);
  else if (outcome.well || last) endRun(state, task, run, outcome, at, effects);
  else failAttempt(state, task, run, outcome, at, effects);
}

/** Its job was edited, removed or disabled since it started. */
const isOutdated = ({ job: { job, retired } }: Task, run: Running): boolean =>
  retired || !job.enabled || run.definition !== job.definition;

function failAttempt(
  state: State,
  task: Task,
  run: Running,
  outcome: AttemptOutcome,
  at: number,
  effects: Effect[],
): void {
  const { attempt } = run;
  const nextAt = nextAttemptAt(task, run, attempt, at);
  const ending = endingOf(outcome);
  effects.push(
    { type: 'append', record: { type: 'attempt-failed', at, run: run.run, attempt, ...ending } },
    { type: 'report', report: { event: 'attempt-failed', at, ...names(task, run), ...ending, nextAt } },
  );
  run.attempt += 1;
  settleTargets(state, run.targets, outcome, versionsAfter(task, run, outcome), task.wave);
  pause(state, task, run, nextAt);
}

/** When the attempt that follows this one starts, if this one failed at `at`. Both in milliseconds since 1970. */
export function nextAttemptAt(task: Task, { first }: Running, attempt: number, at: number): number {
  const { delay, backoff } = task.job.job.retries;
  return at + delay * backoff ** (attempt - first);
}

function pause(state: State, task: Task, run: Running, nextAt: number): void {
  run.stage = 'pausing';
  run.nextAt = nextAt;
  state.deadlines.push({ at: nextAt, run: run.run });
  touch(state, task);
}

/** The delay before the next attempt is over. */
export function resume(state: State, id: string): void {
  const task = state.runs.get(id);
  if (task?.run?.stage !== 'pausing') return;
  task.run.stage = 'queued';
  enqueue(state, task);
}

/** What is between two attempts ends here, and is due again: we were told to stop, or its job is another now. */
export function interruptPaused(state: State, at: number, effects: Effect[], outdatedOnly = false): void {
  for (const task of [...state.runs.values()]) {
    const { run } = task;
    if (run && (run.stage === 'pausing' || run.stage === 'queued') && (!outdatedOnly || isOutdated(task, run)))
      endRun(state, task, run, { well: false, stopped: true, targets: [] }, at, effects);
  }
}

const names = (task: Task, run: Running) => ({
  task: task.id,
  job: task.job.job.name,
  run: run.run,
  attempt: run.attempt,
});

function endRun(state: State, task: Task, run: Running, outcome: AttemptOutcome, at: number, effects: Effect[]): void {
  const result: RunEnded['outcome'] = outcome.well ? 'succeeded' : outcome.stopped ? 'interrupted' : 'failed';
  const ending = endingOf(outcome);
  const produced = versionsAfter(task, run, outcome);
  // Another attempt that was only waited for has not been made.
  run.attempt = run.begun;
  effects.push({
    type: 'append',
    record: { type: 'run-ended', at, run: run.run, outcome: result, ...ending, produced },
  });
  const about = { at, ...names(task, run), ...ending, startedAt: run.startedAt };
  if (outcome.well) effects.push({ type: 'report', report: { event: 'run-succeeded', ...about, produced } });
  else
    effects.push({ type: 'report', report: { event: outcome.stopped ? 'run-interrupted' : 'run-failed', ...about } });
  const hook = outcome.well ? task.job.job.onSuccess : outcome.stopped ? undefined : task.job.job.onFailure;
  if (hook !== undefined)
    effects.push({
      type: 'hook',
      which: outcome.well ? 'on_success' : 'on_failure',
      command: hook,
      work: workOf(task, run),
    });
  const { run: id, key, definition, consumed, startedAt, attempt: attempts } = run;
  const wave = task.wave;
  task.run = undefined;
  task.wave = never;
  task.entry = undefined;
  state.runs.delete(id);
  remember(task, {
    run: id,
    outcome: result,
    attempts,
    definition,
    key: result === 'interrupted' ? key : undefined,
    consumed,
    produced: heldOf(produced),
    startedAt,
    endedAt: at,
    ending,
  });
  touch(state, task);
  settleTargets(state, run.targets, outcome, produced, wave);
  if (!task.job.retired) return;
  state.strays.tasks.set(task.id, toldOf(task));
  forgetTask(state, task);
}

/** The task's past, as far as it decides anything. */
export function remember(task: Task, past: Past): void {
  task.last = past;
  if (past.outcome !== 'succeeded') return;
  task.success = past;
  compareWithSuccess(task);
}

/**
 * Versions of the targets after an attempt. Well: of files as they were looked at, of anything else the run's own name.
 * Otherwise only what it left behind, not what was there before.
 */
function versionsAfter(task: Task, { run, targets }: Running, outcome: AttemptOutcome): Versions {
  const produced: Record<string, string> = {};
  for (const { object, found } of outcome.targets)
    if (
      found.state === 'present' &&
      found.version !== undefined &&
      (outcome.well || isLeft(task, targets, object, found.version))
    )
      produced[object] = found.version;
  if (outcome.well) {
    for (const { id } of targets) if (kindOf(id) !== 'file') produced[id] = run;
    return produced;
  }
  for (const { id, leftover } of targets)
    if (leftover !== undefined && !wasLookedAt(outcome, id)) produced[id] = leftover;
  return produced;
}

/** Of a run that ends between two attempts nothing is: its targets are as the first left them. */
const wasLookedAt = ({ targets }: AttemptOutcome, id: ObjectId): boolean => targets.some(({ object }) => object === id);

/** Neither known before nor, where nothing has been looked at yet since we live, made by the last success. */
const isLeft = (task: Task, targets: readonly ObjectNode[], id: ObjectId, version: string): boolean =>
  (!task.success || versionIn(task.success.produced, id) !== version) &&
  targets.find((object) => object.id === id)?.version !== version;

/** After a success the targets exist; after a failure what was touched may not be consumed. */
function settleTargets(
  state: State,
  targets: readonly ObjectNode[],
  outcome: AttemptOutcome,
  produced: Versions,
  wave: number,
): void {
  const unchanged = new Set<string>();
  for (const { object, found } of outcome.targets)
    if (found.state === 'present' && produced[object] === undefined) unchanged.add(object);
  for (const object of targets) {
    const version = produced[object.id];
    if (outcome.well) {
      object.leftover = undefined;
      object.settling = undefined;
      object.trouble = undefined;
      state.unknown.delete(object);
      if (version !== undefined) setVersion(state, object, asVersion(version), wave);
    } else {
      if (wasLookedAt(outcome, object.id) && !unchanged.has(object.id)) {
        object.leftover = version;
        object.settling = undefined;
        setVersion(state, object, undefined, wave);
      }
      // Where its job is another by now, nobody else may be about to make it.
      forget(state, object);
    }
  }
}
