/**
 * Which patterns of one set overlap which of another, without comparing all with all: literals are looked up, and two
 * patterns are compared only where what they begin with agrees. Knows nothing of jobs.
 */
import { asObjectId, type ObjectId } from './object.js';
import { isLiteral, match, overlap, type Pattern } from './pattern.js';
import { PatternIndex } from './pattern-index.js';

export interface Overlap<T> {
  readonly value: T;
  /** An object that both patterns match. */
  readonly witness: ObjectId;
}

/** Patterns that can be asked which of them overlap another. */
export class OverlapIndex<T> {
  readonly #literals = new Map<string, T[]>();
  readonly #patterns = new PatternIndex<T>();
  readonly #byStart = new Map<string, { readonly pattern: Pattern; readonly value: T }[]>();
  readonly #lengths = new Set<number>();
  /** Starts, sorted; made when first asked. */
  #starts: string[] | undefined;
  /** Literals, sorted; made when first asked. */
  #names: string[] | undefined;

  constructor(all: Iterable<readonly [Pattern, T]> = []) {
    for (const [pattern, value] of all) {
      if (isLiteral(pattern)) append(this.#literals, pattern.id, value);
      else {
        this.#patterns.add(pattern, value);
        const begins = start(pattern);
        this.#lengths.add(begins.length);
        append(this.#byStart, begins, { pattern, value });
      }
    }
  }

  /** All that overlap the pattern, each with a witness; in no particular order. */
  of(pattern: Pattern): readonly Overlap<T>[] {
    const found: Overlap<T>[] = [];
    const add = (values: readonly T[], witness: ObjectId) => {
      for (const value of values) found.push({ value, witness });
    };
    if (isLiteral(pattern)) {
      const id = asObjectId(pattern.id);
      add(this.#literals.get(id) ?? [], id);
      add(
        this.#patterns.match(id).map(({ value }) => value),
        id,
      );
      return found;
    }
    const begins = start(pattern);
    this.#names ??= [...this.#literals.keys()].sort();
    for (const name of startingWith(this.#names, begins)) {
      const id = asObjectId(name);
      if (match(pattern, id) !== undefined) add(this.#literals.get(name) ?? [], id);
    }
    for (const { pattern: other, value } of this.#comparable(begins)) {
      const witness = overlap(other, pattern);
      if (witness !== undefined) add([value], witness);
    }
    return found;
  }

  /** Patterns whose start agrees with this one: the one is the beginning of the other. */
  *#comparable(begins: string) {
    for (const length of this.#lengths)
      if (length < begins.length) yield* this.#byStart.get(begins.slice(0, length)) ?? [];
    this.#starts ??= [...this.#byStart.keys()].sort();
    for (const other of startingWith(this.#starts, begins)) yield* this.#byStart.get(other) ?? [];
  }
}

/** What every id begins with that the pattern matches. */
const start = ({ id }: Pattern): string => id.slice(0, id.search(/[{*?]/));

/** The strings of a sorted list that begin with another. */
function* startingWith(sorted: readonly string[], begins: string): Iterable<string> {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < begins) low = middle + 1;
    else high = middle;
  }
  for (let at = low; sorted[at]?.startsWith(begins); at++) yield sorted[at] ?? '';
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
