/**
 * The one place where a task moves from phase to phase, and what follows from it: its place in the queue, and what
 * its consumers are told.
 *
 *             source missing                    all there, changed
 *     waiting ───────────────► (due) ───► held ───► ready ───► running ──► succeeded
 *        ▲                       │  upstream pending   ▲  room     │  ▲         │ a source changes
 *        │                       ▼                     │           │  └─ next attempt
 *        │                    blocked ─────────────────┘           ▼            ▼
 *        └──── source gone       upstream failed, mended         failed ─────► (due)
 */

import { versionIn, versionUnder } from './held.js';
import { forget, knowObject } from './known.js';
import { asVersion, type ObjectId, type Version } from './object.js';
import { tell, touch, upstreamWave } from './pending.js';
import { readiness } from './readiness.js';
import { enqueue } from './room.js';
import { never } from './soonest.js';
import type { Input, ObjectNode, State, Task } from './state.js';
import type { Phase } from './views.js';

/** Settles what was touched, producers before their consumers. */
export function settleAll(state: State): void {
  for (let task = state.dirty.pop(); task; task = state.dirty.pop()) {
    task.dirty = false;
    if (!task.gone) settle(state, task);
  }
}

/** Moves the task into a phase, and counts it there. */
export function enter(state: State, task: Task, phase: Phase): void {
  state.counts[task.phase] -= 1;
  state.counts[phase] += 1;
  task.phase = phase;
}

function settle(state: State, task: Task): void {
  const phase = readiness(state, task);
  const active = task.selected && (phase === 'held' || phase === 'ready' || phase === 'running');
  enter(state, task, phase);
  if (!active) task.wave = never;
  else if (task.wave === never) {
    task.wave = Math.min(task.nextWave, state.turn);
    task.dueIn = state.turn;
  }
  if (phase !== 'running') {
    task.nextWave = never;
    if (phase === 'ready' && active) enqueue(state, task);
    else task.entry = undefined;
  }
  const { job } = task.job;
  const passes = job.enabled && task.selected;
  const wave = passes ? Math.min(active ? task.wave : never, upstreamWave(task)) : never;
  const failed = phase === 'failed' || (job.enabled && task.failed > 0 && job.onUpstreamFailure === 'block');
  tell(state, task, wave, failed);
}

/**
 * The object now exists in this version, or (undefined) does not. `wave`: what brought it about.
 * Gives whether some task finds that it has something to do with it.
 */
export function setVersion(state: State, object: ObjectNode, version: Version | undefined, wave: number): boolean {
  if (object.version === version) return false;
  const before = object.version;
  object.version = version;
  let news = false;
  for (const input of object.inputs) {
    if (before === undefined) input.present += 1;
    if (version === undefined) input.present -= 1;
    for (const task of input.tasks) news = noteChange(state, task, input, object, wave) || news;
  }
  touchWriters(state, object);
  if (version === undefined) forget(state, object);
  return news;
}

/** What reads the object may have come to stand otherwise. */
export function touchReaders(state: State, object: ObjectNode): void {
  for (const input of object.inputs) for (const task of input.tasks) touch(state, task);
}

/** What makes the object may have to make it again. */
export function touchWriters(state: State, object: ObjectNode): void {
  for (const task of object.writers) if (task.job.job.onMissingTarget === 'rerun') touch(state, task);
}

function noteChange(state: State, task: Task, input: Input, object: ObjectNode, wave: number): boolean {
  touch(state, task);
  if (object.version !== undefined) task.nextWave = Math.min(task.nextWave, wave);
  if (!task.success) return object.version !== undefined;
  if (task.job.job.sources[input.source]?.trigger === false) return false;
  const consumed = versionUnder(task.success.consumed, object.id);
  if (object.version === undefined || consumed === object.version) {
    // It is the same text, and with many files it counts that it is there once.
    if (consumed !== undefined && object.version !== undefined) object.version = asVersion(consumed);
    task.changed?.delete(object);
    if (task.changed?.size === 0) task.changed = undefined;
    return false;
  }
  task.changed ??= new Set();
  task.changed.add(object);
  return true;
}

/** Finds again which triggering sources differ from what the last success consumed. */
export function compareWithSuccess(task: Task): void {
  task.changed = undefined;
  if (!task.success) return;
  for (const input of task.inputs) {
    if (task.job.job.sources[input.source]?.trigger === false) continue;
    for (const object of input.members) {
      if (object.version === undefined || versionIn(task.success.consumed, object.id) === object.version) continue;
      task.changed ??= new Set();
      task.changed.add(object);
    }
  }
}

/** An object that was made, announced or remembered, not looked at: it exists in this version from now on. */
export function setKnownVersion(state: State, id: ObjectId, version: Version, wave: number): boolean {
  return setVersion(state, knowObject(state, id), version, wave);
}
