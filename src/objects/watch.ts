/**
 * Watches what is wanted. What is heard is a hint, and looking is the truth: a hint only says where to look soon. Each
 * directory is heard before it is listed, so that nothing falls between; and all is listed again when hints may have
 * been lost: after a burst (the system's queue overflows in silence), after the loop or the clock stood still, and at a
 * slow interval. Directories of which nothing can be heard are listed again and again.
 */
import path from 'node:path';
import type { Look, ObjectId } from '../core/object.js';
import { lookAt } from './files.js';
import { followHints } from './follow.js';
import type { Listen } from './hints.js';
import { lookInside } from './inside.js';
import { whyMute } from './mute.js';
import type { SetAside } from './names.js';
import { createTree, type Directory } from './tree.js';
import { type FileWorld, statOf } from './world.js';

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
  /** What was told already, by a watching that this one replaces too. */
  readonly told: Set<string>;
  /** Nothing is heard of a directory, and perhaps of others for the same reason: they are listed instead. */
  readonly polled: (directory: string, every: number, why: string) => void;
  /** Everything has been listed again, because hints may have been lost. */
  readonly relisted: () => void;
}

export interface Watching {
  /** Listens and looks at everything; what happens from its call on is told, here or by `looked`. */
  open(): Promise<readonly Look[]>;
  /** Somebody else saw that these files are there. */
  note(files: readonly ObjectId[]): void;
  /** How many directories are watched. */
  readonly directories: number;
  close(): void;
}

/** Milliseconds between two beats, and how late one may be before something may have been missed. */
const beat = { every: 5000, late: 500 };
/** Milliseconds between two listings where nobody said otherwise. */
const pollEvery = 2000;
/** Things that are told once. */
const mostTold = 10_000;

export function watchFiles(world: FileWorld, options: WatchOptions): Watching {
  const { listen } = options;
  const ends = new Map<Directory, () => void>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  const tellOnce = (key: string, act: () => void): void => {
    // Of what lands without end, the first are enough; status lists all.
    if (options.told.has(key) || options.told.size >= mostTold) return;
    options.told.add(key);
    act();
  };
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
  let opened = false;
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

  const inside = lookInside({ look: (id) => lookAt(world, [id]).then(looked), later });
  const touched = new Set<ObjectId>();
  const touch = (objects: readonly ObjectId[]): void => {
    if (opening) for (const object of objects) touched.add(object);
    else inside(objects);
  };

  const tree = createTree(world, {
    async entered(directory, { dev }) {
      if (closed) return;
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
    setAside: (found) => tellOnce(`${found.name}\0${found.why}`, () => options.setAside(found)),
  });

  const hear = followHints({ tree, later, lost: () => void rescan() });

  async function hearOf(directory: Directory, dev: bigint): Promise<void> {
    const at = path.resolve(world.root, directory.path);
    let live = true;
    let stop: (() => void) | undefined;
    // It stands there before it is listened to: whoever leaves the directory meanwhile ends this one, too.
    ends.get(directory)?.();
    ends.set(directory, () => {
      live = false;
      stop?.();
    });
    stop = await listen(at, {
      heard: (name, moved) => {
        if (live) hear(directory, name, moved);
      },
      failed: (code) => {
        if (!live) return;
        tellOnce(code, () => options.polled(directory.path, pollEvery, reasonOf(code)));
        poll(directory, pollEvery);
      },
    });
    if (!live) {
      stop();
      return;
    }
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
  const isOn = (directory: string, dev: bigint): boolean => {
    const stat = statOf(world, directory, true);
    return stat !== undefined && !('problem' in stat) && stat.dev === dev;
  };
  async function judge(): Promise<void> {
    for (let next = strangers.shift(); next && !closed; next = strangers.shift()) {
      const { directory, at, dev } = next;
      const probeIn = isOn(options.own, dev) ? options.own : at;
      const why = await whyMute(at, probeIn, listen);
      if (why === undefined || closed) continue;
      mute.add(dev);
      tellOnce(`${directory.path}\0${why}`, () => options.polled(directory.path, pollEvery, why));
      for (const each of ends.keys()) if (isOn(each.path || '.', dev)) poll(each, pollEvery);
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

  return {
    async open() {
      opening = true;
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
      void judge();
      if (opened || closed) return found;
      opened = true;
      rescanLater();
      watchTheLoop();
      return found;
    },
    note: tree.note,
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

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'so are others: the watches of this user are used up; raise them: sysctl fs.inotify.max_user_watches=1048576',
  EMFILE:
    'so are others: the watchers of this user, or its open files, are used up; raise fs.inotify.max_user_instances, ulimit -n',
  CHOKIDAR_USEPOLLING: 'CHOKIDAR_USEPOLLING is set',
};

const reasonOf = (code: string): string => reasons[code] ?? `it cannot be watched: ${code}`;
