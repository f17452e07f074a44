/**
 * The form in which this program writes runs that went well, and where the fields of a line stand that is in it. It has
 * no backslash and nothing but ASCII: a text in it is what stands between its quotes, and to read it is to look for the
 * next quote. Knows nothing of what the fields mean.
 */
import { unreachable } from '../core/result.js';

/** A `count` is a number from 1 on; a `mark` is nothing but what must stand there, an `option` what may, a `list` texts that may. */
type Kind = 'text' | 'texts' | 'number' | 'count' | 'mark' | 'option' | 'list';

/** Fields in their order, each with the bytes that stand before it. */
export type Form = readonly { readonly kind: Kind; readonly before: Uint8Array }[];

const form = (...fields: readonly (readonly [kind: Kind, before: string])[]): Form =>
  fields.map(([kind, before]) => ({ kind, before: Buffer.from(before) }));

export const runForm = form(
  ['text', '{"type":"run","run":"'],
  ['text', ',"task":"'],
  ['text', ',"job":"'],
  ['texts', ',"partition":{'],
  ['number', ',"attempts":'],
  ['text', ',"key":"'],
  ['text', ',"definition":"'],
  ['texts', ',"consumed":{'],
  ['number', ',"startedAt":'],
  ['number', ',"endedAt":'],
  ['texts', ',"outcome":"succeeded","produced":{'],
  ['option', ',"exitCode":0'],
  ['number', ',"s":'],
);

export const startForm = form(
  ['number', '{"type":"run-started","at":'],
  ['text', ',"run":"'],
  ['text', ',"task":"'],
  ['text', ',"job":"'],
  ['texts', ',"partition":{'],
  ['count', ',"attempt":'],
  ['text', ',"key":"'],
  ['text', ',"definition":"'],
  ['texts', ',"consumed":{'],
  ['list', ',"targets":['],
  ['number', ',"s":'],
);

export const endForm = form(
  ['number', '{"type":"run-ended","at":'],
  ['text', ',"run":"'],
  ['mark', ',"outcome":"succeeded"'],
  ['option', ',"exitCode":0'],
  ['texts', ',"produced":{'],
  ['number', ',"s":'],
);

/** Of each field of the line that was read last, where it begins and where it ends, from the start of the line. */
export const places = new Int32Array(2 * Math.max(runForm.length, startForm.length, endForm.length));

/** Fills `places`; gives where the last field ends, -1 where what begins here is not in the form. */
export function readForm(bytes: Uint8Array, start: number, form: Form): number {
  let at = start;
  let place = 0;
  for (const { kind, before } of form) {
    const stands = standsAt(bytes, at, before);
    const mayLack = kind === 'option' || kind === 'list';
    if (!stands && !mayLack) return -1;
    const from = stands ? at + before.length : at;
    const end = stands ? endOf(kind, bytes, from) : at;
    if (end === -1) return -1;
    places[place] = (mayLack ? at : from) - start;
    places[place + 1] = end - start;
    place += 2;
    at = kind === 'text' || kind === 'texts' ? end + 1 : end;
  }
  return at;
}

/** Whether these bytes stand there. A loop: of so few bytes that is quicker than asking the buffer. */
function standsAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

const quote = 0x22;
const comma = 0x2c;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const backslash = 0x5c;
const bracket = 0x5d;
const close = 0x7d;

/** Where a field ends that begins here, without the quote or brace that closes it; -1 where it is not one. */
function endOf(kind: Kind, bytes: Uint8Array, from: number): number {
  switch (kind) {
    case 'text':
      return endOfText(bytes, from);
    case 'texts':
      return endOfTexts(bytes, from);
    case 'number':
      return endOfNumber(bytes, from);
    case 'count':
      return bytes[from] === zero ? -1 : endOfNumber(bytes, from);
    case 'mark':
    case 'option':
      return from;
    case 'list':
      return endOfList(bytes, from);
    default:
      return unreachable(kind);
  }
}

function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at += 1) {
    const byte = bytes[at];
    if (byte === quote) return at;
    if (byte === undefined || byte < 0x20 || byte > 0x7e || byte === backslash) return -1;
  }
}

/** As JSON writes numbers that are whole and not below 0. */
function endOfNumber(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at += 1;
  const digits = at - from;
  return digits === 1 || (digits > 1 && digits <= 15 && bytes[from] !== zero) ? at : -1;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine;

/** Names and texts, up to the brace that closes them. */
function endOfTexts(bytes: Uint8Array, from: number): number {
  if (bytes[from] === close) return from;
  for (let at = from; bytes[at] === quote; at += 1) {
    const middle = endOfText(bytes, at + 1);
    if (middle === -1 || bytes[middle + 1] !== colon || bytes[middle + 2] !== quote) return -1;
    at = endOfText(bytes, middle + 3) + 1;
    if (at === 0) return -1;
    if (bytes[at] === close) return at;
    if (bytes[at] !== comma) return -1;
  }
  return -1;
}

/** Texts, with the bracket that closes them. */
function endOfList(bytes: Uint8Array, from: number): number {
  if (bytes[from] === bracket) return from + 1;
  for (let at = from; bytes[at] === quote; at += 1) {
    at = endOfText(bytes, at + 1) + 1;
    if (at === 0) return -1;
    if (bytes[at] === bracket) return at + 1;
    if (bytes[at] !== comma) return -1;
  }
  return -1;
}

/** Goes through names and texts that stand here: of each, where it begins and where it ends. */
export function eachOf(
  bytes: Uint8Array,
  from: number,
  to: number,
  take: (name: number, nameEnd: number, text: number, textEnd: number) => void,
): void {
  for (let at = from + 1; at < to; ) {
    const middle = endOfText(bytes, at);
    const end = endOfText(bytes, middle + 3);
    take(at, middle, middle + 3, end);
    at = end + 3;
  }
}

/** A number that stands here. */
export function numberOf(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + (bytes[at] ?? zero) - zero;
  return value;
}

const crcMark = Buffer.from(',"crc":"');
const crcEnd = Buffer.from('"}\n');

/** Bytes of the end of a line: its checksum's field, the brace, the newline. */
export const sealLength = crcMark.length + 8 + crcEnd.length;

/** The checksum that ends the line here; -1 where none does. */
export function checksumAt(bytes: Uint8Array, at: number): number {
  const from = at + crcMark.length;
  if (!standsAt(bytes, at, crcMark) || !standsAt(bytes, from + 8, crcEnd)) return -1;
  let checksum = 0;
  for (let digit = from; digit < from + 8; digit += 1) {
    const byte = bytes[digit] ?? 0;
    if (isDigit(byte)) checksum = checksum * 16 + byte - zero;
    else if (byte >= 0x61 && byte <= 0x66) checksum = checksum * 16 + byte - 0x57;
    else return -1;
  }
  return checksum;
}
