/**
 * The text of one manifest, and where its characters stand. Knows files and bytes, nothing of YAML.
 */
import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import type { Diagnostic, Place } from '../core/diagnostic.js';
import { err, ok, type Result } from '../core/result.js';
import { error } from './finding.js';

/** Larger manifests are refused: they would take gigabytes to read. */
const largest = 64 * 1024 * 1024;

export interface ManifestText {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  /** The place of a range of the text; one that goes over several lines ends with its first. */
  place(start: number, end: number): Place;
}

/** What stands at a path, links followed; undefined where nothing does, or where it may not be looked at. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The path without links; the path itself where they lead nowhere. */
export function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The very beginning of a file that has no text to point into. */
export const beginning = (file: string): Place => ({ file, line: 1, column: 1, endLine: 1, endColumn: 1 });

/**
 * Reads a manifest: UTF-8, with or without a byte order mark, with any line ends. The error is a finding. `note` is told
 * what was read, or why it could not be.
 */
export function readManifest(file: string, note: (read: Buffer | string) => void): Result<ManifestText, Diagnostic> {
  const bytes = readBytes(file);
  note(bytes.ok ? bytes.value : bytes.error.message);
  if (!bytes.ok) return bytes;
  const text = decode(bytes.value);
  if (!text.ok) {
    const [code, message, hint, at] = text.error;
    return err(error(code, message, at === undefined ? beginning(file) : placeOfByte(file, bytes.value, at), { hint }));
  }
  return ok(manifestText(file, text.value));
}

function readBytes(file: string): Result<Buffer, Diagnostic> {
  const refuse = (code: string, message: string, hint: string) => err(error(code, message, beginning(file), { hint }));
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return refuse('not-a-file', 'this is a directory, not a manifest', 'name a YAML file');
    if (!stat.isFile()) return refuse('not-a-file', 'this is not a regular file', 'name a YAML file');
    if (stat.size > largest)
      return refuse('too-large', 'the manifest is larger than 64 MB', 'split it, and include the parts');
    return ok(readFileSync(file));
  } catch (problem) {
    // Node's file errors carry a code; anything else is shown as it comes
    const code = (problem as NodeJS.ErrnoException).code ?? String(problem);
    return refuse('unreadable', `the manifest cannot be read (${code})`, 'check that it exists and may be read');
  }
}

type Undecodable = readonly [code: string, message: string, hint: string, atByte?: number];

/** The text that bytes stand for. */
export function decode(bytes: Buffer): Result<string, Undecodable> {
  const hint = 'save it as UTF-8';
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const halfEmpty = bytes.length > 3 && (bytes[0] === 0) !== (bytes[1] === 0) && (bytes[2] === 0) !== (bytes[3] === 0);
  if (wide || halfEmpty) return err(['encoding', 'the manifest is UTF-16, not UTF-8', hint]);
  const nul = bytes.indexOf(0);
  if (nul >= 0)
    return err(['nul', 'the manifest holds a NUL byte', 'it is no text file, or damaged: save it anew', nul]);
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return err(['encoding', 'the manifest holds bytes that are not UTF-8', hint, firstBadByte(bytes)]);
  }
}

/** Bytes before the first one that is no UTF-8: decoding puts U+FFFD there, which may also stand in the text itself. */
function firstBadByte(bytes: Buffer): number {
  const mended = Buffer.from(bytes.toString('utf8'));
  let at = 0;
  while (at < bytes.length && bytes[at] === mended[at]) at++;
  return at;
}

function placeOfByte(file: string, bytes: Buffer, at: number): Place {
  const before = bytes.subarray(0, at).toString('utf8');
  const start = manifestText(file, before).place(before.length, before.length);
  return { ...start, endColumn: start.column + 1 };
}

/** Text that was read already. */
export function manifestText(file: string, text: string): ManifestText {
  let starts: readonly number[] | undefined;
  return {
    file,
    text,
    place(start, end) {
      starts ??= lineStarts(text);
      const line = lineOf(starts, start);
      const from = starts[line] ?? 0;
      const next = starts[line + 1];
      const lineEnd = next === undefined ? text.length : next - (text[next - 2] === '\r' ? 2 : 1);
      const last = Math.max(start, Math.min(end, lineEnd));
      const trimmed = start + text.slice(start, last).trimEnd().length;
      return { file, line: line + 1, column: start - from + 1, endLine: line + 1, endColumn: trimmed - from + 1 };
    },
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that starts at or before the offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
