/**
 * Values found by what a name begins and ends with, however many begin and end otherwise.
 */

/** What a name has to begin and end with. */
interface Ends {
  readonly prefix: string;
  readonly suffix: string;
}

/** Texts of equal length share a map, so that a name is looked up once for each length there is. */
type ByLength<V> = Map<number, Map<string, V>>;

export type Affixes<V> = ByLength<Shelf<V>>;

/** Few values of one prefix are tried one by one; many are found by their suffixes. */
interface Shelf<V> {
  readonly all: (Ends & { readonly value: V })[];
  bySuffix?: ByLength<V[]>;
}

const FEW = 8;

/** Adds a value, to a new collection where there is none yet. */
export function added<V>(affixes: Affixes<V> = new Map(), { prefix, suffix }: Ends, value: V): Affixes<V> {
  const shelf = reach(affixes, prefix, () => ({ all: [] }) as Shelf<V>);
  shelf.all.push({ prefix, suffix, value });
  if (shelf.bySuffix !== undefined) reach(shelf.bySuffix, suffix, () => [] as V[]).push(value);
  else if (shelf.all.length > FEW) {
    shelf.bySuffix = new Map();
    for (const each of shelf.all) reach(shelf.bySuffix, each.suffix, () => [] as V[]).push(each.value);
  }
  return affixes;
}

/** The values whose prefix and suffix the name has; in no order. */
export function found<V>(affixes: Affixes<V>, name: string): readonly V[] {
  const values: V[] = [];
  for (const [length, shelves] of affixes) {
    const shelf = shelves.get(name.slice(0, length));
    if (shelf === undefined) continue;
    if (shelf.bySuffix === undefined) {
      for (const each of shelf.all) if (name.endsWith(each.suffix)) values.push(each.value);
    } else {
      for (const [length, bySuffix] of shelf.bySuffix) {
        for (const value of bySuffix.get(length === 0 ? '' : name.slice(-length)) ?? []) values.push(value);
      }
    }
  }
  return values;
}

function reach<V>(shelves: ByLength<V>, text: string, make: () => V): V {
  let same = shelves.get(text.length);
  if (same === undefined) {
    same = new Map();
    shelves.set(text.length, same);
  }
  let value = same.get(text);
  if (value === undefined) {
    value = make();
    same.set(text, value);
  }
  return value;
}
