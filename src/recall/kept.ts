/**
 * Files of what is remembered: a head in JSON and a body of bytes, under a checksum. They are never the only copy of
 * anything, so one that does not fit is as none, and one that cannot be written is not written.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

export interface Kept<Head> {
  readonly head: Head;
  readonly body: Buffer;
}

/** Changes with the form of what is kept. */
const format = 'objflow cache 1';

/** What a file keeps; undefined where it is not there, or is not whole. `Head` is what this build of objflow wrote. */
export function readKept<Head>(file: string): Kept<Head> | undefined {
  try {
    const bytes = readFileSync(file);
    const line = bytes.indexOf('\n');
    const [name, sum, length] = bytes.subarray(0, line).toString().split('; ');
    const rest = bytes.subarray(line + 1);
    if (name !== format || sum !== sumOf(rest)) return undefined;
    const end = Number(length);
    return { head: JSON.parse(rest.subarray(0, end).toString()), body: rest.subarray(end) };
  } catch {
    return undefined;
  }
}

/** Keeps it, whole or not at all. The directory above that of the file must be there. */
export function keep(file: string, head: unknown, body: Uint8Array): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    mkdirIn(path.dirname(file));
    const first = Buffer.from(JSON.stringify(head));
    const rest = Buffer.concat([first, body]);
    writeFileSync(beside, Buffer.concat([Buffer.from(`${format}; ${sumOf(rest)}; ${first.length}\n`), rest]), {
      mode: 0o600,
    });
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
  }
}

const sumOf = (bytes: Uint8Array): string => crc32(bytes).toString(16);
