/**
 * What lies in a directory, whether a pattern wants it or not: for whoever asks why something is not there. Knows
 * nothing of what is wanted.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isHidden } from '../core/segment.js';
import { escapeBytes, unfinishedEnding, whatIsWrong } from './names.js';
import { codeOf, type FileWorld, pathIn } from './world.js';

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
      const kind = entry.isFile()
        ? 'file'
        : entry.isDirectory()
          ? 'directory'
          : entry.isSymbolicLink()
            ? 'link'
            : 'other';
      const wrong = whatIsWrong(entry.name);
      const at = pathIn(directory, escapeBytes(entry.name));
      const passedOver =
        wrong === undefined ? whyPassedOver(world, at, entry.name.toString()) : `is set aside: ${wrong}`;
      return { path: at, kind, ...(passedOver === undefined ? {} : { passedOver }) };
    });
  } catch (error) {
    const code = codeOf(error);
    return { problem: code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : code };
  }
}

function whyPassedOver(world: Pick<FileWorld, 'ignores'>, at: string, name: string): string | undefined {
  if (world.ignores(at)) return 'is passed over: `ignore` names it';
  const ending = unfinishedEnding(name);
  if (ending !== undefined) return `is passed over: ${ending} is for what is not finished`;
  return isHidden(name) ? 'is passed over: its name begins with a dot' : undefined;
}
