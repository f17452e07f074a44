/**
 * The inbox: announcements and requests that anybody leaves at any time, a file each, in a directory beside the state, until whoever
 * holds the state has recorded them. A file is written under a name that readers pass over (it begins with a dot), put
 * on disk, and renamed: each is whole or not there. Names sort by time, so they are taken in the order in
 * which they were made. What strangers put there is never followed, never waited for and never believed unread. Knows
 * nothing of what they lead to, nor which keys were counted.
 */
import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { constants, lstatSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { err, ok, type Result } from '../core/result.js';
import { type Announced, announcedIn, documentOf, fieldsIn } from './announcement.js';
import { type Files, makeDirectory, openRegular, readWhole, realFiles, syncDirectory, unlinkIfThere } from './files.js';
import { isFull, type JournalProblem, problem, reasonOf, shown, systemCode, unusable } from './problem.js';
import { type Requested, requestDocuments, requestedIn, requestFormat } from './request.js';

export interface Announcement extends Announced {
  /** Its name in the inbox: what `takeOut` is given. */
  readonly file: string;
}

/** Something that is asked of tasks, and its name in the inbox. */
export type Request = Requested & { readonly file: string };

/** What is neither. */
export interface Refused {
  /** The name that it had; strangers chose it. */
  readonly name: string;
  /** In words, without a final full stop. */
  readonly why: string;
}

export interface Inbox {
  /** In the order in which they were made. */
  readonly announcements: readonly Announcement[];
  readonly requests: readonly Request[];
  /** Moved aside, so that each is told once; what could not be moved is told at each reading. */
  readonly refused: readonly Refused[];
  /** Others wait: they come first once these are taken out. */
  readonly more: boolean;
}

/** Bytes; nothing of ours is larger. */
const largest = 64 * 1024;
/** Milliseconds after which a file that is still being written belongs to a process that is gone. */
const abandonedAfter = 3_600_000;
/** What the names of files begin with that are being written, and of those that were refused. */
const unfinished = '.new-';
const aside = '.refused-';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

/** Absolute path of the directory: each state has its own. */
export function inboxOf(stateFile: string): string {
  const path = resolve(stateFile);
  const name = basename(path);
  return join(dirname(path), name === 'state.jsonl' ? 'inbox' : `${name}.inbox`);
}

/** Makes the directory where there is none, for this user alone; gives its path. */
export function makeInbox(stateFile: string, files: Files = realFiles): Result<string, JournalProblem> {
  const inbox = inboxOf(stateFile);
  try {
    const there = lstatSync(inbox, { throwIfNoEntry: false });
    if (there !== undefined && !there.isDirectory()) {
      const message = `cannot use the inbox ${shown(inbox)}: it is not a directory; move it away, or name another state with --state`;
      return err(problem('unusable', message));
    }
    if (there === undefined) makeDirectory(files, inbox);
    return ok(inbox);
  } catch (error) {
    return err(notWritten('cannot make the inbox', inbox, error));
  }
}

/**
 * Leaves announcements, in their order. They are on disk when this returns well. Otherwise none was made, or the
 * problem says how many were. One sync of the directory, however many they are.
 */
export const announce = (
  stateFile: string,
  announcements: readonly Announced[],
  files: Files = realFiles,
): Result<void, JournalProblem> => leave(stateFile, announcements.map(documentOf), 'announcements were made', files);

/**
 * Leaves a request. It is on disk when this returns well. Otherwise none was made, or, where it takes several documents,
 * the problem says how many were.
 */
export const request = (
  stateFile: string,
  requested: Requested,
  files: Files = realFiles,
): Result<void, JournalProblem> =>
  leave(stateFile, requestDocuments(requested), 'parts of the request were left', files);

function leave(
  stateFile: string,
  documents: readonly Buffer[],
  what: string,
  files: Files,
): Result<void, JournalProblem> {
  if (documents.length === 0) return ok(undefined);
  const made = makeInbox(stateFile, files);
  if (!made.ok) return made;
  const inbox = made.value;
  const names: string[] = [];
  let placed = 0;
  try {
    for (const document of documents) {
      const name = nextName();
      names.push(name);
      writeNew(files, join(inbox, unfinished + name), document);
    }
    for (; placed < names.length; placed++) {
      const name = names[placed] ?? '';
      files.rename(join(inbox, unfinished + name), join(inbox, name));
    }
    syncDirectory(files, inbox);
    return ok(undefined);
  } catch (error) {
    for (const name of names.slice(placed)) removeQuietly(files, join(inbox, unfinished + name));
    const found = notWritten('cannot write to the inbox', inbox, error);
    if (placed === 0) return err(found);
    return err({ ...found, message: `${found.message}; ${placed} of ${documents.length} ${what}` });
  }
}

/**
 * What waits, `most` at a time. Give what was recorded to `takeOut`. A missing inbox is an empty one; never throws for
 * what it finds, and never waits. Removes what emits that died have left half written. Passes over `known` names.
 */
export function readInbox(stateFile: string, most: number, known: ReadonlySet<string> = new Set()): Inbox {
  const inbox = inboxOf(stateFile);
  const announcements: Announcement[] = [];
  const requests: Request[] = [];
  const refused: Refused[] = [];
  let more = false;
  const sort = (one: Announcement | Request): void => {
    if ('what' in one) requests.push(one);
    else announcements.push(one);
  };
  const refuse = (directory: string, name: string | Buffer, why: string): void => {
    const now = moveAside(directory, name);
    refused.push({ name: name.toString(), why: now === undefined ? why : `${why}; it is now ${now}` });
    // Nobody may go round in circles for something that stays where it is.
    if (now === undefined) more = false;
  };
  try {
    if (!lstatSync(inbox).isDirectory()) {
      refuse(dirname(inbox), basename(inbox), 'it is not a directory');
      return { announcements, requests, refused, more };
    }
    const { waiting: all, unreadable } = namesIn(inbox, most);
    const waiting = known.size === 0 ? all : all.filter((name) => !known.has(name));
    more = waiting.length + unreadable.length > most;
    for (const name of unreadable.slice(0, most)) refuse(inbox, name, 'its name is not UTF-8');
    for (const file of waiting.slice(0, Math.max(0, most - unreadable.length))) {
      const found = read(inbox, file);
      if (found === 'gone') continue;
      if (found === 'not-now') return { announcements, requests, refused, more: false };
      if (!found.ok) refuse(inbox, file, found.error);
      else sort({ file, ...found.value });
    }
  } catch (error) {
    const code = systemCode(error);
    // Where there is no inbox nobody announced anything; of what is above it, the state itself tells.
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      refused.push({ name: 'inbox', why: `it cannot be read: ${reasonOf(code)}` });
  }
  return { announcements, requests, refused, more };
}

/** The announcements that wait, for somebody who takes nothing: disturbs nobody, moves nothing, passes over all else. */
export const peekInbox = (stateFile: string): readonly Announcement[] =>
  peek(stateFile).flatMap((each) => ('what' in each ? [] : [each]));

/** The requests that wait, in the same way. */
export const peekRequests = (stateFile: string): readonly Request[] =>
  peek(stateFile).flatMap((each) => ('what' in each ? [each] : []));

function peek(stateFile: string): readonly (Announcement | Request)[] {
  const inbox = inboxOf(stateFile);
  try {
    if (!lstatSync(inbox).isDirectory()) return [];
    return namesIn(inbox, 0).waiting.flatMap((file) => {
      const found = read(inbox, file);
      return typeof found === 'string' || !found.ok ? [] : [{ file, ...found.value }];
    });
  } catch (error) {
    systemCode(error); // what cannot be read now is read when it is recorded
    return [];
  }
}

/** Removes what was recorded; gives whether nothing of it is left. What could not be removed is read again. */
export function takeOut(stateFile: string, names: readonly string[], files: Files = realFiles): boolean {
  if (names.length === 0) return true;
  const inbox = inboxOf(stateFile);
  const left = names.filter((name) => !removeQuietly(files, join(inbox, name)));
  try {
    syncDirectory(files, inbox);
  } catch (error) {
    systemCode(error); // a power cut may bring them back, with the versions that they had
  }
  return left.length === 0;
}

/** Counts what this process announces, so that one millisecond has an order too. */
let made = 0;

/** Sorts by time, then by the order within this process; no two processes share it. */
function nextName(): string {
  const time = String(Date.now()).padStart(15, '0');
  const count = String(made++).padStart(9, '0');
  return `${time}-${count}-${randomBytes(6).toString('hex')}.json`;
}

function writeNew(files: Files, path: string, bytes: Buffer): void {
  const descriptor = files.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    // A full disk takes less than it is given, and says nothing.
    if (files.write(descriptor, bytes, 0) !== bytes.length)
      throw Object.assign(new Error(`written short: ${path}`), { code: 'ENOSPC' });
    files.sync(descriptor);
  } finally {
    files.close(descriptor);
  }
}

const notWritten = (what: string, inbox: string, error: unknown): JournalProblem => {
  const code = systemCode(error);
  return isFull(code)
    ? problem('full', `${what} ${shown(inbox)}: ${reasonOf(code)}`, { retryable: true })
    : unusable(what, inbox, error);
};

function removeQuietly(files: Files, path: string): boolean {
  try {
    unlinkIfThere(files, path);
    return true;
  } catch (error) {
    systemCode(error);
    return false;
  }
}

/**
 * What waits, sorted, and names that are no text, as bytes. Of what is being written, looks at `sweep` and removes what is
 * abandoned.
 */
function namesIn(inbox: string, sweep: number): { waiting: readonly string[]; unreadable: readonly Buffer[] } {
  const waiting: string[] = [];
  let left = sweep;
  let strange = false;
  for (const name of readdirSync(inbox)) {
    if (name.includes('\ufffd')) strange = true;
    else if (!name.startsWith('.')) waiting.push(name);
    else if (name.startsWith(unfinished) && left-- > 0) removeAbandoned(join(inbox, name));
  }
  const unreadable: Buffer[] = [];
  if (strange) {
    for (const name of readdirSync(inbox, { encoding: 'buffer' })) {
      if (name[0] === '.'.charCodeAt(0)) continue;
      if (!isUtf8(name)) unreadable.push(name);
      else if (name.includes('\ufffd')) waiting.push(name.toString());
    }
  }
  return { waiting: waiting.sort(), unreadable };
}

function removeAbandoned(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && Date.now() - stat.mtimeMs > abandonedAfter) removeQuietly(realFiles, path);
}

/** Gives the name that it has now, or undefined where it stays. Renames a link itself, not what it leads to. */
function moveAside(directory: string, name: string | Buffer): string | undefined {
  const now = `${aside}${name
    .toString('latin1')
    .replace(/[^\w.-]/g, '_')
    .slice(0, 100)}-${randomBytes(4).toString('hex')}`;
  try {
    renameSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)]), join(directory, now));
    return now;
  } catch (error) {
    systemCode(error);
    return undefined;
  }
}

/** `gone`: somebody took it out. `not-now`: this process has no room for another file. */
function read(inbox: string, name: string): Result<Announced | Requested> | 'gone' | 'not-now' {
  try {
    const descriptor = openRegular(realFiles, join(inbox, name), 'read');
    try {
      if (realFiles.fstat(descriptor).size > largest) return err(`it is larger than ${largest / 1024} KiB`);
      const fields = fieldsIn(readWhole(realFiles, descriptor));
      if (!fields.ok) return fields;
      return fields.value.format === requestFormat ? requestedIn(fields.value) : announcedIn(fields.value);
    } finally {
      realFiles.close(descriptor);
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return 'gone';
    if (code === 'EMFILE' || code === 'ENFILE') return 'not-now';
    if (code === 'ELOOP') return err('it is a symbolic link');
    if (code === 'ENOTFILE' || code === 'ENXIO') return err('it is not a regular file');
    return err(`it cannot be read: ${code}`);
  }
}
