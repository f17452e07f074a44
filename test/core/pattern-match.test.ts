import { describe, expect, it, test } from 'vitest';
import { fileId } from '../../src/core/object.js';
import { fill, fixedPart, isLiteral, match } from '../../src/core/pattern.js';
import { quickest } from '../time.js';
import { captures, forSeeds, maybePattern, names, pattern, randomPattern } from './pattern-tools.js';

describe('what matches, and what it captures', () => {
  test.each([
    ['landing/orders_{date}.csv', 'landing/orders_2026-11-23.csv', { date: '2026-11-23' }],
    ['landing/orders_{date}.csv', 'landing/orders_.csv', undefined],
    ['landing/orders_{date}.csv', 'landing/sub/orders_1.csv', undefined],
    ['landing/orders_{date}.csv', 'landing/orders_a/b.csv', undefined],
    ['{a}_{b}', 'x_y_z', { a: 'x_y', b: 'z' }],
    ['{a}_{b}_{c}', '_____', { a: '_', b: '_', c: '_' }],
    ['{a}/{b}', 'x/y', { a: 'x', b: 'y' }],
    ['*.csv', 'a.csv', {}],
    ['a*.csv', 'a.csv', {}],
    ['*', 'x', {}],
    ['x/*', 'x/', undefined],
    ['??', 'ab', {}],
    ['??', 'é😀', {}],
    ['?', '😀', {}],
    ['??', '😀', undefined],
    ['{a}?', 'x😀', { a: 'x' }],
    ['{a}?', '😀x', { a: '😀' }],
    ['*{a}', 'xyz', { a: 'z' }],
    ['{a}*', 'xyz', { a: 'xyz' }],
    ['x/**/y', 'x/y', {}],
    ['x/**/y', 'x/1/2/y', {}],
    ['x/**/y', 'x/.git/y', undefined],
    ['x/**', 'x/1', {}],
    ['x/**', 'x/1/2/3', {}],
    ['x/**', 'x', undefined],
    ['**', 'a/b', {}],
    ['**/{d}/*', 'a/b/c/f', { d: 'c' }],
    ['{d}/**/{f}', 'a/b/c', { d: 'a', f: 'c' }],
    ['/data/{x}', '/data/1', { x: '1' }],
    ['/data/{x}', 'data/1', undefined],
    ['{x}/b', '/b', undefined],
    ['**/b', '/b', undefined],
    ['../in/{x}', '../in/1', { x: '1' }],
    ['table:raw.orders/{date}', 'table:raw.orders/1', { date: '1' }],
    ['table:raw.orders/{date}', 'view:raw.orders/1', undefined],
    ['tab:*', 'table:x', undefined],
    ['s3://bucket/{k}', 's3://bucket/k1', { k: 'k1' }],
    ['file:odd:{name}.csv', 'file:odd:x.csv', { name: 'x' }],
    ['{d}/x_{d}.csv', '1/x_1.csv', { d: '1' }],
    ['{d}/x_{d}.csv', '1/x_2.csv', undefined],
    ['{a}_{b}/{a}', 'x_y_z/x', { a: 'x', b: 'y_z' }],
    ['{a}_{a}', 'x_y_x_y', { a: 'x_y' }],
    ['x{a}/{a}', 'x.h/.h', undefined],
    ['in/{d}/', 'in/1/', { d: '1' }],
    ['in/{d}/', 'in/1', undefined],
    ['in/{d}', 'in/1/', undefined],
    ['in/{d}/', 'in//', undefined],
    ['in/batch/', 'in/batch/', {}],
    ['in/batch/', 'in/batch', undefined],
    ['in/batch', 'in/batch/', undefined],
    ['in/*/', 'in/1/', {}],
    ['in/*/', 'in/1/2/', undefined],
    ['in/*/', 'in/.git/', undefined],
    ['in/**', 'in/1/', undefined],
    ['in/**/*/', 'in/1/2/', {}],
    ['in/x{a}/', 'in/x../', undefined],
    ['in/.*/', 'in/../', undefined],
    ['{d}/x_{d}/', '1/x_1/', { d: '1' }],
    ['/in/{d}/', '/in/1/', { d: '1' }],
    ['s3://b/{k}/', 's3://b/k1/', { k: 'k1' }],
    ['{toString}/{constructor}', 'a/b', { toString: 'a', constructor: 'b' }],
  ])('%s: %s', (text, name, expected) => {
    expect(captures(text, name)).toEqual(expected);
  });

  test.each([
    ['no leading dot for a hole', '{a}', '.hidden', undefined],
    ['nor for an empty star', '*.csv', '.csv', undefined],
    ['a literal dot finds it', '.{a}', '.hidden', { a: 'hidden' }],
    ['no `..` as a capture', '{a}.{b}', '...csv', undefined],
    ['nor inside a name', 'x{a}.csv', 'x...csv', undefined],
    ['three dots are a value like any other', 'x{a}.csv', 'x....csv', { a: '...' }],
    ['no `..` as a name', '.*', '..', undefined],
    ['no `.` as a name', '.*', '.', undefined],
    ['but what is longer', '.*', '...', {}],
    ['nor as a directory', '..*/x', '../x', undefined],
    ['no control character', 'a{x}', 'a\u001b[31m', undefined],
    ['no NUL', 'a*', 'a\0', undefined],
    ['no C1', 'a*', 'a\u0085', undefined],
    ['no line end', 'a?b', 'a\nb', undefined],
    ['no half of a pair', 'a{x}', 'a\ud83d', undefined],
    ['a leading dash', '{a}.csv', '-rf.csv', { a: '-rf' }],
    ['a substitution', '{a}.csv', '$(touch x).csv', { a: '$(touch x)' }],
    ['quotes', '{a}.csv', `'"\`.csv`, { a: `'"\`` }],
    ['emoji', '{a}-{b}', '👩‍👧-🦊', { a: '👩‍👧', b: '🦊' }],
    ['255 bytes', '{a}', 'x'.repeat(255), { a: 'x'.repeat(255) }],
    ['replacement signs of String.replace', '{a}.csv', "$&$1$'.csv", { a: "$&$1$'" }],
  ])('hostile: %s', (_, text, name, expected) => {
    expect(captures(text, name)).toEqual(expected);
  });

  test.each([
    ['{d}', '\\d{4}-\\d{2}', '2026-11', { d: '2026-11' }],
    ['{d}', '\\d{4}-\\d{2}', '2026-1', undefined],
    ['{d}', '^\\d+$', '12', { d: '12' }],
    ['{d}*', 'a|ab', 'ab', { d: 'ab' }],
    ['{d}_x', '[a-z_]+', 'a__x', { d: 'a_' }],
    ['{d}', '.*', '.hidden', undefined],
    ['x{d}', '.*', 'x..', undefined],
    ['x{d}', '.*', 'x', undefined],
    ['{d}', '(?:😀|é){2}', 'é😀', { d: 'é😀' }],
  ])('where: %s = %s: %s', (text, d, name, expected) => {
    expect(captures(text, name, { d })).toEqual(expected);
  });
});

describe('time', () => {
  test.each([
    ['{a}', `${'a'.repeat(254)}!`, { a: '(a+)+$' }],
    ['{a}', `${'a'.repeat(254)}!`, { a: '(a|a)*(a|aa)*' }],
    ['{a}_{b}_{c}_{d}_{e}_{f}.csv', '_'.repeat(255), {}],
    ['{a}_{b}_{c}_{d}_{e}_{f}?.csv', `${'_'.repeat(250)}a.csw`, {}],
    ['{a}_{b}_{c}_{d}_{e}_{f}', `${'_'.repeat(254)}x`, { f: '_' }],
    ['*_*_*_*_*_*_*_*x*', '_'.repeat(255), {}],
    ['**/a/**/a/**/a/**/b/*', 'a/'.repeat(120), {}],
  ])('%s on a hostile name', (text, name, where) => {
    const read = pattern(text, where);
    expect(match(read, fileId(name))).toBeUndefined();
    expect(quickest(5, () => match(read, fileId(name)), 20)).toBeLessThan(5);
  });

  test('captures that repeat stay bounded', () => {
    const read = pattern('{a}_{b}_{c}_{a}_{b}_{c}x');
    for (const name of [`${'_'.repeat(254)}y`, `q${'_'.repeat(253)}x`]) {
      expect(match(read, fileId(name))).toBeUndefined();
      expect(quickest(500, () => match(read, fileId(name)))).toBeLessThan(500);
    }
  });
});

describe('fill', () => {
  it('puts values into their places, and no others', () => {
    expect(fill(pattern('out/{a}/{b}_{a}.csv'), { a: '$&', b: '2', c: '3' })).toBe('file:out/$&/2_$&.csv');
    expect(fill(pattern('table:x'), {})).toBe('table:x');
    expect(fill(pattern('out/{a}/'), { a: '1' })).toBe('file:out/1/');
  });
  it('throws for what only a bug can ask', () => {
    expect(() => fill(pattern('{toString}'), {})).toThrow('toString');
    expect(() => fill(pattern('*'), {})).toThrow('gathers');
  });
});

describe('what a pattern says of itself', () => {
  test.each([
    ['landing/orders_{date}.csv', 'landing', false],
    ['a/b/{x}/c.csv', 'a/b', false],
    ['a/**', 'a', false],
    ['{x}', '', false],
    ['a.csv', '', true],
    ['a/b.csv', 'a', true],
    ['/a.csv', '/', true],
    ['/a/{x}', '/a', false],
    ['../in/*.csv', '../in', false],
    ['landing/day/', 'landing', true],
    ['landing/{d}/', 'landing', false],
    ['landing/{d}/x/', 'landing', false],
    ['landing/**/x/', 'landing', false],
    ['landing/', '', true],
    ['{d}/', '', false],
    ['/landing/', '/', true],
  ])('%s is below %s', (text, part, literal) => {
    expect(fixedPart(pattern(text))).toBe(part);
    expect(isLiteral(pattern(text))).toBe(literal);
  });
});

/** The same language and the same greed, said as a regular expression. */
function expression(text: string): RegExp {
  const values: Record<string, string> = { q: '[a_]+', y: '[a.]{3,}|(?!\\.\\.)[a.]{2}|a' };
  const seen = new Set<string>();
  const segments = text.replace(/(^|\/)\*\*$/, '$1**/*').split('/');
  const parts = segments.map((segment, at) => {
    if (segment === '**') return '(?:(?!\\.)[^/]+/)*';
    const body = segment.replace(/\{(\w+)\}|[*?.]/g, (hole, name?: string) => {
      if (hole === '.') return '\\.';
      if (hole === '?') return '[^/]';
      if (name === undefined) return segment === '*' ? '[^/]+' : '[^/]*';
      if (seen.has(name)) return `\\k<${name}>`;
      seen.add(name);
      return `(?<${name}>${values[name] ?? '[^/]{3,}|(?!\\.\\.)[^/]{2}|[^./]'})`;
    });
    const wild = /[{*?]/.test(segment);
    const guard = wild ? (/^[{*?]/.test(segment) ? '(?!\\.)' : '(?!\\.\\.?(?:/|$))') : '';
    return guard + body + (at < segments.length - 1 ? '/' : '');
  });
  return new RegExp(`^${parts.join('')}$`);
}

describe('against every name up to six characters', () => {
  test.each([true, false])(
    'match says what an anchored, greedy regular expression says (captures repeat: %s)',
    (repeat) => {
      let matched = 0;
      forSeeds(150, (random) => {
        const text = randomPattern(random, repeat);
        const read = maybePattern(text);
        if (read === undefined) return;
        const same = expression(read.id.slice('file:'.length));
        for (const name of names) {
          const expected = same.exec(name);
          const found = match(read, fileId(name));
          if (JSON.stringify(found) !== JSON.stringify(expected === null ? undefined : { ...expected.groups })) {
            expect(found, `${text}: ${name}`).toEqual(expected?.groups);
          }
          if (found === undefined) continue;
          matched++;
          if (!read.gathers) {
            const filled = fill(read, found);
            expect(filled).toBe(fileId(name));
            expect(match(read, filled)).toEqual(found);
          }
        }
      });
      expect(matched).toBeGreaterThan(1000);
    },
  );
});
