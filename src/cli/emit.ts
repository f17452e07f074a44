/**
 * `objflow emit`: announces that objects have changed. Leaves the announcements in the inbox beside the state, so that it
 * needs no running objflow and disturbs none. Announces all that it is given, or nothing.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { hasUnprintable } from '../core/charset.js';
import type { Mapping } from '../core/mapping.js';
import { asObjectId, asVersion, displayName, kindOf, nameOf, type ObjectId, objectId } from '../core/object.js';
import { isLiteral, type Pattern, parsePattern } from '../core/pattern.js';
import { PatternIndex } from '../core/pattern-index.js';
import { announce, peekInbox } from '../journal/inbox.js';
import { readJournal } from '../journal/journal.js';
import { isHeld } from '../journal/lock.js';
import { didYouMean } from '../manifest/suggest.js';
import { json, terminal } from '../report/sinks.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import { requireMapping } from './mapping.js';
import { stateFile } from './session.js';

export interface EmitOptions {
  readonly format: 'text' | 'json';
  readonly version?: string;
  readonly key?: string;
}

/** Bytes of a version and of a key. */
const longest = 1024;
/** Beyond these, objects that are not known are not told one by one. */
const mostTold = 20;

/** Gives the exit status. */
export async function emit(context: Context, texts: readonly string[], options: EmitOptions): Promise<number> {
  const { version, key, format } = options;
  checkText('--version', version);
  checkText('--key', key);
  const { mapping } = await requireMapping(context);
  const objects = named(mapping, texts, context.cwd);
  if (version !== undefined) checkNoFile(objects);

  const file = stateFile(context, mapping);
  const keyFor = keysOf(objects, key);
  const isCounted = key === undefined ? () => false : readCounted(file, key, keyFor);
  const duplicates = objects.filter(isCounted);
  const fresh = objects.filter((object) => !isCounted(object));
  const unique = version ?? `${new Date().toISOString()}-${randomBytes(6).toString('hex')}`;
  const at = Date.now();
  const left = announce(
    file,
    fresh.map((object) => {
      const own = keyFor(object);
      const about = { object, version: asVersion(kindOf(object) === 'file' ? '' : unique), at };
      return own === undefined ? about : { ...about, key: own };
    }),
  );
  if (!left.ok) throw new UserError(left.error.message, exit.state);

  if (format === 'json') context.out.write(`${json({ announced: fresh, duplicates }, 2)}\n`);
  else if (!context.options.quiet) context.out.write(textOf(fresh, duplicates));
  if (fresh.length > 0 && !context.options.quiet && !isHeld(file))
    context.err.write('no daemon holds the state: the next run or watch takes it up\n');
  return exit.well;
}

const textOf = (announced: readonly ObjectId[], duplicates: readonly ObjectId[]): string =>
  [
    ...announced.map((object) => `announced ${terminal(displayName(object))}\n`),
    ...duplicates.map((object) => `announced before: ${terminal(displayName(object))}\n`),
  ].join('');

function checkText(option: string, text: string | undefined): void {
  if (text === undefined) return;
  if (text === '') throw new UserError(`${option} is empty; give it a text, or leave it away`);
  if (hasUnprintable(text)) throw new UserError(`${option} holds a control character; write it without`);
  if (Buffer.byteLength(text) > longest)
    throw new UserError(`${option} is longer than ${longest} bytes; a hash of it does as well`);
}

function checkNoFile(objects: readonly ObjectId[]): void {
  const file = objects.find((object) => kindOf(object) === 'file');
  if (file === undefined) return;
  throw new UserError(
    `${quoted(displayName(file))} is a file, and has the version that is on disk; leave --version away, and emit has objflow look at it now`,
  );
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
function readCounted(file: string, given: string, keyFor: KeyFor): (object: ObjectId) => boolean {
  // The inbox first: what leaves it in the meantime is in the journal by then.
  const waiting = peekInbox(file);
  const journal = readJournal(file);
  if (!journal.ok) throw new UserError(journal.error.message, exit.state);
  const counted = new Set<string>();
  const count = (key: string, object: string): void => {
    counted.add(key);
    if (key === given) counted.add(amongOthers(given, object));
  };
  for (const { key, object } of waiting) if (key !== undefined) count(key, object);
  for (const record of journal.value.records)
    if (record.type === 'announced' && record.key !== undefined) count(record.key, record.object);
  return (object) => counted.has(keyFor(object) ?? given) || counted.has(amongOthers(given, object));
}

/** The objects that the texts name, each once; throws a `UserError` where one is none of the mapping's. */
function named(mapping: Mapping, texts: readonly string[], cwd: string): readonly ObjectId[] {
  const known = knownTo(mapping);
  const objects = new Set<ObjectId>();
  const unknown: string[] = [];
  for (const text of texts) {
    const object = objectOf(text);
    if (known.index.match(object).length > 0) objects.add(object);
    else if (unknown.length < mostTold) unknown.push(notKnown(object, known, mapping.root, cwd));
  }
  if (unknown.length > 0) throw new UserError(unknown.join('\nobjflow: '));
  return [...objects];
}

function objectOf(text: string): ObjectId {
  const [hole] = /\{[^}]*\}?|[}*?]/.exec(text) ?? [];
  if (hole !== undefined)
    throw new UserError(
      `${quoted(text)} is a pattern, and one object at a time is announced; write a value for ${quoted(hole)}`,
    );
  const pattern = parsePattern(text);
  if (pattern.ok) return asObjectId(pattern.value.id);
  const { message, hint } = pattern.error;
  throw new UserError(terminal(hint === undefined ? message : `${message}; ${hint}`));
}

interface Known {
  readonly patterns: readonly Pattern[];
  readonly index: PatternIndex<undefined>;
}

/** What jobs read and write, and what is declared. */
function knownTo({ jobs, objects }: Mapping): Known {
  const patterns = objects.map(({ pattern }) => pattern);
  for (const { sources, targets } of jobs.values())
    for (const { pattern } of [...sources, ...targets]) patterns.push(pattern);
  const index = new PatternIndex<undefined>();
  for (const pattern of patterns) index.add(pattern, undefined);
  return { patterns, index };
}

function notKnown(object: ObjectId, known: Known, root: string, cwd: string): string {
  const name = displayName(object);
  const meant = otherwise(object, known, root, cwd);
  const hint =
    meant === undefined
      ? (didYouMean(name, alike(object, known)) ?? '`objflow graph` lists what they read and write')
      : `did you mean \`${displayName(meant)}\`?`;
  return `no job reads or writes ${quoted(name)}, and no object is declared so; ${terminal(hint)}`;
}

/** The same name in another way: with a kind, or as a path from the project's root. */
function otherwise(object: ObjectId, { patterns, index }: Known, root: string, cwd: string): ObjectId | undefined {
  const name = nameOf(object);
  const kinds = new Set(patterns.map(({ kind }) => kind));
  const others = [...kinds].map((kind) => objectId(kind, name));
  if (kindOf(object) === 'file') {
    const fromRoot = path.relative(root, path.resolve(cwd, name)).split(path.sep).join('/');
    others.unshift(objectId('file', fromRoot));
  }
  return others.find((other) => index.match(other).length > 0);
}

/** Names that could have been meant: what patterns become with the values that seem to stand in this name, and they themselves. */
function* alike(object: ObjectId, { patterns, index }: Known): Iterable<string> {
  const segments = nameOf(object).split('/');
  for (const pattern of patterns) {
    yield displayName(pattern.id);
    const written = nameOf(pattern.id).split('/');
    if (isLiteral(pattern) || written.length !== segments.length) continue;
    for (const shift of [0, -1, 1]) {
      const filled = written.map((segment, at) => refill(segment, segments[at] ?? '', shift));
      const candidate = objectId(pattern.kind, filled.join('/'));
      if (index.match(candidate).length > 0) yield displayName(candidate);
    }
  }
}

/** A segment of a pattern with its holes filled from a name, in which what stands before them is longer by `shift`. */
function refill(segment: string, name: string, shift: number): string {
  const hole = segment.search(/[{*?]/);
  if (hole < 0) return segment;
  const [rest = ''] = /[^}*?]*$/.exec(segment) ?? [];
  return segment.slice(0, hole) + name.slice(Math.max(0, hole + shift), name.length - rest.length) + rest;
}

const quoted = (text: string): string => `\`${terminal(text)}\``;
