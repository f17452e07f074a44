/**
 * The launcher's own program: starts what it is asked to, tells how that ends, and ends with whoever asks. It starts
 * commands by Node's own spawn, with what execa is told elsewhere: loading execa would double the memory that is copied
 * at each start, and its checks take half as long again as the start itself.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import type { Answer, Request } from './launcher.js';
import { type Gone, goneOf, inDirectory, type Start, whyNot } from './start.js';

const answer = (message: Answer | 'ready'): void => {
  process.send?.(message, undefined, undefined, () => {}); // nobody may be there any more
};

function start(id: number, { arguments: given, cwd, env, log }: Start): void {
  let output: number | undefined;
  try {
    output = inDirectory(log, () => openSync(log, 'a', 0o600));
    const child = spawn('/bin/sh', given, { cwd, env, detached: true, stdio: ['ignore', output, output] });
    child.on('error', (error) => answer({ id, failed: whyNot(error) }));
    if (child.pid !== undefined) answer({ id, pid: child.pid });
    child.on('exit', (exitCode, signal) => answer({ id, gone: goneOf(exitCode, signal) }));
  } catch (error) {
    answer({ id, failed: whyNot(error) });
  } finally {
    if (output !== undefined) closeSync(output);
    if (!waiting) setImmediate(keepWaiting);
  }
}

interface Kept {
  readonly token: string;
  readonly child: ChildProcess;
  /** What it was told to run. */
  id?: number;
}

/** The shell that waits for its text on its standard input. */
let waiting: Kept | undefined;
let surroundings: SpawnOptions | undefined;

/** Has another wait. One that ends before it is told anything is only replaced after a start: the next may fare no better. */
function keepWaiting(): void {
  if (!surroundings || waiting) return;
  const token = `objflow-${randomBytes(12).toString('hex')}`;
  let child: ChildProcess;
  try {
    child = spawn('/bin/sh', ['-s', token], { ...surroundings, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  } catch {
    return; // there is none: commands are started as they come
  }
  const mine: Kept = { token, child };
  waiting = mine;
  const ended = (gone: Gone): void => {
    if (waiting === mine) waiting = undefined;
    if (mine.id === undefined) answer({ ended: token });
    else answer({ id: mine.id, gone });
  };
  child.on('error', () => ended({}));
  child.on('exit', (exitCode, signal) => ended(goneOf(exitCode, signal)));
  child.stdin?.on('error', () => {}); // its end tells
  if (child.pid !== undefined) answer({ waiting: { pid: child.pid, token } });
}

function tell(id: number, token: string, text: string): void {
  const told = waiting;
  // It has ended, and was told nothing.
  if (told?.token !== token) {
    answer({ id, gone: {} });
    return;
  }
  waiting = undefined;
  told.id = id;
  told.child.stdin?.end(text);
  setImmediate(keepWaiting);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
const daemon = process.ppid;
process.on('message', (message) => {
  // What a dead daemon asked for is its successor's, who may have found out already that it has not begun.
  if (process.ppid !== daemon) process.exit();
  const request = message as Request; // nobody else has this channel
  if ('start' in request) start(request.id, request.start);
  else if ('token' in request) tell(request.id, request.token, request.text);
  else {
    surroundings = request.keep;
    keepWaiting();
  }
});
answer('ready');
