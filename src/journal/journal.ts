/**
 * Opening a state: to write, under its lock, made where there is none, mended where a crash tore its end; or to read, at
 * any time. Knows nothing of what the records mean.
 */
import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { err, ok, type Result } from '../core/result.js';
import type { Purpose } from '../core/views.js';
import {
  type Files,
  makeDirectory,
  NotDurable,
  openRegular,
  readWhole,
  realFiles,
  replaceFile,
  temporary,
  unlinkIfThere,
} from './files.js';
import { formatVersion, type Header, headerLine } from './line.js';
import { acquireLock } from './lock.js';
import { type JournalProblem, shown, systemCode, unusable } from './problem.js';
import { known, type Recorded } from './read.js';
import { type Scan, scan } from './scan.js';
import { type Journal, notDurable, type Open, writerOf } from './writer.js';

export { type Recorded, readJournal, skimJournal } from './read.js';
export type { Journal } from './writer.js';

export interface Opened extends Recorded {
  readonly journal: Journal;
}

export interface JournalOptions {
  /** Stands in for the file system. */
  readonly files?: Files;
  /** What the state is taken for: its lock says so. */
  readonly purpose?: Purpose;
  /** Told, whenever the state has been compacted, which runs it does not know any more. */
  readonly forget?: (runs: readonly string[]) => void;
}

/**
 * Opens a state for writing, or makes a new one: takes its lock, mends a torn end, compacts where it pays. Gives all
 * records. A problem has changed nothing.
 */
export function openJournal(stateFile: string, options: JournalOptions = {}): Result<Opened, JournalProblem> {
  const { files = realFiles, purpose, forget } = options;
  const path = resolve(stateFile);
  try {
    makeDirectory(files, dirname(path));
  } catch (error) {
    return err(unusable('cannot make the directory of the state', stateFile, error));
  }
  const lock = acquireLock(stateFile, purpose);
  if (!lock.ok) return lock;
  const opened = openHeld(files, path, stateFile, lock.value.release, forget);
  if (!opened.ok) lock.value.release();
  return opened;
}

function openHeld(
  files: Files,
  path: string,
  name: string,
  release: () => void,
  forget: JournalOptions['forget'],
): Result<Opened, JournalProblem> {
  try {
    unlinkIfThere(files, temporary(path));
    const open = openExisting(files, path, name);
    if (!open.ok) return open;
    const writer = writerOf(files, path, name, open.value, release, forget);
    const compacted = writer.compact(open.value.lines);
    const warnings = [...open.value.warnings];
    if (!compacted.ok) {
      if (!compacted.error.retryable) {
        files.close(open.value.descriptor);
        return compacted;
      }
      warnings.push(compacted.error.message);
    }
    const { records, warnings: strange } = known(compacted.ok ? compacted.value : open.value.lines, name);
    return ok({ journal: writer.journal, records, warnings: [...warnings, ...strange] });
  } catch (error) {
    if (error instanceof NotDurable) return err(notDurable(name));
    return err(unusable('cannot open the state', name, error));
  }
}

function openExisting(files: Files, path: string, name: string): Result<Open, JournalProblem> {
  let descriptor: number;
  try {
    descriptor = openRegular(files, path, 'write');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return ok(create(files, path, []));
  }
  const warnings: string[] = [];
  let found: Scan;
  try {
    found = scan(readWhole(files, descriptor), name);
    if (found.kind !== 'problem' && found.torn) {
      warnings.push(`the end of the state ${shown(name)} was not whole, as a crash leaves it: it was cut off`);
    }
    if (found.kind === 'journal') {
      if (found.torn) {
        files.truncate(descriptor, found.end);
        files.sync(descriptor);
      }
      return ok({ ...found, descriptor, entry: files.fstat(descriptor), warnings });
    }
  } catch (error) {
    files.close(descriptor);
    throw error;
  }
  files.close(descriptor);
  return found.kind === 'problem' ? err(found.problem) : ok(create(files, path, warnings));
}

function create(files: Files, path: string, warnings: readonly string[]): Open {
  const header: Header = {
    format: 'objflow-state',
    version: formatVersion,
    id: randomUUID(),
    generation: 1,
    createdAt: Date.now(),
  };
  const bytes = Buffer.from(headerLine(header));
  return { ...replaceFile(files, path, bytes), header, lines: [], end: bytes.length, warnings };
}
