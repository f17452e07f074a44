/**
 * What is ready starts when there is room: in the project, in its job, in its pool, and with nobody else writing what
 * it writes, or the one file that it reads. Higher priority first, then first due, first served.
 *
 * A task that finds something full is parked there, out of the queue, until some of it becomes free; so a thousand
 * tasks that wait for one pool cost the others nothing.
 */
import { displayName, kindOf } from './object.js';
import { type Entry, type Place, queue, type Running, type State, type Task } from './state.js';

/** Puts the task into the queue, unless it is there. */
export function enqueue(state: State, task: Task): void {
  if (task.entry) return;
  task.entry = { task, priority: task.job.job.priority, dueIn: task.dueIn };
  state.ready.push(task.entry);
}

/** Takes the task that is to start next, and its room; undefined when none can start. */
export function takeNext(state: State): Task | undefined {
  if (!state.open || state.stopping) return undefined;
  while (state.running < state.concurrency) {
    const entry = state.ready.pop();
    if (!entry) return undefined;
    const { task } = entry;
    const stale = task.entry !== entry;
    const full = stale ? undefined : fullPlace(task);
    if (full) park(full, entry);
    else if (!stale) {
      task.entry = undefined;
      occupy(state, task, 1);
    }
    // The room that this entry was let out for and did not take, or did not exhaust, is for the next in line there.
    for (const place of places(task)) if (place.parked && !isFull(task, place)) unpark(state, place);
    if (!full && !stale) return task;
  }
  return undefined;
}

/** Gives the task's room back, and wakes who waits for it. */
export function release(state: State, task: Task): void {
  occupy(state, task, -1);
  for (const place of places(task)) unpark(state, place);
}

/** What keeps a ready task from starting, in words; undefined when it only waits for its turn in the project. */
export function whatIsFull(
  task: Task,
): { readonly code: 'no-room' | 'being-written'; readonly message: string } | undefined {
  const { job, pool } = task.job;
  const full = fullPlace(task);
  if (!full) return undefined;
  if (full === task.job)
    return { code: 'no-room', message: `waits for room: concurrency of the job is ${job.concurrency}` };
  if (full === pool)
    return { code: 'no-room', message: `waits for room in pool ${pool.name} (${pool.limit} at a time)` };
  const object = [...writes(task), ...readsAlone(task)].find((node) => node === full);
  return {
    code: 'being-written',
    message: `waits until ${object ? displayName(object.id) : 'an object'} is no longer being written`,
  };
}

function* places(task: Task): Iterable<Place> {
  yield task.job;
  if (task.job.pool) yield task.job.pool;
  yield* writes(task);
  yield* readsAlone(task);
}

/** What the task is writing, or will write. */
const writes = (task: Task): Running['targets'] => task.run?.targets ?? task.targets;

/** Files that the task reads one by one: it does not start while somebody writes them. */
function* readsAlone(task: Task): Iterable<Task['targets'][number]> {
  for (const input of task.inputs) {
    if (task.job.job.sources[input.source]?.pattern.gathers) continue;
    for (const object of input.members) if (kindOf(object.id) === 'file') yield object;
  }
}

function isFull(task: Task, place: Place): boolean {
  const { job, pool } = task.job;
  if (place === task.job) return job.concurrency !== undefined && task.job.running >= job.concurrency;
  if (place === pool) return pool.running >= pool.limit;
  const target = writes(task).find((object) => object === place);
  if (target) return target.writing > 0 && !target.rules.concurrentWriters;
  for (const object of readsAlone(task)) if (object === place) return object.writing > 0;
  return false;
}

function fullPlace(task: Task): Place | undefined {
  for (const place of places(task)) if (isFull(task, place)) return place;
  return undefined;
}

/** Counts the task's room as taken (1) or given back (-1). */
export function occupy(state: State, task: Task, by: 1 | -1): void {
  state.running += by;
  task.job.running += by;
  if (task.job.pool) task.job.pool.running += by;
  for (const object of writes(task)) object.writing += by;
}

function park(place: Place, entry: Entry): void {
  place.parked ??= queue();
  place.parked.push(entry);
}

function unpark(state: State, place: Place): void {
  for (let entry = place.parked?.pop(); entry; entry = place.parked?.pop()) {
    if (entry.task.entry !== entry) continue; // stale
    state.ready.push(entry);
    return;
  }
  place.parked = undefined;
}
