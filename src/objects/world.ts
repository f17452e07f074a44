/**
 * What the adapter of files is told: where the project is, what is wanted, and how each object is to be looked at. And
 * the one way to ask the disk what is there. Knows nothing of how a tree of directories is watched.
 */
import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Rules } from '../core/mapping.js';
import type { ObjectId, Version } from '../core/object.js';
import type { Walk } from '../core/pattern-index.js';

/** What is said about an object, as far as it decides how it is looked at. */
export type LookRules = Pick<Rules, 'version' | 'marker' | 'pattern'>;

export interface FileWorld {
  /** Absolute path that relative names are relative to. */
  readonly root: string;
  /** Directories that stand literally in a pattern: these may be symbolic links, their user wrote them down. */
  readonly fixed: ReadonlySet<string>;
  /** The way to everything that is wanted, objects and their markers. */
  readonly walk: (root: '' | '/') => Walk;
  /** Does a job write this object? Asked where a link stands in its way. */
  readonly isMade: (id: ObjectId) => boolean;
  /** Which objects a wanted file says something of: itself, and those whose marker it is. */
  readonly objectsOf: (file: ObjectId) => readonly ObjectId[];
  /** Does a pattern that matches this object end with this very text? */
  readonly asksFor: (id: ObjectId, ending: string) => boolean;
  /** Is it never to be an object, nor anything in it? */
  readonly ignores: (path: string) => boolean;
  readonly rulesOf: (id: ObjectId) => LookRules;
  /** Hashes of contents that were read, by what was seen of the file then: nothing is read twice. */
  readonly contents: Map<ObjectId, { readonly stamp: string; readonly version: Version }>;
  /** Wall clock minus the engine's clock, in milliseconds. */
  readonly clockOffset: () => number;
  /** Told of all that the disk is asked. */
  readonly asked?: Asked | undefined;
}

/** Is told what the disk was asked, and what it said. */
export interface Asked {
  /** `found`: what stands at a path, relative to the root or absolute, links followed or not. */
  stat(file: string, follow: boolean, found: BigIntStats | { readonly problem: string } | undefined): void;
  /** Names in a directory, as the disk gave them. */
  listed(directory: string, names: readonly string[]): void;
  /** Something was asked of which no more is told. */
  unsure(): void;
}

/** Milliseconds of looking after which everything else gets its turn. */
const slice = 20;

/** Pauses when the slice is over; to be asked often. */
export function slicer(): () => Promise<void> | undefined {
  let ends = performance.now() + slice;
  return () => {
    if (performance.now() < ends) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        ends = performance.now() + slice;
        resolve();
      });
    });
  };
}

/** What stands at a path; undefined where nothing does. */
export function statOf(
  { root, asked }: Pick<FileWorld, 'root' | 'asked'>,
  file: string,
  follow = false,
): BigIntStats | { readonly problem: string } | undefined {
  const found = standingAt(root, file, follow);
  asked?.stat(file, follow, found);
  return found;
}

function standingAt(root: string, file: string, follow: boolean) {
  try {
    const look = follow ? statSync : lstatSync;
    return look(path.resolve(root, file), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOTDIR' || code === 'ENAMETOOLONG' ? undefined : { problem: `it cannot be looked at: ${code}` };
  }
}

/** The path of what has this name in a directory; `''` is the project's root, `/` that of the file system. */
export const pathIn = (directory: string, name: string): string =>
  directory === '' || directory === '/' ? directory + name : `${directory}/${name}`;

/** Which file it is, whatever its name. */
export const identityOf = ({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string => `${dev}:${ino}`;

/** The code of a system error; anything else is a bug, and thrown on. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
