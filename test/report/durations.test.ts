import { expect, test } from 'vitest';
import { formatAgo, formatDuration, formatTime, isoTime } from '../../src/report/durations.js';

test.each([
  [0, '0ms'],
  [3.4, '3ms'],
  [999.4, '999ms'],
  [999.6, '1.0s'],
  [1234, '1.2s'],
  [9949, '9.9s'],
  [9950, '10s'],
  [59_499, '59s'],
  [59_500, '1m 00s'],
  [123_000, '2m 03s'],
  [3_599_600, '1h 00m'],
  [3_720_000, '1h 02m'],
  [86_400_000, '1d 00h'],
  [100 * 86_400_000, '100d 00h'],
  [-5, '0ms'],
])('%d ms is %s', (milliseconds, words) => {
  expect(formatDuration(milliseconds)).toBe(words);
});

test('ago', () => {
  const now = 1_000_000_000;
  const words = [now + 5000, now - 999, now - 1999, now - 12_900, now - 123_999].map((at) => formatAgo(at, now));
  expect(words).toEqual(['just now', 'just now', '1s ago', '12s ago', '2m 03s ago']);
});

test('times of day and for programs', () => {
  expect(formatTime(new Date(2026, 10, 24, 7, 3, 9).getTime())).toBe('07:03:09');
  expect(isoTime(Date.UTC(2026, 10, 24, 7, 3, 9, 5))).toBe('2026-11-24T07:03:09.005Z');
});
