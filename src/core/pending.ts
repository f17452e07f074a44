/**
 * Carries two facts downstream, from tasks over the objects they make to the tasks that read them:
 *
 * - what is *pending*: the earliest wave among the tasks upstream that are held, ready or running. A task is held for
 *   what was pending when it became due. A wave is the turn in which something happened outside (a landing, an
 *   announcement); what it makes due keeps its number all the way down, so later landings hold nobody back.
 * - what stands *failed* upstream.
 *
 * Each object and each input keeps a summary, so that a thousand writers of one table and its thousand readers cost
 * two thousand steps and not a million. Only changes of a summary go on.
 */
import { never, Soonest } from './soonest.js';
import type { Input, ObjectNode, State, Task } from './state.js';

/** The task has to be settled in this step. */
export function touch(state: State, task: Task): void {
  if (task.dirty || task.gone) return;
  task.dirty = true;
  state.dirty.push(task);
}

/** The earliest wave that is pending upstream of the task; `never` when nothing is. */
export const upstreamWave = (task: Task): number => task.pending?.min ?? never;

/** Tells the task's consumers what is pending and what stands failed, as far as it is news to them. */
export function tell(state: State, task: Task, wave: number, failed: boolean): void {
  if (wave !== task.told) {
    if (task.told === never) state.pending += 1;
    if (wave === never) state.pending -= 1;
    task.told = wave;
    for (const object of task.targets) tellPending(state, object, task, wave);
  }
  if (failed !== task.toldFailed) {
    task.toldFailed = failed;
    for (const object of task.targets) tellFailed(state, object, failed ? 1 : -1);
  }
}

/** Takes back all that the task has told. */
export const retract = (state: State, task: Task): void => tell(state, task, never, false);

/** What a new task learns from an input that was there before it. */
export function noteInputPending(task: Task, input: Input): void {
  const wave = input.pending?.min ?? never;
  if (wave === never) return;
  task.pending ??= new Soonest();
  task.pending.set(input, wave);
}

/** What a new input learns from an object that was there before it. */
export function noteMember(state: State, input: Input, object: ObjectNode): void {
  const wave = object.pending?.min ?? never;
  if (wave !== never) setInput(state, input, object, wave);
  if (object.failed > 0) countFailed(state, input, 1);
}

/** The input learns that an object is no longer a member of it. */
export function unnoteMember(state: State, input: Input, object: ObjectNode): void {
  setInput(state, input, object, never);
  if (object.failed > 0) countFailed(state, input, -1);
}

function tellPending(state: State, object: ObjectNode, writer: Task, wave: number): void {
  const before = object.pending?.min ?? never;
  object.pending ??= new Soonest();
  object.pending.set(writer, wave);
  const after = object.pending.min;
  if (after === never) object.pending = undefined;
  if (after !== before) for (const input of object.inputs) setInput(state, input, object, after);
}

function setInput(state: State, input: Input, object: ObjectNode, wave: number): void {
  const before = input.pending?.min ?? never;
  if (wave === never && !input.pending) return;
  input.pending ??= new Soonest();
  input.pending.set(object, wave);
  const after = input.pending.min;
  if (after === never) input.pending = undefined;
  if (after === before) return;
  for (const task of input.tasks) {
    task.pending ??= new Soonest();
    task.pending.set(input, after);
    if (task.pending.min === never) task.pending = undefined;
    touch(state, task);
  }
}

function tellFailed(state: State, object: ObjectNode, by: 1 | -1): void {
  object.failed += by;
  const flipped = by === 1 ? object.failed === 1 : object.failed === 0;
  if (flipped) for (const input of object.inputs) countFailed(state, input, by);
}

function countFailed(state: State, input: Input, by: 1 | -1): void {
  input.failed += by;
  const flipped = by === 1 ? input.failed === 1 : input.failed === 0;
  if (!flipped) return;
  for (const task of input.tasks) {
    task.failed += by;
    touch(state, task);
  }
}
