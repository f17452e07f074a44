import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { calledFrom } from '../../src/cli/called.js';
import { init } from '../../src/cli/init.js';
import { directory } from '../journal/fixtures.js';
import { projectOf } from './context.js';

const here = path.resolve(import.meta.dirname, '../..');

test('npx where it finds objflow, otherwise objflow alone', () => {
  const away = directory();
  const inside = path.join(away, 'a/b');
  mkdirSync(inside, { recursive: true });
  expect(calledFrom(inside, {})).toBe('objflow');
  expect(calledFrom(inside, { npm_command: 'exec' })).toBe('npx objflow');
  expect(calledFrom(inside, { npm_command: 'run-script' })).toBe('objflow');
  mkdirSync(path.join(away, 'node_modules/.bin'), { recursive: true });
  writeFileSync(path.join(away, 'node_modules/.bin/objflow'), '');
  expect(calledFrom(inside, {})).toBe('npx objflow');
  expect([here, path.join(here, 'examples/new')].map((at) => calledFrom(at, {}))).toEqual([
    'npx objflow',
    'npx objflow',
  ]);
  // A neighbour whose name begins in the same way is no clone.
  expect(calledFrom(`${here}-2`, {})).toBe('objflow');
});

test('init says what to type there', () => {
  const { root, call } = projectOf(undefined);
  const context = call();
  init(context, 'demo');
  const as = calledFrom(path.join(root, 'demo'));
  expect(context.out.text).toContain(`Now type:\n  cd demo\n  ${as} graph    # see it\n  ${as} run      # run it\n`);
});
