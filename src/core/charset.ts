/**
 * Sets of code points, as ranges. Knows nothing of patterns but which characters a hole in one may stand for.
 */

/** Ascending pairs of first and last code point, both included, never touching: `[48, 57]` is the ten digits. */
export type CharSet = readonly number[];

const LAST = 0x10ffff;

/** The set of one code point. */
export const single = (point: number): CharSet => [point, point];

/** All code points of any of the sets; pairs may come in any order and overlap. */
export function union(...sets: readonly CharSet[]): CharSet {
  const pairs = sets.flatMap((set) =>
    set.flatMap((low, at) => (at % 2 === 0 ? [[low, set[at + 1] ?? low] as const] : [])),
  );
  pairs.sort((one, other) => one[0] - other[0]);
  const result: number[] = [];
  for (const [low, high] of pairs) {
    const last = result.length - 1;
    const end = result[last];
    if (end !== undefined && low <= end + 1) result[last] = Math.max(end, high);
    else result.push(low, high);
  }
  return result;
}

/** All code points that are not in the set. */
export function negate(set: CharSet): CharSet {
  const result: number[] = [];
  let from = 0;
  for (let at = 0; at < set.length; at += 2) {
    const low = set[at] ?? 0;
    if (low > from) result.push(from, low - 1);
    from = (set[at + 1] ?? low) + 1;
  }
  if (from <= LAST) result.push(from, LAST);
  return result;
}

/** The code points that are in both. */
export function meet(one: CharSet, other: CharSet): CharSet {
  if (one === other) return one;
  const result: number[] = [];
  for (let a = 0, b = 0; a < one.length && b < other.length; ) {
    const oneEnd = one[a + 1] ?? 0;
    const otherEnd = other[b + 1] ?? 0;
    const low = Math.max(one[a] ?? 0, other[b] ?? 0);
    const high = Math.min(oneEnd, otherEnd);
    if (low <= high) result.push(low, high);
    if (oneEnd < otherEnd) a += 2;
    else b += 2;
  }
  return result;
}

/** Whether the code point is in the set. */
export function contains(set: CharSet, point: number): boolean {
  for (let at = 0; at < set.length; at += 2) {
    if (point < (set[at] ?? 0)) return false;
    if (point <= (set[at + 1] ?? 0)) return true;
  }
  return false;
}

/** In the order in which a person likes to see them in an example. */
const readable: readonly CharSet[] = [
  [0x61, 0x7a],
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x2d, 0x2d],
  [0x5f, 0x5f],
  [0x21, 0x7e],
];

/** A code point of the set, the most readable one; the set is not empty. */
export function pick(set: CharSet): number {
  for (const wanted of readable) {
    const [found] = meet(wanted, set);
    if (found !== undefined) return found;
  }
  return set[0] ?? 0;
}

/** What a hole may stand for: no control character (C0, DEL, C1), no slash, no half of a surrogate pair. */
export const holeCharacters: CharSet = negate([0, 0x1f, 0x2f, 0x2f, 0x7f, 0x9f, 0xd800, 0xdfff]);

/** What `holeCharacters` leaves out, but for the slash, anywhere in a text. */
export const hasUnprintable = (text: string): boolean => /[\p{Cc}\p{Cs}]/u.test(text);
