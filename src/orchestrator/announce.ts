/**
 * Announces that objects have changed: leaves that in the inbox beside the state, so that it needs nobody who holds the
 * state and disturbs nobody who does. Announces all that it is given, or nothing.
 */
import { randomBytes } from 'node:crypto';
import { hasUnprintable } from '../core/charset.js';
import { asVersion, displayName, kindOf, type ObjectId } from '../core/object.js';
import { err, ok, type Result } from '../core/result.js';
import { announce, peekInbox } from '../journal/inbox.js';
import { skimJournal } from '../journal/journal.js';
import { checkOpening } from '../journal/opening.js';
import { quoted } from './named.js';
import { type Problem, stateProblem } from './problem.js';

export interface AnnounceOptions {
  /** What the version is called; a new one where it is not said. Not for files. */
  readonly version?: string | undefined;
  /** The same key counts once, for ever; with several objects once for each. */
  readonly key?: string | undefined;
}

/** Ids of objects. */
export interface Announced {
  readonly announced: readonly ObjectId[];
  /** Announced before under this key. */
  readonly duplicates: readonly ObjectId[];
}

/** Bytes of a version and of a key. */
const longest = 1024;

/** What a version or a key may not be. `names`: how the caller writes them. */
export function checkTexts(
  { version, key }: AnnounceOptions,
  names: { readonly version: string; readonly key: string },
): Result<void, Problem> {
  const wrong = badText(names.version, version);
  if (wrong !== undefined) return err({ kind: 'bad-version', message: wrong });
  const bad = badText(names.key, key);
  return bad === undefined ? ok(undefined) : err({ kind: 'bad-key', message: bad });
}

function badText(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text === '') return `${name} is empty; give it a text, or leave it away`;
  if (hasUnprintable(text)) return `${name} holds a control character; write it without`;
  if (Buffer.byteLength(text) > longest) return `${name} is longer than ${longest} bytes; a hash of it does as well`;
  return undefined;
}

/** A file has the version that is on disk, and is given no other. `name`: how the caller writes a version. */
export function checkNoFile(objects: readonly ObjectId[], name: string): Result<void, Problem> {
  const file = objects.find((object) => kindOf(object) === 'file');
  if (file === undefined) return ok(undefined);
  const message = `${quoted(displayName(file))} is a file, and has the version that is on disk; leave ${name} away, and emit has objflow look at it now`;
  return err({ kind: 'bad-version', message });
}

/** Announces them; they are on disk when this returns well. `file`: the state's. */
export function announceObjects(
  file: string,
  objects: readonly ObjectId[],
  { version, key }: AnnounceOptions,
): Result<Announced, Problem> {
  const keyFor = keysOf(objects, key);
  const counted = key === undefined ? usable(file) : readCounted(file, key, keyFor);
  if (!counted.ok) return counted;
  const isCounted: (object: ObjectId) => boolean = counted.value;
  const duplicates = objects.filter(isCounted);
  const announced = objects.filter((object) => !isCounted(object));
  const unique = version ?? `${new Date().toISOString()}-${randomBytes(6).toString('hex')}`;
  const at = Date.now();
  const left = announce(
    file,
    announced.map((object) => {
      const own = keyFor(object);
      const about = { object, version: asVersion(kindOf(object) === 'file' ? '' : unique), at };
      return own === undefined ? about : { ...about, key: own };
    }),
  );
  return left.ok ? ok({ announced, duplicates }) : err(stateProblem(left.error));
}

/** What is announced beside a state that nobody can take up would never be heard of. No object was announced before. */
function usable(file: string): Result<() => boolean, Problem> {
  const checked = checkOpening(file);
  return checked.ok ? ok(() => false) : err(stateProblem(checked.error));
}

type KeyFor = (object: ObjectId) => string | undefined;

/** Under which key each object is announced: one object under the key that was given, several each under its own. */
const keysOf =
  (objects: readonly ObjectId[], key: string | undefined): KeyFor =>
  (object) =>
    key === undefined || objects.length === 1 ? key : amongOthers(key, object);

/** The key of one object among several. No key that is given holds a tab. */
const amongOthers = (key: string, object: string): string => `${key}\t${object}`;

/** Whether an object was announced before, alone or with others, under the key that was given. */
function readCounted(file: string, given: string, keyFor: KeyFor): Result<(object: ObjectId) => boolean, Problem> {
  // The inbox first: what leaves it in the meantime is in the journal by then.
  const waiting = peekInbox(file);
  const journal = skimJournal(file);
  if (!journal.ok) return err(stateProblem(journal.error));
  const counted = new Set<string>();
  const count = (key: string, object: string): void => {
    counted.add(key);
    if (key === given) counted.add(amongOthers(given, object));
  };
  for (const { key, object } of waiting) if (key !== undefined) count(key, object);
  for (const record of journal.value.records)
    if (record.type === 'announced' && record.key !== undefined) count(record.key, record.object);
  return ok((object) => counted.has(keyFor(object) ?? given) || counted.has(amongOthers(given, object)));
}
