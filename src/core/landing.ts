/**
 * When has a file landed? Decided here, from what successive looks saw, and nowhere else.
 *
 * - Unchanged for the settle time: two looks at least that far apart on our clock that saw the same; at the first look
 *   the file's own age will do, unless its clock is ahead of ours.
 * - Renamed, linked or finished since its last write (its ctime differs from its mtime): at once, unless the object is
 *   `strict`. Only a look that finds a new file, or one of which nothing but the ctime has moved, may conclude that:
 *   a writer that changes the mode and writes on is otherwise taken for finished again and again. Never when empty.
 */
import type { ObjectDeclaration } from './mapping.js';
import type { Observation } from './object.js';

export type Seen = Extract<Observation, { state: 'present' }>;

/** A file that is there and still changing, as far as we know. Times in milliseconds on the engine's clock. */
export interface Settling {
  readonly last: Seen;
  /** Since when it is known not to have changed. */
  readonly since: number;
  /** When to look again. */
  readonly deadline: number;
}

/** Has the file landed with this look? If not, what to remember until the next. */
export function decideLanding(
  before: Settling | undefined,
  seen: Seen,
  at: number,
  rules: Pick<ObjectDeclaration, 'settle' | 'strict'>,
): 'landed' | Settling {
  const same = before?.last.stamp === seen.stamp;
  const fresh = before === undefined || before.last.file !== seen.file;
  const onlyMoved = before !== undefined && before.last.written === seen.written;
  if (!rules.strict && seen.moved && seen.size > 0 && (fresh || onlyMoved)) return 'landed';
  const since = same && before ? before.since : fresh && seen.changedAt <= at ? seen.changedAt : at;
  if (at - since >= rules.settle) return 'landed';
  return { last: seen, since, deadline: since + rules.settle };
}
