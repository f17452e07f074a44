/** Widths: what is measured without the package is measured as the package does, and is cut where it would be. */
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { shorten, shortenMiddle, takeEnd, takeStart, widthOf } from '../../src/report/measure.js';

test('letters and signs are as wide as the package says, alone and beside one another', () => {
  const among = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => String.fromCharCode(from + at));
  const characters = [...among(0x20, 0x600), ...among(0x2000, 0x2100), ...among(0x2190, 0x2800)];
  expect(characters.filter((one) => widthOf(one) !== stringWidth(one))).toEqual([]);
  const narrow = characters.filter((one) => widthOf(one) === 1);
  expect(widthOf(narrow.join(''))).toBe(stringWidth(narrow.join('')));
});

test.each(['orders → 日本', 'größe.csv', 'plain'])('%j is cut between characters, whatever the width', (text) => {
  for (const width of [-1, 0, 1, 3, 5, 9, 100, Number.POSITIVE_INFINITY]) {
    const room = Math.max(0, width);
    expect(stringWidth(takeStart(text, width))).toBeLessThanOrEqual(room);
    expect(stringWidth(takeEnd(text, width))).toBeLessThanOrEqual(room);
    expect(text.startsWith(takeStart(text, width))).toBe(true);
    expect(text.endsWith(takeEnd(text, width))).toBe(true);
  }
  expect(shorten(text, 100)).toBe(text);
  expect(shortenMiddle('größe.csv', 5)).toBe('gr…sv');
});
