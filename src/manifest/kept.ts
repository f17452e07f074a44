/**
 * Text that a mapping keeps. A piece that is cut from a text shares its characters, so one command would keep the whole
 * manifest that it was written in.
 */
import { Buffer } from 'node:buffer';

/** Shorter pieces are copies anyway. */
const SHORT = 13;
const LONG = 1000;
/** Room for so many characters as UTF-8. */
const room = Buffer.allocUnsafe(3 * LONG);
let last = '';
let copied = '';

/** The same text with characters of its own; it has no halves of characters, which manifests may not have. */
export function kept(text: string): string {
  if (text.length < SHORT) return text;
  if (text !== last) {
    copied = text.length > LONG ? Buffer.from(text).toString() : room.toString('utf8', 0, room.write(text));
    last = copied;
  }
  return copied;
}
