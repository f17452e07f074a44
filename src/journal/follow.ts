/**
 * The records of a state as they come: all that are there, and at each later reading those that have been added. For
 * readers that keep little of what they are told, however long the journal is: it is gone through in pieces, and no
 * line stays in memory. Without the lock, changing nothing. Knows nothing of what the records mean.
 */
import type { JournalRecord } from '../core/record.js';
import { ok, type Result } from '../core/result.js';
import { type Files, openRegular, realFiles } from './files.js';
import { readHeader, readLine, runsOn } from './line.js';
import type { JournalProblem } from './problem.js';
import { readJournal } from './read.js';

export interface Listener {
  /** All records are told from the first one on: the first time, and when the journal was rewritten since. */
  begin(): void;
  take(record: JournalRecord): void;
}

export interface Follower {
  /** Tells the records that were not told yet. A problem is one that `readJournal` gives. */
  read(): Result<void, JournalProblem>;
}

/** Bytes that are read at once; a line may be longer. */
const atOnce = 1024 * 1024;
const newline = 0x0a;

/** What has been read of a journal: up to where, and the number of the next line. */
interface Place {
  readonly header: Buffer;
  offset: number;
  next: number;
}

/** Follows a state. A missing or empty file has no records. */
export function followJournal(stateFile: string, { begin, take }: Listener, files: Files = realFiles): Follower {
  let place: Place | undefined;

  /** Whether it was a journal with nothing wrong, as far as it is new. */
  const readOn = (descriptor: number): boolean => {
    const known = place && sameHeader(files, descriptor, place) ? place : undefined;
    place = known ?? openingOf(files, descriptor);
    if (place === undefined) return false;
    if (known === undefined) begin();
    return eachLine(files, descriptor, place, take);
  };

  return {
    read() {
      try {
        const descriptor = openRegular(files, stateFile, 'read');
        try {
          if (readOn(descriptor)) return ok(undefined);
        } finally {
          files.close(descriptor);
        }
      } catch {
        // What cannot be opened or read is told below.
      }
      // Whatever is not plain is left to the one who knows what it means.
      place = undefined;
      const whole = readJournal(stateFile, files);
      if (!whole.ok) return whole;
      begin();
      for (const record of whole.value.records) take(record);
      return ok(undefined);
    },
  };
}

/** Each generation of a journal has a header of its own. One that is shorter than it was is another, too. */
function sameHeader(files: Files, descriptor: number, { header, offset }: Place): boolean {
  const bytes = Buffer.alloc(header.length);
  return (
    files.fstat(descriptor).size >= offset &&
    files.read(descriptor, bytes, 0, bytes.length, 0) === bytes.length &&
    bytes.equals(header)
  );
}

function openingOf(files: Files, descriptor: number): Place | undefined {
  const bytes = Buffer.alloc(4096);
  const size = files.read(descriptor, bytes, 0, bytes.length, 0);
  const end = bytes.subarray(0, size).indexOf(newline);
  if (end === -1 || readHeader(bytes, end).kind !== 'header') return undefined;
  return { header: bytes.subarray(0, end + 1), offset: end + 1, next: 1 };
}

/** Moves `place` on. What follows the last newline is not recorded yet. */
function eachLine(files: Files, descriptor: number, place: Place, take: Listener['take']): boolean {
  let bytes = Buffer.allocUnsafe(Math.min(atOnce, Math.max(4096, files.fstat(descriptor).size - place.offset)));
  let filled = 0;
  for (;;) {
    const got = files.read(descriptor, bytes, filled, bytes.length - filled, place.offset + filled);
    if (got === 0) return !runsOn(bytes.subarray(0, filled), 0, filled);
    filled += got;
    const piece = bytes.subarray(0, filled);
    let start = 0;
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, start)) {
      const read = readLine(piece, start, end, place.next);
      if (read.kind !== 'line') return false;
      if (read.line.type !== 'strange') take(read.line);
      place.next += 1;
      place.offset += end + 1 - start;
      start = end + 1;
    }
    filled -= start;
    if (start > 0) bytes.copyWithin(0, start, start + filled);
    else if (filled === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
  }
}
