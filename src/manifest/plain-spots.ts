/**
 * Where the parts of a plain manifest stand, in one list of numbers: five for each entry of a map or list, in the order
 * in which they are read. Knows nothing of how they are read.
 */
import { type Data, isMap, type Path, type Spot, type Spots } from './tree.js';

/** Start and end of the key, start and end of the value, and the entry after all that the value holds. */
const WIDTH = 5;
/** In longer maps and lists entries are asked for in their order mostly, and else found by an index. */
const FEW = 16;

/** A long map or list. */
interface Long {
  readonly names: readonly string[];
  /** What was asked for last: position, and entry. */
  at: number;
  entry: number;
  index: ReadonlyMap<string, number> | undefined;
}

export class PlainSpots implements Spots {
  #numbers = new Int32Array(WIDTH * 64);
  #length = 0;
  #data: Data = null;
  readonly #long = new Map<number, Long>();

  /** Notes an entry whose key stands here, before what its value holds; `-1` in lists. Gives its position. */
  open(start: number, end: number): number {
    const entry = this.#length;
    this.#length += WIDTH;
    if (this.#length > this.#numbers.length) {
      const longer = new Int32Array(2 * this.#numbers.length);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[entry] = start;
    this.#numbers[entry + 1] = end;
    return entry;
  }

  /** Notes where its value stands, after all that it holds. */
  close(entry: number, start: number, end: number): void {
    this.#numbers[entry + 2] = start;
    this.#numbers[entry + 3] = end;
    this.#numbers[entry + 4] = this.#length;
  }

  /** All has been read; keys come in the order in which they were noted. */
  finish(data: Data): this {
    this.#data = data;
    return this;
  }

  of(path: Path): Spot | undefined {
    let around: Data | undefined = this.#data;
    let first = 0;
    let entry: number | undefined;
    for (const step of path) {
      entry = this.#entry(around, first, String(step));
      if (entry === undefined) return undefined;
      first = entry + WIDTH;
      around = Array.isArray(around) ? around[Number(step)] : isMap(around) ? around[step] : undefined;
    }
    return entry === undefined ? undefined : this.#spot(entry);
  }

  #spot(entry: number): Spot {
    const number = (at: number): number => this.#numbers[entry + at] ?? -1;
    const value = [number(2), number(3)] as const;
    return number(0) < 0 ? { value } : { key: [number(0), number(1)], value };
  }

  /** The entry of this name in a map or list whose entries begin at `first`. */
  #entry(around: Data | undefined, first: number, name: string): number | undefined {
    if (typeof around !== 'object' || around === null) return undefined;
    const known = this.#long.get(first);
    if (known !== undefined) return this.#next(known, first, name);
    const names = Object.keys(around);
    if (names.length > FEW) {
      const long: Long = { names, at: 0, entry: first, index: undefined };
      this.#long.set(first, long);
      return this.#next(long, first, name);
    }
    const position = names.indexOf(name);
    if (position < 0) return undefined;
    let entry = first;
    for (let skipped = 0; skipped < position; skipped++) entry = this.#after(entry);
    return entry;
  }

  #next(long: Long, first: number, name: string): number | undefined {
    if (long.names[long.at + 1] === name) {
      long.at++;
      long.entry = this.#after(long.entry);
    } else if (long.names[long.at] !== name) {
      long.index ??= this.#indexOf(long.names, first);
      return long.index.get(name);
    }
    return long.entry;
  }

  #indexOf(names: readonly string[], first: number): ReadonlyMap<string, number> {
    const index = new Map<string, number>();
    let entry = first;
    for (const name of names) {
      index.set(name, entry);
      entry = this.#after(entry);
    }
    return index;
  }

  #after(entry: number): number {
    return this.#numbers[entry + 4] ?? 0;
  }
}
