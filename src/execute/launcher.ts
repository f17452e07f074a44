/**
 * A process that starts commands for a daemon. Starting one copies the page tables of whoever starts it: 2 ms for a
 * small process, and many times that for one that holds a big mapping. So a daemon has a small one beside it. What it
 * starts belongs to nobody: it goes on when the launcher, or the daemon, is gone. Knows nothing of what is started.
 */
import { fileURLToPath } from 'node:url';
import {
  type Gone,
  identityOf,
  type Leader,
  type NotStarted,
  type Start,
  type Starter,
  type Surroundings,
  startHere,
  type Waiting,
  whyNot,
} from './start.js';

/** To the launcher: start this, give the waiting shell its text, keep one waiting like this. */
export type Request =
  | { readonly id: number; readonly start: Start }
  | { readonly id: number; readonly token: string; readonly text: string }
  | { readonly keep: Surroundings };

/** From the launcher: that it started, why it did not, how it ended; which shell waits, and that it has ended untold. */
export type Answer =
  | { readonly id: number; readonly pid: number }
  | { readonly id: number; readonly failed: NotStarted }
  | { readonly id: number; readonly gone: Gone }
  | { readonly waiting: Known }
  | { readonly ended: string };

type Known = Pick<Waiting, 'pid' | 'token'>;

export interface Launcher extends Starter {
  /** One that stands still goes on: what is asked of it would never be done, and what it has to tell not be told. */
  goOn(): void;
  /** Ends the launcher; what it started goes on. */
  close(): void;
}

interface Asked {
  readonly started: (started: Leader | NotStarted) => void;
  gone?: (gone: Gone) => void;
}

/**
 * A launcher. While it is starting, and should it be gone, commands are started from this process. When it goes, what
 * it has started is told to have ended in a way that nobody saw: whoever watches it looks for itself.
 *
 * It keeps a shell waiting for its text in these surroundings, so that between a landing and its command there is the
 * start of one process, not of two.
 */
export function openLauncher(surroundings: Surroundings): Launcher {
  const waiting = new Map<number, Asked>();
  let send: ((request: Request) => void) | undefined;
  let ready: Known | undefined;
  const place = identityOf(surroundings.cwd);
  let end = (): void => {};
  let goOn = (): void => {};
  let closed = false;
  let count = 0;

  const hear = (answer: Answer): void => {
    if ('waiting' in answer) {
      ready = answer.waiting;
      return;
    }
    if ('ended' in answer) {
      if (ready?.token === answer.ended) ready = undefined;
      return;
    }
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
    ready = undefined;
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
    goOn = () => void child.kill('SIGCONT');
    child.once('message', () => {
      send = (request) => {
        child.send(request, (error) => {
          if (!error || !('id' in request)) return;
          const { id } = request;
          hear(
            'token' in request ? { id, gone: { unseen: true } } : { id, failed: { ...whyNot(error), code: 'EAGAIN' } },
          );
        });
      };
      child.on('message', (answer) => hear(answer as unknown as Answer)); // our own program answers
      send({ keep: surroundings });
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
        ask({ id, start });
      });
    },
    async waitingIn(cwd) {
      const mine = ready;
      const ask = send;
      // What was put in the place of the directory since is another.
      if (!mine || !ask || cwd !== surroundings.cwd || identityOf(cwd) !== place) return undefined;
      ready = undefined;
      return {
        ...mine,
        async run(text) {
          count += 1;
          const id = count;
          const gone = new Promise<Gone>((resolve) => {
            waiting.set(id, { started: () => {}, gone: resolve });
            ask({ id, token: mine.token, text });
          });
          return { pid: mine.pid, gone };
        },
        release() {
          ready ??= mine;
        },
      };
    },
    goOn: () => goOn(),
    close() {
      closed = true;
      end();
    },
  };
}
