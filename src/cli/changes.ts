/** Waits for something to happen to files. What is heard is only a hint that it is worth looking. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Listen } from '../objects/hints.js';

export interface Changes {
  /** Resolves when something may have happened since the last call resolved, or since it was opened. */
  next(): Promise<void>;
  close(): void;
}

/** Milliseconds after which a look is worth while in any case: the death of a process is not heard of. */
const slowest = 1000;
/** Milliseconds between two looks at what is not heard of. */
const polled = 250;

/** Listens to the directories of these files, as soon as they are there. */
export async function changesOf(files: readonly string[], listen: Listen): Promise<Changes> {
  const names = new Set(files.map((file) => path.basename(file)));
  /** Directories to be listened to, and how to end that. */
  const open = new Map<string, (() => void) | undefined>(files.map((file) => [path.dirname(file), undefined]));
  const mute = new Set<string>();
  let happened = false;
  let wake = (): void => {};
  const note = (): void => {
    happened = true;
    wake();
  };
  const join = async (): Promise<void> => {
    for (const [directory, end] of open) {
      if (end !== undefined || !existsSync(directory)) continue;
      const heard = (name: string | undefined): void => {
        if (name === undefined || names.has(name)) note();
      };
      const close = await listen(directory, { heard, failed: () => mute.add(directory) });
      open.set(directory, close);
      // What happened before it was heard of.
      happened = true;
    }
  };
  await join();
  return {
    async next() {
      await join();
      if (!happened) {
        const unheard = mute.size > 0 || [...open.values()].some((end) => end === undefined);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, unheard ? polled : slowest);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = () => {};
      }
      happened = false;
    },
    close() {
      wake();
      for (const end of open.values()) end?.();
    },
  };
}
