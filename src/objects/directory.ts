/**
 * What is in a directory that is an object: everything below it, however deep, as one thing. Knows nothing of landing.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { codeOf, type FileWorld, slicer, statOf } from './world.js';

export interface Inside {
  readonly files: number;
  /** Bytes of all files. */
  readonly size: number;
  /** Names, sizes and write times of all files, as a hash. */
  readonly written: string;
  /** Everything that was seen of them, as a hash. */
  readonly stamp: string;
  /** Nanoseconds since 1970 at which something in it last changed. */
  readonly changed: bigint;
}

/** Looks at all that is below a directory, but for its own marker. */
export async function insideOf(
  world: Pick<FileWorld, 'root' | 'asked'>,
  directory: string,
  marker: string | undefined,
): Promise<Inside | { readonly problem: string }> {
  const written = createHash('sha256');
  const stamp = createHash('sha256');
  let files = 0;
  let size = 0;
  let changed = 0n;
  const pause = slicer();
  try {
    for (const name of filesBelow(world, directory)) {
      if (name === marker) continue;
      const stat = statOf(world, path.posix.join(directory, name));
      if (stat === undefined) continue; // it has gone in between, and what changes has not landed
      if ('problem' in stat) return stat;
      files += 1;
      size += Number(stat.size);
      const times = stat.ctimeNs > stat.mtimeNs ? stat.ctimeNs : stat.mtimeNs;
      if (times > changed) changed = times;
      written.update(`${name}\0${stat.size}\0${stat.mtimeNs}\0`);
      stamp.update(`${name}\0${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}\0`);
      await pause();
    }
  } catch (error) {
    const code = codeOf(error);
    return { problem: `a directory in it cannot be read: ${code}` };
  }
  return { files, size, changed, written: written.digest('hex'), stamp: `tree:${stamp.digest('hex').slice(0, 32)}` };
}

/** Paths of all files below a directory, sorted; links and pipes are none. Throws where a directory cannot be listed. */
export function* filesBelow({ root, asked }: Pick<FileWorld, 'root' | 'asked'>, directory: string): Iterable<string> {
  const work: string[] = [''];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    const entries = list(root, path.posix.join(directory, at), asked).sort((one, other) =>
      one.name < other.name ? -1 : 1,
    );
    const below: string[] = [];
    for (const entry of entries) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) below.push(name);
      else if (entry.isFile()) yield name;
      else asked?.unsure();
    }
    work.push(...below.reverse());
  }
}

/** A directory that has gone in between has nothing in it. */
function list(root: string, directory: string, asked: FileWorld['asked']) {
  try {
    const entries = readdirSync(path.resolve(root, directory), { withFileTypes: true });
    asked?.listed(
      directory,
      entries.map(({ name }) => name),
    );
    return entries;
  } catch (error) {
    asked?.unsure();
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
