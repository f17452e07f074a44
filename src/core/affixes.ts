/**
 * Values found by what a name begins and ends with, however many begin and end otherwise.
 */

/** What a name has to begin and end with. */
export interface Ends {
  readonly prefix: string;
  readonly suffix: string;
}

/** Texts of equal length share a map, so that a name is looked up once for each length there is. */
type ByLength<V> = Map<number, Map<string, V>>;

/** Most prefixes have one value. */
export type Affixes<V extends Ends> = ByLength<V | Shelf<V>>;

/** Few values of one prefix are tried one by one; many are found by their suffixes. */
class Shelf<V extends Ends> {
  readonly all: V[];
  bySuffix: ByLength<V[]> | undefined;

  constructor(...all: V[]) {
    this.all = all;
  }
}

const FEW = 8;

/** Adds a value, to a new collection where there is none yet. */
export function added<V extends Ends>(affixes: Affixes<V> = new Map(), value: V): Affixes<V> {
  const shelves = ofLength(affixes, value.prefix.length);
  const shelf = shelves.get(value.prefix);
  if (shelf === undefined) shelves.set(value.prefix, value);
  else if (!(shelf instanceof Shelf)) shelves.set(value.prefix, new Shelf(shelf, value));
  else {
    shelf.all.push(value);
    if (shelf.bySuffix !== undefined) append(shelf.bySuffix, value.suffix, value);
    else if (shelf.all.length > FEW) {
      shelf.bySuffix = new Map();
      for (const each of shelf.all) append(shelf.bySuffix, each.suffix, each);
    }
  }
  return affixes;
}

/** The values whose prefix and suffix the name has; in no order. */
export function found<V extends Ends>(affixes: Affixes<V>, name: string): readonly V[] {
  const values: V[] = [];
  for (const [length, shelves] of affixes) {
    const shelf = shelves.get(name.slice(0, length));
    if (shelf === undefined) continue;
    if (!(shelf instanceof Shelf)) {
      if (name.endsWith(shelf.suffix)) values.push(shelf);
    } else if (shelf.bySuffix === undefined) {
      for (const each of shelf.all) if (name.endsWith(each.suffix)) values.push(each);
    } else {
      for (const [length, bySuffix] of shelf.bySuffix) {
        for (const value of bySuffix.get(length === 0 ? '' : name.slice(-length)) ?? []) values.push(value);
      }
    }
  }
  return values;
}

function append<V>(lists: ByLength<V[]>, text: string, value: V): void {
  const same = ofLength(lists, text.length);
  const list = same.get(text);
  if (list === undefined) same.set(text, [value]);
  else list.push(value);
}

/** What is kept by texts of this length. */
function ofLength<V>(all: ByLength<V>, length: number): Map<string, V> {
  let same = all.get(length);
  if (same === undefined) {
    same = new Map();
    all.set(length, same);
  }
  return same;
}
