/**
 * The one thing that would make a task go, or an object be there: read off the task's phase and reasons. Where several
 * things are wanting, the one that somebody has to do something about.
 */
import type { Job } from './job.js';
import type { Mapping } from './mapping.js';
import { kindOf } from './object.js';
import type { State, Task } from './state.js';
import type { AtWork, TaskView } from './views.js';
import type { Asking } from './why-facts.js';
import type { Next, ObjectFacts, WhySource, WhyTask } from './why-view.js';

/** From what comes by itself to what waits for somebody. */
const order: readonly Next['do'][] = [
  ...(['nothing', 'read', 'settle', 'end', 'attempt', 'take-up', 'start'] as const),
  ...(['ask', 'change', 'announce', 'land', 'agree'] as const),
  ...(['remake', 'marker', 'grow', 'look', 'enable', 'mend'] as const),
];

/** The one that takes most, the first of them; undefined where there are none. */
export const hardest = (nexts: readonly Next[]): Next | undefined =>
  nexts.reduce<Next | undefined>(
    (one, other) => (one && order.indexOf(one.do) >= order.indexOf(other.do) ? one : other),
    undefined,
  );

/** What would make a task go, given what is told of its sources. */
export function nextOf(
  { state, facts, told }: Asking,
  task: Task,
  { phase, reasons }: TaskView,
  sources: readonly WhySource[],
  because: readonly WhyTask[],
): Next {
  switch (phase) {
    case 'disabled':
      return enable(state, task.job.job);
    case 'running':
      return nextOfRun(task);
    case 'succeeded': {
      if (!reasons.some(({ code }) => code === 'when-unsatisfied'))
        return hardest(sources.flatMap((source) => source.because.map(({ next }) => next))) ?? { do: 'nothing' };
      const wanting = sources.filter(({ trigger, changed, state }) => trigger && !changed && state !== 'absent');
      return { do: 'change', objects: wanting.map(({ object }) => object) };
    }
    case 'failed':
      return missing(sources) ?? mend(task, 0);
    case 'blocked': {
      const by = tasksOf(state, reasons, 'blocked-by');
      return by[0] ? mend(by[0], by.length - 1) : { do: 'ask', task: task.id };
    }
    case 'held': {
      const [by] = tasksOf(state, reasons, 'held-by');
      return by ? (told.get(by) ?? soon(by, facts.atWork)) : { do: 'start', task: task.id, by: [] };
    }
    case 'waiting':
      return missing(sources) ?? { do: 'ask', task: task.id };
    case 'ready':
      return { do: 'start', task: task.id, by: because.map(({ task: name }) => name) };
  }
}

function nextOfRun({ id, run }: Task): Next {
  if (run?.stage === 'pausing') return { do: 'attempt', task: id, attempt: run.attempt, at: run.nextAt };
  const about = { task: id, run: run?.run ?? '' };
  return run?.stage === 'doubt' ? { do: 'take-up', ...about } : { do: 'end', ...about };
}

/** The job is to be enabled where it stands. */
export const enable = ({ mapping }: State, job: Job): Next => ({
  do: 'enable',
  job: job.name,
  place: placeOf(mapping, job),
});

/** Where a job is declared, from the project's root: `jobs/load.yaml:12`. */
export function placeOf(mapping: Pick<Mapping, 'root'>, { place }: Job): string {
  const root = mapping.root.endsWith('/') ? mapping.root : `${mapping.root}/`;
  const file = place.file.startsWith(root) ? place.file.slice(root.length) : place.file;
  return `${file}:${place.line}`;
}

/** A task that holds another, and is not told itself. */
const soon = (task: Task, atWork: AtWork | undefined): Next =>
  task.run
    ? nextOfRun(task)
    : atWork?.role === 'watch'
      ? { do: 'start', task: task.id, by: [] }
      : { do: 'ask', task: task.id };

const mend = (task: Task, more: number): Next => ({ do: 'mend', task: task.id, job: task.job.job.name, more });

const tasksOf = (state: State, reasons: TaskView['reasons'], code: 'blocked-by' | 'held-by'): Task[] =>
  reasons.flatMap((reason) => (reason.code === code ? (state.tasks.get(reason.task ?? '') ?? []) : []));

/** What the sources that are not there wait for; undefined where all are. */
export function missing(sources: readonly WhySource[]): Next | undefined {
  return hardest(
    sources.flatMap((source) =>
      source.state === 'there' || source.optional ? [] : nextOfObject(source, source.because),
    ),
  );
}

/** What would make an object that is not there. */
export function nextOfObject(facts: ObjectFacts, makers: readonly WhyTask[]): Next {
  const { object, lacks, problem, near, size = 0 } = facts;
  if (problem !== undefined) return { do: 'look', object, problem };
  if (lacks?.what === 'time') return { do: 'settle', object, until: lacks.until };
  if (lacks?.what === 'content') return { do: 'read', object };
  if (lacks?.what === 'marker') return { do: 'marker', object, marker: lacks.marker, older: lacks.older };
  if (lacks?.what === 'size') return { do: 'grow', object, size, least: lacks.least };
  const made = hardest(makers.map((maker) => remade(object, maker)));
  if (made) return made;
  const [first] = near;
  if (kindOf(object) !== 'file' && first === undefined) return { do: 'announce', object };
  return { do: 'land', object, ...(first === undefined ? {} : { near: first }) };
}

/** What made it has nothing to do, and yet it is not there: somebody removed it. */
const remade = (object: string, maker: WhyTask): Next =>
  maker.next.do === 'nothing' ? { do: 'remake', object, task: maker.task } : maker.next;
