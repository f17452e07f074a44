/**
 * The few calls on files that the journal stands on, as an interface so that tests can make each of them fail. They
 * throw what Node throws; turning that into a problem is the caller's matter. Knows nothing of what the files hold.
 */
import * as fs from 'node:fs';
import { dirname } from 'node:path';

/** What tells one file from another, and how long it is. */
export interface Entry {
  readonly dev: bigint;
  readonly ino: bigint;
  /** Bytes. */
  readonly size: number;
  readonly isFile: boolean;
}

export interface Files {
  open(path: string, flags: number, mode?: number): number;
  close(descriptor: number): void;
  fstat(descriptor: number): Entry;
  /** A link is not followed. */
  lstat(path: string): Entry;
  /** Bytes read into `into` from `start` on, from `position` in the file: 0 at its end. */
  read(descriptor: number, into: Uint8Array, start: number, length: number, position: number): number;
  /** Bytes written: on a full disk fewer than given, without an error. */
  write(descriptor: number, bytes: Uint8Array, position: number): number;
  datasync(descriptor: number): void;
  sync(descriptor: number): void;
  truncate(descriptor: number, size: number): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** With its parents; gives the first that had to be made. */
  mkdir(path: string): string | undefined;
}

const entryOf = (stats: fs.BigIntStats): Entry => ({
  dev: stats.dev,
  ino: stats.ino,
  size: Number(stats.size),
  isFile: stats.isFile(),
});

export const realFiles: Files = {
  open: fs.openSync,
  close: fs.closeSync,
  fstat: (descriptor) => entryOf(fs.fstatSync(descriptor, { bigint: true })),
  lstat: (path) => entryOf(fs.lstatSync(path, { bigint: true })),
  read: fs.readSync,
  write: (descriptor, bytes, position) => fs.writeSync(descriptor, bytes, 0, bytes.length, position),
  datasync: fs.fdatasyncSync,
  sync: fs.fsyncSync,
  truncate: fs.ftruncateSync,
  rename: fs.renameSync,
  unlink: fs.unlinkSync,
  mkdir: (path) => fs.mkdirSync(path, { recursive: true, mode: 0o700 }),
};

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = fs.constants;

/** What is at the path is something else than a regular file. */
export const notAFile = (path: string): Error =>
  Object.assign(new Error(`not a regular file: ${path}`), { code: 'ENOTFILE' });

/** Opens a regular file that exists; follows no link and never waits, as opening a FIFO would. */
export function openRegular(files: Files, path: string, access: 'read' | 'write'): number {
  const descriptor = files.open(path, (access === 'read' ? O_RDONLY : O_RDWR) | O_NOFOLLOW | O_NONBLOCK);
  if (files.fstat(descriptor).isFile) return descriptor;
  files.close(descriptor);
  throw notAFile(path);
}

/** All bytes that an open file holds now. */
export function readWhole(files: Files, descriptor: number): Buffer {
  const bytes = Buffer.allocUnsafe(files.fstat(descriptor).size);
  const atOnce = 2 ** 26; // one call reads less than 2 GiB on every system
  let length = 0;
  while (length < bytes.length) {
    const got = files.read(descriptor, bytes, length, Math.min(atOnce, bytes.length - length), length);
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}

/** Makes what a directory holds survive the machine. */
export function syncDirectory(files: Files, path: string): void {
  const descriptor = files.open(path, O_RDONLY);
  try {
    files.sync(descriptor);
  } finally {
    files.close(descriptor);
  }
}

/** Makes a directory and what is missing above it, readable by us alone, and durable. */
export function makeDirectory(files: Files, path: string): void {
  const first = files.mkdir(path);
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) syncDirectory(files, dirname(at));
}

/** The name under which a whole new file is written before it takes the place of the old one. */
export const temporary = (path: string): string => `${path}.tmp`;

export interface Replaced {
  readonly descriptor: number;
  readonly entry: Entry;
}

/** The new file is in place; whether it stays there after a power cut is not known. */
export class NotDurable extends Error {}

/**
 * Replaces a file, whole: killed at any point, the path holds the old bytes or the new. Gives the new
 * file, open. Throws what a failed call throws, with the old file still there; or `NotDurable`, with the new one there.
 */
export function replaceFile(files: Files, path: string, bytes: Uint8Array): Replaced {
  const beside = temporary(path);
  const descriptor = files.open(beside, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  let entry: Entry;
  try {
    for (let at = 0; at < bytes.length; ) at += files.write(descriptor, bytes.subarray(at, at + 2 ** 26), at);
    files.sync(descriptor);
    entry = files.fstat(descriptor);
    files.rename(beside, path);
  } catch (error) {
    files.close(descriptor);
    unlinkIfThere(files, beside);
    throw error;
  }
  try {
    syncDirectory(files, dirname(path));
  } catch (error) {
    files.close(descriptor);
    throw new NotDurable(`the directory of ${path} could not be synced`, { cause: error });
  }
  return { descriptor, entry };
}

/** Removes a file, if there is one. */
export function unlinkIfThere(files: Files, path: string): void {
  try {
    files.unlink(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
