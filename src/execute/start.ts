/**
 * Starts a shell that is given as data, and tells of its end. What starts it may be objflow itself or its launcher.
 * Knows nothing of traces, of jobs or of what is watched afterwards.
 */
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import path from 'node:path';

/** A shell that is to be started. */
export interface Start {
  /** Arguments of `/bin/sh`. */
  readonly arguments: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of the file that takes its output. */
  readonly log: string;
}

/** A process's end, as far as its parent sees it; nothing of it is known of a process that is not our child. */
export interface Gone {
  readonly exitCode?: number;
  readonly signal?: string;
  /** Its parent is gone, and it may live on. */
  readonly unseen?: true;
}

/** The process that leads a run's group. */
export interface Leader {
  readonly pid: number;
  /** The shell that tells of its end, where it is kept and not of that group. */
  readonly teller?: number;
  /** Resolves when it has exited, whoever still holds its output. */
  readonly gone: Promise<Gone>;
}

/** Why nothing was started: the code of a system error, where there is one. */
export interface NotStarted {
  readonly code?: string;
  readonly message: string;
  /** Whoever was to start it is gone, and may have started it. */
  readonly unseen?: true;
}

/** A shell that was started ahead, outside of our group, and waits for its text. */
export interface Waiting {
  readonly pid: number;
  /** Stands among its arguments, and among those of no other process. */
  readonly token: string;
  /** It runs one command after the other, each in a group of its own (kept.ts), and does not lead the run's group itself. */
  readonly kept?: true;
  /** Gives it its text, whole or not at all; resolves when it has begun, or will not. */
  run(text: string): Promise<Leader>;
  /** Gives it back: it is not told after all. */
  release(): void;
}

/** Where most commands run, and what they are given beside their own variables. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Starter {
  /** Never rejects. */
  start(start: Start): Promise<Leader | NotStarted>;
  /** A shell that waits in this directory with the environment that objflow hands on, where there is one. It is the caller's now. */
  waitingIn?(cwd: string): Promise<Waiting | undefined>;
}

/** Starts it from this process. */
export const startHere: Starter['start'] = async ({ arguments: given, cwd, env, log }) => {
  let output: number | undefined;
  try {
    const { execa } = await import('execa'); // a tenth of a second, and a call with nothing to do needs none of it
    output = inDirectory(log, () => openSync(log, 'a', 0o600));
    const descriptor = output as 3; // execa's types know 3 to 9 only; it hands on whatever is open
    // No pipe: a job that outlives us must be able to write on, and what it leaves behind must not hold us. Its end,
    // its timeout and its output are looked after by us: execa would wait for whoever holds them.
    const child = execa('/bin/sh', given, {
      cwd,
      env,
      extendEnv: false,
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      stdin: 'ignore',
      stdout: descriptor,
      stderr: descriptor,
      verbose: 'none',
    });
    if (child.pid === undefined) return whyNot((await child).cause);
    return { pid: child.pid, gone: child.then(({ exitCode, signal }) => goneOf(exitCode, signal)) };
  } catch (error) {
    return whyNot(error);
  } finally {
    if (output !== undefined) closeSync(output);
  }
};

/** As Node tells of an end. */
export const goneOf = (exitCode: number | null | undefined, signal: string | null | undefined): Gone => ({
  ...(exitCode == null ? {} : { exitCode }),
  ...(signal == null ? {} : { signal }),
});

/** Makes a file, and the directory that it belongs in where there is none: nobody but this user may look into it. */
export function inDirectory<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (whyNot(error).code !== 'ENOENT') throw error;
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    return make();
  }
}

/** What an error says. */
export function whyNot(error: unknown): NotStarted {
  if (!(error instanceof Error)) return { message: String(error) };
  return 'code' in error ? { code: String(error.code), message: error.message } : { message: error.message };
}

/** Which directory it is, whatever its name; undefined for none, and for one that cannot be looked at. */
export function identityOf(directory: string): string | undefined {
  try {
    const { dev, ino, birthtimeNs } = statSync(directory, { bigint: true });
    return `${dev}:${ino}:${birthtimeNs}`;
  } catch {
    return undefined;
  }
}

/** Whether there is a directory, as far as it can be seen: a link that leads nowhere, or round in circles, is none. */
export function isDirectory(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}
