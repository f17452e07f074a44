/** Signals that ask the program to stop. */
import { exitOfSignal } from './exit.js';

export interface Signals {
  /** Listens no more; gives the exit status that the first signal asks for, if there was one. */
  off(): number | undefined;
}

/** Calls back with 1 at the first signal, 2 at the second, and so on. */
export function onSignals(stop: (count: number) => void): Signals {
  let count = 0;
  let status: number | undefined;
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const listener = (): void => {
      status ??= exitOfSignal[signal];
      count += 1;
      stop(count);
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  return {
    off() {
      for (const { signal, listener } of listeners) process.off(signal, listener);
      return status;
    },
  };
}
