/** What would run, in its order, and what would not: for people as a numbered list, for programs as a document. */
import { displayName, kindOf } from '../core/object.js';
import type { LeftTask, Phase, PlannedTask, PlanView } from '../core/views.js';
import { counted } from './count.js';
import { nothingWords } from './empty-words.js';
import { widthOf, wrap } from './measure.js';
import { json, terminal } from './sinks.js';
import { reasonWords } from './status.js';
import { type Styles, styles } from './styles.js';

export interface PlanOptions {
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
  /** Every task, however many there are. */
  readonly all?: boolean;
}

/** More tasks than these are counted by job, not told one by one; of those that would not run, fewer are told. */
const most = { run: 50, notRun: 10 };
/** Objects that are said to land and are named. */
const mostNamed = 3;

type NotRun = NonNullable<PlanView['notRun']>;

/** Each task with the reasons why it would run, or would not; what is due anyway says so. Ends with a newline. */
export function renderPlan(plan: PlanView, { color, width = 80, all = false }: PlanOptions): string {
  const style = styles(color);
  const margin = String(plan.tasks.length).length + 2;
  const lines: string[] = [];
  // What is supposed is said, even where nothing comes of it.
  if (plan.landed) lines.push(...wrap(supposed(plan.landed), width), '');
  const numbered = plan.tasks.map((task, at) => ({ ...task, number: `${at + 1}.` }));
  for (const { task, fate } of plan.left ?? []) lines.push(...wrap(`${terminal(task)} ${fates[fate]}.`, width), '');
  const starts = list(numbered, { all, most: all ? Infinity : most.run, margin, width, style });
  if (starts.length > 0) lines.push(...starts, '');
  for (const object of plan.unread ?? [])
    lines.push(...wrap(`No job reads ${terminal(displayName(object))}.`, width), '');
  const notRun = [...(plan.notRun ?? [])].sort((one, other) => rank(one.phase) - rank(other.phase));
  if (notRun.length > 0) lines.push('Would not run:', '');
  const items = notRun.map(({ task, phase, reasons }) => ({ task, reasons, number: '-', phase }));
  const told = list(items, { all, most: all ? Infinity : most.notRun, margin, width, style });
  if (told.length > 0) lines.push(...told, '');
  return `${[...lines, ...wrap(conclusion(plan), width)].join('\n')}\n`;
}

interface Item extends Pick<PlannedTask, 'task' | 'reasons' | 'because'> {
  readonly number: string;
  readonly phase?: Phase;
}

interface Layout {
  /** Every reason, however many there are. */
  readonly all: boolean;
  readonly most: number;
  /** Columns before the text. */
  readonly margin: number;
  readonly width: number;
  readonly style: Styles;
}

/** In columns where all fits beside its name, otherwise each reason below it. */
function list(items: readonly Item[], { all, most, margin, width, style }: Layout): string[] {
  const left = items.slice(most);
  const text = Math.max(1, width - margin);
  const rows = items.slice(0, most).map(({ number, task, phase, because, reasons }) => {
    const standing = phase === undefined ? '' : `, ${words(phase)}`;
    const due = because === 'due' ? ['due already'] : [];
    const why = [...due, reasonWords(reasons, all)].filter((words) => words !== '').join(': ');
    return { number, name: terminal(task), standing, why };
  });
  const widest = (of: (row: (typeof rows)[number]) => string): number =>
    rows.reduce((most, row) => Math.max(most, widthOf(of(row))), 0);
  const column = widest(({ name, standing }) => name + standing) + 2;
  const fits = column + widest(({ why }) => why) <= text;
  const below = (words: string): string[] => wrap(words, text).map((line) => ' '.repeat(margin) + line);
  const lines = rows.flatMap(({ number, name, standing, why }) => {
    const [head = '', ...rest] =
      widthOf(name + standing) <= text
        ? [style.strong(name) + standing]
        : [
            ...wrap(name, text).map((line) => style.strong(line)),
            ...(standing === '' ? [] : [standing.slice(', '.length)]),
          ];
    const first = `${style.faint(number.padStart(margin - 1))} ${head}`;
    if (why !== '' && fits) return [first + ' '.repeat(column - widthOf(name + standing)) + style.faint(why)];
    const under = why === '' ? [] : wrap(why, text).map((line) => style.faint(line));
    return [first, ...[...rest, ...under].map((line) => ' '.repeat(margin) + line)];
  });
  return left.length === 0 ? lines : [...lines, ...below(`and ${left.length} more, which -v lists: ${byJob(left)}`)];
}

/** `load_orders 20, build_sales 3`, in the order in which they first come. */
function byJob(items: readonly Item[]): string {
  const jobs = new Map<string, number>();
  for (const { task } of items) {
    const job = task.replace(/\[.*/s, '');
    jobs.set(job, (jobs.get(job) ?? 0) + 1);
  }
  return [...jobs].map(([job, count]) => `${terminal(job)} ${count}`).join(', ');
}

/** `If landing/orders.csv landed, and table:raw.customers was announced now:` */
function supposed(landed: readonly string[]): string {
  const isFile = (object: string): boolean => kindOf(object) === 'file';
  const files = landed.filter(isFile);
  const others = landed.filter((object) => !isFile(object));
  const parts = [
    ...(files.length > 0 ? [`${names(files)} landed`] : []),
    ...(others.length > 0 ? [`${names(others)} ${others.length === 1 ? 'was' : 'were'} announced`] : []),
  ];
  return `If ${parts.join(', and ')} now:`;
}

function names(objects: readonly string[]): string {
  const named = objects.slice(0, objects.length > mostNamed ? mostNamed - 1 : mostNamed);
  const texts = named.map((object) => terminal(displayName(object)));
  const left = objects.length - named.length;
  if (left > 0) texts.push(`${left} more`);
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

/** What becomes of a run that is in progress. */
const fates = {
  running: 'goes on: a run of it is in progress',
  ended: 'has ended, and nobody was there to record it: that comes first',
} as const;

/** What needs a person comes first. */
const order: readonly Phase[] = ['failed', 'blocked', 'held', 'waiting', 'ready', 'running', 'succeeded', 'disabled'];
const rank = (phase: Phase): number => order.indexOf(phase);
const words = (phase: Phase): string => (phase === 'succeeded' ? 'up to date' : phase);

/** `3 tasks would run, 1 of them due already; 1 blocked, 2 waiting, 40 up to date` */
function conclusion({ tasks, notRun = [], left = [], empty, upToDate = 0, landed }: PlanView): string {
  const rest = counts(notRun, left, upToDate);
  const due = tasks.filter(({ because }) => because === 'due').length;
  const already = due === 0 ? '' : due === tasks.length ? ', due already' : `, ${due} of them due already`;
  if (tasks.length > 0) return `${counted(tasks.length, 'task')} would run${already}${rest === '' ? '' : `; ${rest}`}`;
  if (notRun.length > 0) return `nothing would run: ${rest}`;
  if (landed) return 'nothing would run';
  return left.length > 0 ? `nothing would start: ${rest}` : nothingWords(upToDate, empty);
}

function counts(notRun: NotRun, left: readonly LeftTask[], upToDate: number): string {
  const parts = order.flatMap((phase) => {
    const count = notRun.filter((task) => task.phase === phase).length;
    return count === 0 ? [] : [`${count} ${words(phase)}`];
  });
  for (const [fate, word] of [
    ['running', left.length === 1 ? 'goes on' : 'go on'],
    ['ended', 'ended'],
  ] as const) {
    const count = left.filter((one) => one.fate === fate).length;
    if (count > 0) parts.push(`${count} ${word}`);
  }
  return [...parts, ...(upToDate === 0 ? [] : [`${upToDate} up to date`])].join(', ');
}

/** The document that `run --dry-run` and `simulate` print with `--format json`; ends with a newline. */
export function planDocument({ tasks, notRun, upToDate, left, landed, unread }: PlanView): string {
  const document = {
    ...(landed === undefined ? {} : { landed }),
    ...(unread === undefined ? {} : { unread }),
    tasks: tasks.map(({ task, because, reasons }) => ({
      task,
      ...(because === undefined ? {} : { because }),
      reasons,
    })),
    ...(notRun === undefined ? {} : { notRun: notRun.map(({ task, phase, reasons }) => ({ task, phase, reasons })) }),
    ...(upToDate === undefined ? {} : { upToDate }),
    ...(left === undefined ? {} : { left }),
  };
  return `${json(document, 2)}\n`;
}
