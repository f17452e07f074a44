/**
 * The directories in which something wanted may be, as they were when they were last listed. It is led by the patterns
 * and goes nowhere else. Each directory remembers the names that it gave looks of, so that what is no longer there is
 * told too. Knows nothing of events, clocks or landing; what is heard of a directory is for others to ask for.
 */
import { type BigIntStats, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileId, type Look, nameOf, type ObjectId } from '../core/object.js';
import type { Walk } from '../core/pattern-index.js';
import { observe } from './files.js';
import { escapeBytes, isSuspicious, type SetAside, unfinishedEnding, whatIsWrong } from './names.js';
import { codeOf, type FileWorld, identityOf, pathIn, slicer, statOf } from './world.js';

/** A directory that is walked. */
export interface Directory {
  /** Relative to the project's root, `''`; or absolute, from `/` on. */
  readonly path: string;
  readonly name: string;
  readonly parent: Directory | undefined;
  readonly walk: Walk;
  /** Directory objects that it is, or is in. */
  readonly within: readonly ObjectId[];
  /** Which directory it was when it was entered; empty while it is not. */
  identity: string;
  /** Wanted files that were there. */
  readonly names: Set<string>;
  readonly below: Map<string, Directory>;
  /** It is no longer part of the tree. */
  gone: boolean;
  /** It was told that what was in it is unknown, because it is not there. */
  missing: boolean;
}

export interface TreeListener {
  /** A directory is about to be listed for the first time: whatever happens in it from now on must be heard. */
  entered(directory: Directory, stat: BigIntStats): void | Promise<void>;
  left(directory: Directory): void;
  looked(looks: readonly Look[]): void;
  /** Something happened in an object that is a directory: it has to be looked into. */
  touched(objects: readonly ObjectId[]): void;
  setAside(found: SetAside): void;
}

export interface Tree {
  /** Lists everything, known directories again and new ones for the first time. */
  list(): Promise<void>;
  /** Lists one directory again, and what is new below it. */
  relist(directory: Directory): Promise<void>;
  /** A directory may have been replaced by another that cannot be told from it: enters it again, if it is there. */
  doubt(directory: Directory): Promise<void>;
  /** Looks at one name in a directory. What is new and a directory is listed. */
  look(directory: Directory, name: string): Promise<void>;
  /** Somebody else saw that these files are there: that they go must be told, too. */
  note(files: readonly ObjectId[]): void;
}

/** Directories that are entered at the same time. */
const atOnce = 32;

export function createTree(world: FileWorld, listener: TreeListener): Tree {
  const tops = (['', '/'] as const).flatMap((root): Directory[] => {
    const walk = world.walk(root);
    return walk.dead ? [] : [directoryAt(root, root, undefined, walk, [])];
  });

  /** Takes up what stands under a name. Directories that are new, or are to be listed `again`, are put to the work. */
  function take(directory: Directory, name: string, work: Directory[], again: boolean): void {
    const file = pathIn(directory.path, name);
    const walk = directory.walk.enter(name);
    const within = walk.wants('') ? [...directory.within, fileId(`${file}/`)] : directory.within;
    const { ends } = walk;
    const leads = within.length > 0 || !walk.dead;
    if ((!ends && !leads) || world.ignores(file)) return;
    const stat = statOf(world, file, world.fixed.has(file));
    if (stat !== undefined && 'problem' in stat) {
      if (ends) {
        // If it is there, that it goes will have to be told, too.
        directory.names.add(name);
        tell(file, { state: 'unknown', problem: stat.problem });
      } else listener.setAside({ name: escapeBytes(Buffer.from(file)), why: stat.problem });
      return;
    }
    // It may have come and gone unseen by us, but not by whoever made it.
    const isMissed = stat === undefined && ends && !again;
    // Where the directory itself has gone, that is what is to be told.
    if (stat === undefined && (isMissed || isKnown(directory, name)) && !stands(directory)) return;
    if (!stat?.isDirectory()) leave(directory, name, stat === undefined && world.fixed.has(file));
    if (!stat?.isFile()) forget(directory, name, isMissed);
    if (stat?.isDirectory()) {
      if (leads) enter(directory, name, walk, within, stat, work, again);
      // A star also matches directories that are just there; one that is called like a file was meant as one.
      else if (ends && path.posix.extname(name) !== '' && isFinished(file, name))
        listener.setAside({ name: file, why: 'it is a directory, not a file' });
      return;
    }
    listener.touched(directory.within);
    if (!ends || !stat || !isFinished(file, name)) return;
    if (stat.isFile()) {
      directory.names.add(name);
      tellOf(file, stat);
    } else listener.setAside({ name: file, why: `it is ${kindOfFile(stat)}, not a file` });
  }

  const isKnown = ({ names, below }: Directory, name: string): boolean => names.has(name) || below.has(name);

  /** It is the one that was entered. */
  function stands({ path: directory, identity }: Directory): boolean {
    const stat = statOf(world, directory || '.', true);
    return stat !== undefined && !('problem' in stat) && directoryIdentity(stat) === identity;
  }

  function enter(
    parent: Directory,
    name: string,
    walk: Walk,
    within: readonly ObjectId[],
    stat: BigIntStats,
    work: Directory[],
    again: boolean,
  ): void {
    const known = parent.below.get(name);
    const same = known !== undefined && known.identity === directoryIdentity(stat);
    if (within.length > parent.within.length) listener.touched(within);
    if (same && !again) return;
    const child = known ?? directoryAt(pathIn(parent.path, name), name, parent, walk, within);
    // Another one has taken its place: what was in that one is looked for in this.
    if (known && !same) for (const at of withAllBelow(known)) quit(at);
    parent.below.set(name, child);
    work.push(child);
  }

  /** A directory is no longer there. Where it is one that a pattern names, that may be a mount: nothing is known then. */
  function leave(parent: Directory, name: string, isUnknown: boolean): void {
    const directory = parent.below.get(name);
    if (!directory || (isUnknown && directory.missing)) return;
    if (!isUnknown) parent.below.delete(name);
    const looks: Look[] = [];
    const problem = `the directory ${directory.path} is not there`;
    for (const at of withAllBelow(directory)) {
      quit(at);
      at.gone = !isUnknown;
      at.missing = isUnknown;
      for (const file of at.names)
        for (const object of world.objectsOf(fileId(pathIn(at.path, file)))) {
          looks.push({ object, found: isUnknown ? { state: 'unknown', problem } : { state: 'absent' } });
          if (!isUnknown) world.contents.delete(object);
        }
    }
    listener.touched(directory.within);
    if (looks.length > 0) listener.looked(looks);
  }

  function quit(directory: Directory): void {
    if (directory.identity === '') return;
    directory.identity = '';
    listener.left(directory);
  }

  function forget(directory: Directory, name: string, isMissed: boolean): void {
    if (!directory.names.delete(name) && !isMissed) return;
    tell(pathIn(directory.path, name), { state: 'absent' });
    listener.touched(directory.within);
  }

  /** A file is there: a look at it, and at what it is the marker of. */
  function tellOf(file: string, stat: BigIntStats): void {
    const id = fileId(file);
    const objects = world.objectsOf(id);
    if (objects.includes(id)) listener.looked([{ object: id, found: observe(world, id, stat) }]);
    listener.touched(objects.filter((object) => object !== id));
  }

  function tell(file: string, found: Look['found']): void {
    const id = fileId(file);
    const objects = world.objectsOf(id);
    if (found.state === 'absent') world.contents.delete(id);
    if (objects.includes(id)) listener.looked([{ object: id, found }]);
    listener.touched(objects.filter((object) => object !== id));
  }

  const isFinished = (file: string, name: string): boolean => {
    const ending = unfinishedEnding(name);
    return ending === undefined || world.asksFor(fileId(file), ending);
  };

  /** Names to look at in a directory: the literal ones where no pattern needs more, else all that can be names of objects. */
  function namesIn({ walk, path: directory, within }: Directory): readonly string[] | undefined {
    const literals = within.length > 0 ? undefined : walk.literals;
    if (literals) return literals.filter((name) => name !== '');
    // No listing shows the way up.
    const up = walk.enter('..').dead ? [] : ['..'];
    const at = path.resolve(world.root, directory);
    try {
      const names = readdirSync(at);
      world.asked?.listed(directory, names);
      if (!names.some(isSuspicious)) return names.concat(up);
      world.asked?.unsure();
      const good: string[] = [];
      for (const bytes of readdirSync(at, { encoding: 'buffer' })) {
        const why = whatIsWrong(bytes);
        if (why === undefined) good.push(bytes.toString());
        else listener.setAside({ name: pathIn(directory === '/' ? '/' : directory, escapeBytes(bytes)), why });
      }
      return good.concat(up);
    } catch (error) {
      const code = codeOf(error);
      world.asked?.unsure();
      // It has only just gone: whoever looks at it where it stood tells what that means.
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      listener.setAside({ name: directory || '.', why: `the directory cannot be read: ${code}` });
      return undefined;
    }
  }

  /**
   * Lists a directory. What was there and is not listed any more is looked at: it may only just have come. It goes first:
   * nobody is to see what has come beside what has gone.
   */
  async function listOne(
    directory: Directory,
    work: Directory[],
    again: boolean,
    pause: () => Promise<void> | undefined,
  ) {
    // What could not be entered says nothing of what is in it.
    const names = directory.identity === '' ? undefined : namesIn(directory);
    if (names === undefined) return;
    const left = new Set([...directory.names, ...directory.below.keys()]);
    for (const name of names) left.delete(name);
    for (const name of left) take(directory, name, work, again);
    for (const name of names) {
      if (directory.gone) return;
      take(directory, name, work, again);
      // Only a pause that is one: what is seen without any is told together.
      const paused = pause();
      if (paused) await paused;
    }
  }

  /** Enters and lists what is put to the work, until nothing is left. Entering comes first: what happens then is heard. */
  async function go(work: Directory[], again: boolean, pause = slicer()): Promise<void> {
    while (work.length > 0) {
      const some = work.splice(-atOnce);
      await Promise.all(some.map((directory) => (directory.identity === '' ? arrive(directory) : undefined)));
      for (const directory of some) if (!directory.gone) await listOne(directory, work, again, pause);
    }
  }

  /** Enters a directory; once more, where another has taken its place meanwhile. */
  async function arrive(directory: Directory): Promise<void> {
    const look = (): BigIntStats | undefined => {
      const stat = statOf(world, directory.path || '.', true);
      return stat === undefined || 'problem' in stat ? undefined : stat;
    };
    for (let stat = look(); stat?.isDirectory(); ) {
      directory.identity = directoryIdentity(stat);
      directory.missing = false;
      await listener.entered(directory, stat);
      const after = look();
      if (after && directoryIdentity(after) === directory.identity) return;
      quit(directory);
      stat = after;
    }
  }

  return {
    list: () => go([...tops], true),
    async relist(directory) {
      // There may be another in its place, or none.
      if (directory.parent) await this.look(directory.parent, directory.name);
      if (!directory.gone) await go([directory], false);
    },
    async doubt(directory) {
      for (const at of withAllBelow(directory)) quit(at);
      if (directory.parent) await this.look(directory.parent, directory.name);
    },
    async look(directory, name) {
      if (directory.gone) return;
      const work: Directory[] = [];
      take(directory, name, work, false);
      if (work.length > 0) await go(work, false);
    },
    note(files) {
      for (const id of files) {
        const file = nameOf(id);
        const names = file.split('/');
        const name = names.pop() ?? '';
        if (file.startsWith('/')) names.shift();
        let at = tops.find(({ path: top }) => top === (file.startsWith('/') ? '/' : ''));
        for (const step of names) at = at?.below.get(step);
        if (at?.walk.wants(name)) at.names.add(name);
      }
    },
  };
}

function withAllBelow(directory: Directory): Directory[] {
  const all = [directory];
  for (const at of all) all.push(...at.below.values());
  return all;
}

/** Which directory it is: a new one often gets the inode of the one that was removed, but not its time of birth. */
const directoryIdentity = (stat: BigIntStats): string => `${identityOf(stat)}:${stat.birthtimeNs}`;

const directoryAt = (
  at: string,
  name: string,
  parent: Directory | undefined,
  walk: Walk,
  within: readonly ObjectId[],
): Directory => ({
  path: at,
  name,
  parent,
  walk,
  within,
  identity: '',
  names: new Set(),
  below: new Map(),
  gone: false,
  missing: false,
});

function kindOfFile(stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isFIFO()) return 'a named pipe';
  if (stat.isSocket()) return 'a socket';
  return 'a device';
}
