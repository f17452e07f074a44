/**
 * The journal in the hands of its one writer: append, sync, compact. What it promises: what `sync` has confirmed is there
 * after any crash, and a file that is in doubt is never written to again. Knows nothing of locks, nor of what the
 * records mean; which of them are kept, compact.ts says.
 */
import type { JournalRecord } from '../core/record.js';
import { err, ok, type Result } from '../core/result.js';
import { forgottenRuns, keep } from './compact.js';
import { type Entry, type Files, NotDurable, readWhole, replaceFile } from './files.js';
import { type Header, headerLine, type Line, recordLine } from './line.js';
import { isFull, type JournalProblem, problem, reasonOf, shown, systemCode } from './problem.js';
import { damaged, scan } from './scan.js';
import { faultOf } from './shape.js';

export interface Journal {
  /**
   * Writes records: all of them or none. Once it returns, a process that dies has recorded them; for a machine that dies
   * it takes `sync`. A problem that is `retryable` (no room) leaves the journal as it was; after any other the journal is
   * of no more use.
   */
  append(records: readonly JournalRecord[]): Result<void, JournalProblem>;
  /** Brings to the disk what was appended. A failure is final: a second sync would say that all is well. */
  sync(): Result<void, JournalProblem>;
  /**
   * Rewrites the journal shorter, where it pays; gives whether it did. Takes time in proportion to the journal: for when
   * there is nothing else to do. A problem that is `retryable` leaves the journal as it was.
   */
  compactIfWorthwhile(): Result<boolean, JournalProblem>;
  /** Whether it is still of use: nothing has failed, and the file is as it was left. Reads only. */
  check(): Result<void, JournalProblem>;
  /** Closes the file and gives the state free; syncs nothing. Once is enough. */
  close(): void;
}

/** The file as it stands when it is opened. */
export interface Open {
  readonly descriptor: number;
  readonly entry: Entry;
  readonly header: Header;
  readonly lines: readonly Line[];
  /** Bytes. */
  readonly end: number;
  readonly warnings: readonly string[];
}

export interface Writer {
  readonly journal: Journal;
  /** Compacts, where it pays, a journal that holds these lines; gives the lines that stand afterwards. */
  readonly compact: (lines: readonly Line[]) => Result<readonly Line[], JournalProblem>;
}

/** A journal shorter than this many records is not worth rewriting, nor one less than `ratio` times what would be kept. */
const smallest = 1000;
const ratio = 3;
/** So many lines are made into bytes together. */
const atOnce = 10_000;

export const notDurable = (name: string): JournalProblem =>
  problem('failed', `the directory of the state ${shown(name)} could not be synced; check the disk, then start again`);

/** A whole journal. In pieces: no string holds all of a long one. */
function linesOf(header: Header, lines: readonly Line[]): Buffer {
  const pieces = [Buffer.from(headerLine(header))];
  for (let from = 0; from < lines.length; from += atOnce) {
    const texts = lines.slice(from, from + atOnce).map((line, at) => recordLine(line, from + at + 1));
    pieces.push(Buffer.from(texts.join('')));
  }
  return Buffer.concat(pieces);
}

/**
 * Takes an open file over. `name` is what it is called in messages; `release` is called after it is closed, `forget` with
 * the runs that a compaction has dropped, once they are gone for good.
 */
export function writerOf(
  files: Files,
  path: string,
  name: string,
  open: Open,
  release: () => void,
  forget: (runs: readonly string[]) => void = () => {},
): Writer {
  let { descriptor, entry, header, end } = open;
  let count = open.lines.length;
  // What the last compaction kept are its `run` lines: it pays no sooner than for who has held the state since then.
  let compactAbove = Math.max(smallest, ratio * open.lines.filter(({ type }) => type === 'run').length);
  let unsynced = false;
  let broken: JournalProblem | undefined;

  /** From now on nothing but this problem. */
  const fail = (found: JournalProblem): Result<never, JournalProblem> => {
    broken = found;
    return err(found);
  };
  const failed = (what: string, error: unknown): Result<never, JournalProblem> =>
    fail(problem('failed', `${what} the state ${shown(name)}: ${reasonOf(systemCode(error))}, then start again`));

  /** The path still leads to our file, as long as we left it. A lone writer is not the only one who can write. */
  const changed = (): JournalProblem | undefined => {
    const told = (what: string): JournalProblem =>
      problem(
        'changed',
        `the state ${shown(name)} ${what} while objflow held it; nothing more is recorded: bring the file back or move it away, then start again`,
      );
    try {
      const now = files.lstat(path);
      if (now.dev !== entry.dev || now.ino !== entry.ino) return told('was replaced by another file');
      return now.size === end ? undefined : told(`was changed (it has ${now.size} bytes, not ${end})`);
    } catch (error) {
      return systemCode(error) === 'ENOENT' ? told('was removed') : told(`cannot be looked at (${systemCode(error)})`);
    }
  };

  const append = (records: readonly JournalRecord[]): Result<void, JournalProblem> => {
    if (broken) return err(broken);
    for (const record of records) {
      const fault = faultOf({ ...record });
      if (fault !== undefined)
        throw new Error(`a record that could not be read again (${fault}): ${JSON.stringify(record)}`);
    }
    if (records.length === 0) return ok(undefined);
    const found = changed();
    if (found) return fail(found);
    const bytes = Buffer.from(records.map((record, index) => recordLine(record, count + 1 + index)).join(''));
    let code = 'ENOSPC'; // a short count is how a full disk begins: only the next write would say so
    try {
      if (files.write(descriptor, bytes, end) === bytes.length) {
        end += bytes.length;
        count += records.length;
        unsynced = true;
        return ok(undefined);
      }
    } catch (error) {
      code = systemCode(error);
    }
    try {
      files.truncate(descriptor, end);
    } catch (error) {
      return failed('cannot cut off what was half written to', error);
    }
    const message = `cannot write to the state ${shown(name)}: ${reasonOf(code)}`;
    return isFull(code) ? err(problem('full', message, { retryable: true })) : fail(problem('failed', message));
  };

  const sync = (): Result<void, JournalProblem> => {
    if (broken) return err(broken);
    if (!unsynced) return ok(undefined);
    try {
      files.datasync(descriptor);
    } catch (error) {
      return failed('cannot sync', error);
    }
    unsynced = false;
    return ok(undefined);
  };

  const compact = (lines: readonly Line[]): Result<readonly Line[], JournalProblem> => {
    if (lines.length <= compactAbove) return ok(lines);
    const kept = keep(lines);
    // Where it does not pay now, or fails, it is not asked again at each line.
    compactAbove = Math.max(ratio * kept.length, Math.ceil(lines.length * 1.125));
    if (lines.length <= ratio * kept.length) return ok(lines);
    const next: Header = { ...header, generation: header.generation + 1 };
    const bytes = linesOf(next, kept);
    const old = descriptor;
    try {
      ({ descriptor, entry } = replaceFile(files, path, bytes));
    } catch (error) {
      if (error instanceof NotDurable) return fail(notDurable(name));
      const code = systemCode(error);
      const message = `the state ${shown(name)} could not be compacted, and stays as it was: ${reasonOf(code)}`;
      return err(problem(isFull(code) ? 'full' : 'failed', message, { retryable: true }));
    }
    header = next;
    end = bytes.length;
    count = kept.length;
    compactAbove = Math.max(smallest, ratio * count);
    unsynced = false;
    try {
      files.close(old);
    } catch (error) {
      systemCode(error); // it has no name any more, and nothing that is not in the new file
    }
    forget(forgottenRuns(lines, kept));
    return ok(kept);
  };

  const compactIfWorthwhile = (): Result<boolean, JournalProblem> => {
    if (broken) return err(broken);
    if (count <= compactAbove) return ok(false);
    const found = changed();
    if (found) return fail(found);
    // What is on disk is what is compacted: no second copy of it has to be kept in memory, and damage shows.
    try {
      const now = scan(readWhole(files, descriptor), name);
      if (now.kind === 'problem') return fail(now.problem);
      if (now.kind === 'fresh' || now.torn || now.lines.length !== count) {
        const at = now.kind === 'fresh' ? { line: 1, end: 0 } : { line: now.lines.length + 2, end: now.end };
        return fail(damaged(name, at.line, at.end, 'its end is not what was written'));
      }
      const { generation } = header;
      const compacted = compact(now.lines);
      return compacted.ok ? ok(header.generation > generation) : compacted;
    } catch (error) {
      return failed('cannot read', error);
    }
  };

  const check = (): Result<void, JournalProblem> => {
    if (broken) return err(broken);
    const found = changed();
    return found ? err(found) : ok(undefined);
  };

  let closed = false;
  const close = (): void => {
    if (closed) return; // a number that was closed may be another's by now
    closed = true;
    broken ??= problem('failed', `the state ${shown(name)} is closed`);
    files.close(descriptor);
    release();
  };

  return { journal: { append, sync, compactIfWorthwhile, check, close }, compact };
}
