/**
 * Names that land. They are written by strangers: what a command or a line of output could not carry is set aside,
 * and what looks like an unfinished upload is passed over. Knows nothing of the mapping.
 */
import { isUtf8 } from 'node:buffer';

/** A name that can never be an object, shown escaped. */
export interface SetAside {
  /** Path as text, with what cannot be shown escaped. */
  readonly name: string;
  readonly why: string;
}

/** C0, DEL, C1, and what decoding leaves of bytes that are not UTF-8. */
const suspicious = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

/** May hold something that has to be looked at as bytes. */
export const isSuspicious = (name: string): boolean => suspicious.test(name);

/** What is wrong with a name, or undefined when it is fine after all (U+FFFD may stand in a name in its own right). */
export function whatIsWrong(name: Buffer): string | undefined {
  if (!isUtf8(name)) return 'its name is not UTF-8';
  return /[\u0000-\u001f\u007f-\u009f]/.test(name.toString()) ? 'its name holds control characters' : undefined;
}

/** The bytes as text that is safe to show: printable ASCII and well-formed UTF-8 as they are, the rest as `\xff`. */
export function escapeBytes(name: Buffer): string {
  if (isUtf8(name)) return name.toString().replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => hex(c.charCodeAt(0)));
  return [...name].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : hex(byte))).join('');
}

const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

/** Endings of names that programs give to what they have not finished, and that editors leave behind. */
const unfinished = ['.tmp', '.part', '.partial', '.filepart', '.crdownload', '.download', '.swp', '~'] as const;

/**
 * The ending that marks the name as an unfinished upload, or undefined. Names with a leading dot need no mark: no
 * wildcard matches them. A pattern that ends with the very same ending asks for such names.
 */
export const unfinishedEnding = (name: string): string | undefined => unfinished.find((end) => name.endsWith(end));
