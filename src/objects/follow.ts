/**
 * Follows hints: what is heard of a name says where to look. The first for a name is followed at once, with all others
 * of its turn; the next when it has been calm for a while, so that the last is always followed and a file that is
 * being written, heard of all the time, is not looked at all the time. Knows nothing of what is seen.
 */
import { readFileSync } from 'node:fs';
import { isSuspicious } from './names.js';
import type { Directory, Tree } from './tree.js';

/** Calls back after so many milliseconds, unless the watching has ended. */
export type Later = (milliseconds: number, act: () => void) => void;

export interface FollowOptions {
  readonly tree: Pick<Tree, 'look' | 'relist' | 'doubt'>;
  readonly later: Later;
  /** So much was heard in one turn that some may have been lost. */
  readonly lost: () => void;
}

/** Milliseconds in which one name is looked at once. */
const calm = 50;
/** A directory that takes long to list is left alone for so many times as long. */
const rest = 10;
/** What stands for a directory's whole listing among names in it, and what for the directory itself. */
const all = '';
const itself = '.';

type Names = Map<Directory, Set<string>>;

/** To be called with what is heard; see `Heard`. */
export function followHints({ tree, later, lost }: FollowOptions) {
  let waiting: Names = new Map();
  let again: Names = new Map();
  const recent: Names = new Map();
  let scheduled = false;
  let isCalming = false;
  let hints = 0;

  function follow(): void {
    scheduled = false;
    if (hints > mostHints) lost();
    hints = 0;
    const follows = waiting;
    waiting = new Map();
    for (const [directory, names] of follows)
      for (const name of names) {
        if (recent.get(directory)?.has(name)) add(again, directory, name);
        else {
          add(recent, directory, name);
          void (name === all || name === itself ? listAgain(directory, name) : tree.look(directory, name));
        }
      }
    if (isCalming) return;
    isCalming = true;
    later(calm, () => {
      isCalming = false;
      recent.clear();
      if (again.size === 0) return;
      waiting = again;
      again = new Map();
      follow();
    });
  }

  /** Directories that are listed because of a hint, or rest from it, with the hint that came meanwhile. */
  const listed = new Map<Directory, typeof all | typeof itself | undefined>();
  /** One listing of a directory at a time: what stands for `all` may be heard of all the time. */
  async function listAgain(directory: Directory, why: typeof all | typeof itself): Promise<void> {
    if (listed.has(directory)) {
      if (listed.get(directory) !== itself) listed.set(directory, why);
      return;
    }
    listed.set(directory, undefined);
    const began = performance.now();
    await (why === itself ? tree.doubt(directory) : tree.relist(directory));
    later(Math.max(calm, rest * (performance.now() - began)), () => {
      const next = listed.get(directory);
      listed.delete(directory);
      if (next !== undefined) void listAgain(directory, next);
    });
  }

  return (directory: Directory, name: string | undefined, moved: boolean): void => {
    hints += 1;
    add(waiting, directory, name === undefined || isSuspicious(name) ? all : name);
    if (moved && name === directory.name) add(waiting, directory, itself);
    if (scheduled) return;
    scheduled = true;
    setImmediate(follow);
  };
}

/** A quarter of what the system's queue holds: with more between two turns some may have been lost. */
const mostHints = ((): number => {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8')) / 4 || 4096;
  } catch {
    return 4096;
  }
})();

function add(to: Names, directory: Directory, name: string): void {
  const names = to.get(directory);
  if (names) names.add(name);
  else to.set(directory, new Set([name]));
}
