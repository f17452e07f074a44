import { describe, expect, test } from 'vitest';
import { parseWhere } from '../../src/core/where.js';
import { forSeeds, type Random, textsOf } from './pattern-tools.js';

/** Whether the whole text is a value. */
function accepts(source: string, text: string): boolean {
  const parsed = parseWhere('x', source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.error.message}`);
  return parsed.value.ends(text, 0, text.length).includes(text.length);
}

test.each([
  ['\\d{4}-\\d{2}-\\d{2}', ['2026-11-23'], ['2026-11-2', '2026-11-233', 'x2026-11-23']],
  ['^a|b$', ['a', 'b'], ['ab']],
  ['a\\$', ['a$'], ['a']],
  ['a\\\\$', ['a\\'], ['a']],
  ['[^\\d_-]+', ['abc'], ['a1', 'a-', 'a_']],
  ['[\\]a-]+', [']a-'], ['b']],
  ['[a-c&&]+', ['abc&'], ['d']],
  ['\\u00e9?x', ['éx', 'x'], ['e']],
  ['.', ['😀', 'é'], ['ab']],
  ['[😀-😂]', ['😁'], ['😃']],
  ['(?:ab){2,}', ['abab', 'ababab'], ['ab', 'aba']],
  ['a{0}b', ['b'], ['ab']],
  ['(a?){3}', ['a', 'aaa'], ['aaaa', '']],
  ['a+?b*?c??', ['a', 'aabbc'], ['b']],
  ['|a', ['a'], ['']],
  ['.*', ['a', '...'], ['.', '..', '', 'a/b', 'a\nb']],
  ['\\w\\W\\S\\D', ['a-bc', 'a-b-'], ['a-b1', 'abcd']],
])('%s', (source, yes, no) => {
  for (const text of yes) expect(accepts(source, text), text).toBe(true);
  for (const text of no) expect(accepts(source, text), text).toBe(false);
});

describe('refused', () => {
  test.each([
    ['a(', 'where-syntax', '`(` that is never closed, at character 2'],
    ['a)', 'where-syntax', '`)` that closes nothing, at character 2'],
    ['^a)', 'where-syntax', 'at character 3'],
    ['[a', 'where-syntax', '`[` that is never closed'],
    ['[]', 'where-syntax', 'empty class'],
    ['[b-a]', 'where-syntax', 'a range that is none'],
    ['[a-\\d]', 'where-syntax', 'a range that is none'],
    ['*', 'where-syntax', 'repeats nothing'],
    ['a++', 'where-syntax', 'repeats nothing'],
    ['a{', 'where-syntax', 'without a count'],
    ['a{,2}', 'where-syntax', 'without a count'],
    ['a{3,2}', 'where-syntax', 'at least 3 and at most 2'],
    ['a}', 'where-syntax', 'closes nothing'],
    ['a]', 'where-syntax', 'closes nothing'],
    ['a\\', 'where-syntax', 'lone'],
    ['\\u12', 'where-syntax', 'hexadecimal'],
    ['a^b', 'where-unsupported', '`^` inside'],
    ['(a$)', 'where-unsupported', '`$` inside'],
    ['(?=a)', 'where-unsupported', '`(?=`'],
    ['(?<!a)', 'where-unsupported', '`(?<!`'],
    ['(?<n>a)', 'where-unsupported', 'named group'],
    ['(?i)a', 'where-unsupported', 'mode'],
    ['(a)\\1', 'where-unsupported', '`\\1`'],
    ['\\ba', 'where-unsupported', '`\\b`'],
    ['\\p{L}', 'where-unsupported', '`\\p`'],
    ['\\n', 'where-unsupported', '`\\n`'],
    ['a{1001}', 'where-too-large', 'more than 1000'],
    ['a{99999999999999999999}', 'where-too-large', 'more than 1000'],
    ['(a{100}){100}', 'where-too-large', 'too large'],
    ['a?'.repeat(500), 'where-too-large', 'too large'],
    ['x'.repeat(1001), 'where-too-large', 'longer than'],
    ['', 'where-matches-nothing', 'no value'],
    ['\\.{1,2}', 'where-matches-nothing', 'no value'],
    ['a/b', 'where-matches-nothing', 'no value'],
    ['[^\\w\\W]', 'where-matches-nothing', 'no value'],
  ])('%s', (source, code, message) => {
    const parsed = parseWhere('x', source);
    expect(parsed).toMatchObject({ ok: false, error: { code, message: expect.stringContaining(message) } });
  });
});

/** A regular expression of the subset, over the characters a, b, 1, _. */
function randomExpression(random: Random, depth: number): string {
  const count = (atom: string): string =>
    atom + random.of(['', '', '', '?', '*', '+', '{2}', '{1,}', '{0,2}', '{1,3}?', '??', '{0}']);
  const atom = (): string => {
    if (depth > 0 && random.below(3) === 0) {
      return `${random.of(['(', '(?:']) + randomExpression(random, depth - 1)})`;
    }
    return random.of([
      'a',
      'b',
      '1',
      '_',
      '.',
      '\\d',
      '\\w',
      '\\D',
      '\\W',
      '[ab]',
      '[^a]',
      '[a-b1]',
      '[^\\d_]',
      '\\u0061',
    ]);
  };
  const branch = (): string => Array.from({ length: random.below(4) }, () => count(atom())).join('');
  return Array.from({ length: 1 + random.below(2) }, branch).join('|');
}

test('agrees with JavaScript over every short text', () => {
  const texts = textsOf(['a', 'b', '1', '_'], 5).slice(1);
  let matched = 0;
  forSeeds(400, (random) => {
    const source = randomExpression(random, 3);
    const parsed = parseWhere('x', source);
    const same = new RegExp(`^(?:${source})$`);
    if (!parsed.ok) {
      expect(parsed.error.code, source).toBe('where-matches-nothing');
      for (const text of texts) expect(same.test(text), `${source}: ${text}`).toBe(false);
      return;
    }
    for (const text of texts) {
      const expected = same.test(text);
      if (expected) matched++;
      if (accepts(source, text) !== expected) expect.fail(`${source}: ${text} should ${expected ? '' : 'not '}match`);
    }
  });
  expect(matched).toBeGreaterThan(10_000);
});
