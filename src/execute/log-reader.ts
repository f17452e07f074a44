/**
 * Reads a run's log from some line on to its end, and again what was added since: in pieces, however long it is. A log that
 * was cut or replaced is read from its beginning. Knows nothing of what is done with the bytes, nor of when a run has ended.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface LogReader {
  /**
   * Gives `take` what was not given yet, piece by piece, each when the one before is done with; a piece is good for that
   * long. Ends when `take` resolves to false. A log that is not there, or cannot be read, has nothing to give.
   */
  read(take: (bytes: Uint8Array) => Promise<boolean>): Promise<void>;
  /** Bytes that were passed over or given of the file as it stands now; undefined where there was none to read. */
  readonly position: number | undefined;
}

/** Bytes that are read at once. */
const atOnce = 64 * 1024;
const newline = 0x0a;

/** Reads from the beginning, or where a number of `lines` is given, the last of them and what comes after. */
export function logReader(log: string, lines?: number): LogReader {
  let place: { readonly file: string; offset: number } | undefined;

  const start = (descriptor: number): typeof place => {
    const { dev, ino, size } = fstatSync(descriptor, { bigint: true });
    const file = `${dev}:${ino}`;
    if (place?.file === file && size >= place.offset) return place;
    const whole = place !== undefined || lines === undefined;
    return { file, offset: whole ? 0 : startOfLast(descriptor, Number(size), lines) };
  };

  return {
    async read(take) {
      const descriptor = opened(log);
      if (descriptor === undefined) return;
      try {
        const here = start(descriptor);
        if (here === undefined) return;
        place = here;
        const bytes = Buffer.allocUnsafe(atOnce);
        for (;;) {
          const got = readSync(descriptor, bytes, 0, bytes.length, here.offset);
          here.offset += got;
          if (got === 0 || !(await take(bytes.subarray(0, got)))) return;
        }
      } finally {
        closeSync(descriptor);
      }
    },
    get position() {
      return place?.offset;
    },
  };
}

function opened(log: string): number | undefined {
  try {
    const descriptor = openSync(log, 'r');
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
  } catch {
    // Nothing was written yet, or somebody removed it.
  }
  return undefined;
}

/** Where the last lines begin, looking from the end; a last line may have no end yet. */
function startOfLast(descriptor: number, size: number, lines: number): number {
  if (lines === 0) return size;
  const bytes = Buffer.allocUnsafe(Math.min(atOnce, size));
  let left = lines;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - bytes.length);
    const got = readSync(descriptor, bytes, 0, end - start, start);
    for (let at = got - 1; at >= 0; at -= 1) {
      // The newline at the very end ends the last line, and begins none.
      if (bytes[at] !== newline || start + at === size - 1) continue;
      left -= 1;
      if (left === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}
