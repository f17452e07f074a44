/**
 * When has an object landed? Decided here, from what successive looks saw, and nowhere else.
 *
 * - One with a marker: when that is there and at least as new as the object. Nothing else counts.
 * - Unchanged for the settle time: two looks at least that far apart on our clock that saw the same; at the first look
 *   the file's own age will do, unless its clock is ahead of ours.
 * - Renamed, linked or finished since its last write (its ctime differs from its mtime): at once, unless the object is
 *   `strict`. Only a look that finds a new file, or one of which nothing but the ctime has moved, may conclude that:
 *   a writer that changes the mode and writes on is otherwise taken for finished again and again. Never when empty.
 *
 * What is smaller than `min_size` has not landed in any of these ways.
 */
import type { ObjectDeclaration } from './mapping.js';
import type { Observation } from './object.js';
import { never } from './soonest.js';

export type Seen = Extract<Observation, { state: 'present' }>;

/** An object that is there and has not landed, as far as we know. Times in milliseconds on the engine's clock. */
export interface Settling {
  readonly last: Seen;
  /** Since when it is known not to have changed. */
  readonly since: number;
  /** When to look again; `never` where only something that happens can bring more. */
  readonly deadline: number;
  /** What it still lacks. `content`: it has landed, and is being read to tell its version. */
  readonly lacks: 'time' | 'marker' | 'size' | 'content';
}

export type LandingRules = Pick<ObjectDeclaration, 'settle' | 'strict' | 'minSize' | 'marker'>;

/** What makes it land: that it was moved into place, or anything else; otherwise what to remember until the next look. */
export function decideLanding(
  before: Settling | undefined,
  seen: Seen,
  at: number,
  rules: LandingRules,
): 'landed' | 'moved' | Settling {
  const same = before?.last.stamp === seen.stamp;
  const fresh = before === undefined || before.last.file !== seen.file;
  const onlyMoved = before !== undefined && before.last.written === seen.written;
  const since = same && before ? before.since : fresh && seen.changedAt <= at ? seen.changedAt : at;
  const waiting = { last: seen, since } as const;
  if (rules.marker && seen.marker !== 'there') return { ...waiting, deadline: never, lacks: 'marker' };
  if (seen.size < rules.minSize) return { ...waiting, deadline: never, lacks: 'size' };
  if (rules.marker) return 'landed';
  if (!rules.strict && seen.moved && seen.size > 0 && (fresh || onlyMoved)) return 'moved';
  if (at - since >= rules.settle) return 'landed';
  return { ...waiting, deadline: since + rules.settle, lacks: 'time' };
}
