/**
 * Trace files that are used again: where one is made and removed for each run, ext4 looks at every file that was removed within
 * the last minutes whenever it makes another. Knows where a trace is begun and put aside; what stands in it, wrapper.ts says.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { inDirectory } from './start.js';

export interface Traces {
  /** Has a run's trace hold this and nothing else. */
  begin(trace: string, content: string): void;
  /**
   * It tells of nothing any more, under its name. With `again` the file may serve another run: nobody writes to it, and its
   * own run is never begun again, which a disk that has lost the last writes could otherwise take for this run's ending.
   */
  end(trace: string, again: boolean): void;
}

/** So many bytes a disk writes all or not at all: what is left of an earlier run is never mixed with what is new. */
const sector = 512;
/** Files that are put aside at most. */
const most = 16;

const ending = '.spare';

/** Removes what was put aside in this directory, by whomever: who misses one makes another. */
export function removeSpares(directory: string): void {
  try {
    for (const name of readdirSync(directory))
      if (name.endsWith(ending)) rmSync(path.join(directory, name), { force: true });
  } catch {
    // There is none yet, or it is not to be removed: it takes a little room.
  }
}

/** Traces in this directory. */
export function tracesIn(directory: string): Traces {
  let spare = 0;
  // Others may keep theirs in the same directory; in another container their process may have our number.
  const own = randomBytes(6).toString('hex');
  const nameOf = (number: number): string => path.join(directory, `${own}-${number}${ending}`);

  function reuse(trace: string, content: string): void {
    spare -= 1;
    const file = nameOf(spare);
    const descriptor = openSync(file, 'r+');
    try {
      ftruncateSync(descriptor, writeSync(descriptor, content));
    } finally {
      closeSync(descriptor);
    }
    renameSync(file, trace);
  }

  return {
    begin(trace, content) {
      try {
        if (spare > 0) return reuse(trace, content);
      } catch {
        // Somebody has removed it, or the disk is full: another file tells.
      }
      inDirectory(trace, () => writeFileSync(trace, content, { mode: 0o600 }));
    },
    end(trace, again) {
      try {
        if (again && spare < most && statSync(trace).size <= sector) {
          renameSync(trace, nameOf(spare));
          spare += 1;
        } else rmSync(trace, { force: true });
      } catch {
        // Not to be removed: it takes a little room.
      }
    },
  };
}
