/**
 * What a record's fields must be, so that the core can trust what it is given. The same as schema/journal.schema.json
 * says, by hand: it is asked for each line at each start.
 */
import type { JournalRecord } from '../core/record.js';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const time: Check = (value) => Number.isFinite(value);
const count: Check = (value) => Number.isInteger(value) && Number(value) >= 1;
const countOrNone: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const integer: Check = (value) => Number.isInteger(value);
const texts: Check = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const each of Object.values(value)) if (typeof each !== 'string') return false;
  return true;
};
const list: Check = (value) => Array.isArray(value) && value.every(text);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (...words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value);

/** Every field of every record: a field that is forgotten here does not compile. */
type Shapes = { readonly [R in JournalRecord as R['type']]: { readonly [F in keyof Omit<R, 'type'>]-?: Check } };

const ending = { exitCode: optional(integer), signal: optional(text), problem: optional(text) };
const work = { run: text, task: text, job: text, partition: texts, key: text, definition: text, consumed: texts };
const outcome = oneOf('succeeded', 'failed', 'interrupted');

const shapes: Shapes = {
  'run-started': { ...work, at: time, attempt: count, targets: optional(list) },
  'attempt-failed': { ...ending, at: time, run: text, attempt: count },
  'run-ended': { ...ending, at: time, run: text, outcome, produced: texts },
  run: { ...work, ...ending, attempts: countOrNone, startedAt: time, endedAt: time, outcome, produced: texts },
  announced: { at: time, object: text, version: text, key: optional(text) },
  asked: { at: time, what: oneOf('reset', 'retry'), task: text },
};

const byType: ReadonlyMap<unknown, readonly (readonly [string, Check])[]> = new Map(
  Object.entries(shapes).map(([type, fields]) => [type, Object.entries(fields)]),
);

/** What keeps an object from being a record, in words; `unknown type` where only its type is not one of ours. */
export function faultOf(value: Readonly<Record<string, unknown>>): string | undefined {
  const type = value.type;
  if (typeof type !== 'string') return 'it has no type';
  const fields = byType.get(type);
  if (fields === undefined) return 'unknown type';
  for (const [name, check] of fields) {
    if (!check(value[name])) return `its field "${name}" is missing or not what a ${type} has`;
  }
  return undefined;
}
