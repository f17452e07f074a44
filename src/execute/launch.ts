/**
 * Starts a command on this machine: its trace, its log, its process. Knows nothing of how it is watched and ended.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { Work } from '../core/effect.js';
import { environmentOf } from './environment.js';
import type { Outcome } from './executor.js';
import { textForKept } from './kept.js';
import { note } from './log.js';
import { inDirectory, isDirectory, type Leader, type NotStarted, type Starter, type Waiting, whyNot } from './start.js';
import type { Traces } from './traces.js';
import { type Told, textForWaiting, traceHead, wrap } from './wrapper.js';

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
  readonly traces: Traces;
}

/** Characters; what is longer may be more than a command can be given, and takes its time anyway. */
const longestText = 32 * 1024;

/** Starts it, or says why not. `wanted` is asked at the last moment, `undefined` is the answer to a no. */
export async function launch(
  { work, command, root, files, inherited, variables, starter, traces }: Launch,
  wanted: () => boolean,
): Promise<Begun | Outcome | undefined> {
  const { job } = work;
  const { trace, sources, log } = files;
  const environment = environmentOf(work, command, { root, sourcesFile: sources, inherited });
  if (!environment.ok) return { problem: environment.error };
  const cwd = job.cwd ?? root;
  const { timeout } = job;
  const { own, arguments: given, list } = environment.value;
  const told = { shell: job.shell, trace, log, command, arguments: given, variables: { ...own, ...variables } };
  let waiting: Waiting | undefined;
  try {
    // Lets whoever asked for it change their mind in the same turn.
    waiting = await starter.waitingIn?.(cwd);
    const text = waiting && wanted() ? textFor(waiting, told) : undefined;
    if (text === undefined) {
      waiting?.release();
      waiting = undefined;
    }
    if (!wanted()) return undefined;
    const deadline = timeout === undefined ? undefined : { at: Date.now() + timeout, timeout };
    traces.begin(trace, traceHead(trace, deadline, waiting));
    if (list !== undefined) writeFileSync(sources, list, { mode: 0o600 });
    if (work.attempt > 1) note(log, `attempt ${work.attempt}`);
    let leader: Leader | NotStarted;
    if (waiting && text !== undefined) {
      inDirectory(log, () => closeSync(openSync(log, 'a', 0o600)));
      leader = await waiting.run(text);
    } else {
      const env = { ...inherited, ...told.variables };
      leader = await starter.start({ arguments: wrap(job.shell, trace, command, given), cwd, env, log });
    }
    if (!('pid' in leader)) return notStarted(leader, work, cwd);
    return timeout === undefined ? { leader } : { leader, timeout: { left: timeout, whole: timeout } };
  } catch (error) {
    waiting?.release();
    return notStarted(whyNot(error), work, cwd);
  }
}

/** Undefined where it cannot be told so. */
function textFor({ kept }: Waiting, told: Told): string | undefined {
  const text = kept ? textForKept(told) : textForWaiting(told);
  return text !== undefined && text.length <= longestText ? text : undefined;
}

const passing = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT']);

function notStarted({ code = '', message }: NotStarted, { job }: Work, cwd: string): Outcome {
  if (passing.has(code)) return { temporary: true, problem: `the system has no room for another process (${message})` };
  if (code === 'E2BIG') {
    const way = job.sourcesAs === 'file' ? 'make its environment smaller' : 'set "sources_as: file" on the job';
    return { problem: `the arguments and environment of job "${job.name}" are more than this system takes: ${way}` };
  }
  if (!isDirectory(cwd))
    return { problem: `the working directory of job "${job.name}" is not there: make ${cwd}, or mend its "cwd"` };
  return { problem: `job "${job.name}" could not be started: ${message}` };
}
