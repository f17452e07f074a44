/** The first half of `status`: a line a job, the worst first, those that are well in one where there are too many. */
import { displayName } from '../core/object.js';
import type { JobView, Phase } from '../core/views.js';
import { formatAgo } from './durations.js';
import { pad, shortenMiddle, widthOf } from './measure.js';
import { terminal } from './sinks.js';
import {
  byRank,
  countWords,
  isCalm,
  markOf,
  nameColumn,
  number,
  numbered,
  phasesOf,
  type Rank,
  wrapMost,
} from './status-words.js';
import type { Styles } from './styles.js';

export interface JobOptions {
  readonly style: Styles;
  readonly width: number;
  readonly now: number;
  /** Nothing is shortened, and nothing left out. */
  readonly verbose: boolean;
  /** Lines, at most; and lines that nothing else has a use for. */
  readonly most: number;
  readonly room: number;
}

/** Escaped. */
interface Row {
  readonly rank: Rank;
  readonly name: string;
  readonly since: string;
  readonly words: string;
}

/** Columns for how the tasks of a job stand, at least. */
const narrowest = 20;
/** Patterns that a job without tasks is said to wait for. */
const few = 3;

export function jobLines(jobs: readonly JobView[], options: JobOptions): string[] {
  const { most, room, verbose, now } = options;
  const sorted = [...jobs].sort(
    (one, other) =>
      byRank(rankOf(one), rankOf(other)) ||
      (one.waitingSince ?? Number.MAX_VALUE) - (other.waitingSince ?? Number.MAX_VALUE),
  );
  if (verbose || sorted.length <= most)
    return lines(
      sorted.map((job) => rowOf(job, now)),
      options,
    );
  const unwell = sorted.filter((job) => !isCalm(rankOf(job)));
  const groups = grouped(sorted.filter((job) => isCalm(rankOf(job))));
  const left = Math.max(1, most - groups.length);
  const shown = unwell.length <= left ? unwell : unwell.slice(0, Math.max(1, left - 1));
  const rest = unwell.slice(shown.length);
  let spare = room - shown.length - (rest.length > 0 ? 1 : 0) - groups.length;
  const calm = groups.flatMap((group) => {
    // The last takes the place of the line about the others.
    const count = group.length - 1 <= spare ? group.length : Math.max(0, spare);
    spare -= Math.min(count, group.length - 1);
    const others = group.slice(count);
    const word = unwell.length + count === 0 && groups.length === 1 ? 'job' : 'other job';
    return [
      ...group.slice(0, count).map((job) => rowOf(job, now)),
      ...(others.length > 0 ? [together(others, word, now)] : []),
    ];
  });
  return lines(
    [...shown.map((job) => rowOf(job, now)), ...(rest.length === 0 ? [] : [together(rest, 'other job', now)]), ...calm],
    options,
  );
}

/** The worst that can be said of a job. */
const rankOf = ({ counts, enabled }: JobView): Rank => phasesOf(counts)[0] ?? (enabled ? 'none' : 'disabled');

function rowOf(job: JobView, now: number): Row {
  const since = job.lastEndedAt === undefined ? '' : formatAgo(job.lastEndedAt, now);
  return { rank: rankOf(job), name: terminal(job.job), since, words: terminal(wordsOf(job)) };
}

function wordsOf(job: JobView): string {
  const { counts, partitioned, failed, enabled, waitsFor } = job;
  const [phase] = phasesOf(counts);
  if (phase === undefined) return enabled ? waitWords(waitsFor) : 'disabled';
  if (!partitioned) return phase;
  const values = failed.map((partition) => Object.values(partition).join('/')).join(', ');
  const more = (counts.failed ?? 0) > failed.length ? ', …' : '';
  return countWords(counts, values === '' ? '' : ` (${values}${more})`);
}

function waitWords(patterns: readonly string[]): string {
  if (patterns.length === 0) return 'no task yet';
  const more = patterns.length > few ? ` and ${patterns.length - few} more` : '';
  return `no task yet: waits for ${patterns.slice(0, few).map(displayName).join(', ')}${more}`;
}

/** Jobs by the worst that can be said of them. */
function grouped(jobs: readonly JobView[]): JobView[][] {
  const groups = new Map<Rank, JobView[]>();
  for (const job of jobs) {
    const rank = rankOf(job);
    groups.set(rank, [...(groups.get(rank) ?? []), job]);
  }
  return [...groups.values()];
}

function together(jobs: readonly JobView[], word: string, now: number): Row {
  const [first] = jobs;
  if (first !== undefined && jobs.length === 1) return rowOf(first, now);
  const counts: Partial<Record<Phase, number>> = {};
  let last: number | undefined;
  for (const job of jobs) {
    for (const phase of phasesOf(job.counts)) counts[phase] = (counts[phase] ?? 0) + (job.counts[phase] ?? 0);
    if (job.lastEndedAt !== undefined) last = Math.max(last ?? 0, job.lastEndedAt);
  }
  const rank = first === undefined ? 'none' : rankOf(first);
  return {
    rank,
    name: numbered(jobs.length, word),
    since: last === undefined ? '' : formatAgo(last, now),
    words: countWords(counts) || (rank === 'disabled' ? 'disabled' : 'no task yet: nothing that they read is there'),
  };
}

/** The symbol, the name, when the last run ended, how the tasks stand. */
function lines(rows: readonly Row[], { style, width, verbose }: JobOptions): string[] {
  const column = nameColumn(
    rows.map(({ name }) => name),
    Math.floor(width * 0.4),
  );
  const widest = Math.max(0, ...rows.map(({ since }) => widthOf(since)));
  // On a narrow terminal the words count for more.
  const times = width - (2 + column + 2 + widest + 2) < narrowest ? 0 : widest;
  const indent = 2 + column + 2 + (times === 0 ? 0 : times + 2);
  return rows.flatMap(({ rank, name, since, words }) => {
    const { symbol, style: meaning } = markOf(rank);
    const shown = verbose ? name : shortenMiddle(name, column);
    const head = `${style[meaning](symbol)} ${rank === 'none' || rank === 'disabled' ? shown : style.strong(shown)}`;
    const time = times === 0 ? '' : `${style.faint(since)}${pad('', times - widthOf(since) + 2)}`;
    const room = Math.max(narrowest, width - indent);
    const told = wrapMost(words, room, verbose ? Number.POSITIVE_INFINITY : 1);
    const [start = '', ...below] = told;
    const over = widthOf(shown) > column;
    const first = `${head}${pad('', column - widthOf(shown) + 2)}${time}`;
    if (over)
      return [head, ...told.map((line, at) => (at === 0 ? pad('', column + 4) + time : pad('', indent)) + line)];
    return [first + start, ...below.map((line) => pad('', indent) + line)];
  });
}

/**
 * `12 tasks: definition changed since (load_orders, build_sales, check and 2 more)`, and what runs them; none where nothing was
 * edited. Whoever holds the state has to be asked.
 */
export function definitionLine(jobs: readonly JobView[], isHeld: boolean): string | undefined {
  const edited = jobs.filter(({ definitionChanged }) => definitionChanged > 0);
  if (edited.length === 0) return undefined;
  const count = edited.reduce((sum, { definitionChanged }) => sum + definitionChanged, 0);
  const names = edited.slice(0, few).map(({ job }) => terminal(job));
  const isMany = edited.length > few;
  const which = isMany ? ` (${names.join(', ')} and ${number(edited.length - few)} more)` : '';
  const those = isMany ? 'JOB…' : names.join(' ');
  const how = isHeld
    ? `\`objflow reset ${those}\` has them run anew`
    : `\`objflow run --force ${those}\` runs them anew`;
  return `${numbered(count, 'task')}: definition changed since${which}; ${how}`;
}
