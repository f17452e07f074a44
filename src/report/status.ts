/** Where every task stands, and why: for people as a table, for programs as a document. Asks nobody but its arguments. */
import type { Phase, Reason, RunView, TaskView } from '../core/views.js';
import { counted } from './count.js';
import { formatAgo, formatDuration, isoTime } from './durations.js';
import { pad, widthOf, wrap } from './measure.js';
import { json, terminal } from './sinks.js';
import { type Styles, styles } from './styles.js';
import { type Cell, table } from './table.js';

/** A file that can never be a source, because of its name. */
export interface SetAside {
  readonly name: string;
  readonly why: string;
}

export interface StatusOptions {
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly setAside?: readonly SetAside[];
}

/** What needs a person comes first. */
const order: Readonly<Record<Phase, { readonly rank: number; readonly symbol: string; readonly style: keyof Styles }>> =
  {
    failed: { rank: 0, symbol: '✗', style: 'bad' },
    blocked: { rank: 1, symbol: '▪', style: 'bad' },
    held: { rank: 2, symbol: '‖', style: 'warning' },
    waiting: { rank: 3, symbol: '…', style: 'warning' },
    ready: { rank: 4, symbol: '›', style: 'active' },
    running: { rank: 5, symbol: '•', style: 'active' },
    succeeded: { rank: 6, symbol: '✓', style: 'good' },
    disabled: { rank: 7, symbol: '-', style: 'faint' },
  };

/** More tasks that succeeded than this are told by job, not one by one. */
const most = 200;

/** The table, what was set aside, and a line that counts; ends with a newline. */
export function renderStatus(tasks: readonly TaskView[], options: StatusOptions): string {
  const { color, width = 80, now, setAside = [] } = options;
  const style = styles(color);
  const sorted = [...tasks].sort((one, other) => order[one.phase].rank - order[other.phase].rank);
  const succeeded = sorted.filter(({ phase }) => phase === 'succeeded');
  const rows =
    succeeded.length <= most
      ? sorted.map((task) => row(task, now))
      : [
          ...sorted.filter(({ phase }) => order[phase].rank < order.succeeded.rank).map((task) => row(task, now)),
          ...folded(succeeded, now),
          ...sorted.filter(({ phase }) => order[phase].rank > order.succeeded.rank).map((task) => row(task, now)),
        ];
  const aside = setAside.map(({ name, why }) => [
    { text: `! ${terminal(name)}`, style: style.warning },
    { text: terminal(why) },
  ]);
  return [
    ...(rows.length === 0 ? [] : [...layout(rows, style, width), '']),
    ...(aside.length === 0
      ? []
      : [style.faint('Set aside: names that can never be a source'), ...table(aside, width), '']),
    ...wrap(counts(sorted), width),
    '',
  ].join('\n');
}

/** Escaped. */
interface Row {
  readonly phase: Phase;
  readonly task: string;
  readonly since: string;
  readonly why: string;
}

const row = ({ task, phase, reasons, lastRun }: TaskView, now: number): Row => ({
  phase,
  task: terminal(task),
  since: since(phase, lastRun, now),
  why: reasonWords(reasons),
});

/** Columns for reasons, at least, where they have a column of their own. */
const roomy = 40;
const phaseWidth = 13;

/** A table; on a narrow terminal a reason that is too long for what is left of its line stands below it. */
function layout(rows: readonly Row[], style: Styles, width: number): string[] {
  const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const tasks = widest(['TASK', ...rows.map(({ task }) => task)]);
  const times = widest(['SINCE', ...rows.map(({ since }) => since)]);
  const left = width - phaseWidth - tasks - times - 4;
  if (left >= Math.min(roomy, widest(rows.map(({ why }) => why)))) {
    const heading = ['PHASE', 'TASK', 'SINCE', 'WHY'].map((text) => ({ text, style: style.faint }));
    return table([heading, ...rows.map((one) => cells(one, style))], width);
  }
  return rows.flatMap(({ phase, task, since, why }) => {
    const { symbol, style: meaning } = order[phase];
    const head = `${style[meaning](pad(`${symbol} ${phase}`, phaseWidth))}${style.strong(task)}`;
    const time = since === '' ? '' : `${pad('', tasks - widthOf(task))}  ${style.faint(since)}`;
    if (why === '') return [head + time];
    if (widthOf(why) > left) {
      return [head + time, ...wrap(why, Math.max(20, width - phaseWidth)).map((line) => pad('', phaseWidth) + line)];
    }
    const used = since === '' ? widthOf(task) : tasks + 2 + widthOf(since);
    return [`${head}${time}${pad('', tasks + times + 4 - used)}${why}`];
  });
}

function cells({ phase, task, since, why }: Row, style: Styles): Cell[] {
  const { symbol, style: meaning } = order[phase];
  return [
    { text: `${symbol} ${phase}`, style: style[meaning] },
    { text: task, style: style.strong },
    { text: since, style: style.faint },
    { text: why },
  ];
}

/** For how long it runs, or when its last run ended. */
function since(phase: Phase, run: RunView | undefined, now: number): string {
  if (run === undefined) return '';
  if (phase === 'running') return `for ${formatDuration(now - run.startedAt)}`;
  return run.endedAt === undefined ? '' : formatAgo(run.endedAt, now);
}

/** All reasons in one line, each said once. */
export const reasonWords = (reasons: readonly Reason[]): string =>
  [...new Set(reasons.map(({ message }) => terminal(message)))].join('; ');

/** One row for all succeeded tasks of a job, with the time of the last. */
function folded(succeeded: readonly TaskView[], now: number): Row[] {
  const jobs = new Map<string, { count: number; last: number }>();
  for (const { job, lastRun } of succeeded) {
    const { count, last } = jobs.get(job) ?? { count: 0, last: 0 };
    jobs.set(job, { count: count + 1, last: Math.max(last, lastRun?.endedAt ?? 0) });
  }
  return [...jobs].map(([job, { count, last }]) => ({
    phase: 'succeeded',
    task: terminal(job),
    since: last === 0 ? '' : formatAgo(last, now),
    why: counted(count, 'task'),
  }));
}

/** `14 tasks: 1 failed, 13 succeeded` */
function counts(sorted: readonly TaskView[]): string {
  if (sorted.length === 0) return 'no tasks yet: nothing has landed that a job reads';
  const phases = new Map<Phase, number>();
  for (const { phase } of sorted) phases.set(phase, (phases.get(phase) ?? 0) + 1);
  const parts = [...phases].map(([phase, count]) => `${count} ${phase}`);
  return `${counted(sorted.length, 'task')}: ${parts.join(', ')}`;
}

/** The document that `status --format json` prints; ends with a newline. */
export function statusDocument(tasks: readonly TaskView[], setAside: readonly SetAside[] = []): string {
  const document = {
    tasks: tasks.map(({ task, job, partition, phase, reasons, lastRun }) => ({
      ...{ task, job, partition, phase, reasons },
      ...(lastRun === undefined ? {} : { lastRun: runDocument(lastRun) }),
    })),
    ...(setAside.length === 0 ? {} : { setAside }),
  };
  return `${json(document, 2)}\n`;
}

const runDocument = ({ startedAt, endedAt, ...run }: RunView) => ({
  ...run,
  startedAt: isoTime(startedAt),
  ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt) }),
});
