/**
 * What a call asked of the disk about files and directories, and whether it would be answered the same now. Knows nothing
 * of what it was asked for.
 */
import { hash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
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

/**
 * Questions, and in their order the numbers that tell what stood there from all that may ever stand there: as `Stats` has them, for
 * those cost half of what `BigIntStats` do.
 */
export interface Answered {
  readonly questions: Questions;
  readonly numbers: Float64Array;
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
  const seen = new Map<string, { readonly kind: Kind; readonly numbers: readonly number[] }>();
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
      const numbers = found === undefined ? [] : numbersOf(found);
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
        numbers: Float64Array.from(numbers),
      };
    },
  };
}

/** Whether everything is answered as it was then. */
export function isAnsweredSo({ questions, numbers }: Answered): boolean {
  const { root, paths, listings } = questions;
  // Where we are already there, the way is shorter. Who goes there may find no way back: `sudo` leaves people where they may not enter.
  const way = process.cwd() === root ? '' : `${root}/`;
  const placeOf = (file: string): string => (path.isAbsolute(file) ? file : way + file);
  try {
    // What differs most often comes first.
    for (const [directory, names] of Object.entries(listings))
      if (hashOf(readdirSync(placeOf(directory))) !== names) return false;
    let at = 0;
    for (const kind of kinds) {
      const look = kind.endsWith('At') ? statSync : lstatSync;
      for (const file of paths[kind]) {
        const found = lookAt(look, placeOf(file));
        if (!kind.startsWith(kindOf(found))) return false;
        if (found !== undefined)
          at = found.isDirectory() ? endOfDirectory(found, numbers, at) : endOfFile(found, numbers, at);
        if (at < 0) return false;
      }
    }
    return at === numbers.length;
  } catch {
    return false; // who asks again will tell what is wrong
  }
}

function lookAt(look: typeof lstatSync, file: string): Stats | undefined {
  try {
    return look(file, { throwIfNoEntry: false });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
}

const kindOf = (found: BigIntStats | Stats | undefined) =>
  found === undefined ? 'nothing' : found.isDirectory() ? 'directory' : 'file';

/** A directory is told by which it is: of what is in it, names were asked, or each by itself. */
function numbersOf(found: BigIntStats): readonly number[] {
  const [dev, ino, size] = [Number(found.dev), Number(found.ino), Number(found.size)];
  return found.isDirectory()
    ? [dev, ino, milliseconds(found.birthtimeNs)]
    : [dev, ino, size, milliseconds(found.mtimeNs), milliseconds(found.ctimeNs)];
}

/** As Node works them out for `Stats`: to a quarter of a microsecond. */
const milliseconds = (ns: bigint): number => Number(ns / 1_000_000_000n) * 1000 + Number(ns % 1_000_000_000n) / 1e6;

/** Where the numbers of this directory end, where they stand here; else -1. */
function endOfDirectory({ dev, ino, birthtimeMs }: Stats, numbers: Float64Array, at: number): number {
  return dev === numbers[at] && ino === numbers[at + 1] && birthtimeMs === numbers[at + 2] ? at + 3 : -1;
}

/** The same of a file. */
function endOfFile({ dev, ino, size, mtimeMs, ctimeMs }: Stats, numbers: Float64Array, at: number): number {
  const isSame = dev === numbers[at] && ino === numbers[at + 1] && size === numbers[at + 2];
  return isSame && mtimeMs === numbers[at + 3] && ctimeMs === numbers[at + 4] ? at + 5 : -1;
}

const hashOf = (names: readonly string[]): string => hash('sha256', names.join('\0'), 'base64');

/** Steps upwards mean what they say only where no link is on the way. */
const placeIn = (root: string, file: string): string =>
  /(^|\/)\.\.(\/|$)/.test(file) ? path.resolve(root, file) : file;
