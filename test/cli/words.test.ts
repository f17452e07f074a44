/** Lines of bash that are being typed, held against bash itself. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readLine, writeWord } from '../../src/cli/words.js';

/** What bash breaks words at, unless it was told otherwise. */
const breaks = ' \t\n"\'><=;|&(:';

const hostile = [
  'landing/or ders_{date}.csv',
  'table:raw.orders/*',
  '$(touch /tmp/x)`id`',
  `it's "quoted" \\ here`,
  'a;b|c&d>e<f(g)h!i~j#k?l[m]n^o',
  '~/x',
  'größe/日本語 🙂.csv',
  '+tag:a,state:failed',
];

test('words, quotes and backslashes', () => {
  const words = (line: string) => readLine(line, breaks).words;
  expect(words('objflow run lo')).toEqual(['objflow', 'run', 'lo']);
  expect(words('objflow run ')).toEqual(['objflow', 'run', '']);
  expect(words(`a 'b c'd "e\\"f" g\\ h '' "`)).toEqual(['a', 'b cd', 'e"f', 'g h', '', '']);
  expect(words('--format=js')).toEqual(['--format=js']);
});

test('what bash replaces begins after a colon or an open quote', () => {
  const kept = (line: string) => readLine(line, breaks).kept;
  expect(kept('x table:raw.')).toBe('table:'.length);
  expect(kept('x ta')).toBe(0);
  expect(kept('x "table:raw.')).toBe(0);
  expect(kept("x ta'ble:ra")).toBe(2);
  expect(kept('x a\\:b')).toBe(0);
  expect(readLine('x table:raw.', '').kept).toBe(0);
});

test('what is written reads as it was meant, by us and by bash', () => {
  const written = hostile.flatMap((text) =>
    (['', '"', "'"] as const).map((quote) => {
      const begun = readLine(`x ${quote}`, breaks);
      expect(begun.quote ?? '').toBe(quote);
      return `${quote}${writeWord(text, begun)}${quote}`;
    }),
  );
  const expected = hostile.flatMap((text) => [text, text, text]);
  expect(written.map((word) => readLine(word, breaks).words[0])).toEqual(expected);
  const said = execFileSync('bash', ['-c', `printf '%s\\0' ${written.join(' ')}`], { encoding: 'utf8' });
  expect(said.split('\0').slice(0, -1)).toEqual(expected);
});

test('what has been typed already is not written again', () => {
  const typed = readLine('x table:raw.or', breaks);
  expect(writeWord('table:raw.orders/{date}', typed)).toBe('raw.orders/\\{date\\}');
});
