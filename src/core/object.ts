/**
 * What an object is: its id, its kind, what was seen of it. Knows nothing of how it is looked at.
 */
declare const brand: unique symbol;

/** `kind:name`. A file's name is its path from the project's root (or absolute), with `/` between segments. */
export type ObjectId = string & { readonly [brand]: 'object' };

/** What tells two states of an object apart. Compared for equality only. */
export type Version = string & { readonly [brand]: 'version' };

/** The kind of an object: `file`, or whatever stands before the first colon of its id. */
export const kindOf = (id: string): string => id.slice(0, id.indexOf(':'));

/** The name of an object: a path for a file, what follows the colon otherwise. */
export const nameOf = (id: string): string => id.slice(id.indexOf(':') + 1);

/** Is a file object a directory: its name ends with a slash. Only for ids of files. */
export const isDirectory = (id: string): boolean => id.endsWith('/');

/** The id of a named object. */
export const objectId = (kind: string, name: string): ObjectId => `${kind}:${name}` as ObjectId; // the one place that brands

/** The id of a file. */
export const fileId = (path: string): ObjectId => objectId('file', path);

/** An id that was written down earlier (by us: the journal, a record). */
export const asObjectId = (text: string): ObjectId => text as ObjectId; // checked by the schema of what it came from

/** A version that an adapter or a record supplies. */
export const asVersion = (text: string): Version => text as Version; // opaque: any text is one

/** The directory that a file stands in: `''` for the project's root. */
export const directoryOf = (id: string): string => nameOf(id).replace(/(^|\/)[^/]*\/?$/, '');

/** How a person writes the object: a file by its path, anything else by its id. */
export const displayName = (id: string): string => (kindOf(id) === 'file' ? plainPath(nameOf(id)) : id);

/** A path that would read as `kind:name` keeps its `file:`. */
const plainPath = (path: string): string => (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(path) ? `file:${path}` : path);

/**
 * What one look at an object found. Three values, never two: `unknown` (the disk or the database did not answer) is
 * never treated as `absent`.
 */
export type Observation =
  | {
      readonly state: 'present';
      /** Absent where its content would have to be read to tell, and was not. */
      readonly version: Version | undefined;
      /** Bytes. */
      readonly size: number;
      /** Which file it is, whatever its name: device and inode. */
      readonly file: string;
      /** What writing moves: size and mtime. */
      readonly written: string;
      /** Everything that the look saw, so that two equal ones mean: not touched in between. */
      readonly stamp: string;
      /**
       * Milliseconds on the engine's clock at which the object last changed, as far as its own times tell; later than
       * the look's own time when the file's clock is ahead.
       */
      readonly changedAt: number;
      /** Its ctime differs from its mtime: it was renamed, linked or finished after its last write. */
      readonly moved: boolean;
      /** Where the object has a marker: whether it is there, and not from before the object last changed. */
      readonly marker?: 'there' | 'missing' | 'older';
    }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly problem: string };

/** One look at one object. */
export interface Look {
  readonly object: ObjectId;
  readonly found: Observation;
}
