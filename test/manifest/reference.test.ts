/**
 * What is made from the manifest's schema is up to date.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compiledCheck, readSchema, reference } from '../../schema/generate.js';

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

test('schema/manifest.md is what the schema says; else: npm run build', () => {
  expect(file('schema/manifest.md')).toBe(reference(readSchema()));
});

test('the compiled check is that of the schema, and needs no package when it runs', () => {
  const built = file('dist/manifest/manifest-check.cjs');
  expect(built).toBe(compiledCheck(readSchema()));
  expect(built).not.toContain('require(');
});

test('every field says what it means', () => {
  const open: [string, Record<string, unknown>][] = [['', readSchema()]];
  const { definitions } = readSchema();
  for (const [path, schema] of open) {
    for (const [name, property] of Object.entries(
      (schema.properties ?? {}) as Record<string, Record<string, unknown>>,
    )) {
      const definition = definitions[String(property.$ref).split('/').pop() ?? ''] ?? {};
      const full: Record<string, unknown> = { ...definition, ...property };
      expect([`${path}.${name}`, typeof full.title, typeof full.description]).toEqual([
        `${path}.${name}`,
        'string',
        'string',
      ]);
    }
    if (path === '') open.push(...(Object.entries(definitions) as [string, Record<string, unknown>][]));
  }
});
