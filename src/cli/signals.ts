/** Signals that ask the program to stop. */
import { closeSync, fstatSync } from 'node:fs';
import type { StopBy } from '../orchestrator/stopper.js';
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
      if (signal === 'SIGHUP') process.once('exit', leaveTerminal);
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

/** Node aborts where it cannot leave a terminal as it found it: one that was closed, which is what a SIGHUP tells. */
function leaveTerminal(): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      if (fstatSync(descriptor).isCharacterDevice()) closeSync(descriptor);
    } catch {
      // Whoever called us had closed it.
    }
  }
}

/**
 * Catches signals from now on, for somebody who is not there yet: `stopBy` is told first of those that came before. A state
 * that is held must not be left to a signal that nobody catches.
 */
export function catchSignals(): Signals & { readonly stopBy: StopBy } {
  let caught = 0;
  let stop = (_times: number): void => {};
  const signals = onSignals((times) => {
    caught = times;
    stop(times);
  });
  return {
    ...signals,
    stopBy(told) {
      stop = told;
      for (let times = 1; times <= caught; times++) told(times);
      return () => {
        stop = () => {};
      };
    },
  };
}
