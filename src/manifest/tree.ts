/**
 * A manifest as plain data, and where each part of it stands. Maps become objects that inherit nothing, so that no name
 * (`__proto__`, `toString`) means anything to us.
 */
import type { Place } from '../core/diagnostic.js';
import type { ManifestText } from './text.js';

export type Data = null | boolean | number | string | readonly Data[] | DataMap;
export interface DataMap {
  readonly [key: string]: Data;
}

/** Inherits nothing, by way of a prototype that is empty: objects without any are kept as hash tables, slow to go through. */
class Bare {
  [key: string]: Data;
}
Object.setPrototypeOf(Bare.prototype, null);
Reflect.deleteProperty(Bare.prototype, 'constructor');
Object.freeze(Bare.prototype);

/** An empty map. */
export const newMap = (): Record<string, Data> => new Bare();

/** The way to a part: keys of maps, positions in lists. */
export type Path = readonly (string | number)[];

/** Offsets of a part: of its key, in a map, and of its value. */
export interface Spot {
  readonly key?: readonly [start: number, end: number];
  readonly value: readonly [start: number, end: number];
}

/** Where the parts of a manifest stand. */
export interface Spots {
  /** Undefined where there is no such part; nor is the whole a part. */
  of(path: Path): Spot | undefined;
}

export interface Tree {
  readonly data: Data;
  readonly file: string;
  /** Where the value stands; the key where the value is a map, a list or nothing; the nearest part around where there is no such. */
  place(path: Path): Place;
  /** Where the key stands. */
  keyPlace(path: Path): Place;
  /** Where the first of some text within the value stands; the value where it is not found there. */
  placeWithin(path: Path, text: string): Place;
  /** The value as it was written. */
  written(path: Path): string;
}

/** Is it a map. */
export const isMap = (data: Data | undefined): data is DataMap =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

/** The entry of a map, or undefined. Keys are only the map's own: it has no prototype. */
export const entry = (data: Data | undefined, key: string): Data | undefined => (isMap(data) ? data[key] : undefined);

/** The entries of a map; none where it is no map. */
export const entries = (data: Data | undefined): readonly (readonly [string, Data])[] =>
  isMap(data) ? Object.entries(data) : [];

/** Data with the spots that its reader noted. */
export function makeTree(source: ManifestText, data: Data, spots: Spots): Tree {
  const nearest = (path: Path): Spot | undefined => {
    for (let length = path.length; length > 0; length--) {
      const spot = spots.of(path.slice(0, length));
      if (spot !== undefined) return spot;
    }
    return undefined;
  };
  const show = ([start, end]: Spot['value']) => source.place(start, end);
  const place = (path: Path): Place => {
    const spot = nearest(path);
    if (spot === undefined) return show([0, 0]);
    const value = path.reduce<Data | undefined>(child, data);
    const scalar = typeof value !== 'object' && value !== undefined;
    return show(scalar ? spot.value : (spot.key ?? spot.value));
  };
  return {
    data,
    file: source.file,
    place,
    keyPlace(path) {
      const spot = spots.of(path) ?? nearest(path);
      return show(spot?.key ?? spot?.value ?? [0, 0]);
    },
    placeWithin(path, text) {
      const [start, end] = nearest(path)?.value ?? [0, 0];
      const at = source.text.indexOf(text, start);
      return at < 0 || at + text.length > end ? place(path) : show([at, at + text.length]);
    },
    written(path) {
      const [start, end] = spots.of(path)?.value ?? [0, 0];
      return source.text.slice(start, end).trimEnd();
    },
  };
}

/** The part of a map or list at one step. */
export function child(data: Data | undefined, step: string | number): Data | undefined {
  if (Array.isArray(data)) return data[Number(step)];
  return entry(data, String(step));
}
