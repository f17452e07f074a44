/**
 * The file that a run's output goes to. The command writes it by itself, byte for byte; objflow adds a line where it
 * has something to say. How it is shown, and what must be escaped then, is the reporters' matter.
 */
import { appendFileSync, closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Adds a line of objflow's own. A log that cannot be written fails nothing. */
export function note(log: string, sentence: string): void {
  try {
    appendFileSync(log, `objflow: ${sentence}\n`, { mode: 0o600 });
  } catch {
    // The command may have removed it or filled the disk; the run's outcome is told elsewhere too.
  }
}

/**
 * The last lines of a log, at most so many, out of its last `maxBytes` bytes at most; none where it cannot be read.
 * What is not UTF-8 becomes U+FFFD; control characters stay: they must be escaped before a terminal sees them.
 */
export function tailOfLog(log: string, lines: number, maxBytes = 64 * 1024): readonly string[] {
  const { bytes, whole } = lastBytes(log, maxBytes);
  const text = new TextDecoder().decode(bytes);
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  // The first line has no beginning, unless it is all there is.
  if (!whole && all.length > 1) all.shift();
  return lines > 0 ? all.slice(-lines) : [];
}

function lastBytes(file: string, count: number): { readonly bytes: Buffer; readonly whole: boolean } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    const start = Math.max(0, size - count);
    const buffer = Buffer.alloc(size - start);
    const read = readSync(descriptor, buffer, 0, buffer.length, start);
    return { bytes: buffer.subarray(0, read), whole: start === 0 };
  } catch {
    return { bytes: Buffer.alloc(0), whole: true };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
