/**
 * The bytes of a whole journal, read: its records up to the last whole line, or what is wrong with it. Only its very end
 * may be torn, by a crash; anything else that is wrong is reported with its place and never guessed at.
 */
import { formatVersion, type Header, type Line, opening, readHeader, readLine, runsOn } from './line.js';
import { type JournalProblem, problem, shown } from './problem.js';
import { readWritten } from './written.js';

export type Scan =
  /** Nothing was ever recorded: no bytes, or less than a header (then it is torn). */
  | { readonly kind: 'fresh'; readonly torn: boolean }
  | {
      readonly kind: 'journal';
      readonly header: Header;
      readonly lines: readonly Line[];
      /** Where the last whole line ends, in bytes. */
      readonly end: number;
      /** Something follows there that is not a whole line. */
      readonly torn: boolean;
    }
  | { readonly kind: 'problem'; readonly problem: JournalProblem };

const newline = 0x0a;

/** Reads a journal. `name` is what it is called in messages. */
export function scan(bytes: Buffer, name: string): Scan {
  const size = withoutNuls(bytes);
  const headerEnd = bytes.indexOf(newline);
  const atOnceTorn: Scan = { kind: 'fresh', torn: bytes.length > 0 };
  if (headerEnd === -1) {
    const text = bytes.toString('latin1', 0, Math.min(size, opening.length));
    return opening.startsWith(text) ? atOnceTorn : refused(notOurs(name));
  }
  const read = readHeader(bytes, headerEnd);
  switch (read.kind) {
    case 'not-ours':
      return refused(notOurs(name));
    case 'newer':
      return refused(newer(name, read.version));
    case 'damaged':
      return headerEnd + 1 >= size
        ? atOnceTorn
        : refused(damaged(name, 1, 0, 'its first line is not what was written'));
    case 'header':
      return scanLines(bytes, size, headerEnd + 1, read.header, name);
  }
}

function scanLines(bytes: Buffer, size: number, first: number, header: Header, name: string): Scan {
  const lines: Line[] = [];
  const refuse = (why: string): Scan => refused(damaged(name, lines.length + 2, start, why));
  let start = first;
  while (start < size) {
    const written = readWritten(bytes, start, lines.length + 1);
    if (written !== undefined) {
      lines.push(written.record);
      start = written.end;
      continue;
    }
    const end = bytes.indexOf(newline, start);
    const read = end === -1 ? broken : readLine(bytes, start, end, lines.length + 1);
    if (read.kind === 'wrong') return refuse(read.why);
    if (read.kind === 'broken') {
      const last = end === -1 || end + 1 >= size;
      if (last && !runsOn(bytes, start, size)) break;
      return refuse('its checksum does not match');
    }
    lines.push(read.line);
    start = end + 1;
  }
  return { kind: 'journal', header, lines, end: start, torn: start < bytes.length };
}

const broken = { kind: 'broken' } as const;

/** A power cut can leave NULs where bytes were to come. No line of ours holds one. */
function withoutNuls(bytes: Buffer): number {
  let size = bytes.length;
  while (size > 0 && bytes[size - 1] === 0) size--;
  return size;
}

const refused = (found: JournalProblem): Scan => ({ kind: 'problem', problem: found });

const notOurs = (name: string): JournalProblem =>
  problem('not-ours', `${shown(name)} is not a state of objflow; it was left as it is: name another file with --state`);

const newer = (name: string, version: number): JournalProblem =>
  problem(
    'newer',
    `the state ${shown(name)} has format version ${version}, and this objflow knows up to ${formatVersion}; ` +
      'it was left as it is: use a newer objflow, or name another state with --state',
  );

/** `line` from 1, `offset` of its first byte from 0. */
export const damaged = (name: string, line: number, offset: number, why: string): JournalProblem =>
  problem(
    'damaged',
    `the state ${shown(name)} is damaged at line ${line} (byte ${offset}): ${why}; ` +
      'nothing was changed: restore the file from a copy, or move it away to start afresh',
    { line, offset },
  );
