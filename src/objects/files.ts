/**
 * Files as objects: looking at them, and putting them on disk. Looking is the truth; nothing here decides whether a
 * file has landed.
 */
import { createHash, type Hash } from 'node:crypto';
import { type BigIntStats, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { markerOf } from '../core/marker.js';
import { asVersion, isDirectory, type Look, nameOf, type ObjectId, type Observation } from '../core/object.js';
import { filesBelow, insideOf } from './directory.js';
import { codeOf, type FileWorld, identityOf, slicer, statOf } from './world.js';

type Present = Extract<Observation, { state: 'present' }>;

export interface LookOptions {
  /** Also read what only its content tells the version of. */
  readonly content?: boolean;
}

/** Looks at these objects, in their order. */
export async function lookAt(
  world: FileWorld,
  ids: readonly ObjectId[],
  { content = false }: LookOptions = {},
): Promise<Look[]> {
  const looks: Look[] = [];
  const pause = slicer();
  for (const object of ids) {
    const found = isDirectory(object) ? await lookInto(world, object) : lookAtFile(world, object);
    const unread = content && found.state === 'present' && found.version === undefined;
    looks.push({ object, found: unread ? await read(world, object, found) : found });
    await pause();
  }
  return looks;
}

/** Looks at a file. */
export function lookAtFile(world: FileWorld, object: ObjectId): Observation {
  const stat = statOf(world, nameOf(object));
  if (stat !== undefined && 'problem' in stat) return { state: 'unknown', problem: stat.problem };
  if (!stat?.isFile() || isBehindLink(world, object)) {
    world.contents.delete(object);
    return { state: 'absent' };
  }
  return observe(world, object, stat);
}

/**
 * Whether a link that nobody wrote down leads to it: listing does not go there, and nor does a look at what was there before. What a
 * job makes is where its command put it.
 */
function isBehindLink(world: FileWorld, object: ObjectId): boolean {
  let at = path.posix.dirname(nameOf(object));
  for (; at !== '.' && at !== '/' && !world.fixed.has(at); at = path.posix.dirname(at)) {
    const stat = statOf(world, at);
    if (stat !== undefined && !('problem' in stat) && stat.isSymbolicLink()) return !world.isMade(object);
  }
  return false;
}

/** What was seen of a file. */
export function observe(world: FileWorld, object: ObjectId, stat: BigIntStats): Observation {
  const file = identityOf(stat);
  const written = `${stat.size}:${stat.mtimeNs}`;
  const stamp = `${file}:${written}:${stat.ctimeNs}`;
  const moved = stat.mtimeNs !== stat.ctimeNs;
  return finish(world, object, { file, written, stamp, size: Number(stat.size), moved }, [stat.mtimeNs, stat.ctimeNs]);
}

/** A directory with all that is in it. One without any file is not there yet. */
async function lookInto(world: FileWorld, object: ObjectId): Promise<Observation> {
  const stat = statOf(world, nameOf(object).slice(0, -1));
  if (stat !== undefined && 'problem' in stat) return { state: 'unknown', problem: stat.problem };
  if (!stat?.isDirectory() || isBehindLink(world, object)) {
    world.contents.delete(object);
    return { state: 'absent' };
  }
  const { marker } = world.rulesOf(object);
  const inside = await insideOf(world, nameOf(object), marker?.where === 'inside' ? marker.name : undefined);
  if ('problem' in inside) return { state: 'unknown', problem: inside.problem };
  if (inside.files === 0) return { state: 'absent' };
  const { size, written, stamp, changed } = inside;
  // Where it came from says nothing of whether all has come.
  return finish(world, object, { file: identityOf(stat), written, stamp, size, moved: false }, [changed]);
}

function finish(
  world: FileWorld,
  object: ObjectId,
  about: Pick<Present, 'file' | 'written' | 'stamp' | 'size' | 'moved'>,
  times: readonly bigint[],
): Present {
  const changed = times.reduce((one, other) => (other > one ? other : one), 0n);
  const rules = world.rulesOf(object);
  const marker = markerOf(object, rules);
  const hashed = rules.version === 'content' ? world.contents.get(object) : undefined;
  const version = rules.version !== 'content' ? asVersion(about.stamp) : undefined;
  return {
    state: 'present',
    version: hashed?.stamp === about.stamp ? hashed.version : version,
    ...about,
    changedAt: Number(changed) / 1e6 - world.clockOffset(),
    ...(marker === undefined ? {} : { marker: stateOfMarker(world, marker, changed) }),
  };
}

/** A marker from before the object's last change speaks of what was there then. */
function stateOfMarker(world: FileWorld, marker: ObjectId, changed: bigint): NonNullable<Present['marker']> {
  const stat = statOf(world, nameOf(marker));
  if (stat === undefined || 'problem' in stat || !stat.isFile()) return 'missing';
  return stat.ctimeNs < changed ? 'older' : 'there';
}

/** How often something is read that changes each time while it is read. */
const readings = 3;

/** The same, with the version that its content tells; as it is now, where it has changed while it was read. */
async function read(world: FileWorld, object: ObjectId, found: Present, left = readings): Promise<Observation> {
  try {
    const hash = createHash('sha256');
    if (!isDirectory(object)) await addContent(hash, path.resolve(world.root, nameOf(object)));
    else
      for (const file of filesBelow(world, nameOf(object))) {
        hash.update(`${file}\0`);
        await addContent(hash, path.resolve(world.root, nameOf(object), file)).catch(unlessGone);
        hash.update('\0');
      }
    const after = isDirectory(object) ? await lookInto(world, object) : lookAtFile(world, object);
    if (after.state !== 'present') return after;
    if (after.stamp !== found.stamp) return left > 1 ? read(world, object, after, left - 1) : after;
    const version = asVersion(`sha256:${hash.digest('hex')}`);
    world.contents.set(object, { stamp: found.stamp, version });
    return { ...found, version };
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? { state: 'absent' } : { state: 'unknown', problem: `it cannot be read: ${code}` };
  }
}

async function addContent(hash: Hash, file: string): Promise<void> {
  for await (const chunk of createReadStream(file)) hash.update(chunk);
}

/** What is in a directory may go at any time, and a name that is no text leads nowhere: neither is the directory's end. */
function unlessGone(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}

/** Puts objects and their directories on disk: what vouches for them must not outlive them. Gives what went wrong. */
export async function syncFiles(world: Pick<FileWorld, 'root'>, ids: readonly ObjectId[]): Promise<string | undefined> {
  const files = new Set<string>();
  const directories = new Set<string>();
  const inside = new Set<string>();
  for (const id of ids) {
    const at = path.resolve(world.root, nameOf(id));
    directories.add(path.dirname(at));
    if (!isDirectory(id)) files.add(at);
    else
      for (const name of ['', ...filesBelow(world, nameOf(id))]) {
        const file = path.join(at, name);
        files.add(file);
        if (name === '') continue;
        inside.add(file);
        directories.add(path.dirname(file));
      }
  }
  for (const file of [...files, ...directories]) {
    try {
      const handle = await open(file, 'r');
      await handle.sync().finally(() => handle.close());
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT' && inside.has(file)) continue;
      // What may not be opened to read, or knows no sync (some network mounts), cannot be made safer by us.
      if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EINVAL' && code !== 'EISDIR') return `${file}: ${code}`;
    }
  }
  return undefined;
}
