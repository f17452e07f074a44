/**
 * Which patterns of one set overlap which of another, without comparing all with all: literals are looked up, and two
 * patterns are compared only where what they begin with agrees. Knows nothing of jobs.
 */
import { Beginnings } from './beginnings.js';
import { asObjectId, type ObjectId } from './object.js';
import { overlaps } from './overlap.js';
import { isLiteral, match, overlap, type Pattern } from './pattern.js';
import { PatternIndex } from './pattern-index.js';

export interface Overlap<T> {
  readonly value: T;
  /** An object that both patterns match; worked out when it is asked for. */
  readonly witness: ObjectId;
}

interface Entry<T> {
  readonly pattern: Pattern;
  readonly value: T;
  /** Of literals, others of the same name: the next, and of the first of them, the last. */
  next: Entry<T> | undefined;
  last: Entry<T> | undefined;
}

/** Patterns that begin alike. */
interface Group<T> {
  readonly entries: Entry<T>[];
  /** Position in the order of addition. */
  readonly number: number;
}

/** So many patterns that begin as a literal does are tried one by one; among more an index finds those that match. */
const FEW = 8;

class Met<T> implements Overlap<T> {
  readonly value: T;
  readonly #patterns: readonly [Pattern, Pattern];

  constructor(value: T, one: Pattern, other: Pattern) {
    this.value = value;
    this.#patterns = [one, other];
  }

  get witness(): ObjectId {
    return witnessOf(...this.#patterns);
  }
}

/** An object that both patterns match, which overlap. */
export function witnessOf(one: Pattern, other: Pattern): ObjectId {
  const found = overlap(one, other);
  if (found === undefined) throw new Error(`nothing matches both ${one.id} and ${other.id}`);
  return found;
}

/** Patterns that can be asked which of them overlap another. */
export class OverlapIndex<T> {
  readonly #literals = new Map<string, Entry<T>>();
  readonly #byStart = new Map<string, Group<T>>();
  /** Kinds of objects that have patterns which are no literals. */
  readonly #kinds = new Set<string>();
  /** Patterns that are no literals; made when a literal begins as many of them do. */
  #patterns: PatternIndex<Entry<T>> | undefined;
  /** Starts of patterns; made when first asked. */
  #starts: Beginnings | undefined;
  /** Literals; made when first asked. */
  #names: Beginnings | undefined;

  constructor(all: Iterable<readonly [Pattern, T]> = []) {
    for (const [pattern, value] of all) this.add(pattern, value);
  }

  /** Adds a pattern. All come before the first question. */
  add(pattern: Pattern, value: T): void {
    const entry: Entry<T> = { pattern, value, next: undefined, last: undefined };
    if (isLiteral(pattern)) {
      append(this.#literals, pattern.id, entry);
      return;
    }
    const begins = start(pattern);
    const group = this.#byStart.get(begins);
    if (group === undefined) this.#byStart.set(begins, { entries: [entry], number: this.#byStart.size });
    else group.entries.push(entry);
    this.#kinds.add(pattern.kind);
  }

  /** All that overlap the pattern, of those that are `wanted`; in no particular order. */
  of(pattern: Pattern, wanted: (value: T) => boolean = () => true): readonly Overlap<T>[] {
    const found: Overlap<T>[] = [];
    this.each(pattern, (value, other) => found.push(new Met(value, other, pattern)), wanted);
    return found;
  }

  /** The same, one by one: for those who ask of a hundred thousand. */
  each(pattern: Pattern, call: (value: T, other: Pattern) => void, wanted?: (value: T) => boolean): void {
    if (!isLiteral(pattern)) {
      this.#eachOfMany(pattern, call, wanted);
      return;
    }
    for (let entry = this.#literals.get(pattern.id); entry !== undefined; entry = entry.next)
      if (wanted === undefined || wanted(entry.value)) call(entry.value, entry.pattern);
    if (!this.#kinds.has(pattern.kind)) return;
    for (const entry of this.#matching(asObjectId(pattern.id)))
      if (wanted === undefined || wanted(entry.value)) call(entry.value, entry.pattern);
  }

  /** Patterns that are no literals and match, by group, and in the order of addition. */
  #matching(id: ObjectId): readonly Entry<T>[] {
    this.#starts ??= new Beginnings(this.#byStart.keys());
    const groups: Group<T>[] = [];
    let tries = 0;
    this.#starts.forStartsOf(id, (begins) => {
      const group = this.#byStart.get(begins);
      if (group === undefined) return;
      groups.push(group);
      tries += group.entries.length;
    });
    if (tries > FEW) {
      this.#patterns ??= this.#index();
      return this.#patterns.match(id).map(({ value }) => value);
    }
    return groups
      .sort((one, other) => one.number - other.number)
      .flatMap(({ entries }) =>
        entries.filter(({ pattern }) => mayMatch(pattern, id) && match(pattern, id) !== undefined),
      );
  }

  #eachOfMany(pattern: Pattern, call: (value: T, other: Pattern) => void, wanted?: (value: T) => boolean): void {
    const begins = start(pattern);
    if (this.#literals.size > 0) {
      this.#names ??= new Beginnings(this.#literals.keys());
      this.#names.forStartingWith(begins, (name) => {
        const id = asObjectId(name);
        if (!mayMatch(pattern, id) || match(pattern, id) === undefined) return;
        for (let entry = this.#literals.get(name); entry !== undefined; entry = entry.next)
          if (wanted === undefined || wanted(entry.value)) call(entry.value, entry.pattern);
      });
    }
    // Only patterns whose starts agree can overlap: the one is the beginning of the other
    this.#starts ??= new Beginnings(this.#byStart.keys());
    this.#starts.forAgreeing(begins, (other) => {
      for (const entry of this.#byStart.get(other)?.entries ?? [])
        if ((wanted === undefined || wanted(entry.value)) && overlaps(entry.pattern, pattern))
          call(entry.value, entry.pattern);
    });
  }

  /** Whether nothing but one literal, this one, overlaps it: what holds for nearly all that are written out. */
  isAlone(pattern: Pattern): boolean {
    if (this.#kinds.has(pattern.kind) || !isLiteral(pattern)) return false;
    const entry = this.#literals.get(pattern.id);
    return entry !== undefined && entry.next === undefined;
  }

  #index(): PatternIndex<Entry<T>> {
    const index = new PatternIndex<Entry<T>>();
    for (const { entries } of this.#byStart.values()) for (const entry of entries) index.add(entry.pattern, entry);
    return index;
  }
}

/** What every id begins with that the pattern matches. */
const start = ({ id }: Pattern): string => id.slice(0, id.search(/[{*?]/));

/** Does the id end as the pattern's last name does: told without knowing what the pattern is made of. */
function mayMatch({ id }: Pattern, name: ObjectId): boolean {
  const end = Math.max(...['}', '*', '?', '/'].map((mark) => id.lastIndexOf(mark))) + 1;
  return name.endsWith(id.slice(end));
}

function append<T>(map: Map<string, Entry<T>>, key: string, entry: Entry<T>): void {
  const first = map.get(key);
  if (first === undefined) map.set(key, entry);
  else {
    (first.last ?? first).next = entry;
    first.last = entry;
  }
}
