/**
 * Bad manifests, one mistake each, and everything that is printed about them. `UPDATE=1` writes the expectations anew:
 * then read them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { rendered } from './render.js';

const bad = join(import.meta.dirname, 'bad');
const entries = readdirSync(bad, { withFileTypes: true });
const cases = entries.filter((entry) => entry.isDirectory() || entry.name.endsWith('.yaml'));

afterEach(() => {
  const names: string[] = [];
  for (const name in {}) names.push(name);
  expect(names).toEqual([]); // nobody has added to Object.prototype
  expect(Reflect.ownKeys(Object.prototype)).toHaveLength(12);
});

test.each(cases.map(({ name }) => name))('%s', async (name) => {
  const text = await rendered(join(bad, name), bad);
  const expected = join(bad, `${name.replace(/\.yaml$/, '')}.expected`);
  if (process.env.UPDATE === '1') writeFileSync(expected, text);
  expect(text).toBe(readFileSync(expected, 'utf8'));
  expect(text).toMatch(/^.+:\d+:\d+ (error|warning) [a-z-]+$/m);
});

test('every expectation has its manifest', () => {
  const names = new Set(cases.map(({ name }) => name.replace(/\.yaml$/, '')));
  const orphans = entries.filter(
    ({ name }) => name.endsWith('.expected') && !names.has(name.replace(/\.expected$/, '')),
  );
  expect(orphans).toEqual([]);
  expect(names.size).toBeGreaterThanOrEqual(50);
});
