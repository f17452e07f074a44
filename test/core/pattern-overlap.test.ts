import { describe, expect, it, test } from 'vitest';
import { fileId } from '../../src/core/object.js';
import { asFiles, contentsOf, match, overlap } from '../../src/core/pattern.js';
import { quickest } from '../time.js';
import { forSeeds, maybePattern, names, pattern, randomPattern } from './pattern-tools.js';

const date = { date: '\\d{4}-\\d{2}-\\d{2}' };

describe('a name that both match', () => {
  test.each([
    ['a/b.csv', 'a/b.csv', 'file:a/b.csv'],
    ['a/b.csv', 'a/c.csv', undefined],
    ['a/{x}.csv', 'a/b.csv', 'file:a/b.csv'],
    ['a/{x}.csv', 'a/.csv', undefined],
    ['data/{x}.csv', 'data/{y}_clean.csv', 'file:data/a_clean.csv'],
    ['in/{x}.csv', 'out/{x}.csv', undefined],
    ['{x}/a', '{x}/b', undefined],
    ['{date}.csv', '{x}.csv', 'file:0000-00-00.csv'],
    ['{date}.csv', '2026-11-23.csv', 'file:2026-11-23.csv'],
    ['{date}.csv', '2026-11-2.csv', undefined],
    ['{date}', '{x}x', undefined],
    ['a/**', 'a/b/c', 'file:a/b/c'],
    ['a/**', 'a', undefined],
    ['a/**/z', '**/b/*', 'file:a/b/z'],
    ['**', '.hidden', undefined],
    ['*', '.*', undefined],
    ['.*', '.?', 'file:.a'],
    ['..*/x', '../x', undefined],
    ['x{a}', 'x..', undefined],
    ['x*', 'x..', 'file:x..'],
    ['/a/*', 'a/*', undefined],
    ['/a/*', '/a/{x}', 'file:/a/a'],
    ['table:a/{x}', 'view:a/{x}', undefined],
    ['table:raw.orders', 'table:raw.orders/{date}', undefined],
    ['table:{x}', 'table:raw.*', 'table:raw.'],
    ['s3://b/{x}', 's3://b/*', 's3://b/a'],
    ['?', '😀', 'file:😀'],
    ['??', '😀', undefined],
    ['{a}_{b}', '*_x_*', 'file:a_x_'],
    ['out/{d}/', 'out/*/', 'file:out/a/'],
    ['out/{d}/', 'out/{d}', undefined],
    ['out/day/', 'out/day', undefined],
    ['out/day/', '{a}/{b}/', 'file:out/day/'],
    ['out/{d}/', 'out/**', undefined],
    ['out/{d}/', 'out/**/*/', 'file:out/a/'],
    ['out/{date}/', 'out/x*/', undefined],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(overlap(pattern(one, date), pattern(other, date))).toBe(expected);
    expect(overlap(pattern(other, date), pattern(one, date)) === undefined).toBe(expected === undefined);
  });

  test.each([
    ['landing/{d}/orders_{d}.csv', 'landing/*/orders_2026.csv', 'file:landing/2026/orders_2026.csv'],
    ['{d}/{d}.csv', 'a/b.csv', undefined],
    ['{d}/{d}.csv', 'a/a.csv', 'file:a/a.csv'],
    ['{d}_{d}', 'a_b_*', 'file:a_b_a_b'],
    ['{d}/x{d}', 'a*/{e}b', 'file:ab/xab'],
    ['{d}/{e}/{d}_{e}', '{f}/b/{f}_{f}', 'file:b/b/b_b'],
    ['{d}/{d}', '{e}a/{f}b', undefined],
    ['{d}/x_{d}/', 'a/*/', 'file:a/x_a/'],
    ['{d}/x_{d}/', 'a/x_b/', undefined],
  ])('with captures that repeat: %s and %s: %s', (one, other, expected) => {
    const found = overlap(pattern(one), pattern(other));
    // No value ends both in a and in b: excluding one by one never ends, and the answer is the careful one.
    if (one === '{d}/{d}') expect(found).toMatch(/^file:.a\/.b$/);
    else expect(found).toBe(expected);
  });

  it('narrows by where, of several alternatives too', () => {
    const even = pattern('x_{n}', { n: '(..)+' });
    const odd = pattern('x_{n}', { n: '.(..)*' });
    expect(overlap(even, odd)).toBeUndefined();
    expect(overlap(even, pattern('x_{n}', { n: '(...)+' }))).toBe('file:x_aaaaaa');
    expect(overlap(pattern('{n}', { n: 'a{1,1000}' }), pattern('{n}', { n: 'a{1000}' }))).toBe(
      `file:${'a'.repeat(1000)}`,
    );
  });
});

describe('what lies in a directory', () => {
  test.each([
    ['out/{d}/', 'out/{d}/x.csv', 'file:out/a/x.csv'],
    ['out/{date}/', 'out/latest/x.csv', undefined],
    ['out/{d}/', 'out/1/2/', 'file:out/1/2'],
    ['out/{d}/', 'out/{e}/', undefined],
    ['out/{d}/', 'out/{e}.csv', undefined],
    ['/out/', 'out/x.csv', undefined],
    ['{d}/{d}/', 'a/a/x', 'file:a/a/x'],
  ])('%s and %s: %s', (directories, other, expected) => {
    expect(overlap(contentsOf(pattern(directories, date)), asFiles(pattern(other, date)))).toBe(expected);
  });
});

describe('against brute force', () => {
  test.each([false, true])('over every name up to six characters (captures repeat: %s)', (repeat) => {
    const seen = { overlap: 0, apart: 0 };
    forSeeds(600, (random) => {
      const texts = [randomPattern(random, repeat), randomPattern(random, repeat)];
      const [one, other] = texts.map(maybePattern);
      if (one === undefined || other === undefined) return;
      const both = names.find((name) => match(one, fileId(name)) && match(other, fileId(name)));
      const found = overlap(one, other);
      const what = `${texts.join(' and ')}: ${both} but ${found}`;
      if (both !== undefined) expect(found, what).toBeDefined();
      if (found !== undefined && !repeat) {
        expect(match(one, found), what).toBeDefined();
        expect(match(other, found), what).toBeDefined();
        if (found.length <= 'file:'.length + 6 && /^file:[a_./]+$/.test(found)) expect(both, what).toBeDefined();
      }
      if (found !== undefined && match(one, found) && match(other, found)) seen.overlap++;
      else if (found === undefined) seen.apart++;
      else expect(repeat, what).toBe(true);
    });
    expect(seen.overlap).toBeGreaterThan(30);
    expect(seen.apart).toBeGreaterThan(100);
  });
});

test('ten thousand typical questions take less than 300 ms', () => {
  const texts = [
    'orders_{date}.csv',
    '{x}_{date}.csv',
    '*.csv',
    'orders_2026-01-01.csv',
    '{shop}/orders_{date}.csv',
    '**/*.csv',
  ];
  const patterns = texts.flatMap((text) => [pattern(`landing/${text}`, date), pattern(`landing/${text}`)]);
  const all = (): void => {
    for (let count = 0; count < 10_000; ) {
      for (const one of patterns) for (const other of patterns) if (count++ < 10_000) overlap(one, other);
    }
  };
  expect(quickest(300, all)).toBeLessThan(300);
});
