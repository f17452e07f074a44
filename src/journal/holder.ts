/**
 * Who a process is, beyond its number, and whether it still lives. A process is the process that it was when its number,
 * its start time and the boot are equal. Knows nothing of locks.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Purpose } from '../core/views.js';

export interface Holder extends Purpose {
  readonly pid: number;
  /** When it started, in the system's own terms; empty where that cannot be known. */
  readonly start: string;
  /** Which start of the machine; empty where start times are dates already. */
  readonly bootId: string;
  readonly host: string;
  /** Which pid namespace its number belongs to; empty where there are none. */
  readonly pidns: string;
  /** ISO 8601: since when it holds. */
  readonly since: string;
}

/** This process, as the holder of something from now on, for this. */
export const thisProcess = (purpose: Purpose = {}): Holder => ({
  pid: process.pid,
  start: processStart(process.pid) ?? '',
  bootId: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  host: hostname(),
  pidns: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
  since: new Date().toISOString(),
  ...purpose,
});

/**
 * Whether a holder lives, seen from `me`. `elsewhere`: on another host or in another pid namespace, where its number
 * says nothing here.
 */
export function standing(holder: Holder, me: Holder): 'alive' | 'dead' | 'elsewhere' {
  if (holder.host !== me.host) return 'elsewhere';
  if (holder.bootId !== me.bootId) return 'dead';
  if (holder.pidns !== me.pidns) return 'elsewhere';
  if (!exists(holder.pid)) return 'dead';
  const start = processStart(holder.pid);
  // A start time that cannot be read proves nothing against a process that is there.
  return start === undefined || holder.start === '' || start === holder.start ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process started; `gone` for one that has ended and was not yet waited for; undefined: cannot be read. */
function processStart(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      // In one zone and language, whoever asks.
      const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC0' };
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses, which may itself hold `) `: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'gone' : fields[19];
  } catch {
    return undefined;
  }
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
