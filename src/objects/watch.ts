/**
 * Watches what is wanted. What is heard is a hint, and looking is the truth: a hint only says where to look soon. Each
 * directory is heard before it is listed, so that nothing falls between; and all is listed again when hints may have
 * been lost: after a burst (the system's queue overflows in silence), after the loop or the clock stood still, and at a
 * slow interval. Directories of which nothing can be heard are listed again and again.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isDirectory, type Look, type ObjectId } from '../core/object.js';
import { lookAt } from './files.js';
import type { Listen } from './hints.js';
import { whyMute } from './mute.js';
import { isSuspicious, type SetAside } from './names.js';
import { createTree, type Directory } from './tree.js';
import type { FileWorld } from './world.js';

export interface WatchOptions {
  readonly listen: Listen;
  /** Milliseconds after which everything is listed again, whatever was heard. */
  readonly rescan: number;
  /** Every how many milliseconds a directory is listed because its user said so. */
  readonly polling: (directory: string) => number | undefined;
  /** Absolute path of a directory of our own, in which files may be written to try whether they are heard of. */
  readonly own: string;
  readonly looked: (looks: readonly Look[]) => void;
  readonly setAside: (found: SetAside) => void;
  /** Nothing is heard of a directory, and perhaps of others for the same reason: they are listed instead. */
  readonly polled: (directory: string, every: number, why: string) => void;
  /** Everything has been listed again, because hints may have been lost. */
  readonly relisted: () => void;
}

export interface Watching {
  /** Listens and looks at everything; what happens from its call on is told, here or by `looked`. */
  open(): Promise<readonly Look[]>;
  /** How many directories are watched. */
  readonly directories: number;
  close(): void;
}

/** Milliseconds in which one name is looked at once: a file that is being written is heard of all the time. */
const calm = 50;
/** What takes long to look into is left alone for so many times as long. */
const rest = 10;
/** Milliseconds between two beats, and how late one may be before something may have been missed. */
const beat = { every: 5000, late: 500 };
/** Milliseconds between two listings where nobody said otherwise. */
const pollEvery = 2000;
/** The name that stands for a directory's whole listing. */
const all = '';

export function watchFiles(world: FileWorld, options: WatchOptions): Watching {
  const { listen } = options;
  const ends = new Map<Directory, () => void>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  const later = (milliseconds: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!closed) act();
    }, milliseconds);
    timers.add(timer);
  };

  // What was looked at, told in the order of the looks: at the end of the turn, or all at once when everything has been.

  let looks: Look[] = [];
  let opening = true;
  const tell = (): void => {
    if (opening || looks.length === 0 || closed) return;
    const told = looks;
    looks = [];
    options.looked(told);
  };
  const looked = (some: readonly Look[]): void => {
    if (looks.length === 0) queueMicrotask(tell);
    for (const look of some) looks.push(look);
  };

  // Objects that are looked into: directories, and files whose marker has changed.

  const touched = new Set<ObjectId>();
  const resting = new Set<ObjectId>();
  let looking = false;
  async function lookInto(): Promise<void> {
    if (looking) return;
    looking = true;
    for (const next of touched) {
      if (closed) break;
      if (resting.has(next)) continue;
      touched.delete(next);
      const began = performance.now();
      looked(await lookAt(world, [next]));
      resting.add(next);
      const took = isDirectory(next) ? performance.now() - began : 0;
      later(Math.max(calm, rest * took), () => {
        resting.delete(next);
        if (touched.has(next)) void lookInto();
      });
    }
    looking = false;
  }
  const touch = (objects: readonly ObjectId[]): void => {
    if (objects.length === 0) return;
    for (const object of objects) touched.add(object);
    if (!opening) void lookInto();
  };

  const tree = createTree(world, {
    async entered(directory, { dev }) {
      const every = options.polling(directory.path) ?? (mute.has(dev) ? pollEvery : undefined);
      if (every === undefined) await hearOf(directory, dev);
      else poll(directory, every);
    },
    left(directory) {
      ends.get(directory)?.();
      ends.delete(directory);
    },
    looked,
    touched: touch,
    setAside: onceEach(options.setAside),
  });

  // Hints: the first for a name is followed at once, the next when it has been calm for a while.

  let waiting = new Map<Directory, Set<string>>();
  let again = new Map<Directory, Set<string>>();
  const recent = new Map<Directory, Set<string>>();
  let scheduled = false;
  let isCalming = false;
  let hints = 0;

  function hear(directory: Directory, name: string | undefined, moved: boolean): void {
    hints += 1;
    if (moved && name === directory.name) void tree.doubt(directory);
    add(waiting, directory, name === undefined || isSuspicious(name) ? all : name);
    if (scheduled) return;
    scheduled = true;
    setImmediate(follow);
  }

  function follow(): void {
    scheduled = false;
    if (closed) return;
    if (hints > mostHints) void rescan();
    hints = 0;
    const follows = waiting;
    waiting = new Map();
    for (const [directory, names] of follows)
      for (const name of names) {
        if (recent.get(directory)?.has(name)) add(again, directory, name);
        else {
          add(recent, directory, name);
          void (name === all ? tree.relist(directory) : tree.look(directory, name));
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

  async function hearOf(directory: Directory, dev: bigint): Promise<void> {
    const at = path.resolve(world.root, directory.path);
    let live = true;
    const stop = await listen(at, {
      heard: (name, moved) => {
        if (live) hear(directory, name, moved);
      },
      failed: (code) => {
        if (!live) return;
        live = false;
        tellOnce(code, () => options.polled(directory.path, pollEvery, reasonOf(code)));
        poll(directory, pollEvery);
      },
    });
    if (!live) {
      stop();
      return;
    }
    const end = (): void => {
      live = false;
      stop();
    };
    if (closed || directory.gone) end();
    else ends.set(directory, end);
    if (!judged.has(dev)) {
      judged.add(dev);
      strangers.push({ directory, at, dev });
      if (!opening) void judge();
    }
  }

  // File systems that are mute.

  const mute = new Set<bigint>();
  const judged = new Set<bigint>();
  const strangers: { readonly directory: Directory; readonly at: string; readonly dev: bigint }[] = [];
  async function judge(): Promise<void> {
    for (let next = strangers.shift(); next && !closed; next = strangers.shift()) {
      const { directory, at, dev } = next;
      const probeIn = statSync(options.own, { bigint: true, throwIfNoEntry: false })?.dev === dev ? options.own : at;
      const why = await whyMute(at, probeIn, listen);
      if (why === undefined || closed) continue;
      mute.add(dev);
      options.polled(directory.path, pollEvery, why);
      for (const each of ends.keys())
        if (statSync(path.resolve(world.root, each.path), { bigint: true, throwIfNoEntry: false })?.dev === dev)
          poll(each, pollEvery);
      await rescan();
    }
  }

  // Listing instead of hearing.

  const polls = new Map<number, Set<Directory>>();
  function poll(directory: Directory, every: number): void {
    ends.get(directory)?.();
    const others = polls.get(every);
    const directories = others ?? new Set();
    directories.add(directory);
    ends.set(directory, () => directories.delete(directory));
    if (others) return;
    polls.set(every, directories);
    const round = async (): Promise<void> => {
      for (const each of [...directories]) await tree.relist(each);
      later(every, () => void round());
    };
    later(every, () => void round());
  }

  // Listing everything again.

  let rescanning = false;
  let oncemore = false;
  async function rescan(): Promise<void> {
    oncemore = true;
    if (rescanning || opening) return;
    rescanning = true;
    while (oncemore && !closed) {
      oncemore = false;
      await tree.list();
      if (!closed) options.relisted();
    }
    rescanning = false;
  }
  const rescanLater = (): void =>
    later(options.rescan, () => {
      void rescan().then(rescanLater);
    });

  /** What was heard while the loop stood still, or the machine slept, may be only a part. */
  function watchTheLoop(): void {
    const due = performance.now() + beat.every;
    const offset = world.clockOffset();
    later(beat.every, () => {
      const late = performance.now() - due;
      if (late > beat.late || Math.abs(world.clockOffset() - offset) > beat.late) void rescan();
      watchTheLoop();
    });
  }

  const tellOnce = onceEachKey();

  return {
    async open() {
      await tree.list();
      while (touched.size > 0) {
        const some = [...touched];
        touched.clear();
        looked(await lookAt(world, some));
      }
      const found = looks;
      looks = [];
      opening = false;
      if (oncemore) void rescan();
      rescanLater();
      watchTheLoop();
      void judge();
      return found;
    },
    get directories() {
      return ends.size;
    },
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      for (const end of ends.values()) end();
    },
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

function add(to: Map<Directory, Set<string>>, directory: Directory, name: string): void {
  const names = to.get(directory);
  if (names) names.add(name);
  else to.set(directory, new Set([name]));
}

function onceEachKey(): (key: string, act: () => void) => void {
  const done = new Set<string>();
  return (key, act) => {
    if (done.has(key)) return;
    done.add(key);
    act();
  };
}

function onceEach(tell: (found: SetAside) => void): (found: SetAside) => void {
  const once = onceEachKey();
  return (found) => once(`${found.name}\0${found.why}`, () => tell(found));
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the watches of this user are used up; raise them: sysctl fs.inotify.max_user_watches=1048576',
  EMFILE: 'the watchers of this user, or its open files, are used up; raise fs.inotify.max_user_instances, ulimit -n',
  CHOKIDAR_USEPOLLING: 'CHOKIDAR_USEPOLLING is set',
};

const reasonOf = (code: string): string => reasons[code] ?? `it cannot be watched: ${code}`;
