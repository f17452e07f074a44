/**
 * Shells that are kept for one command after the other, so that a command costs one fork of a small process and not the starts of two
 * shells from a big one. What they run belongs to nobody: it goes on when objflow is gone, and its shell ends after it.
 * Knows nothing of what is run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { keptProgram, servesKept } from './kept.js';
import {
  type Gone,
  identityOf,
  type Leader,
  type Starter,
  type Surroundings,
  startHere,
  type Waiting,
  whyNot,
} from './start.js';

export interface Shells extends Starter {
  /** They end, each when its command has ended; resolves when those have gone that have none. */
  close(): Promise<void>;
}

/** So many that have nothing to do are kept. */
const spare = 4;
/** Milliseconds that they are given to go: somebody may have stopped them. */
const patience = 1000;

/** Shells in these surroundings. Where none can be kept, and what they cannot be told, is started from this process. */
export function openShells({ cwd: home, env }: Surroundings): Shells {
  const free: Waiting[] = [];
  const endings = new Set<() => void>();
  /** Those that have no command. */
  const idle = new Set<ChildProcess>();
  const place = identityOf(home);
  /** There is none, or the one that there is does not do. */
  let none = !servesKept(env);
  let closed = false;

  /** Starts one; undefined where it ends before it is of use. */
  const open = (): Promise<Waiting | undefined> =>
    new Promise((opened) => {
      const token = `objflow-${randomBytes(12).toString('hex')}`;
      const child = spawn('bash', ['-p', '-c', keptProgram, token], {
        cwd: home,
        env,
        detached: true,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const { pid = 0, stdin, stdout } = child;
      child.on('error', (error) => {
        none ||= whyNot(error).code === 'ENOENT';
        opened(undefined);
      });
      if (pid === 0) return;
      const end = (): void => {
        stdin.end();
        stdout.destroy();
        child.unref();
      };
      let ready = false;
      let started: ((leader: Leader) => void) | undefined;
      let gone: ((gone: Gone) => void) | undefined;
      const begun = (leader: number): void => {
        started?.({ pid: leader, teller: pid, gone: new Promise((resolve) => (gone = resolve)) });
        started = undefined;
      };
      const waiting: Waiting = {
        pid,
        token,
        kept: true,
        run: (text) =>
          new Promise((resolve) => {
            started = resolve;
            idle.delete(child);
            stdin.write(text);
          }),
        release() {
          if (closed || free.length >= spare) end();
          else free.push(waiting);
        },
      };
      const hear = (line: string): void => {
        const [word, number] = line.split(' ');
        if (word === 'ready') {
          ready = true;
          idle.add(child);
          opened(waiting);
        } else if (word === 'begun') begun(Number(number));
        else if (word === 'ended') {
          // It may not have come to say that it has begun.
          begun(pid);
          const tell = gone;
          idle.add(child);
          waiting.release();
          tell?.({ exitCode: Number(number) });
        }
      };
      const over = (): void => {
        endings.delete(end);
        idle.delete(child);
        const index = free.indexOf(waiting);
        if (index >= 0) free.splice(index, 1);
        if (!ready) none = true;
        opened(undefined);
        begun(pid);
        gone?.({});
      };
      let rest = '';
      stdout.setEncoding('latin1').on('data', (text) => {
        const lines = `${rest}${text}`.split('\n');
        rest = lines.pop() ?? '';
        lines.forEach(hear);
      });
      stdin.on('error', () => {}); // its end tells
      child.on('exit', over);
      endings.add(end);
    });

  return {
    start: startHere,
    async waitingIn(cwd) {
      // What was put in the place of the directory since is another.
      if (none || cwd !== home || identityOf(cwd) !== place) return undefined;
      return free.pop() ?? (await open());
    },
    async close() {
      closed = true;
      for (const end of endings) end();
      await Promise.all([...idle].map(leaves));
    },
  };
}

/** Resolves when it has gone, or is given up. */
async function leaves(child: ChildProcess): Promise<void> {
  child.ref();
  await once(child, 'exit', { signal: AbortSignal.timeout(patience) }).catch(() => child.unref());
}
