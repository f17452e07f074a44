/**
 * Starts a command on this machine: its trace, its log, its process. Knows nothing of how it is watched and ended.
 */
import { closeSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Work } from '../core/effect.js';
import { environmentOf } from './environment.js';
import type { Outcome } from './executor.js';
import { note } from './log.js';
import { inDirectory, type Leader, type NotStarted, type Starter, whyNot } from './start.js';
import { beginTrace, textForWaiting, wrap } from './wrapper.js';

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
  /** The environment that objflow hands on. */
  readonly inherited: Readonly<Record<string, string>>;
  /** Variables besides those that every command gets. */
  readonly variables: Readonly<Record<string, string>>;
  readonly starter: Starter;
}

/** Characters; what is longer may be more than a command can be given, and takes its time anyway. */
const longestText = 32 * 1024;

/** Starts it, or says why not. `wanted` is asked at the last moment, `undefined` is the answer to a no. */
export async function launch(
  { work, command, root, files, inherited, variables, starter }: Launch,
  wanted: () => boolean,
): Promise<Begun | Outcome | undefined> {
  const { job } = work;
  const { trace, sources, log } = files;
  const environment = environmentOf(work, command, { root, sourcesFile: sources, inherited });
  if (!environment.ok) return { problem: environment.error };
  const cwd = job.cwd ?? root;
  const { timeout } = job;
  try {
    // Lets whoever asked for it change their mind in the same turn.
    await undefined;
    if (!wanted()) return undefined;
    const { own, arguments: given, list } = environment.value;
    const told = { shell: job.shell, trace, log, command, arguments: given, variables: { ...own, ...variables } };
    const text = starter.waitingIn && textForWaiting(told);
    const waiting = text === undefined || text.length > longestText ? undefined : starter.waitingIn?.(cwd);
    inDirectory(trace, () =>
      beginTrace(trace, timeout === undefined ? undefined : { at: Date.now() + timeout, timeout }, waiting),
    );
    if (list !== undefined) writeFileSync(sources, list, { mode: 0o600 });
    if (work.attempt > 1) note(log, `attempt ${work.attempt}`);
    let leader: Leader | NotStarted;
    if (waiting && text !== undefined) {
      inDirectory(log, () => closeSync(openSync(log, 'a', 0o600)));
      leader = { pid: waiting.pid, gone: waiting.run(text) };
    } else {
      const env = { ...inherited, ...told.variables };
      leader = await starter.start({ arguments: wrap(job.shell, trace, command, given), cwd, env, log });
    }
    if (!('pid' in leader)) return notStarted(leader, work, cwd);
    return timeout === undefined ? { leader } : { leader, timeout: { left: timeout, whole: timeout } };
  } catch (error) {
    return notStarted(whyNot(error), work, cwd);
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

function notStarted({ code = '', message }: NotStarted, { job }: Work, cwd: string): Outcome {
  if (passing.has(code)) return { temporary: true, problem: `the system has no room for another process (${message})` };
  if (code === 'E2BIG') {
    const way = job.sourcesAs === 'file' ? 'make its environment smaller' : 'set "sources_as: file" on the job';
    return { problem: `the arguments and environment of job "${job.name}" are more than this system takes: ${way}` };
  }
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true)
    return { problem: `the working directory of job "${job.name}" is not there: make ${cwd}, or mend its "cwd"` };
  return { problem: `job "${job.name}" could not be started: ${message}` };
}
