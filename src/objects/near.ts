/**
 * What lies in a directory, whether a pattern wants it or not: for whoever asks why something is not there. Knows
 * nothing of what is wanted.
 */
import { readdirSync, type StatsBase } from 'node:fs';
import path from 'node:path';
import { directoryOf, nameOf, type ObjectId } from '../core/object.js';
import { isHidden } from '../core/segment.js';
import { escapeBytes, unfinishedEnding, whatIsWrong } from './names.js';
import { codeOf, type FileWorld, pathIn, statOf } from './world.js';

/** One name in a directory. */
export interface Lying {
  /** Path as text, with what cannot be shown escaped. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Why it is passed over, in words that follow its name; absent where its name is fine. */
  readonly passedOver?: string;
}

/** As many names of one directory are looked at. */
const mostNames = 20_000;

/** What lies in a directory (`''`: the root), or why that cannot be told. */
export function lyingIn(
  world: Pick<FileWorld, 'root' | 'ignores'>,
  directory: string,
): readonly Lying[] | { readonly problem: 'missing' | string } {
  try {
    const entries = readdirSync(path.resolve(world.root, directory), { encoding: 'buffer', withFileTypes: true });
    return entries.slice(0, mostNames).map((entry): Lying => {
      const wrong = whatIsWrong(entry.name);
      const at = pathIn(directory, escapeBytes(entry.name));
      const passedOver =
        wrong === undefined ? whyPassedOver(world, at, entry.name.toString()) : `is set aside: ${wrong}`;
      return { path: at, kind: kindOf(entry), ...(passedOver === undefined ? {} : { passedOver }) };
    });
  } catch (error) {
    const code = codeOf(error);
    return { problem: code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : code };
  }
}

const kindOf = (entry: Pick<StatsBase<bigint>, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): Lying['kind'] => {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'other';
};

/** Why something is set aside whose name is shown so, in words that follow it; undefined where no such thing lies there. */
export function setAsideAs(world: Pick<FileWorld, 'root' | 'ignores'>, shown: ObjectId): string | undefined {
  if (!nameOf(shown).includes('\\x')) return undefined;
  const lying = lyingIn(world, directoryOf(shown));
  const found = 'problem' in lying ? undefined : lying.find(({ path: at }) => at === nameOf(shown));
  return found?.passedOver;
}

/** What stands at a path; `unknown` where that cannot be told. */
export function kindAt(world: Pick<FileWorld, 'root'>, at: string): Lying['kind'] | 'nothing' | 'unknown' {
  const stat = statOf(world, at);
  if (stat === undefined) return 'nothing';
  return 'problem' in stat ? 'unknown' : kindOf(stat);
}

/** What keeps something of the right name from being the object, in words that follow the name. */
export function notWanted({ kind }: Pick<Lying, 'kind'>, wantsDirectory: boolean): string | undefined {
  if (kind === 'link') return 'is a symbolic link, and none are followed';
  if (wantsDirectory) return kind === 'directory' ? undefined : 'is not a directory';
  if (kind === 'directory') return 'is a directory, and a file is wanted';
  return kind === 'file' ? undefined : 'is not a file';
}

/** In words that follow the name. */
export const passedOver = {
  ignored: 'is passed over: `ignore` names it',
  unfinished: (ending: string) => `is passed over: ${ending} is for what is not finished`,
  hidden: 'is passed over: its name begins with a dot',
} as const;

function whyPassedOver(world: Pick<FileWorld, 'ignores'>, at: string, name: string): string | undefined {
  if (world.ignores(at)) return passedOver.ignored;
  const ending = unfinishedEnding(name);
  if (ending !== undefined) return passedOver.unfinished(ending);
  return isHidden(name) ? passedOver.hidden : undefined;
}
