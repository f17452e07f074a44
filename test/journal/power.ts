/**
 * The real file system of one directory, watched: at any moment it tells what of it a power cut could leave. What was
 * synced stays. Of the rest any beginning may be there, in the order in which it was done: of each file's writes, and of what
 * was done to names; the write that is cut may be there in part, or as NULs.
 */
import * as fs from 'node:fs';
import path from 'node:path';
import { type Files, realFiles } from '../../src/journal/files.js';
import { filesWith } from './fixtures.js';

type Content = Buffer;
type Change = (before: Content) => Content;

interface Inode {
  synced: Content;
  pending: Change[];
}

/** What stands there after the power came back: contents by name. */
export type Image = ReadonlyMap<string, Content>;

const write =
  (bytes: Buffer, position: number): Change =>
  (before) =>
    Buffer.concat([
      before.subarray(0, position),
      Buffer.alloc(Math.max(0, position - before.length)),
      bytes,
      before.subarray(position + bytes.length),
    ]);

export class PowerDisk {
  #names = new Map<string, Inode>();
  #renames: ((names: Map<string, Inode>) => void)[] = [];
  readonly #open = new Map<number, Inode | 'directory'>();
  /** Called after each call that changes something, or could be the last: `calls` have been made. */
  readonly #after: () => void;

  constructor(after: () => void) {
    this.#after = after;
  }

  readonly files: Files = filesWith({
    open: (file, flags, mode) => {
      const isThere = fs.existsSync(file);
      const descriptor = realFiles.open(file, flags, mode);
      const name = path.basename(file);
      if (fs.fstatSync(descriptor).isDirectory()) this.#open.set(descriptor, 'directory');
      else {
        const inode = this.#now().get(name) ?? { synced: Buffer.alloc(0), pending: [] };
        this.#open.set(descriptor, inode);
        if (!isThere) this.#name((names) => names.set(name, inode));
      }
      return descriptor;
    },
    write: (descriptor, bytes, position) => {
      this.#fileAt(descriptor).pending.push(write(Buffer.from(bytes), position));
      const written = realFiles.write(descriptor, bytes, position);
      this.#after();
      return written;
    },
    truncate: (descriptor, size) => {
      this.#fileAt(descriptor).pending.push((before) => before.subarray(0, size));
      realFiles.truncate(descriptor, size);
      this.#after();
    },
    datasync: (descriptor) => this.#sync(descriptor),
    sync: (descriptor) => this.#sync(descriptor),
    rename: (from, to) => {
      realFiles.rename(from, to);
      this.#name((names) => {
        const inode = names.get(path.basename(from));
        names.delete(path.basename(from));
        if (inode) names.set(path.basename(to), inode);
      });
    },
    unlink: (file) => {
      realFiles.unlink(file);
      this.#name((names) => names.delete(path.basename(file)));
    },
  });

  /** All that a power cut could leave now. */
  images(): Image[] {
    return [...Array(this.#renames.length + 1).keys()].flatMap((renamed) => {
      const names = new Map(this.#names);
      for (const change of this.#renames.slice(0, renamed)) change(names);
      let images: Map<string, Content>[] = [new Map()];
      for (const [name, inode] of names)
        images = contentsOf(inode).flatMap((content) => images.map((image) => new Map(image).set(name, content)));
      return images;
    });
  }

  #now(): Map<string, Inode> {
    const names = new Map(this.#names);
    for (const change of this.#renames) change(names);
    return names;
  }

  #name(change: (names: Map<string, Inode>) => void): void {
    this.#renames.push(change);
    this.#after();
  }

  #sync(descriptor: number): void {
    const inode = this.#open.get(descriptor);
    if (inode === 'directory') {
      this.#names = this.#now();
      this.#renames = [];
    } else {
      const file = this.#fileAt(descriptor);
      file.synced = file.pending.reduce((content, change) => change(content), file.synced);
      file.pending = [];
    }
    this.#after();
  }

  #fileAt(descriptor: number): Inode {
    const inode = this.#open.get(descriptor);
    if (inode === undefined || inode === 'directory') throw new Error(`no file is open as ${descriptor}`);
    return inode;
  }
}

/** What a file may hold: each beginning of its changes, and the one that is cut in part, or as NULs. */
function contentsOf({ synced, pending }: Inode): Content[] {
  const contents = [synced];
  for (const change of pending) {
    const before = contents.at(-1) ?? synced;
    const after = change(before);
    for (const share of [0.3, 0.99]) {
      const cut = before.length + Math.floor((after.length - before.length) * share);
      if (cut <= before.length) continue;
      contents.unshift(after.subarray(0, cut));
      contents.unshift(Buffer.concat([after.subarray(0, cut), Buffer.alloc(after.length - cut)]));
      contents.unshift(Buffer.concat([before, Buffer.alloc(cut - before.length)]));
    }
    contents.push(after);
  }
  return contents;
}
