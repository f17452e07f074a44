/**
 * A process that starts commands for a daemon. Starting one copies the page tables of whoever starts it: 2 ms for a
 * small process, and many times that for one that holds a big mapping. So a daemon has a small one beside it. What it
 * starts belongs to nobody: it goes on when the launcher, or the daemon, is gone. Knows nothing of what is started.
 */
import { fileURLToPath } from 'node:url';
import { type Gone, type Leader, type NotStarted, type Start, type Starter, startHere, whyNot } from './start.js';

/** To the launcher. */
export interface Request extends Start {
  readonly id: number;
}

/** From the launcher: that it started, why it did not, how it ended. */
export type Answer =
  | { readonly id: number; readonly pid: number }
  | { readonly id: number; readonly failed: NotStarted }
  | { readonly id: number; readonly gone: Gone };

export interface Launcher {
  readonly start: Starter;
  /** Ends the launcher; what it started goes on. */
  close(): void;
}

interface Waiting {
  readonly started: (started: Leader | NotStarted) => void;
  gone?: (gone: Gone) => void;
}

/**
 * A launcher. While it is starting, and should it be gone, commands are started from this process. When it goes, what
 * it has started is told to have ended in a way that nobody saw: whoever watches it looks for itself.
 */
export function openLauncher(): Launcher {
  const waiting = new Map<number, Waiting>();
  let send: ((request: Request) => void) | undefined;
  let end = (): void => {};
  let closed = false;
  let count = 0;

  const hear = (answer: Answer): void => {
    const waits = waiting.get(answer.id);
    if (!waits) return;
    if ('pid' in answer) {
      const gone = new Promise<Gone>((resolve) => {
        waits.gone = resolve;
      });
      waits.started({ pid: answer.pid, gone });
      return;
    }
    waiting.delete(answer.id);
    if ('failed' in answer) waits.started(answer.failed);
    else waits.gone?.(answer.gone);
  };
  const lost = (): void => {
    send = undefined;
    for (const { started, gone } of waiting.values()) {
      if (gone) gone({ unseen: true });
      else started({ code: 'EAGAIN', message: 'the launcher has ended', unseen: true });
    }
    waiting.clear();
  };

  async function open(): Promise<void> {
    const { execaNode } = await import('execa');
    if (closed) return;
    const child = execaNode(fileURLToPath(new URL('./launcher-main.js', import.meta.url)), {
      // Ctrl-C is for us: it must go on while running commands end.
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      stdio: 'ignore',
      serialization: 'json',
      nodeOptions: [],
    });
    end = () => {
      if (child.connected) child.disconnect();
    };
    child.once('message', () => {
      send = (request) => {
        child.send(request, (error) => {
          if (error) hear({ id: request.id, failed: { ...whyNot(error), code: 'EAGAIN' } });
        });
      };
      child.on('message', (answer) => hear(answer as unknown as Answer)); // our own program answers
    });
    child.once('exit', lost);
    child.once('disconnect', lost);
    await child;
  }
  void open().catch(lost);

  return {
    start(start) {
      if (!send) return startHere(start);
      const ask = send;
      count += 1;
      const id = count;
      return new Promise((started) => {
        waiting.set(id, { started });
        ask({ id, ...start });
      });
    },
    close() {
      closed = true;
      end();
    },
  };
}
