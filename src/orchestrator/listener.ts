/**
 * The caller's ear and hand: tells a function of theirs what happens, and stops when their signal says so. A function that
 * throws is a bug of theirs: it is called no more, what it was told of is stopped, and they get their error at the end.
 */
import { type EventDocument, eventDocument } from '../report/event-document.js';
import type { RunEvent } from '../report/run-event.js';
import type { StopBy } from './stopper.js';

export interface Listening {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: EventDocument) => void) | undefined;
  readonly onReady?: (() => void) | undefined;
}

export interface Listener {
  readonly report: (event: RunEvent) => void;
  readonly tell: (document: EventDocument) => void;
  readonly warn: (message: string) => void;
  readonly stopBy: StopBy;
  /** Throws what the caller's function has thrown. */
  rethrow(): void;
}

/** Findings name files relative to `root`. */
export function listenerOf({ signal, onEvent, onReady }: Listening, root: string): Listener {
  let failure: { readonly error: unknown } | undefined;
  let isStopped = false;
  let stop: (() => void) | undefined;
  const stopOnce = (): void => {
    if (isStopped || !stop) return;
    isStopped = true;
    stop();
  };
  const call = (theirs: () => void): void => {
    if (failure) return;
    try {
      theirs();
    } catch (error) {
      failure = { error };
      stopOnce();
    }
  };
  const tell = (document: EventDocument): void => call(() => onEvent?.(document));
  const report = (event: RunEvent): void => {
    if (onEvent) tell(eventDocument(event, root));
    if (event.event === 'watching') call(() => onReady?.());
  };
  return {
    report,
    tell,
    warn: (message) => report({ event: 'warning', at: Date.now(), message }),
    stopBy(byTimes) {
      stop = () => byTimes(1);
      if (failure || signal?.aborted) stopOnce();
      signal?.addEventListener('abort', stopOnce);
      return () => signal?.removeEventListener('abort', stopOnce);
    },
    rethrow() {
      if (failure) throw failure.error;
    },
  };
}
