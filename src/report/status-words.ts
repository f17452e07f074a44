/**
 * What `status` says a phase with, and how its lines are made to fit: names give way in their middle, because what tells
 * tasks apart stands at both ends. Takes and gives text that is escaped and not yet coloured.
 */
import type { Phase } from '../core/views.js';
import { formatAgo } from './durations.js';
import { type Look, looks, phasesByNeed } from './graph-standing.js';
import { shorten, widthOf, wrap } from './measure.js';

/** Phases, and jobs that have no task yet: what needs a person comes first. */
export type Rank = Phase | 'none';

/** A job without tasks is no matter for anybody, as long as it is new. */
const ranks: readonly Rank[] = phasesByNeed.flatMap((phase) => (phase === 'succeeded' ? ['none', phase] : [phase]));

export const markOf = (rank: Rank): Pick<Look, 'symbol' | 'style'> =>
  rank === 'none' ? { symbol: '…', style: 'faint' } : looks[rank];

/** Nothing has to be done about it. */
export const isCalm = (rank: Rank): boolean => rank === 'none' || rank === 'succeeded' || rank === 'disabled';

export const byRank = (one: Rank, other: Rank): number => ranks.indexOf(one) - ranks.indexOf(other);

/** `1,234`. Asking for a locale, once, takes as long as a third of a start. */
export const number = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 task`, `1,234 tasks` */
export const numbered = (count: number, word: string): string => `${number(count)} ${word}${count === 1 ? '' : 's'}`;

/** `1 failed, 2,000 succeeded` */
export const countWords = (counts: Readonly<Partial<Record<Phase, number>>>, about = ''): string =>
  phasesOf(counts)
    .map((phase) => `${number(counts[phase] ?? 0)} ${phase}${phase === 'failed' ? about : ''}`)
    .join(', ');

/** The phases of which there are some, in their order. */
export const phasesOf = (counts: Readonly<Partial<Record<Phase, number>>>): Phase[] =>
  // The keys of such a record are phases.
  (Object.keys(counts) as Phase[]).filter((phase) => (counts[phase] ?? 0) > 0).sort(byRank);

/** How long ago it ended, or for how long it has been so. */
export function sinceWords(phase: Phase, since: number | undefined, now: number): string {
  if (since === undefined) return '';
  const ago = formatAgo(since, now);
  return isCalm(phase) || phase === 'failed' ? ago : ago.replace(/^(.*) ago$/, 'for $1');
}

/** No column of names is made narrower for names that are longer. */
const least = 24;

/** How wide a column of names is, of which none may take more than this: one long name makes no wide column. */
export function nameColumn(names: readonly string[], most: number): number {
  const widths = names.map(widthOf);
  const fitting = widths.filter((width) => width <= most);
  const widest = Math.max(0, ...fitting);
  return fitting.length === widths.length ? widest : Math.max(widest, Math.min(most, least));
}

/** The text in at most so many lines of this width; the last ends with `…` where there is more. */
export function wrapMost(text: string, width: number, most: number): string[] {
  const lines = wrap(text, width);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), shorten(`${lines[most - 1] ?? ''} ${lines[most] ?? ''}`, width)];
}
