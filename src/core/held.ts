/**
 * Versions of objects as a task remembers them of its runs. There are very many of these, mostly of one object each: an
 * object of JavaScript whose only key is its own brings a hidden class that no other shares, 300 bytes; a list takes 64.
 */
import type { Versions } from './record.js';

/** An id, its version, the next id, its version; a map where they are many, because each is asked for. */
export type Held = readonly string[] | ReadonlyMap<string, string>;

/** So many objects stand in a list. */
const listed = 16;

const none: Held = Object.freeze([]);

/** What a walk over objects and their versions tells, each object once. */
export function held(walk: (take: (object: string, version: string) => void) => void): Held {
  let list: string[] | undefined;
  let map: Map<string, string> | undefined;
  walk((object, version) => {
    if (map) map.set(object, version);
    else if (list === undefined)
      list = [object, version]; // an array that was made empty has room for seventeen
    else if (list.length < 2 * listed) list.push(object, version);
    else {
      map = new Map(pairsOf(list));
      map.set(object, version);
    }
  });
  return map ?? list ?? none;
}

export const heldOf = (versions: Versions): Held =>
  held((take) => {
    for (const [object, version] of Object.entries(versions)) take(object, version);
  });

/** The version in which the object is held, if it is. */
export function versionIn(held: Held, object: string): string | undefined {
  if (!isList(held)) return held.get(object);
  for (let at = 0; at < held.length; at += 2) if (held[at] === object) return held[at + 1];
  return undefined;
}

/** The same; from now on it is held under this very text, so that an id of which there are very many is there once. */
export function versionUnder(held: Held, object: string): string | undefined {
  if (!isList(held)) return held.get(object);
  for (let at = 0; at < held.length; at += 2) {
    if (held[at] !== object) continue;
    (held as string[])[at] = object; // nobody can tell
    return held[at + 1];
  }
  return undefined;
}

export const sizeOf = (held: Held): number => (isList(held) ? held.length / 2 : held.size);

export const objectsIn = (held: Held): string[] => [...pairsIn(held)].map(([object]) => object);

/** As records and documents have it. */
export const versionsOf = (held: Held): Versions => Object.fromEntries(pairsIn(held));

const isList = (held: Held): held is readonly string[] => Array.isArray(held);

const pairsIn = (held: Held): Iterable<readonly [string, string]> => (isList(held) ? pairsOf(held) : held);

function* pairsOf(list: readonly string[]): Generator<readonly [string, string]> {
  for (let at = 0; at < list.length; at += 2) yield [list[at] ?? '', list[at + 1] ?? ''];
}
