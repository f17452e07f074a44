/**
 * Why is it where it is? A tree of the reasons that `readiness` gives, from a task, a job or an object down to the root
 * cause. It looks up what the reasons name, and decides nothing by itself.
 */
import { taskView } from './answers.js';
import { versionIn } from './held.js';
import { tasksOf } from './known.js';
import { displayName, type ObjectId } from './object.js';
import { upstreamWave } from './pending.js';
import { never } from './soonest.js';
import type { JobNode, State, Task } from './state.js';
import { naturally } from './task-name.js';
import type { AtWork, Phase, TaskView } from './views.js';
import { type Asking, ask, type Facts, objectFacts } from './why-facts.js';
import { hardest, nextOf, nextOfObject } from './why-next.js';
import { type Makers, sourcesOf } from './why-sources.js';
import type { Next, WhyReader, WhyTask, WhyView } from './why-view.js';
import { wouldBe, wouldFeed, wouldMake } from './why-would.js';

/** So many tasks of a job are told in full, and so many readers of an object are named. */
const most = { tasks: 3, readers: 20, others: 5 } as const;

/** What needs somebody comes first. */
const ranking: readonly Phase[] = [
  ...(['failed', 'blocked', 'held', 'waiting', 'ready', 'running', 'disabled', 'succeeded'] as const),
];

/** Why a task is where it is. */
export function whyTask(state: State, facts: Facts, task: Task): WhyView {
  const told = tellTask(ask(state, facts), task);
  return { kind: 'task', subject: task.id, isUpToDate: isUpToDate(told), next: told.next, task: told };
}

/** Why a job's tasks are where they are; where there are none, what would make one. `values`: of one that is not known. */
export function whyJob(state: State, facts: Facts, node: JobNode, values?: Readonly<Record<string, string>>): WhyView {
  const tasks = tasksOf(node);
  const [only] = tasks;
  if (values === undefined && only && node.job.captures.length === 0) return whyTask(state, facts, only);
  const asking = ask(state, facts);
  if (values !== undefined || tasks.length === 0) {
    const task = wouldBe(asking, node, values ?? {});
    return { kind: 'task', subject: task.task, isUpToDate: false, next: task.next, task };
  }
  const phases: Partial<Record<Phase, number>> = {};
  for (const { phase } of tasks) phases[phase] = (phases[phase] ?? 0) + 1;
  const rank = new Map(ranking.map((phase, at) => [phase, at]));
  const rankOf = (task: Task): number => (task.phase !== 'failed' && task.toldFailed ? 1 : (rank.get(task.phase) ?? 0));
  const sorted = tasks.sort((one, other) => rankOf(one) - rankOf(other) || naturally(one.id, other.id));
  const pending = sorted.filter((task) => !isCalm(task));
  const told = pending.slice(0, most.tasks).map((task) => tellTask(asking, task));
  const hard: Next = hardest(told.map((task) => task.next)) ?? { do: 'nothing' };
  // What one mends, all of them may have failed for.
  const isOwn = hard.do === 'mend' && hard.job === node.job.name && (phases.failed ?? 0) > 1;
  const next: Next = isOwn ? { ...hard, task: node.job.name } : hard;
  return { kind: 'job', subject: node.job.name, isUpToDate: pending.length === 0, next, phases, tasks: told };
}

/** Why an object is as it is: there or not, made by whom, consumed by whom. */
export function whyObject(state: State, facts: Facts, id: ObjectId): WhyView {
  const asking = ask(state, facts);
  const node = state.objects.get(id);
  const object = objectFacts(asking, id, node);
  const tasks = [...new Set((node?.inputs ?? []).flatMap((input) => [...input.tasks]))];
  const jobs = new Set(state.sources.match(id).map(({ value }) => value.job.job.name));
  const lastConsumed = ({ success }: Task) => success && versionIn(success.consumed, id);
  const isNews = (task: Task): number => (lastConsumed(task) === object.version ? 1 : 0);
  tasks.sort((one, other) => isNews(one) - isNews(other) || (one.id < other.id ? -1 : 1));
  const readers = tasks.slice(0, most.readers).map((task): WhyReader => {
    const consumed = lastConsumed(task);
    return { task: task.id, phase: task.phase, ...(consumed === undefined ? {} : { consumed }) };
  });
  const writers = [...(node?.writers ?? [])];
  const isThere = object.state === 'there';
  const stirring = tasks.filter((task) => !isCalm(task));
  // What a job has loaded may be moved away.
  const isDone = tasks.length > 0 && stirring.length === 0 && object.state === 'absent' && writers.length === 0;
  const makers = isThere ? writers.filter((task) => !isCalm(task)) : writers;
  const tell = (some: readonly Task[]): WhyTask[] => some.slice(0, most.tasks).map((task) => tellTask(asking, task));
  const because =
    isThere || isDone
      ? tell(makers.length > 0 ? makers : stirring)
      : writers.length > 0
        ? tell(makers)
        : wouldMake(asking, id);
  const next: Next =
    isThere || isDone
      ? (hardest(because.map((task) => task.next)) ?? { do: 'nothing' })
      : nextOfObject(object, because);
  return {
    kind: 'object',
    subject: displayName(id),
    isUpToDate: (isThere || isDone) && because.length === 0,
    next,
    object,
    makers: writers.map((task) => task.id).slice(0, most.readers),
    readers,
    readersInAll: tasks.length,
    jobs: [...jobs],
    because,
  };
}

/** It has succeeded, and nothing that it may have to do is in sight. */
const isCalm = (task: Task): boolean =>
  task.phase === 'succeeded' &&
  task.changed === undefined &&
  (task.failed === 0 || task.job.job.onUpstreamFailure === 'ignore') &&
  upstreamWave(task) === never;

/** It has succeeded, and waits for nothing. */
const isUpToDate = ({ phase, next }: WhyTask): boolean => phase === 'succeeded' && next.do === 'nothing';

function tellTask(asking: Asking, task: Task): WhyTask {
  const { state, told } = asking;
  const view = taskView(state, task);
  const known = told.get(task);
  const nothing = { sources: [], gathered: [], because: [] };
  if (known) return { ...view, ...nothing, ends: 'told', next: known };
  if (asking.left <= 0) return { ...view, ...nothing, ends: 'cut', next: { do: 'ask', task: task.id } };
  asking.left -= 1;
  const makers: Makers = {
    known: (maker) => tellTask(asking, maker),
    wouldBe: (object) => wouldMake(asking, object),
    ofPattern: (job, source) => wouldFeed(asking, job, source),
  };
  const { sources, gathered } = sourcesOf(asking, task, view.phase, makers);
  const because = othersOf(asking, task, view).map((other) => tellTask(asking, other));
  const next = nextOf(asking, task, view, sources, because);
  told.set(task, next);
  return { ...view, sources, gathered, because, next };
}

/** Tasks that the reasons name and the sources do not lead to; for want of room, those that take it. */
function othersOf({ state, told, facts }: Asking, task: Task, { phase, reasons }: TaskView): Task[] {
  const named = reasons.flatMap(({ code, task: name }) =>
    code === 'blocked-by' || code === 'held-by' ? (state.tasks.get(name ?? '') ?? []) : [],
  );
  const others = named.filter((other) => !told.has(other));
  if (phase !== 'ready') return others.slice(0, most.others);
  return takers(state, task, reasons, facts.atWork).slice(0, most.others);
}

/** Who takes the room that the task waits for. */
function takers(state: State, task: Task, reasons: TaskView['reasons'], atWork: AtWork | undefined): Task[] {
  const running = [...state.runs.values()].filter((other) => other !== task);
  if (reasons.some(({ code }) => code === 'being-written')) {
    const near = new Set([...task.targets, ...task.inputs.flatMap(({ members }) => [...members])]);
    return running.filter((other) => (other.run?.targets ?? []).some((object) => near.has(object)));
  }
  if (reasons.some(({ code }) => code === 'no-room')) {
    const { job, pool } = task.job;
    const isJobFull = job.concurrency !== undefined && task.job.running >= job.concurrency;
    return running.filter((other) => (isJobFull ? other.job === task.job : other.job.pool === pool));
  }
  // A daemon has let it wait although nothing of its own is full. A run may not know of it, or not want it.
  return atWork?.role === 'watch' ? running : [];
}
