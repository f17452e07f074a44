/**
 * What a call asked of the disk about files and directories, and whether it would be answered the same now. Knows nothing
 * of what it was asked for.
 */
import { hash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** As what something stood at a path; `At`: at the end of the links there. */
const kinds = ['file', 'fileAt', 'directory', 'directoryAt', 'nothing', 'nothingAt'] as const;
type Kind = (typeof kinds)[number];

/** Paths are relative to `root`, or absolute. */
export interface Questions {
  readonly root: string;
  readonly paths: Readonly<Record<Kind, readonly string[]>>;
  /** Directories, each with a hash of the names in it. */
  readonly listings: Readonly<Record<string, string>>;
}

/** Questions, and in their order the numbers that tell what stood there from all that may ever stand there. */
export interface Answered {
  readonly questions: Questions;
  readonly numbers: BigInt64Array;
}

export interface Recorder {
  /** What stood at a path, links followed or not. */
  stat(file: string, follow: boolean, found: BigIntStats | { readonly problem: string } | undefined): void;
  /** The names in a directory, in the order in which the disk gave them. */
  listed(directory: string, names: readonly string[]): void;
  /** Something was asked that cannot be asked again, or could not be answered. */
  unsure(): void;
  /** Undefined where the same answers may not mean the same world. */
  finish(): Answered | undefined;
}

/** Milliseconds for which a file must have been left alone: where the disk's clock is coarse, a change within them leaves no trace. */
const calm = 2000;

/** Records what is asked about a project from now on. */
export function recordQuestions(root: string): Recorder {
  const before = BigInt(Date.now() - calm) * 1_000_000n;
  const seen = new Map<string, { readonly kind: Kind; readonly numbers: readonly bigint[] }>();
  const listings = new Map<string, string>();
  let isSure = true;
  return {
    stat(file, follow, found) {
      if (found !== undefined && 'problem' in found) {
        isSure = false;
        return;
      }
      const plain = kindOf(found);
      const kind: Kind = follow ? `${plain}At` : plain;
      const numbers = numbersOf(kind, found);
      if (plain === 'file' && found !== undefined && found.ctimeNs > before) isSure = false;
      const key = placeIn(root, file);
      const known = seen.get(follow ? `${key}\0` : key);
      if (known === undefined) seen.set(follow ? `${key}\0` : key, { kind, numbers });
      else if (known.kind !== kind || String(known.numbers) !== String(numbers)) isSure = false;
    },
    listed(directory, names) {
      const key = placeIn(root, directory || '.');
      const now = hashOf(names);
      if ((listings.get(key) ?? now) !== now) isSure = false;
      listings.set(key, now);
    },
    unsure() {
      isSure = false;
    },
    finish() {
      if (!isSure) return undefined;
      const paths: Record<Kind, string[]> = {
        ...{ file: [], fileAt: [], directory: [], directoryAt: [], nothing: [], nothingAt: [] },
      };
      for (const [key, { kind }] of seen) paths[kind].push(key.replace('\0', ''));
      const numbers = kinds.flatMap((kind) =>
        [...seen.values()].flatMap((one) => (one.kind === kind ? one.numbers : [])),
      );
      return {
        questions: { root, paths, listings: Object.fromEntries(listings) },
        numbers: BigInt64Array.from(numbers),
      };
    },
  };
}

/** Whether everything is answered as it was then. */
export function isAnsweredSo({ questions, numbers }: Answered): boolean {
  const { root, paths, listings } = questions;
  const cwd = process.cwd();
  try {
    // The way from here is shorter than from the root of the file system.
    process.chdir(root);
    // What differs most often comes first.
    for (const [directory, names] of Object.entries(listings))
      if (hashOf(readdirSync(directory)) !== names) return false;
    let at = 0;
    for (const kind of kinds) {
      const look = kind.endsWith('At') ? statSync : lstatSync;
      for (const file of paths[kind]) {
        const found = lookAt(look, file);
        if (!kind.startsWith(kindOf(found))) return false;
        for (const number of numbersOf(kind, found)) if (numbers[at++] !== number) return false;
      }
    }
    return at === numbers.length;
  } catch {
    return false; // who asks again will tell what is wrong
  } finally {
    process.chdir(cwd);
  }
}

function lookAt(look: typeof lstatSync, file: string): BigIntStats | undefined {
  try {
    return look(file, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
}

const kindOf = (found: BigIntStats | undefined) =>
  found === undefined ? 'nothing' : found.isDirectory() ? 'directory' : 'file';

/** A directory is told by which it is: of what is in it, names were asked, or each by itself. */
function numbersOf(kind: Kind, found: BigIntStats | undefined): readonly bigint[] {
  if (found === undefined) return [];
  const { dev, ino, birthtimeNs, size, mtimeNs, ctimeNs } = found;
  return kind.startsWith('directory') ? [dev, ino, birthtimeNs] : [dev, ino, size, mtimeNs, ctimeNs];
}

const hashOf = (names: readonly string[]): string => hash('sha256', names.join('\0'), 'base64');

/** Steps upwards mean what they say only where no link is on the way. */
const placeIn = (root: string, file: string): string =>
  /(^|\/)\.\.(\/|$)/.test(file) ? path.resolve(root, file) : file;
