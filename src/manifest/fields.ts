/**
 * Reads fields of a job or object whose shape was checked already: what has the wrong type counts as absent here,
 * because a finding says so.
 */
import type { Diagnostic } from '../core/diagnostic.js';
import type { Spotted } from './declared.js';
import { milliseconds } from './duration.js';
import { error, quote } from './finding.js';
import { kept } from './kept.js';
import { bytesOf, greatest } from './size.js';
import { type Data, entries, entry } from './tree.js';

/** Where fields come from: a job, then its manifest's defaults, then those of the root. */
export interface Layer extends Spotted {
  readonly data: Data | undefined;
}

export const text = (data: Data | undefined): string | undefined => (typeof data === 'string' ? data : undefined);
/** The same, to be kept in the mapping. */
export const keptText = (data: Data | undefined): string | undefined =>
  typeof data === 'string' ? kept(data) : undefined;
export const flag = (data: Data | undefined): boolean | undefined => (typeof data === 'boolean' ? data : undefined);
export const number = (data: Data | undefined): number | undefined => (typeof data === 'number' ? data : undefined);
export const words = (data: Data | undefined): readonly string[] | undefined =>
  Array.isArray(data) ? data.filter((item) => typeof item === 'string').map(kept) : undefined;

/** One of these words. */
export const oneOf =
  <T extends string>(...allowed: readonly T[]) =>
  (data: Data | undefined): T | undefined =>
    allowed.find((word) => word === data);

/** Milliseconds. */
export const duration = (data: Data | undefined): number | undefined =>
  typeof data === 'string' ? milliseconds(data) : undefined;

/** Bytes, at most `greatest`. */
export const size = (data: Data | undefined): number | undefined => {
  const bytes = typeof data === 'string' ? bytesOf(data) : number(data);
  return bytes !== undefined && bytes <= greatest ? bytes : undefined;
};

/** Only what is there: fields that are `undefined` are left out. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: T[K] } = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept as { [K in keyof T]?: Exclude<T[K], undefined> }; // the same keys, less those without a value
}

/** Text by name; what is not text is left out. */
export function texts({ data }: Layer, field: string): Readonly<Record<string, string>> {
  const all = entries(entry(data, field));
  return Object.fromEntries(all.flatMap(([name, value]) => (typeof value === 'string' ? [[name, kept(value)]] : [])));
}

/** What a duration may be; its bounds as durations are written. */
export interface Bound {
  readonly fields: readonly string[];
  readonly least: string;
  readonly most: string;
  /** How to mend what is too short, where it is not to write `least`. */
  readonly hint?: string;
}

const usual: readonly Bound[] = [
  { fields: ['timeout'], least: '1ms', most: '365d', hint: 'leave it out where there is to be none' },
  { fields: ['retries', 'delay'], least: '0s', most: '365d' },
  { fields: ['settle'], least: '0s', most: '365d' },
];

/** Durations that are longer or shorter than they may be; by default those of a job, of defaults or of an object. */
export function boundFindings({ tree, path, data }: Layer, bounds = usual): readonly Diagnostic[] {
  if (bounds.every(({ fields: [field = ''] }) => entry(data, field) === undefined)) return [];
  return bounds.flatMap(({ fields, least, most, hint }) => {
    const written = fields.reduce<Data | undefined>(entry, data);
    const value = duration(written);
    if (value === undefined) return [];
    const tooShort = value < (milliseconds(least) ?? 0);
    if (!tooShort && value <= (milliseconds(most) ?? 0)) return [];
    const message = `${quote(fields.join('.'))} is ${quote(String(written))}, but may be from ${least} to ${most}`;
    const mend = tooShort ? (hint ?? `write ${least} at least`) : `write ${most} at most`;
    return [error('out-of-range', message, tree.place([...path, ...fields]), { hint: mend })];
  });
}
