/**
 * Files of what is remembered: a head in JSON and a body of bytes, under a checksum. They are never the only copy of
 * anything, so one that does not fit is as none, and one that cannot be written is not written. What is read is printed
 * as it stands, so a file says which file it is: a copy, such as a repository may bring along, is not believed.
 */
import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

export interface Kept<Head> {
  readonly head: Head;
  readonly body: Buffer;
}

/** Changes with the form of what is kept. */
const format = 'objflow cache 3';

/** What a file keeps; undefined where it is not there, or is not whole. `Head` is what this build of objflow wrote. */
export function readKept<Head>(file: string): Kept<Head> | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const bytes = readFileSync(descriptor);
    const line = bytes.indexOf('\n');
    const [name, sum, length, self] = bytes.subarray(0, line).toString().split('; ');
    const rest = bytes.subarray(line + 1);
    if (name !== format || sum !== sumOf(rest) || self !== selfOf(descriptor)) return undefined;
    const end = Number(length);
    return { head: JSON.parse(rest.subarray(0, end).toString()), body: rest.subarray(end) };
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Keeps it, whole or not at all. The directory above that of the file must be there. */
export function keep(file: string, head: unknown, body: Uint8Array): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    mkdirIn(path.dirname(file));
    const first = Buffer.from(JSON.stringify(head));
    const rest = Buffer.concat([first, body]);
    const descriptor = openSync(beside, 'w', 0o600);
    try {
      const line = `${format}; ${sumOf(rest)}; ${first.length}; ${selfOf(descriptor)}\n`;
      writeFileSync(descriptor, Buffer.concat([Buffer.from(line), rest]));
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch {
    try {
      rmSync(beside, { force: true });
    } catch {
      // There is no such directory.
    }
  }
}

function mkdirIn(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    // A link would have us write somewhere else.
    if (!lstatSync(directory).isDirectory()) throw error;
  }
}

/** Which file it is, whatever its name: nobody can know beforehand when it will be made. Throws where that is not known. */
function selfOf(descriptor: number): string {
  const { dev, ino, birthtimeNs, uid } = fstatSync(descriptor, { bigint: true });
  if (birthtimeNs === 0n) throw new Error('a file system without times of birth');
  return [dev, ino, birthtimeNs, uid].join(':');
}

const sumOf = (bytes: Uint8Array): string => crc32(bytes).toString(16);
