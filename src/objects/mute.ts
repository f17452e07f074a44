/**
 * File systems of which nothing is heard: on a network mount another machine's changes give no event here, and some
 * mounts give none at all. The first are known by their type, the others by trying. Knows nothing of what is done then.
 */
import { statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Listen } from './hints.js';

/** Types of file systems that other machines write to (Linux, statfs(2)). */
const shared = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9p'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
]);

/** Milliseconds in which a local file system has told of a new file many times over. */
const patience = 1000;

/** Why nothing is heard of a directory on this file system; undefined where there is no reason to think so. */
export async function whyMute(directory: string, probeIn: string, listen: Listen): Promise<string | undefined> {
  const type = typeOf(directory);
  if (type !== undefined) return `it is on ${type}, which does not tell what other machines do`;
  return (await isHeard(probeIn, listen)) ? undefined : 'a file that was written there to try was not heard of';
}

function typeOf(directory: string): string | undefined {
  try {
    return shared.get(Number(statfsSync(directory, { bigint: true }).type & 0xffffffffn));
  } catch {
    return undefined; // it has gone; what takes its place is judged anew
  }
}

/** Always the same, so that the next probe removes what one that was killed has left. */
const name = '.objflow-probe';

/** Writes a file and waits to hear of it. Where none can be written there is no telling, and the benefit of the doubt. */
async function isHeard(directory: string, listen: Listen): Promise<boolean> {
  remove(path.join(directory, name));
  const timer = new AbortController();
  let heard = false;
  const end = await listen(directory, {
    heard: (what) => {
      heard ||= what === name || what === undefined;
      if (heard) timer.abort();
    },
    // Then it is polled for that reason.
    failed: () => {
      heard = true;
      timer.abort();
    },
  });
  try {
    writeFileSync(path.join(directory, name), '', { flag: 'wx', mode: 0o600 });
  } catch {
    end();
    return true;
  }
  try {
    if (!heard) await setTimeout(patience, undefined, { signal: timer.signal }).catch(() => undefined);
    // A loop that was busy all the time has not listened yet.
    for (let turn = 0; turn < 2 && !heard; turn += 1) await new Promise(setImmediate);
    return heard;
  } finally {
    end();
    remove(path.join(directory, name));
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It is not there, or its directory has gone with it.
  }
}
