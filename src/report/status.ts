/**
 * Where everything stands, and why, for people: a line a job, then the tasks that are not well, then what holds for all.
 * It grows with what is wrong, not with what there is: at most a screenful, unless more is asked for. Asks nobody but
 * its arguments.
 */
import type { JobView, Phase, Purpose, TaskBrief } from '../core/views.js';
import { formatAgo, formatDuration } from './durations.js';
import { pad, shortenMiddle, widthOf, wrap } from './measure.js';
import { stamp } from './run-stamp.js';
import { terminal } from './sinks.js';
import { definitionLine, jobLines } from './status-jobs.js';
import { taskLines } from './status-tasks.js';
import { countWords, number, numbered, phasesOf, wrapMost } from './status-words.js';
import { type Style, styles } from './styles.js';

export { reasonWords } from './status-tasks.js';

/** What lies where a source may be, and can be none as it is. */
export interface SetAside {
  readonly name: string;
  readonly why: string;
}

/** Who holds a state. */
export interface Holder extends Purpose {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

/** What is to be told of the state. Times in milliseconds since 1970. */
export interface StatusView {
  readonly jobs: readonly JobView[];
  /** Tasks to be told one by one. */
  readonly tasks: ReadonlyMap<Phase, readonly TaskBrief[]>;
  /** Only some of what there is was asked for. */
  readonly isPart: boolean;
  readonly setAside: readonly SetAside[];
  /** `unknown`: somebody does who does not say who it is. */
  readonly heldBy?: Holder | 'unknown' | undefined;
  /** Directories that the mapping wants listed again and again; the root is `''`. `every` in milliseconds. */
  readonly polled: readonly { readonly directory: string; readonly every: number }[];
  /** When the last object came from outside. */
  readonly lastLandingAt?: number | undefined;
}

export interface StatusOptions {
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
  /** Lines that there is room for. */
  readonly rows?: number;
  /** Everything, and nothing shortened. */
  readonly verbose?: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The last line that a run left in its log. */
  readonly lastLine?: (run: string) => string | undefined;
}

/** Lines, where it is not a terminal that says how many it has. */
const usual = 50;
/** However small the terminal is. */
const least = 16;
/** Names that were set aside, and directories that are polled, one by one. */
const few = 6;

const day = 24 * 3600_000;

/** Ends with a newline. */
export function renderStatus(view: StatusView, options: StatusOptions): string {
  const { color, width = 80, now, verbose = false, lastLine = () => undefined } = options;
  const style = styles(color);
  const end = endLines(view, { style: style.faint, warning: style.warning, width, now, verbose });
  const rows = Math.max(least, options.rows ?? usual) - 1 - end.length - 2;
  const common = { style, width, now, verbose };
  // Who names a job wants its tasks; what succeeded is told as far as there is room.
  const whole = (phase: Phase): boolean => verbose || (view.isPart && phase !== 'succeeded' && phase !== 'disabled');
  const tasksIn = (most: number) => taskLines(view.tasks, { ...common, most, whole, lastLine });
  // Half is for the jobs that are not well, and what the tasks leave is for jobs, too.
  const half = Math.floor(rows / 2);
  // Each takes a line at least.
  const count = [...view.tasks.values()].reduce((sum, tasks) => sum + tasks.length, 0);
  const room = count >= rows ? 0 : rows - tasksIn(rows).length;
  const jobs = jobLines(view.jobs, { ...common, most: Math.max(half, room), room });
  const tasks = tasksIn(rows - jobs.length);
  return [...block(jobs), ...block(tasks), ...end, ''].join('\n');
}

const block = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [...lines, '']);

interface EndOptions {
  readonly style: Style;
  readonly warning: Style;
  readonly width: number;
  readonly now: number;
  readonly verbose: boolean;
}

/** What was set aside, what was edited, how many tasks there are, and who sees to them. */
function endLines(view: StatusView, { style, warning, width, now, verbose }: EndOptions): string[] {
  const { jobs, setAside, polled, isPart } = view;
  const most = verbose ? Number.POSITIVE_INFINITY : few;
  const fitted = (text: string): string[] => wrapMost(text, width, verbose ? Number.POSITIVE_INFINITY : 3);
  const edited = definitionLine(jobs, view.heldBy !== undefined);
  return [
    ...(setAside.length === 0
      ? []
      : [
          style('Set aside: what is no source as it is'),
          ...asideLines(setAside.slice(0, most), { warning, width, verbose }),
          ...(setAside.length > most ? [style(`  and ${number(setAside.length - most)} more: objflow status -v`)] : []),
          '',
        ]),
    ...(edited === undefined ? [] : fitted(edited)),
    ...fitted(totals(jobs, isPart)),
    ...(polled.length === 0
      ? []
      : fitted(`watch: polling ${pollingWords(polled.slice(0, most), polled.length)}`).map((line) => style(line))),
    ...fitted(attendance(view, now)).map((line) => style(line)),
  ];
}

/** Columns for why a name was set aside, at least, where it stands beside the name. */
const beside = 20;

/** `! name  why`; where there is no room for that, the reasons stand below the names. */
function asideLines(
  setAside: readonly SetAside[],
  { warning, width, verbose }: Pick<EndOptions, 'warning' | 'width' | 'verbose'>,
): string[] {
  const names = setAside.map(({ name }) => (verbose ? terminal(name) : shortenMiddle(terminal(name), width - 2)));
  const column = Math.max(...names.map(widthOf));
  const isBeside = column + 4 + beside <= width;
  const margin = isBeside ? column + 4 : 2;
  return setAside.flatMap(({ why }, at) => {
    const [first = '', ...rest] = wrap(terminal(why), width - margin);
    const name = names[at] ?? '';
    const below = (isBeside ? rest : [first, ...rest]).map((line) => pad('', margin) + line);
    return [warning(`! ${name}`) + (isBeside ? pad('', column - widthOf(name) + 2) + first : ''), ...below];
  });
}

const pollingWords = (polled: StatusView['polled'], count: number): string =>
  polled
    .map(({ directory, every }) => `${terminal(directory === '' ? '.' : directory)} every ${formatDuration(every)}`)
    .join(', ') + (count > polled.length ? ` and ${count - polled.length} more` : '');

/** `14 tasks: 1 failed, 13 succeeded` */
function totals(jobs: readonly JobView[], isPart: boolean): string {
  const counts: Partial<Record<Phase, number>> = {};
  let all = 0;
  for (const job of jobs)
    for (const phase of phasesOf(job.counts)) {
      const count = job.counts[phase] ?? 0;
      counts[phase] = (counts[phase] ?? 0) + count;
      all += count;
    }
  if (all === 0) return isPart ? 'no tasks' : 'no tasks yet: nothing has landed that a job reads';
  const phases = phasesOf(counts);
  const [phase] = phases;
  if (phases.length === 1 && phase !== undefined && all > 1) return `${numbered(all, 'task')}: all ${phase}`;
  return `${numbered(all, 'task')}: ${countWords(counts)}`;
}

/** Who sees to it, and when something happened last. */
function attendance({ heldBy, jobs, lastLandingAt }: StatusView, now: number): string {
  const ended = jobs.flatMap(({ lastEndedAt }) => lastEndedAt ?? []);
  const lastRun = ended.reduce((last, at) => Math.max(last, at), 0);
  return [
    holderWords(heldBy, now),
    ...(lastLandingAt === undefined ? [] : [`last landing ${formatAgo(lastLandingAt, now)}`]),
    ...(lastRun === 0 ? [] : [`last run ${formatAgo(lastRun, now)}`]),
  ].join(' · ');
}

function holderWords(heldBy: StatusView['heldBy'], now: number): string {
  if (heldBy === undefined) return 'no daemon is running';
  if (heldBy === 'unknown') return 'a process that does not say who it is holds the state';
  const since = Date.parse(heldBy.since);
  const when = Number.isNaN(since) ? terminal(heldBy.since) : stamp(since, Math.abs(now - since) > day / 2);
  return `${workerWords(heldBy)} is at work since ${when}`;
}

function workerWords({ pid, role, selected }: Holder): string {
  if (role === 'watch') return `a daemon (process ${pid})`;
  if (role === 'run') return `a run${selected ? ' of what was selected' : ''} (process ${pid})`;
  return `process ${pid}`;
}
