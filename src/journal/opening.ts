/**
 * Whether a state is one that this objflow can go on with, by its first line alone: for those who leave something beside
 * it and read none of its records. A damaged middle is found by whoever takes it up.
 */
import { ok, type Result } from '../core/result.js';
import { type Files, openRegular, realFiles } from './files.js';
import { readHeader } from './line.js';
import type { JournalProblem } from './problem.js';
import { skimJournal } from './read.js';

/** Bytes; a first line is never longer. */
const longest = 4096;
const newline = 0x0a;

/** Costs the same however long the state is. A missing or empty file is well; a problem is one that `skimJournal` gives. */
export function checkOpening(stateFile: string, files: Files = realFiles): Result<void, JournalProblem> {
  if (isPlain(stateFile, files)) return ok(undefined);
  const whole = skimJournal(stateFile, files);
  return whole.ok ? ok(undefined) : whole;
}

function isPlain(stateFile: string, files: Files): boolean {
  try {
    const descriptor = openRegular(files, stateFile, 'read');
    try {
      const bytes = Buffer.alloc(longest);
      const end = bytes.subarray(0, files.read(descriptor, bytes, 0, longest, 0)).indexOf(newline);
      return end !== -1 && readHeader(bytes, end).kind === 'header';
    } finally {
      files.close(descriptor);
    }
  } catch {
    return false; // what is wrong with it is told by the one who knows what it means
  }
}
