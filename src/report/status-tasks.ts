/**
 * The second half of `status`: tasks one by one with their reasons, as many as there is room for, and a word about the
 * others of each phase.
 */
import type { Phase, Reason, RunView, TaskBrief, TaskView } from '../core/views.js';
import { pad, shortenMiddle, widthOf } from './measure.js';
import { endingWords } from './run-words.js';
import { terminal } from './sinks.js';
import { byRank, isCalm, markOf, nameColumn, number, sinceWords, wrapMost } from './status-words.js';
import type { Styles } from './styles.js';

export interface TaskOptions {
  readonly style: Styles;
  readonly width: number;
  readonly now: number;
  /** Nothing is shortened. */
  readonly verbose: boolean;
  /** Lines, at most, for tasks of a phase that is not in `whole`. */
  readonly most: number;
  /** Phases of which every task is told. */
  readonly whole: (phase: Phase) => boolean;
  /** The last line that a run left in its log. */
  readonly lastLine: (run: string) => string | undefined;
}

/** Escaped. */
interface Row {
  readonly phase: Phase;
  readonly name: string;
  readonly since: string;
  readonly why: string;
}

/** Columns for names, however narrow the terminal is. */
const narrowest = 12;
/** Columns for reasons, at least, where they have a column of their own. */
const roomy = 40;

/** The lines; none where there are no tasks. */
export function taskLines(tasks: ReadonlyMap<Phase, readonly TaskBrief[]>, options: TaskOptions): string[] {
  const { whole } = options;
  const most = Math.max(1, options.most);
  const phases = [...tasks.keys()].filter((phase) => (tasks.get(phase) ?? []).length > 0).sort(byRank);
  const groups = phases.map((phase) => {
    const all = tasks.get(phase) ?? [];
    return { phase, all, rows: all.slice(0, whole(phase) ? undefined : most).map((task) => rowOf(task, options)) };
  });
  const layout = layoutOf(
    groups.flatMap(({ rows }) => rows),
    options,
  );
  const drawn = groups.map(({ phase, all, rows }) => ({ phase, all, lines: rows.map(layout.draw) }));
  // Of each phase there is a line at least: it tells of those for which there is no room.
  let left = drawn.reduce((room, { phase, lines }) => room - (whole(phase) ? lines.flat().length : 1), most);
  return drawn.flatMap(({ phase, all, lines }) => {
    if (whole(phase)) return lines.flat();
    let count = 0;
    for (; count < lines.length; count += 1) {
      // The last takes the place of the line about the others.
      const cost = (lines[count]?.length ?? 0) - (count === all.length - 1 ? 1 : 0);
      if (cost > left) break;
      left -= cost;
    }
    const rest = all.slice(count);
    if (rest.length === 0) return lines.flat();
    const words = [`${number(rest.length)}${count > 0 ? ' more' : ''} ${phase}`, hintWords(phase, rest)] as const;
    return [...lines.slice(0, count).flat(), count > 0 ? layout.more(words) : layout.none(phase, words)];
  });
}

/** How to see the others. */
function hintWords(phase: Phase, rest: readonly TaskBrief[]): string {
  if (isCalm(phase)) return '-v shows them';
  const [first] = rest;
  const ofOne = first !== undefined && rest.every(({ job }) => job === first.job);
  return `objflow status ${ofOne ? terminal(first.job) : `state:${phase}`}`;
}

function rowOf(brief: TaskBrief, options: TaskOptions): Row {
  const task = brief.whole();
  return {
    phase: brief.phase,
    name: terminal(task.task),
    since: sinceWords(brief.phase, brief.since, options.now),
    why: whyWords(task, options),
  };
}

function whyWords({ phase, reasons, lastRun }: TaskView, { verbose, lastLine }: TaskOptions): string {
  const isBlocked = reasons.some(({ code }) => code === 'blocked-by');
  const others = reasons.filter(
    ({ code, task }) =>
      code !== 'up-to-date' &&
      !(code === 'last-run-failed' && lastRun) &&
      // What is blocked misses what the blocking task would have made.
      (verbose || !(isBlocked && code === 'source-missing' && task !== undefined)),
  );
  const cause = phase === 'failed' && lastRun ? [causeWords(lastRun, lastLine(lastRun.run))] : [];
  return [...cause, ...(others.length === 0 ? [] : [reasonWords(others, verbose)])].join('; ');
}

/** `exit status 1 after 3 attempts: no such column: amount` */
function causeWords(run: RunView, line: string | undefined): string {
  const attempts = run.attempts > 1 ? ` after ${run.attempts} attempts` : '';
  const ending = endingWords(run);
  const said = line === undefined ? '' : terminal(line).trim();
  return said === '' || ending.includes(said) ? `${ending}${attempts}` : `${ending}${attempts}: ${said}`;
}

/** So many reasons of one kind are told, each about an object or a task of its own. */
const spelled = 5;

/** The reasons in one line, each said once; of one kind the first few, and how many more there are, unless `all` is asked for. */
export function reasonWords(reasons: readonly Reason[], all = false): string {
  const told = new Map<string, Reason>();
  for (const reason of reasons) if (!told.has(reason.message)) told.set(reason.message, reason);
  const words: string[] = [];
  const kinds = new Map<Reason['code'], { count: number; last: number }>();
  for (const { code, message, object, task } of told.values()) {
    const kind = kinds.get(code) ?? { count: 0, last: 0 };
    kinds.set(code, kind);
    if ((object ?? task) !== undefined) kind.count += 1;
    if (!all && kind.count > spelled && (object ?? task) !== undefined) continue;
    kind.last = words.push(terminal(message)) - 1;
  }
  for (const [code, { count, last }] of all ? [] : kinds)
    if (count > spelled) words[last] += `; and ${count - spelled} more${code === 'blocked-by' ? ' that failed' : ''}`;
  return words.join('; ');
}

/** Columns for all rows; a reason that is too long for what is left of its line stands below it. */
function layoutOf(rows: readonly Row[], { style, width, verbose }: TaskOptions) {
  const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const phases = widest(rows.map(({ phase }) => phase)) + 4;
  const times = widest(rows.map(({ since }) => since));
  const column = nameColumn(
    rows.map(({ name }) => name),
    Math.max(narrowest, Math.min(Math.max(20, Math.floor(width * 0.45)), width - phases - times - 2)),
  );
  const indent = phases + column + 2 + (times === 0 ? 0 : times + 2);
  const left = width - indent;
  const most = verbose ? Number.POSITIVE_INFINITY : 2;
  const beside = left >= Math.min(roomy, widest(rows.map(({ why }) => why)));

  const draw = ({ phase, name, since, why }: Row): string[] => {
    const { symbol, style: meaning } = markOf(phase);
    const shown = verbose ? name : shortenMiddle(name, column);
    const head = `${style[meaning](pad(`${symbol} ${phase}`, phases))}${style.strong(shown)}`;
    const over = widthOf(shown) > column;
    const toTime = over ? '  ' : pad('', column - widthOf(shown) + 2);
    const timed = since === '' ? head : `${head}${toTime}${style.faint(since)}`;
    if (why === '') return [timed];
    if (!over && (beside || widthOf(why) <= left)) {
      const [start = '', ...below] = wrapMost(why, left, most);
      const toWhy =
        since === '' ? toTime + (times === 0 ? '' : pad('', times + 2)) : pad('', times - widthOf(since) + 2);
      return [`${timed}${toWhy}${start}`, ...below.map((line) => pad('', indent) + line)];
    }
    return [timed, ...wrapMost(why, Math.max(narrowest, width - phases), most).map((line) => pad('', phases) + line)];
  };
  /** One line, whatever the width: where there is no room for the hint it is left out. */
  const hinted = ([count, hint]: readonly [string, string], before: number): string =>
    before + widthOf(`${count}: ${hint}`) <= width ? `${count}: ${hint}` : count;
  const none = (phase: Phase, words: readonly [string, string]): string => {
    const { symbol, style: meaning } = markOf(phase);
    return `${style[meaning](symbol)} ${style.faint(hinted(words, 2))}`;
  };
  const more = ([count, hint]: readonly [string, string]): string =>
    `${pad('', phases)}${style.faint(hinted([`and ${count}`, hint], phases))}`;
  return { draw, none, more };
}
