/**
 * Where the tasks of each job stand together, for graphs that are coloured by the present state, and what each phase
 * looks like there.
 */
import type { GraphView, Phase, StandingView, TaskView } from '../core/views.js';
import { isSink } from './graph-kinds.js';
import type { Style, Styles } from './styles.js';

export interface Look {
  /** Says the same as the colours, for whoever does not see them. */
  readonly symbol: string;
  readonly style: keyof Styles;
  /** Fill and line, on a light ground and on a dark one. */
  readonly light: readonly [string, string];
  readonly dark: readonly [string, string];
}

/** What needs a person comes first. */
export const looks: Readonly<Record<Phase, Look>> = {
  failed: { symbol: '✗', style: 'bad', light: ['#fcdcda', '#c62828'], dark: ['#5a1e1d', '#ff8a80'] },
  blocked: { symbol: '▪', style: 'bad', light: ['#f6ddec', '#9c2770'], dark: ['#4a1f3c', '#f48fc1'] },
  held: { symbol: '‖', style: 'warning', light: ['#ffe9cc', '#a85d00'], dark: ['#4d3310', '#ffb74d'] },
  waiting: { symbol: '…', style: 'warning', light: ['#fbf5c8', '#857200'], dark: ['#413b12', '#e6d24a'] },
  ready: { symbol: '›', style: 'active', light: ['#d3f1f4', '#00737f'], dark: ['#103f45', '#4dd0e1'] },
  running: { symbol: '•', style: 'active', light: ['#d5e6fd', '#1558c0'], dark: ['#173a66', '#82b4ff'] },
  succeeded: { symbol: '✓', style: 'good', light: ['#daf1dc', '#2b7a31'], dark: ['#1d4222', '#81c784'] },
  disabled: { symbol: '-', style: 'faint', light: ['#ececec', '#757575'], dark: ['#333333', '#9e9e9e'] },
};

/** Phases in the order of `looks`. */
// Object.keys forgets that its keys are those of the record.
export const phasesByNeed = Object.keys(looks) as Phase[];

/** By node. An object stands where the jobs that make it stand; what nobody makes stands nowhere. */
export type Standings = ReadonlyMap<string, StandingView>;

/**
 * The standing of each job; where only objects are shown, that of each object that a job makes, and of each job that makes
 * none. A job without tasks has one without a phase.
 */
export function standingsOf(view: GraphView, tasks: readonly TaskView[], only?: 'jobs' | 'objects'): Standings {
  const byJob = new Map<string, TaskView[]>(view.jobs.map(({ name }) => [name, []]));
  for (const task of tasks) byJob.get(task.job)?.push(task);
  const ofJobs = (jobs: GraphView['jobs']): [string, StandingView][] =>
    jobs.map(({ name }) => [`job:${name}`, standingOf(byJob.get(name) ?? [])]);
  if (only !== 'objects') return new Map(ofJobs(view.jobs));
  const byObject = new Map<string, TaskView[][]>();
  for (const { name, targets } of view.jobs)
    for (const id of targets) byObject.set(id, [...(byObject.get(id) ?? []), byJob.get(name) ?? []]);
  const ofObjects = [...byObject].map(([id, own]): [string, StandingView] => [id, standingOf(own.flat())]);
  return new Map([...ofObjects, ...ofJobs(view.jobs.filter(isSink))]);
}

/** Counts by phase, in the order of need; the first is the phase of the whole. */
function standingOf(tasks: readonly TaskView[]): StandingView {
  const byNeed = phasesByNeed.map((phase) => tasks.filter((task) => task.phase === phase));
  const counts = Object.fromEntries(
    byNeed.flatMap(([first, ...rest]) => (first ? [[first.phase, rest.length + 1]] : [])),
  );
  const [first] = byNeed.flat();
  return { ...(first ? { phase: first.phase } : {}), counts, tasks: byNeed.flat() };
}

/** `1 failed, 364 succeeded`; a single task is told by its phase alone. */
export function standingWords({ counts }: StandingView): string {
  const parts = Object.entries(counts);
  const [only] = parts;
  if (only === undefined) return 'no tasks yet';
  if (parts.length === 1 && only[1] === 1) return only[0];
  return parts.map(([phase, count]) => `${count} ${phase}`).join(', ');
}

/** The symbol before a node's name; nothing where it has no phase. */
export const symbolOf = (standing: StandingView | undefined): string =>
  standing?.phase === undefined ? '' : `${looks[standing.phase].symbol} `;

/** A node's standing for a terminal; undefined where it has none. */
export function standingMark(
  standing: StandingView | undefined,
  style: Styles,
): { readonly words: string; readonly paint: Style } | undefined {
  if (standing === undefined) return undefined;
  const paint = style[standing.phase ? looks[standing.phase].style : 'faint'];
  return { words: `${symbolOf(standing)}${standingWords(standing)}`, paint };
}
