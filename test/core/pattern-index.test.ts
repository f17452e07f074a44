import { describe, expect, it, test } from 'vitest';
import { fileId } from '../../src/core/object.js';
import { match, type Pattern } from '../../src/core/pattern.js';
import { PatternIndex, type Walk } from '../../src/core/pattern-index.js';
import { quickest } from '../time.js';
import { forSeeds, id, maybePattern, names, pattern, randomPattern } from './pattern-tools.js';

const indexOf = (...texts: readonly string[]): PatternIndex<string> => {
  const index = new PatternIndex<string>();
  for (const text of texts) index.add(pattern(text), text);
  return index;
};

describe('match', () => {
  it('gives every pattern that matches, in the order of addition, with its captures', () => {
    const index = indexOf('a/**', 'a/{x}.csv', 'a/*.csv', 'a/b.csv', 'a/{x}.csv', 'table:{x}', 'a/{y}.csv');
    expect(index.match(id('a/b.csv'))).toEqual([
      { value: 'a/**', captures: {} },
      { value: 'a/{x}.csv', captures: { x: 'b' } },
      { value: 'a/*.csv', captures: {} },
      { value: 'a/b.csv', captures: {} },
      { value: 'a/{x}.csv', captures: { x: 'b' } },
      { value: 'a/{y}.csv', captures: { y: 'b' } },
    ]);
    expect(index.match(id('table:b'))).toEqual([{ value: 'table:{x}', captures: { x: 'b' } }]);
    expect(index.match(id('view:b'))).toEqual([]);
  });

  it('tells where from where, absolute from relative, kind from kind', () => {
    const index = new PatternIndex<number>();
    index.add(pattern('{x}', { x: '\\d+' }), 1);
    index.add(pattern('{x}', { x: '[a-z]+' }), 2);
    index.add(pattern('/{x}'), 3);
    index.add(pattern('s3:///{x}'), 4);
    expect(index.match(id('12'))).toEqual([{ value: 1, captures: { x: '12' } }]);
    expect(index.match(id('ab'))).toEqual([{ value: 2, captures: { x: 'ab' } }]);
    expect(index.match(id('/ab'))).toEqual([{ value: 3, captures: { x: 'ab' } }]);
    expect(index.match(id('s3:///ab'))).toEqual([{ value: 4, captures: { x: 'ab' } }]);
  });

  it('tells directories from files', () => {
    const index = indexOf('in/{d}/', 'in/{d}', 'in/1/', 'in/1', 'in/*/', '**/*/', '**');
    const found = (name: string) => index.match(id(name)).map(({ value }) => value);
    expect(found('in/1/')).toEqual(['in/{d}/', 'in/1/', 'in/*/', '**/*/']);
    expect(found('in/1')).toEqual(['in/{d}', 'in/1', '**']);
    expect(found('in/')).toEqual(['**/*/']);
  });

  it('finds each of many that differ in what follows the hole', () => {
    const index = indexOf(...Array.from({ length: 30 }, (_, at) => `{date}_feed_${at}.csv`), 'x_{d}', '{d}');
    expect(index.match(id('x_feed_7.csv')).map(({ value }) => value)).toEqual(['{date}_feed_7.csv', 'x_{d}', '{d}']);
  });

  it('says what matching every pattern one by one says', () => {
    forSeeds(25, (random) => {
      const patterns: Pattern[] = [];
      for (let count = 12; count > 0; count--) {
        const read = maybePattern(randomPattern(random, random.below(2) === 0));
        if (read !== undefined) patterns.push(read);
      }
      const index = new PatternIndex<Pattern>();
      for (const each of patterns) index.add(each, each);
      for (const name of names) {
        const expected = patterns.flatMap((value) => {
          const captures = match(value, fileId(name));
          return captures === undefined ? [] : [{ value, captures }];
        });
        const found = index.match(fileId(name)).map(({ value, captures }) => ({ value, captures }));
        if (found.length + expected.length > 0) expect(found, name).toEqual(expected);
      }
    });
  });
});

describe('walk', () => {
  const down = (walk: Walk, ...segments: readonly string[]): Walk =>
    segments.reduce((walk, segment) => walk.enter(segment), walk);

  it('names what has to be there, where nothing but literals goes on', () => {
    const walk = indexOf('a/b.csv', 'a/c/{x}.csv', 'd.csv', '/abs/x', 'table:t').walk('');
    expect(walk.literals).toEqual(['a', 'd.csv']);
    expect(walk.wants('d.csv')).toBe(true);
    expect(walk.wants('a')).toBe(false);
    expect(down(walk, 'a').literals).toEqual(['b.csv', 'c']);
    expect(down(walk, 'a', 'c').literals).toBeUndefined();
    expect(down(walk, 'a', 'c').wants('1.csv')).toBe(true);
    expect(down(walk, 'a', 'c').wants('1.txt')).toBe(false);
    expect(down(walk, 'a', 'c', 'x').dead).toBe(true);
    expect(down(walk, 'x').dead).toBe(true);
  });

  it('ends in a directory with the empty name', () => {
    const walk = indexOf('in/batch_{d}/', 'in/batch_1/x.csv', 'day/', 'files/*').walk('');
    expect(walk.literals).toEqual(['in', 'day', 'files']);
    expect(walk.wants('day')).toBe(false);
    expect(down(walk, 'day').literals).toEqual(['']);
    expect(down(walk, 'day').wants('')).toBe(true);
    expect(down(walk, 'in').wants('batch_1')).toBe(false);
    expect(down(walk, 'in').wants('')).toBe(false);
    expect(down(walk, 'in', 'batch_1').dead).toBe(false);
    expect(down(walk, 'in', 'batch_1').wants('')).toBe(true);
    expect(down(walk, 'in', 'batch_1').literals?.toSorted()).toEqual(['', 'x.csv']);
    expect(down(walk, 'in', 'batch_2').literals).toEqual(['']);
    expect(down(walk, 'in', 'batch_2', '').dead).toBe(true);
    expect(down(walk, 'files').wants('')).toBe(false);
  });

  it('starts at either root, and goes up where a pattern does', () => {
    const index = indexOf('/abs/{x}', '../in/{x}');
    expect(index.walk('/').literals).toEqual(['abs']);
    expect(index.walk('').literals).toEqual(['..']);
    expect(down(index.walk(''), '..', 'in').wants('x')).toBe(true);
    expect(new PatternIndex().walk('').dead).toBe(true);
    expect(new PatternIndex().walk('/').dead).toBe(true);
  });

  it('goes as deep as `**` does, but into nothing hidden', () => {
    const walk = indexOf('a/**/x.csv', 'b').walk('');
    expect(down(walk, 'a', '1', '2', '3').wants('x.csv')).toBe(true);
    expect(down(walk, 'a', '1').literals).toBeUndefined();
    expect(down(walk, 'a', '.git').dead).toBe(true);
    expect(down(walk, 'b').dead).toBe(true);
  });

  it('reaches everything that matches', () => {
    forSeeds(15, (random) => {
      const index = new PatternIndex<number>();
      for (let count = 4; count > 0; count--) {
        const read = maybePattern(randomPattern(random, false));
        if (read !== undefined) index.add(read, count);
      }
      for (const name of names) {
        const segments = name.split('/');
        const last = segments.pop() ?? '';
        let walk = index.walk('');
        let reached = true;
        for (const segment of segments) {
          reached &&= !walk.dead && (walk.literals?.includes(segment) ?? true);
          walk = walk.enter(segment);
        }
        if ((reached && walk.wants(last)) !== index.match(fileId(name)).length > 0)
          expect.fail(`${name} is not both or none`);
      }
    });
  });
});

describe('cost', () => {
  const N = 100_000;

  test('a hundred thousand literal patterns are added in 300 ms', () => {
    const patterns = Array.from({ length: N }, (_, at) => pattern(`data/dir_${at % 100}/file_${at}.csv`));
    const add = (): void => {
      const index = new PatternIndex<number>();
      for (const each of patterns) index.add(each, 0);
    };
    expect(quickest(300, add)).toBeLessThan(300);
  });

  test.each([
    ['landing/feed_N_{date}.csv', 'landing/feed_N_2026-11-23.csv'],
    ['landing/{date}_feed_N.csv', 'landing/2026-11-23_feed_N.csv'],
  ])('matching costs the same among ten and among a hundred thousand: %s', (text, name) => {
    const perMatch = (size: number, goal: number): number => {
      const index = new PatternIndex<number>();
      for (let at = 0; at < size; at++) index.add(pattern(text.replace('N', String(at))), at);
      const ids = Array.from({ length: 10 }, (_, at) =>
        fileId(name.replace('N', String(Math.floor((at * size) / 10)))),
      );
      const round = (): void => {
        for (const each of ids) expect(index.match(each)).toHaveLength(1);
      };
      const bare = (): void => {
        for (const each of ids) index.match(each);
      };
      round();
      return quickest(goal * 10, bare, 1000) / 10;
    };
    expect(perMatch(10, 0.02)).toBeLessThan(0.02);
    expect(perMatch(N, 0.04)).toBeLessThan(0.04);
  });
});
