/**
 * Starts a command on this machine: its trace, its log, its process. Knows nothing of how it is watched and ended.
 */
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Work } from '../core/effect.js';
import { environmentOf } from './environment.js';
import type { Outcome } from './executor.js';
import { note } from './log.js';
import { beginTrace, wrap } from './wrapper.js';

/** The wrapper's end, as far as its parent sees it; nothing of it is known of a process that is not our child. */
export interface Gone {
  readonly exitCode?: number;
  readonly signal?: string;
}

/** The process that leads a run's group. */
export interface Leader {
  readonly pid: number;
  /** Resolves when it has exited, whoever still holds its output. */
  readonly gone: Promise<Gone>;
}

/** What was begun: its leader and, in milliseconds, how long it may still run and how long that was to be in all. */
export interface Begun {
  readonly leader: Leader;
  readonly timeout?: { readonly left: number; readonly whole: number };
}

/** Where a run's files are, absolute. */
export interface Files {
  /** What a later objflow finds the run by. */
  readonly trace: string;
  /** The list of sources, where there is one. */
  readonly sources: string;
  readonly log: string;
}

export interface Launch {
  readonly work: Work;
  /** The job's, or a hook's. */
  readonly command: string;
  readonly root: string;
  readonly files: Files;
  /** Variables besides those that every command gets. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Starts it, or says why not. `wanted` is asked at the last moment, `undefined` is the answer to a no. */
export async function launch(
  { work, command, root, files, variables }: Launch,
  wanted: () => boolean,
): Promise<Begun | Outcome | undefined> {
  const { job } = work;
  const { trace, sources, log } = files;
  const environment = environmentOf(work, command, { root, sourcesFile: sources, inherited: process.env });
  if (!environment.ok) return { problem: environment.error };
  let output: number | undefined;
  try {
    const { execa } = await import('execa'); // a tenth of a second, and a call with nothing to do needs none of it
    if (!wanted()) return undefined;
    const cwd = job.cwd ?? root;
    if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
      return { problem: `the working directory of job "${job.name}" is not there: make ${cwd}, or mend its "cwd"` };
    }
    for (const file of [trace, log]) mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const { timeout } = job;
    beginTrace(trace, timeout === undefined ? undefined : { at: Date.now() + timeout, timeout });
    if (environment.value.list !== undefined) writeFileSync(sources, environment.value.list, { mode: 0o600 });
    if (work.attempt > 1) note(log, `attempt ${work.attempt}`);
    output = openSync(log, 'a', 0o600);
    const descriptor = output as 3; // execa's types know 3 to 9 only; it hands on whatever is open
    // No pipe: a job that outlives us must be able to write on, and what it leaves behind must not hold us. Its end,
    // its timeout and its output are looked after here: execa would wait for whoever holds them.
    const child = execa('/bin/sh', wrap(job.shell, trace, command, environment.value.arguments), {
      cwd,
      env: { ...environment.value.variables, ...variables },
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
    if (child.pid === undefined) return notStarted((await child).cause, work);
    const gone = child.then(
      ({ exitCode, signal }): Gone => ({
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    const leader = { pid: child.pid, gone };
    return timeout === undefined ? { leader } : { leader, timeout: { left: timeout, whole: timeout } };
  } catch (error) {
    return notStarted(error, work);
  } finally {
    if (output !== undefined) closeSync(output);
  }
}

/** Removes what a launch made, but for the log. */
export function clear({ trace, sources }: Files): void {
  try {
    for (const file of [trace, sources]) rmSync(file, { force: true });
  } catch {
    // Not to be removed: it takes a little room.
  }
}

const passing = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT']);

function notStarted(error: unknown, { job }: Work): Outcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (passing.has(code)) return { temporary: true, problem: `the system has no room for another process (${message})` };
  if (code === 'E2BIG') {
    const way = job.sourcesAs === 'file' ? 'make its environment smaller' : 'set "sources_as: file" on the job';
    return { problem: `the arguments and environment of job "${job.name}" are more than this system takes: ${way}` };
  }
  return { problem: `job "${job.name}" could not be started: ${message}` };
}
