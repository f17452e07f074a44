/**
 * What was seen of the disk while a mapping was loaded, in few words that can be compared later: whether manifests and the
 * places where they were looked for are as they were. Loads next to nothing.
 */
import { hash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';

/** What a mapping was loaded from. */
export interface Seen {
  /** Manifests that were read: where they really are, a hash of their bytes. */
  readonly read: readonly (readonly [file: string, real: string, content: string])[];
  /** Places that were looked at on the way, and what was there, as `standing` and `listing` tell it. */
  readonly places: readonly (readonly [path: string, what: string])[];
}

/** What stands at a path, links followed. */
export function standing(path: string): string {
  try {
    const stat = statSync(path);
    return stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
  } catch {
    return 'nothing'; // or it may not be looked at
  }
}

/** The entries of a directory, sorted by name; one that cannot be listed holds nothing that could be read. */
export function entriesIn(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** A hash of the entries of a directory. */
export function listing(entries: readonly Dirent[]): string {
  const kinds = entries.map((one) => `${one.name}/${one.isFile()}/${one.isDirectory()}/${one.isSymbolicLink()}`);
  return `lists ${hash('sha256', kinds.join('\0'), 'base64')}`;
}

export const contentOf = (bytes: Buffer | string): string => hash('sha256', bytes, 'hex');

/** Are the places as they were. */
export const arePlacesAsSeen = ({ places }: Seen): boolean =>
  places.every(([path, what]) => what === (what.startsWith('lists') ? listing(entriesIn(path)) : standing(path)));

/** The manifests that do not read as they did; undefined where one is not there, or is another file. */
export function changedManifests({
  read,
}: Seen): readonly { readonly file: string; readonly bytes: Buffer }[] | undefined {
  const changed: { file: string; bytes: Buffer }[] = [];
  try {
    for (const [file, real, content] of read) {
      if (realpathSync(file) !== real || !statSync(file).isFile()) return undefined;
      const bytes = readFileSync(file);
      if (contentOf(bytes) !== content) changed.push({ file, bytes });
    }
    return changed;
  } catch {
    return undefined;
  }
}
