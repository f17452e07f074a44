/**
 * One line of a journal: the header or a record, as text and back. A line is one JSON object whose last fields are its
 * sequence number and the CRC32 of the bytes before it; the fixed form of that tail lets a line be checked without
 * being parsed. Knows nothing of files.
 */
import { crc32 } from 'node:zlib';
import type { JournalRecord } from '../core/record.js';
import { faultOf } from './shape.js';
import { isWritten } from './written.js';

/** The version that this program writes. A reader of an older one would be added here; a newer one is refused. */
export const formatVersion = 1;

/** The first line. */
export interface Header {
  readonly format: 'objflow-state';
  readonly version: typeof formatVersion;
  /** Stays over compactions. */
  readonly id: string;
  /** From 1; one more at each compaction. */
  readonly generation: number;
  /** Milliseconds since 1970; of the journal, not of this generation. */
  readonly createdAt: number;
}

/** A record of a type that this program does not know: somebody newer wrote it. Kept as it is, otherwise ignored. */
export interface Strange {
  readonly type: 'strange';
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Line = JournalRecord | Strange;

/** What every header begins with: it tells a torn header of ours from somebody else's file. */
export const opening = '{"format":"objflow-state"';

const checksum = (data: string | Uint8Array): string => crc32(data).toString(16).padStart(8, '0');

const sealed = (body: string): string => `${body},"crc":"${checksum(body)}"}\n`;

/** The header's line, newline included. */
export const headerLine = (header: Header): string => sealed(JSON.stringify(header).slice(0, -1));

/** A record's line, newline included. `s` counts from 1. */
export function recordLine(line: Line, s: number): string {
  if (isWritten(line)) return sealed(`${line.body},"s":${s}`);
  const fields = line.type === 'strange' ? line.fields : line;
  return sealed(`${JSON.stringify(fields).slice(0, -1)},"s":${s}`);
}

const sealLength = ',"crc":"00000000"}'.length;

/** Whether the line in these bytes (newline excluded) is what was once written. */
function isWhole(bytes: Buffer, start: number, end: number): boolean {
  const seal = end - sealLength;
  return seal > start && bytes.toString('latin1', seal, end) === `,"crc":"${checksum(bytes.subarray(start, seal))}"}`;
}

/** Whether a whole line stands here and is not ended by a newline, but goes on: its newline is what was spoilt. */
export function runsOn(bytes: Buffer, start: number, size: number): boolean {
  const seal = bytes.indexOf(',"crc":"', start); // inside a string the quotes would be escaped
  const end = seal + sealLength;
  return seal !== -1 && end < size && isWhole(bytes, start, end);
}

export type HeaderRead =
  | { readonly kind: 'header'; readonly header: Header }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'not-ours' }
  | { readonly kind: 'damaged' };

/** Reads a first line. A newer version is told before the checksum is looked at: it may have another one. */
export function readHeader(bytes: Buffer, end: number): HeaderRead {
  const text = bytes.toString('utf8', 0, end);
  const value = parsed(text);
  if (value?.format !== 'objflow-state') return { kind: text.startsWith(opening) ? 'damaged' : 'not-ours' };
  const { version, id, generation, createdAt } = value;
  if (typeof version === 'number' && version > formatVersion) return { kind: 'newer', version };
  const good =
    isWhole(bytes, 0, end) &&
    version === formatVersion &&
    typeof id === 'string' &&
    typeof generation === 'number' &&
    typeof createdAt === 'number';
  return good
    ? { kind: 'header', header: { format: 'objflow-state', version: formatVersion, id, generation, createdAt } }
    : { kind: 'damaged' };
}

export type LineRead =
  | { readonly kind: 'line'; readonly line: Line }
  /** Its bytes are not what was written. */
  | { readonly kind: 'broken' }
  /** Its bytes are whole, but it cannot stand here. */
  | { readonly kind: 'wrong'; readonly why: string };

/** Reads the record line in these bytes (newline excluded), which must have the sequence number `s`. */
export function readLine(bytes: Buffer, start: number, end: number, s: number): LineRead {
  if (!isWhole(bytes, start, end)) return { kind: 'broken' };
  const mark = `,"s":${s}`;
  const body = end - sealLength - mark.length;
  if (body <= start || bytes.toString('latin1', body, end - sealLength) !== mark) {
    return {
      kind: 'wrong',
      why: `it is not the line with the sequence number ${s}: lines are missing, repeated or swapped`,
    };
  }
  const value = parsed(`${bytes.toString('utf8', start, body)}}`);
  if (value === undefined) return { kind: 'wrong', why: 'it is not a JSON object' };
  const fault = faultOf(value);
  if (fault === undefined) return { kind: 'line', line: value as unknown as JournalRecord }; // faultOf has checked it
  if (fault === 'unknown type') return { kind: 'line', line: { type: 'strange', fields: value } };
  return { kind: 'wrong', why: fault };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // An object that is no array has string keys; that is all the type says.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
