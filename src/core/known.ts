/**
 * Which objects and tasks are known. An object is known while it exists or a known task targets it; a task is known
 * while known objects give it its partition, or it has a past. So as soon as a file lands, all that it may lead to is
 * known too, waiting: `status` can show it, and what gathers it can be held for it.
 *
 * Jobs are free of cycles, so this ends. Work lists instead of recursion: a chain may be 100,000 jobs long.
 */
import { Few, type FewByKey } from './few.js';
import { undeclared } from './mapping.js';
import type { ObjectId } from './object.js';
import { fill, type Partition } from './pattern.js';
import { noteInputPending, noteMember, retract, touch, unnoteMember } from './pending.js';
import { never } from './soonest.js';
import type { Input, JobNode, ObjectNode, State, Task } from './state.js';
import { taskName } from './task-name.js';

/** Joins values into a key: captures hold no control characters. */
const keyOf = (names: readonly string[], values: Partition): string =>
  names.length === 1 ? (values[names[0] ?? ''] ?? '') : names.map((name) => values[name] ?? '').join('\u0000');

/** The known tasks of a job. */
export function tasksOf({ full, inputs, joinedTasks }: JobNode): Task[] {
  const [first] = full;
  if (first === undefined) return [...joinedTasks.values()];
  return [...(inputs[first]?.values() ?? [])].flatMap((input) => [...input.tasks]);
}

function findTask({ job, full, inputs, joinedTasks }: JobNode, values: Partition): Task | undefined {
  const [first] = full;
  if (first === undefined) return joinedTasks.get(keyOf(job.captures, values));
  // Its values are the task's: there is one.
  const input = inputs[first]?.get(keyOf(job.sources[first]?.pattern.captures ?? [], values));
  for (const task of input?.tasks ?? []) return task;
  return undefined;
}

/** The values of these names, in their order; the same object where it is that already. */
const pick = (names: readonly string[], values: Partition): Partition => {
  const given = Object.keys(values);
  if (given.length === names.length && given.every((name, at) => name === names[at])) return values;
  const picked: Record<string, string> = {};
  for (const name of names) picked[name] = values[name] ?? '';
  return picked;
};

/** The object, if it is one that the mapping is about: what no job reads or makes is nobody's business. */
export function findObject(state: State, id: ObjectId): ObjectNode | undefined {
  const node = state.objects.get(id);
  if (node) return node;
  const matches = state.sources.match(id);
  return matches.length === 0 ? undefined : know(state, id, matches);
}

/** The object; from now on it is known, and so is what it leads to. */
export function knowObject(state: State, id: ObjectId): ObjectNode {
  const known = state.objects.get(id);
  return known ?? know(state, id, state.sources.match(id));
}

function know(state: State, id: ObjectId, matches: Matches): ObjectNode {
  const first = newObject(state, id);
  const news: ObjectNode[] = [];
  connect(state, first, matches, news);
  connectAll(state, news);
  return first;
}

/** The task of this job for this partition; from now on it is known. */
export function knowTask(state: State, job: JobNode, partition: Partition): Task {
  const news: ObjectNode[] = [];
  const task = ensureTask(state, job, partition, news);
  connectAll(state, news);
  return task;
}

function connectAll(state: State, news: ObjectNode[]): void {
  for (let node = news.pop(); node; node = news.pop()) connect(state, node, state.sources.match(node.id), news);
}

function newObject(state: State, id: ObjectId): ObjectNode {
  const node: ObjectNode = {
    id,
    rules: state.declarations.match(id)[0]?.value ?? undeclared,
    version: undefined,
    settling: undefined,
    trouble: undefined,
    leftover: state.strays.leftovers.get(id),
    inputs: [],
    writers: new Few(),
    writing: 0,
    pending: undefined,
    failed: 0,
    parked: undefined,
  };
  state.objects.set(id, node);
  state.strays.leftovers.delete(id);
  return node;
}

type Matches = ReturnType<State['sources']['match']>;

/** Finds the inputs that the object belongs to, and the tasks that it makes known. */
function connect(state: State, node: ObjectNode, matches: Matches, news: ObjectNode[]): void {
  for (const { value, captures } of matches) {
    const input = ensureInput(value.job, value.source, captures);
    if (input.members.has(node)) continue;
    input.members.add(node);
    if (node.inputs.length > 0) node.inputs.push(input);
    else node.inputs = [input];
    noteMember(state, input, node);
    if (input.members.size === 1) seed(state, input, news);
  }
}

function ensureInput(job: JobNode, source: number, values: Partition): Input {
  const inputs = job.inputs[source] as FewByKey<Input>; // one for each source
  const names = job.job.sources[source]?.pattern.captures ?? [];
  const key = keyOf(names, values);
  const known = inputs.get(key);
  if (known) return known;
  const input: Input = {
    job,
    source,
    key,
    values: pick(names, values),
    members: new Few(),
    present: 0,
    tasks: new Few(),
    pending: undefined,
    failed: 0,
  };
  inputs.set(key, input);
  return input;
}

/** Makes the tasks known that this input, now that it has a member, gives a partition. */
function seed(state: State, input: Input, news: ObjectNode[]): void {
  const { job, source } = input;
  if (job.full.includes(source)) ensureTask(state, job, input.values, news);
  else if (job.joined.includes(source))
    for (const partition of join(job, input)) ensureTask(state, job, partition, news);
}

/** All partitions of a job without a full source that agree with this input: a natural join over what is known. */
function join(job: JobNode, from: Input): Partition[] {
  let found: Partition[] = [from.values];
  const rest = new Set(job.joined.filter((source) => source !== from.source));
  const bound = new Set(Object.keys(from.values));
  while (rest.size > 0 && found.length > 0) {
    const next = mostShared(job, rest, bound);
    rest.delete(next);
    const names = job.job.sources[next]?.pattern.captures ?? [];
    const shared = names.filter((name) => bound.has(name));
    const groups = new Map<string, Partition[]>();
    for (const input of job.inputs[next]?.values() ?? []) {
      if (input.members.size === 0) continue;
      const key = keyOf(shared, input.values);
      const group = groups.get(key);
      if (group) group.push(input.values);
      else groups.set(key, [input.values]);
    }
    found = found.flatMap((partial) =>
      (groups.get(keyOf(shared, partial)) ?? []).map((values) => ({ ...partial, ...values })),
    );
    for (const name of names) bound.add(name);
  }
  return found;
}

function mostShared(job: JobNode, sources: ReadonlySet<number>, bound: ReadonlySet<string>): number {
  let best = -1;
  let most = -1;
  for (const source of sources) {
    const shared = (job.job.sources[source]?.pattern.captures ?? []).filter((name) => bound.has(name)).length;
    if (shared > most) [best, most] = [source, shared];
  }
  return best;
}

function ensureTask(state: State, job: JobNode, values: Partition, news: ObjectNode[]): Task {
  const known = findTask(job, values);
  if (known) return known;
  const partition = pick(job.job.captures, values);
  const id = taskName(job.job, partition);
  const targets = job.job.targets.map(({ pattern }) => ensureTarget(state, fill(pattern, partition), news));
  const task: Task = {
    id,
    job,
    partition,
    // What is left of a removed job only finishes.
    selected: job.retired || (state.selected?.has({ job: job.job.name, task: id }) ?? true),
    order: state.created,
    inputs: job.job.sources.map((_, source) => ensureInput(job, source, partition)),
    // Two patterns may come to the same object.
    targets: targets.length > 1 ? [...new Set(targets)] : targets,
    phase: 'waiting',
    success: undefined,
    last: undefined,
    run: undefined,
    changed: undefined,
    retried: false,
    forced: false,
    dueIn: 0,
    wave: never,
    nextWave: never,
    told: never,
    toldFailed: false,
    pending: undefined,
    failed: 0,
    entry: undefined,
    dirty: false,
    gone: false,
    parked: undefined,
  };
  state.created += 1;
  state.counts.waiting += 1;
  if (job.full.length === 0) job.joinedTasks.set(keyOf(job.job.captures, values), task);
  state.tasks.set(task.id, task);
  for (const input of task.inputs) {
    input.tasks.add(task);
    noteInputPending(task, input);
    if (input.failed > 0) task.failed += 1;
  }
  for (const node of task.targets) node.writers.add(task);
  touch(state, task);
  return task;
}

function ensureTarget(state: State, id: ObjectId, news: ObjectNode[]): ObjectNode {
  const known = state.objects.get(id);
  if (known) return known;
  const node = newObject(state, id);
  news.push(node);
  return node;
}

/**
 * Forgets the object if it neither exists nor will be made, and with it the tasks that only it made known. What has a
 * past or is running is never forgotten.
 */
export function forget(state: State, object: ObjectNode): void {
  const work: ObjectNode[] = [object];
  for (let node = work.pop(); node; node = work.pop()) {
    if (
      node.version !== undefined ||
      node.settling ||
      node.trouble !== undefined ||
      node.writing > 0 ||
      node.writers.size > 0
    )
      continue;
    state.objects.delete(node.id);
    if (node.leftover !== undefined) state.strays.leftovers.set(node.id, node.leftover);
    for (const input of node.inputs) {
      input.members.delete(node);
      unnoteMember(state, input, node);
      if (input.members.size > 0) continue;
      for (const task of [...input.tasks]) if (!isKept(task)) drop(state, task, work);
      if (input.tasks.size === 0) input.job.inputs[input.source]?.delete(input.key);
    }
    node.inputs = [];
  }
}

/** Forgets the task if nothing keeps it: for when its past was taken away. */
export function forgetTask(state: State, task: Task): void {
  if (isKept(task)) return;
  const work: ObjectNode[] = [];
  drop(state, task, work);
  for (const node of work) forget(state, node);
}

function isKept(task: Task): boolean {
  const { job } = task;
  if (job.retired) return task.run !== undefined;
  if (job.job.captures.length === 0 || task.success || task.last || task.run) return true;
  const has = (source: number): boolean => (task.inputs[source]?.members.size ?? 0) > 0;
  return job.full.some(has) || (job.joined.length > 0 && job.joined.every(has));
}

function drop(state: State, task: Task, work: ObjectNode[]): void {
  retract(state, task);
  task.gone = true;
  task.entry = undefined;
  state.tasks.delete(task.id);
  state.counts[task.phase] -= 1;
  task.job.joinedTasks.delete(keyOf(task.job.job.captures, task.partition));
  for (const input of task.inputs) {
    input.tasks.delete(task);
    if (input.tasks.size === 0 && input.members.size === 0) input.job.inputs[input.source]?.delete(input.key);
  }
  for (const node of task.targets) {
    node.writers.delete(task);
    work.push(node);
  }
}
