/**
 * The processes of a run: which of them live, and how they are ended. A process is known by the run's cookie, the
 * variable OBJFLOW_RUN, which it keeps even when it leaves the process group; or by that group, which it keeps even
 * when it cleans its environment.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';

/** Linux shows every process as a directory here. Elsewhere only the group is known. */
const proc = '/proc';
const hasProc = existsSync(`${proc}/self/environ`);
/** Processes looked at in one turn of the event loop: some three milliseconds. */
const atOnce = 64;
/** Milliseconds between two looks, at most. */
const slowest = 250;
/** Milliseconds that the killed are given to vanish; what a disk holds fast never does. */
const patience = 5000;

/**
 * Whether the process is the one that leads this run: another may have its number by now. `trace` is the path of its
 * trace. One that was started ahead has no cookie, but a token among its arguments.
 */
export function leads(pid: number, run: string, trace: string, token?: string): boolean {
  if (hasProc) return token === undefined ? hasCookie(pid, run) : read(`${proc}/${pid}/cmdline`).includes(token);
  try {
    const given = execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
    return given.includes(token ?? trace);
  } catch {
    return false; // ps exits 1 where there is no such process
  }
}

/**
 * Ends every process of a run: asks (TERM), and after `grace` milliseconds, or as soon as `hurry` says so, kills.
 * Gives the pids of those that even that did not end. Without a group, only cookies count.
 */
export async function endTree(
  run: string,
  group: number | undefined,
  grace: number,
  hurry: AbortSignal,
): Promise<readonly number[]> {
  const began = performance.now();
  let killedAt: number | undefined;
  let asked = false;
  for (let step = 5; ; step = Math.min(step * 2, slowest)) {
    const living = await livingOf(run, group);
    if (living.length === 0) return [];
    const now = performance.now();
    if (killedAt !== undefined && now - killedAt > patience) return living;
    if (hurry.aborted || now - began >= grace) {
      killedAt ??= now;
      signal('SIGKILL', living, group);
    } else if (!asked) {
      asked = true;
      signal('SIGTERM', living, group);
    }
    await pause(killedAt === undefined ? Math.min(step, Math.max(began + grace - now, 1)) : step, hurry);
  }
}

/**
 * Whether anything of a run is left after `wait` milliseconds: what is just ending may do so. Without `thorough` only
 * its group is asked for, which costs next to nothing. Without a group, only cookies count.
 */
export async function lingers(
  run: string,
  group: number | undefined,
  wait: number,
  thorough: boolean,
): Promise<boolean> {
  const began = performance.now();
  for (let step = 5; thorough || (group !== undefined && send(-group, 0)); step *= 2) {
    if ((await livingOf(run, group)).length === 0) return false; // zombies at most, which nobody may ever bury
    if (performance.now() - began >= wait) return true;
    await setTimeout(step);
  }
  return false;
}

async function livingOf(run: string, group: number | undefined): Promise<readonly number[]> {
  const living: number[] = [];
  const names = processes();
  if (names === undefined) return group !== undefined && send(-group, 0) ? [-group] : living;
  let seen = 0;
  for (const name of names) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    if (++seen % atOnce === 0) await setImmediate();
    const { state, group: its } = statOf(pid);
    if (state === undefined || state === 'Z' || state === 'X') continue;
    if ((group !== undefined && its === group) || hasCookie(pid, run)) living.push(pid);
  }
  return living;
}

function processes(): readonly string[] | undefined {
  try {
    return hasProc ? readdirSync(proc) : undefined;
  } catch {
    return undefined; // no descriptor to be had
  }
}

function hasCookie(pid: number, run: string): boolean {
  return `\0${read(`${proc}/${pid}/environ`)}`.includes(`\0OBJFLOW_RUN=${run}\0`);
}

function statOf(pid: number): { readonly state?: string | undefined; readonly group?: number } {
  const stat = read(`${proc}/${pid}/stat`);
  // The name stands in parentheses, and may hold some itself.
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === '' ? {} : { state, group: Number(group) };
}

/** Empty for a process that is gone, and for what is not ours to read. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** The group in one call, so that what is forking in it does not slip through; then whoever has left it. */
function signal(name: NodeJS.Signals, living: readonly number[], group: number | undefined): void {
  if (group !== undefined) send(-group, name);
  for (const pid of living) if (pid > 0 && (group === undefined || statOf(pid).group !== group)) send(pid, name);
}

function send(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // ESRCH: it has ended in the meantime; EPERM: not ours any more
  }
}

/** Ends one process, whatever it is doing. */
export const kill = (pid: number): boolean => send(pid, 'SIGKILL');

/** Has a process go on that somebody has stopped. */
export const goOn = (pid: number): boolean => send(pid, 'SIGCONT');

/** Waits so many milliseconds, or until `hurry` is said. */
async function pause(milliseconds: number, hurry: AbortSignal): Promise<void> {
  if (hurry.aborted) return setTimeout(milliseconds);
  await setTimeout(milliseconds, undefined, { signal: hurry }).catch(() => undefined);
}
