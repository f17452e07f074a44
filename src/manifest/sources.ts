/**
 * Where a mapping comes from, so that whoever keeps it can tell when it may have changed: what was read, what was looked
 * for, and where. Notes are taken while manifests are read; nothing is decided here about what is in them.
 */
import { readlinkSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileId } from '../core/object.js';
import { match, type Pattern } from '../core/pattern.js';
import type { Walk } from '../core/pattern-index.js';
import { contentOf, type Seen } from './seen.js';
import { statOf, withoutLinks } from './text.js';

export interface ManifestSources {
  /** Absolute directories in which a file that comes, goes or changes may change the mapping; not those below them. */
  readonly directories: readonly string[];
  /** May this file or directory (absolute) be, or hold, a manifest of this mapping? Looks at the disk. */
  concerns(path: string): boolean;
  /** Equal: the same manifests with the same text. */
  readonly fingerprint: string;
  /** Nothing has been touched since it was read. Looks at the disk, and costs little: no manifest is read. */
  isAsRead(): boolean;
  /** The same for a later process, which knows nothing but this. Looks at the disk. */
  seen(): Seen;
}

/** What an entry of `include` with wildcards looked for, from the project's directory on. */
export interface Wildcard {
  readonly pattern: Pattern;
  readonly walk: Walk;
  /** Directories that it looked into, absolute. */
  readonly directories: readonly string[];
  /** What it found, and what it finds now. */
  readonly files: readonly string[];
  /** What was seen on the way. */
  readonly seen: Seen['places'];
  readonly again: () => readonly string[];
}

/** Notes, taken while manifests are read. */
export interface SourceNotes {
  /** The project's directory. */
  readonly root: string;
  /** What was read: a hash of it, or why it could not be read. */
  readonly read: (readonly [file: string, what: string])[];
  /** Files that were looked for by name, there or not. */
  readonly named: Set<string>;
  readonly wildcards: Wildcard[];
  /** What stood at each path before it was read. */
  readonly stamps: Map<string, string>;
}

export const newNotes = (root: string): SourceNotes => ({
  root,
  read: [],
  named: new Set(),
  wildcards: [],
  stamps: new Map(),
});

/** Notes that a file is about to be looked for by its name. */
export function noteNamed({ named, stamps }: SourceNotes, file: string): void {
  named.add(file);
  if (!stamps.has(file)) stamps.set(file, stampOf(file));
}

function stampOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return ''; // it is not there, or is not to be seen; reading tells
  }
}

/** What the notes come to. */
export function sourcesOf({ root, read, named, wildcards, stamps }: SourceNotes): ManifestSources {
  const links = linkReader();
  const files = new Set([...named, ...read.map(([file]) => file)].flatMap((file) => [file, ...links(file)]));
  const holders = new Set([...files].flatMap(ancestors));
  const lookedInto = new Set(wildcards.flatMap(({ directories }) => directories));
  const there = new Set([...holders].filter((directory) => statOf(directory)?.isDirectory()));
  const watched = [...files].flatMap((file) => {
    const [own = root, ...above] = ancestors(file).filter((directory) => there.has(directory));
    return [own, ...above.filter((directory) => directory === root || directory.startsWith(root + sep))];
  });
  return {
    directories: [...new Set([...watched, ...lookedInto])].sort(),
    concerns(path) {
      const whole = resolve(path);
      if (files.has(whole) || holders.has(whole) || lookedInto.has(whole)) return true;
      const below = relative(root, whole);
      if (below === '..' || below.startsWith(`..${sep}`)) return false;
      return wildcards.some((wildcard) => isWanted(wildcard, whole, below.split(sep)));
    },
    fingerprint: contentOf(JSON.stringify(read)),
    isAsRead() {
      const same = (one: readonly string[], other: readonly string[]): boolean => one.join('\0') === other.join('\0');
      return (
        [...stamps].every(([file, stamp]) => stampOf(file) === stamp) &&
        wildcards.every((wildcard) => same(wildcard.files, wildcard.again()))
      );
    },
    seen: () => ({
      read: read.map(([file, content]) => [file, withoutLinks(file), content] as const),
      places: [
        ...[...stamps].filter(([, stamp]) => stamp === '').map(([file]) => [file, 'nothing'] as const),
        ...wildcards.flatMap(({ seen }) => seen),
      ],
    }),
  };
}

/** The directories that a path is in, the nearest first. */
function ancestors(path: string): readonly string[] {
  const found: string[] = [];
  for (let at = dirname(path), below = path; at !== below; [at, below] = [dirname(at), at]) found.push(at);
  return found;
}

/** Finds the links on the way to a file, and what they lead to in the end: any of them may be what is replaced. */
function linkReader(): (file: string) => readonly string[] {
  const known = new Map<string, string | undefined>();
  const targetOf = (path: string): string | undefined => {
    if (!known.has(path)) known.set(path, linkTarget(path));
    return known.get(path);
  };
  return (file) => {
    const found: string[] = [];
    let path = file;
    // As often as the system follows links
    for (let left = 40; left > 0; left--) {
      const link = [path, ...ancestors(path)].findLast((part) => targetOf(part) !== undefined);
      const target = link === undefined ? undefined : targetOf(link);
      if (link === undefined || target === undefined) break;
      path = join(resolve(dirname(link), target), relative(link, path));
      found.push(link, path);
    }
    return found;
  };
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // no link, or nothing at all
  }
}

/** Does the wildcard match the file, or would it look into the directory, as includes are looked for. */
function isWanted({ pattern, walk }: Wildcard, path: string, segments: readonly string[]): boolean {
  let here = walk;
  for (const segment of segments.slice(0, -1)) {
    if (!mayEnter(here, segment)) return false;
    here = here.enter(segment);
  }
  const name = basename(path);
  if (here.wants(name) && match(pattern, fileId(segments.join('/'))) !== undefined) return true;
  if (!mayEnter(here, name) || here.enter(name).dead || statOf(path)?.isDirectory() !== true) return false;
  // Links to directories are followed only where they are named
  return here.literals !== undefined || linkTarget(path) === undefined;
}

const mayEnter = (walk: Walk, name: string): boolean => walk.literals !== undefined || name !== 'node_modules';
