import { describe, expect, it, test } from 'vitest';
import { parsePattern } from '../../src/core/pattern.js';
import { pattern } from './pattern-tools.js';

describe('ids', () => {
  test.each([
    ['landing/orders_{date}.csv', 'file:landing/orders_{date}.csv', 'file'],
    ['./a', 'file:a', 'file'],
    ['a//b', 'file:a/b', 'file'],
    ['a/./b/../c', 'file:a/c', 'file'],
    ['../a', 'file:../a', 'file'],
    ['a/../../b', 'file:../b', 'file'],
    ['../../a', 'file:../../a', 'file'],
    ['/a/../../b', 'file:/b', 'file'],
    ['//a', 'file:/a', 'file'],
    ['a/**/**/b', 'file:a/**/b', 'file'],
    ['file:odd:name.csv', 'file:odd:name.csv', 'file'],
    ['./odd:name.csv', 'file:odd:name.csv', 'file'],
    ['C:/x', 'file:C:/x', 'file'],
    ['{x}:y', 'file:{x}:y', 'file'],
    ['a/b:c', 'file:a/b:c', 'file'],
    ['table:raw.orders/{date}', 'table:raw.orders/{date}', 'table'],
    ['s3://bucket//x/./y/', 's3://bucket//x/./y/', 's3'],
    ['landing/', 'file:landing/', 'file'],
    ['./landing//batch_{d}//', 'file:landing/batch_{d}/', 'file'],
    ['a/../b/', 'file:b/', 'file'],
    ['../in/*/', 'file:../in/*/', 'file'],
    ['/in/', 'file:/in/', 'file'],
    ['**/x/', 'file:**/x/', 'file'],
    ['file:odd:x/', 'file:odd:x/', 'file'],
  ])('%s is %s', (text, id, kind) => {
    expect(pattern(text)).toMatchObject({ text, id, kind });
  });

  it('says what it captures, and whether it gathers', () => {
    expect(pattern('{b}/{a}_{b}')).toMatchObject({ captures: ['b', 'a'], gathers: false });
    for (const text of ['*', 'a?', '**/x', 'table:x/*']) expect(pattern(text).gathers).toBe(true);
  });
});

describe('problems', () => {
  test.each([
    ['', {}, 'empty-pattern'],
    ['table:', {}, 'empty-pattern'],
    ['file:', {}, 'empty-pattern'],
    ['a{b', {}, 'unbalanced-brace'],
    ['a}b', {}, 'unbalanced-brace'],
    ['{a{b}}', {}, 'unbalanced-brace'],
    ['a{}', {}, 'bad-capture-name'],
    ['{a b}', {}, 'bad-capture-name'],
    ['{a/b}', {}, 'bad-capture-name'],
    ['{1}', {}, 'bad-capture-name'],
    ['{é}', {}, 'bad-capture-name'],
    ['{__proto__}', {}, 'bad-capture-name'],
    ['{a}{b}', {}, 'adjacent-captures'],
    ['landing/.', {}, 'bad-path'],
    ['landing/./', {}, 'bad-path'],
    ['landing/../', {}, 'bad-path'],
    ['..', {}, 'bad-path'],
    ['../', {}, 'bad-path'],
    ['.', {}, 'bad-path'],
    ['./', {}, 'bad-path'],
    ['/', {}, 'bad-path'],
    ['//', {}, 'bad-path'],
    ['landing/**/', {}, 'bad-star'],
    ['**/', {}, 'bad-star'],
    ['a\nb', {}, 'control-character'],
    ['a\u0085', {}, 'control-character'],
    ['a\ud83d', {}, 'control-character'],
    ['a**', {}, 'bad-star'],
    ['***', {}, 'bad-star'],
    ['{x}/../a', {}, 'bad-path'],
    ['**/../a', {}, 'bad-path'],
    ['x'.repeat(5000), {}, 'too-long'],
    ['{a}_{b}_{c}_{d}_{a}_{b}_{c}_{d}', {}, 'too-ambiguous'],
    ['{a}', { a: '(' }, 'where-syntax'],
    ['{a}', { a: '(?=x)' }, 'where-unsupported'],
    ['{a}', { a: '/' }, 'where-matches-nothing'],
    ['{a}', { a: '\\.x' }, 'where-matches-nothing'],
    ['{a}', { a: '(a{1000}){1000}' }, 'where-too-large'],
  ])('%j is refused', (text, where, code) => {
    const parsed = parsePattern(text, where);
    if (parsed.ok) throw new Error('it is not');
    expect(parsed.error.code).toBe(code);
    expect(parsed.error.message).not.toMatch(/\.$|[\p{Cc}\p{Cs}]/u);
    expect(parsed.error.hint).not.toBe('');
  });

  it('says what is no name, and which capture a `where` is for', () => {
    expect(parsePattern('landing/../')).toMatchObject({
      error: { message: '`landing/../` ends with `..`, which is no name of an object' },
    });
    expect(parsePattern('/')).toMatchObject({ error: { message: expect.stringContaining('ends with `/`') } });
    expect(parsePattern('{day}', { day: '[' })).toMatchObject({
      error: { message: '`where` for {day}: the regular expression has a `[` that is never closed, at character 1' },
    });
  });

  it('ignores `where` of names that it does not capture, inherited ones too', () => {
    expect(parsePattern('{toString}', { other: '(' }).ok).toBe(true);
  });

  test.each(['{a}/{b}/{c}/{d}/{a}_{b}_{c}_{d}', '{a}_{b}_{c}/{a}_{b}_{c}.csv', '{a}_{b}_{c}_{d}_{e}_{f}'])(
    '%s is not too ambiguous',
    (text) => {
      expect(parsePattern(text).ok).toBe(true);
    },
  );
});
