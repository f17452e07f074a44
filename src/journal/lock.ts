/**
 * One orchestrator at a time holds a state: a lock file beside it that names the process. It holds for as long as that
 * process lives, with no heartbeat and no staleness: a process that was stopped for a minute holds it still, one that
 * was killed holds nothing. Knows nothing of what is in the state.
 *
 * How a dead holder is replaced. The lock is made whole beside its place and linked into it, so exactly one of many makes it
 * where there is none. Replacing a dead one in place needs more: between judging a lock dead and replacing it, another
 * may have done so. Whoever wants to replace the dead holder D first takes a second lock, in the same way, whose name is
 * made from D's; then looks once more that D still stands in the first, and renames its own over it. D cannot come
 * back, and all who would replace D need that second lock, so nobody can have changed the first between the look and the rename. Should
 * its taker die there, the second lock is replaced like the first. (Moving the dead lock away and looking at what was
 * moved leaves a moment with no lock, in which a third process gets in. An abstract socket would do too, but on Linux
 * only, within one network namespace, and not synchronously.)
 */
import { createHash, randomUUID } from 'node:crypto';
import { linkSync, readdirSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '../core/result.js';
import type { Purpose, Role } from '../core/views.js';
import { openRegular, readWhole, realFiles, unlinkIfThere } from './files.js';
import { type Holder, standing, thisProcess } from './holder.js';
import { isFull, type JournalProblem, problem, reasonOf, shown, systemCode } from './problem.js';

export interface Lock {
  /** Gives the state free. Once is enough; the lock of another is never touched. */
  release(): void;
}

/** The state is held by another (`code: 'held'`), or the lock could not be made. */
export type Held = JournalProblem;

/**
 * Takes the state for this process, until `release` or its death. Its directory must exist. Never waits. `purpose`: what
 * it is taken for.
 */
export function acquireLock(stateFile: string, purpose: Purpose = {}): Result<Lock, Held> {
  const me = thisProcess(purpose);
  const mine = `${JSON.stringify(me)}\n`;
  try {
    // The directory itself, so that a change of a link on the way to it makes no second lock.
    const path = join(realpathSync(dirname(stateFile)), `${basename(stateFile)}.lock`);
    const taken = take({ path, me, mine, stateFile });
    if (!taken.ok) return taken;
    removeLeftovers(path);
    let released = false;
    const release = (): void => {
      if (!released) removeOwn(path, mine);
      released = true;
    };
    return ok({ release });
  } catch (error) {
    const code = systemCode(error);
    const why = code === 'EPERM' || code === 'ENOTSUP' ? `${reasonOf('EPERM')} (it needs hard links)` : reasonOf(code);
    const message = `cannot lock the state ${shown(stateFile)} with ${shown(basename(stateFile))}.lock: ${why}`;
    return err(problem(isFull(code) ? 'full' : 'unusable', message));
  }
}

/** Whether somebody who may be alive holds the state. Reads only. */
export const isHeld = (stateFile: string): boolean => holderOf(stateFile) !== undefined;

/** Who holds a state, and what for. */
type StateHolder = Pick<Holder, 'pid' | 'host' | 'since' | keyof Purpose>;

/** Who holds the state and may be alive; `unknown`: who does not say who it is. Reads only. */
export function holderOf(stateFile: string): StateHolder | 'unknown' | undefined {
  try {
    const found = contents(join(realpathSync(dirname(stateFile)), `${basename(stateFile)}.lock`));
    const holder = found === undefined ? 'nobody' : holderIn(found);
    if (holder === 'nobody' || holder === 'unknown') return holder === 'unknown' ? holder : undefined;
    const { start, bootId, pidns, ...told } = holder;
    return standing(holder, thisProcess()) === 'dead' ? undefined : told;
  } catch (error) {
    systemCode(error);
    return undefined; // no directory, no holder; what cannot be read, the journal itself will say
  }
}

interface Taking {
  readonly path: string;
  readonly me: Holder;
  readonly mine: string;
  readonly stateFile: string;
}

function take(taking: Taking): Result<void, Held> {
  const { path, me, mine } = taking;
  for (;;) {
    if (place(path, mine, linkSync)) return ok(undefined);
    const found = contents(path);
    if (found === undefined) continue; // given free just now
    const holder = holderIn(found);
    if (holder !== 'nobody' && (holder === 'unknown' || standing(holder, me) !== 'dead')) {
      return err(held(taking, holder));
    }
    const second = `${path}~${createHash('sha256').update(found).digest('hex').slice(0, 16)}`;
    const taken = take({ ...taking, path: second });
    if (!taken.ok) {
      // As long as the dead one still stands, who has the second lock will replace it; otherwise look who did.
      if (contents(path) === found) return taken;
      continue;
    }
    try {
      if (contents(path) === found && place(path, mine, renameSync)) return ok(undefined);
    } finally {
      removeOwn(second, mine);
    }
  }
}

/** Puts a file with these contents in its place, whole; false when that is taken, or a holder swept ours away. */
function place(path: string, text: string, move: (from: string, to: string) => void): boolean {
  const beside = `${path}.${randomUUID()}`;
  try {
    // A full disk makes it, and leaves it empty.
    writeFileSync(beside, text, { flag: 'wx', mode: 0o600 });
    move(beside, path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  } finally {
    unlinkIfThere(realFiles, beside);
  }
}

/** What a lock file says; undefined where there is none. */
function contents(path: string): string | undefined {
  try {
    const descriptor = openRegular(realFiles, path, 'read');
    try {
      return readWhole(realFiles, descriptor).toString('utf8');
    } finally {
      realFiles.close(descriptor);
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Whom a lock file names. `nobody`: it is no JSON, as a power cut leaves a file; no living process has made it, since
 * each makes its own whole. `unknown`: it is, but not in a form that we know.
 */
function holderIn(text: string): Holder | 'nobody' | 'unknown' {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'nobody';
  }
  if (typeof value !== 'object' || value === null) return 'unknown';
  const holder = value as Partial<Record<keyof Holder, unknown>>; // each field is looked at before it is believed
  const { pid, start, bootId, host, pidns, since, role, selected } = holder;
  const who = { pid, start, bootId, host, pidns, since };
  const good =
    Number.isSafeInteger(pid) && [start, bootId, host, pidns, since].every((field) => typeof field === 'string');
  if (!good || Number(pid) <= 0) return 'unknown';
  const purpose: Purpose = {
    // An older objflow says nothing of it, and a newer one may say something else.
    ...(roles.some((known) => known === role) ? { role: role as Role } : {}), // it is one of them
    ...(selected === true ? { selected } : {}),
  };
  return { ...(who as Holder), ...purpose }; // each of its fields is good
}

const roles: readonly Role[] = ['watch', 'run', 'take-up'];

function held({ me, stateFile }: Taking, holder: Holder | 'unknown'): Held {
  const state = `the state ${shown(stateFile)} is held by`;
  const byHand = `if it is gone, remove ${shown(stateFile)}.lock`;
  if (holder === 'unknown') {
    return problem('held', `${state} a process that this objflow cannot identify; ${byHand}`);
  }
  const { pid, host, since } = holder;
  const who = `${state} process ${pid} on host ${shown(host)} since ${shown(since)}`;
  const where = host === me.host ? 'in another container' : 'on another host';
  const message =
    standing(holder, me) === 'elsewhere'
      ? `${who}, ${where}, where this objflow cannot see whether it lives; ${byHand}`
      : `${who}; wait for it or stop it, or name another state with --state`;
  return problem('held', message, { holder: { pid, host, since } });
}

/**
 * Removes a lock only where it is ours. Nobody replaces the lock of a living process, so it cannot become another's
 * between the look and the removal.
 */
function removeOwn(path: string, mine: string): void {
  if (contents(path) === mine) unlinkIfThere(realFiles, path);
}

/**
 * What processes that were killed in the middle of taking this lock left behind. Only the holder does this, and while it
 * holds, neither second locks of earlier holders nor files of those who try in vain decide anything.
 */
function removeLeftovers(path: string): void {
  const directory = dirname(path);
  for (const name of readdirSync(directory)) {
    const rest = name.startsWith(basename(path)) ? name.slice(basename(path).length) : '';
    if (!/^[~.]/.test(rest)) continue;
    try {
      unlinkIfThere(realFiles, join(directory, name));
    } catch (error) {
      systemCode(error); // it is in nobody's way
    }
  }
}
