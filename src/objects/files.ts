/**
 * Files as objects: looking at one, and listing all that some pattern may match. Looking is the truth; nothing here
 * remembers anything, and nothing decides whether a file has landed.
 */
import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream, lstatSync, readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asVersion, fileId, type Look, nameOf, type ObjectId, type Observation } from '../core/object.js';
import type { PatternIndex, Walk } from '../core/pattern-index.js';
import { escapeBytes, isSuspicious, type SetAside, unfinishedEnding, whatIsWrong } from './names.js';

export interface FileWorld {
  /** Absolute path that relative names are relative to. */
  readonly root: string;
  /** Directories that stand literally in a pattern: these may be symbolic links, their user wrote them down. */
  readonly fixed: ReadonlySet<string>;
  /** Patterns of files that are wanted. */
  readonly index: PatternIndex<unknown>;
  /** Does a pattern that matches this object end with this very text? */
  readonly asksFor: (id: ObjectId, ending: string) => boolean;
  /** Is the object's version a hash of its content? */
  readonly byContent: (id: ObjectId) => boolean;
  /** Wall clock minus the engine's clock, in milliseconds. */
  readonly clockOffset: () => number;
}

export interface Listing {
  /** Every file that is there and wanted; what is not among them is absent. */
  readonly looks: readonly Look[];
  readonly setAside: readonly SetAside[];
}

/** Pauses after so many milliseconds of listing, so that nothing else waits long. */
const slice = 20;

/** Looks at everything that some pattern may match. */
export async function listFiles(world: FileWorld): Promise<Listing> {
  const looks: Look[] = [];
  const setAside: SetAside[] = [];
  let sliceEnds = performance.now() + slice;
  const work: { readonly walk: Walk; readonly directory: string }[] = [
    { walk: world.index.walk(''), directory: '' },
    { walk: world.index.walk('/'), directory: '/' },
  ];
  for (let next = work.pop(); next; next = work.pop()) {
    const { walk, directory } = next;
    if (walk.dead) continue;
    for (const name of namesIn(world, walk, directory, setAside)) {
      const below = walk.enter(name);
      const wanted = walk.wants(name);
      if (!wanted && below.dead) continue;
      const file = directory === '' || directory === '/' ? directory + name : `${directory}/${name}`;
      const stat = statOf(world, file, world.fixed.has(file));
      if (stat === undefined) continue;
      if ('problem' in stat) {
        if (wanted) looks.push({ object: fileId(file), found: { state: 'unknown', problem: stat.problem } });
        else setAside.push({ name: escapeBytes(Buffer.from(file)), why: stat.problem });
      } else if (stat.isDirectory()) {
        if (!below.dead) work.push({ walk: below, directory: file });
      } else if (wanted && isFinished(world, fileId(file), name)) {
        if (stat.isFile()) looks.push({ object: fileId(file), found: await observe(world, fileId(file), stat) });
        else setAside.push({ name: file, why: `it is ${kindOfFile(stat)}, not a file` });
      }
      if (performance.now() > sliceEnds) {
        await new Promise(setImmediate);
        sliceEnds = performance.now() + slice;
      }
    }
  }
  return { looks, setAside };
}

/** Looks at these files. */
export async function lookAtFiles(world: FileWorld, ids: readonly ObjectId[]): Promise<Look[]> {
  const looks: Look[] = [];
  for (const object of ids) {
    const stat = statOf(world, nameOf(object));
    if (stat === undefined) looks.push({ object, found: { state: 'absent' } });
    else if ('problem' in stat) looks.push({ object, found: { state: 'unknown', problem: stat.problem } });
    else if (!stat.isFile()) looks.push({ object, found: { state: 'absent' } });
    else looks.push({ object, found: await observe(world, object, stat) });
  }
  return looks;
}

/** Puts the files and their directories on disk: what vouches for them must not outlive them. */
export async function syncFiles(root: string, ids: readonly ObjectId[]): Promise<string | undefined> {
  const files = ids.map((id) => path.resolve(root, nameOf(id)));
  for (const file of [...files, ...new Set(files.map((name) => path.dirname(name)))]) {
    try {
      const handle = await open(file, 'r');
      await handle.sync().finally(() => handle.close());
    } catch (error) {
      const code = codeOf(error);
      // What may not be opened to read, or knows no sync (some network mounts), cannot be made safer by us.
      if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EINVAL' && code !== 'EISDIR') return `${file}: ${code}`;
    }
  }
  return undefined;
}

/** Names to look at in a directory: the literal ones where no pattern needs more, else all that can be names of objects. */
function namesIn(world: FileWorld, walk: Walk, directory: string, setAside: SetAside[]): readonly string[] {
  if (walk.literals) return walk.literals;
  // No listing shows the way up.
  const up = walk.enter('..').dead ? [] : ['..'];
  const at = path.resolve(world.root, directory);
  try {
    const names = readdirSync(at);
    if (!names.some(isSuspicious)) return names.concat(up);
    const good: string[] = [];
    for (const bytes of readdirSync(at, { encoding: 'buffer' })) {
      const why = whatIsWrong(bytes);
      if (why === undefined) good.push(bytes.toString());
      else setAside.push({ name: directory === '' ? escapeBytes(bytes) : `${directory}/${escapeBytes(bytes)}`, why });
    }
    return good.concat(up);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      setAside.push({ name: directory || '.', why: `the directory cannot be read: ${code}` });
    return [];
  }
}

function isFinished(world: FileWorld, id: ObjectId, name: string): boolean {
  const ending = unfinishedEnding(name);
  return ending === undefined || world.asksFor(id, ending);
}

function statOf(
  world: FileWorld,
  file: string,
  follow = false,
): BigIntStats | { readonly problem: string } | undefined {
  try {
    const look = follow ? statSync : lstatSync;
    return look(path.resolve(world.root, file), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOTDIR' || code === 'ENAMETOOLONG' ? undefined : { problem: `it cannot be looked at: ${code}` };
  }
}

async function observe(world: FileWorld, id: ObjectId, stat: BigIntStats): Promise<Observation> {
  const file = `${stat.dev}:${stat.ino}`;
  const written = `${stat.size}:${stat.mtimeNs}`;
  const stamp = `${file}:${written}:${stat.ctimeNs}`;
  const changed = Number(stat.mtimeNs > stat.ctimeNs ? stat.mtimeNs : stat.ctimeNs) / 1e6;
  const about = { file, written, stamp, size: Number(stat.size), moved: stat.mtimeNs !== stat.ctimeNs } as const;
  const changedAt = changed - world.clockOffset();
  if (!world.byContent(id)) return { state: 'present', version: asVersion(stamp), changedAt, ...about };
  try {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path.resolve(world.root, nameOf(id))), hash);
    return { state: 'present', version: asVersion(`sha256:${hash.digest('hex')}`), changedAt, ...about };
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? { state: 'absent' } : { state: 'unknown', problem: `it cannot be read: ${code}` };
  }
}

function kindOfFile(stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isFIFO()) return 'a named pipe';
  if (stat.isSocket()) return 'a socket';
  return 'a device';
}

/** The code of a system error; anything else is a bug, and thrown on. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
