/**
 * The quick reader against the library: what it reads, it reads as the library does, with the same places, and it reads
 * nothing that the library refuses. `SEED=n` plays one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { initFiles } from '../../src/cli/init-template.js';
import { forSeeds } from '../core/pattern-tools.js';
import { damage, judge, makeText, type Verdict } from './plain-tools.js';

const repository = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const manifestsIn = (directory: string): readonly string[] =>
  readdirSync(join(repository, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)));

/** Manifests that people would write. */
const good: readonly (readonly [string, string])[] = [
  ...manifestsIn('examples').map((name) => [name, read(name)] as const),
  ...initFiles().flatMap(({ path, content }) => (path.endsWith('.yaml') ? [[`init ${path}`, content] as const] : [])),
  ...[...read('README.md').matchAll(/^```yaml\n(version:[\s\S]*?)^```$/gm)].map(
    ([, text = ''], at) => [`README ${at}`, text] as const,
  ),
];
const bad = manifestsIn('test/manifest/bad').map((name) => [name, read(name)] as const);

test.each(good)('%s is read quickly, as the library reads it', (_, text) => {
  expect(judge(text)).toBe('read' satisfies Verdict);
});

test('manifests with mistakes are read as the library reads them, or not at all', () => {
  const verdicts = bad.map(([, text]) => judge(text));
  expect(verdicts.length).toBeGreaterThan(200);
  expect(new Set(verdicts).size).toBe(3);
});

test('manifests made by the grammar are read, all of them', () => {
  forSeeds(400, (random) => {
    const text = makeText({ random, nasty: 0 });
    if (judge(text) !== 'read') throw new Error(`not read: ${JSON.stringify(text)}`);
  });
});

test('nasty words, keys and lines', () => {
  const counts = new Map<Verdict, number>();
  forSeeds(2000, (random) => {
    const verdict = judge(makeText({ random, nasty: 4 + random.below(40) }));
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  });
  if (process.env.SEED === undefined) expect(Math.min(...counts.values())).toBeGreaterThan(50);
});

test('real manifests with one thing wrong', () => {
  const texts = [...good, ...bad].map(([, text]) => text).filter((text) => text.length < 2000);
  forSeeds(3000, (random) => {
    judge(damage(random.of(texts), random));
  });
});
