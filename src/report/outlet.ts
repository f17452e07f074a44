/**
 * Where text leaves the program. Writing never waits, never throws and never grows without end: a reader that is slow,
 * a terminal that is stopped with Ctrl-S, a pipe that is closed cost lines, not the work. Knows nothing of what is said.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';

export interface Outlet {
  /**
   * Takes the text, or gives false where it was dropped: nobody is there any more, or too much is waiting and it is not
   * what must `always` be taken (a last word, not one of many).
   */
  write(text: string, always?: boolean): boolean;
  /** Something is waiting for the reader. */
  readonly busy: boolean;
  /** The error code after which nothing more can be written: `EPIPE` (the reader is gone), `ENOSPC`, … */
  readonly failure: string | undefined;
  /** Size of the terminal; 80 by 24 where there is none. */
  size(): { readonly columns: number; readonly rows: number };
  /** Settles when everything is written, or cannot be. A stopped terminal may take its time: let go of locks before. */
  flush(): Promise<void>;
}

/** Bytes that may wait; one text that is longer is taken all the same. */
const limit = 8 * 1024 * 1024;
/** Milliseconds between two tries at a terminal that takes nothing. */
const again = 4;

/** A stream of the process, as `process.stdout` is one. */
export type Stream = NodeJS.WriteStream & { readonly fd: number };

/** The outlet of standard output or standard error. */
export function openOutlet(stream: Stream): Outlet {
  const descriptor = stream.isTTY ? openTerminal(stream.fd) : undefined;
  return descriptor === undefined ? streamOutlet(stream) : terminalOutlet(stream, descriptor);
}

/** The same terminal, opened once more: Node writes to its own in a way that stops the whole program with it. */
function openTerminal(fd: number): number | undefined {
  for (const path of [`/proc/self/fd/${fd}`, '/dev/tty']) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch {
      // Not this system's way, or somebody else's terminal.
    }
  }
  return undefined;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

function terminalOutlet(stream: NodeJS.WriteStream, descriptor: number): Outlet {
  let queue: Buffer[] = [];
  let waiting = 0;
  let failure: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let waiters: (() => void)[] = [];

  const settle = (): void => {
    for (const waiter of waiters) waiter();
    waiters = [];
  };
  const fail = (code: string): void => {
    failure = code;
    queue = [];
    waiting = 0;
    closeSync(descriptor);
  };
  const pump = (): void => {
    timer = undefined;
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      try {
        const written = writeSync(descriptor, first);
        waiting -= written;
        if (written === first.length) queue.shift();
        else queue[0] = first.subarray(written);
      } catch (error) {
        if (codeOf(error) === 'EAGAIN') {
          timer = setTimeout(pump, again);
          return;
        }
        fail(codeOf(error));
      }
    }
    settle();
  };
  return {
    write(text, always = false) {
      if (failure !== undefined || (waiting > limit && !always)) return false;
      const bytes = Buffer.from(text);
      queue.push(bytes);
      waiting += bytes.length;
      if (timer === undefined) pump();
      return true;
    },
    get busy() {
      return waiting > 0;
    },
    get failure() {
      return failure;
    },
    size: () => sizeOf(stream),
    flush: () => (waiting === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
  };
}

function streamOutlet(stream: NodeJS.WriteStream): Outlet {
  let failure: string | undefined;
  const keep = (error: unknown): void => {
    if (error) failure ??= codeOf(error);
  };
  // Without a listener a reader that is gone would end the program.
  stream.on('error', keep);
  return {
    write(text, always = false) {
      if (failure !== undefined || (stream.writableLength > limit && !always)) return false;
      stream.write(text);
      return true;
    },
    get busy() {
      return stream.writableLength > 0;
    },
    get failure() {
      return failure;
    },
    size: () => sizeOf(stream),
    flush: () =>
      failure === undefined
        ? new Promise((resolve) => stream.write('', (error) => resolve(keep(error))))
        : Promise.resolve(),
  };
}

/** A terminal that does not know its size says 0. */
const sizeOf = (stream: NodeJS.WriteStream) => ({ columns: stream.columns || 80, rows: stream.rows || 24 });

/**
 * Writes lines, and where some had to be dropped says how many before the next. Each text is whole lines; an empty one
 * only says what was dropped.
 */
export function lineWriter(
  outlet: Outlet,
  note: (dropped: number) => string,
): (text: string, always?: boolean) => void {
  let dropped = 0;
  return (text, always) => {
    const whole = dropped === 0 ? text : note(dropped) + text;
    if (whole === '' || outlet.write(whole, always)) dropped = 0;
    else dropped += text.split('\n').length - 1;
  };
}
