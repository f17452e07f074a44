/**
 * The quick look at the shape of jobs against the schema: what the one lets pass, the other lets pass.
 */
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { readSchema } from '../../schema/generate.js';
import { type Data, isMap } from '../../src/manifest/tree.js';
import { isUsual, lessUsualJobs } from '../../src/manifest/usual.js';
import { forSeeds, type Random } from '../core/pattern-tools.js';

const check = new Ajv({ allowUnionTypes: true }).compile(readSchema());

const fields = [
  ...['description', 'owner', 'tags', 'sources', 'targets', 'where', 'run', 'shell', 'env', 'cwd', 'timeout', 'pool'],
  ...[
    'retries',
    'concurrency',
    'priority',
    'enabled',
    'when',
    'on_success',
    'on_failure',
    'sources_as',
    'run_',
    'settle',
  ],
];
const names = ['load', '_', 'a.b-c', '1a', '', 'é', 'a b', '__proto__', 'constructor', 'a\n'];
const scalars: readonly Data[] = ['', ' ', '\u00a0', 'text', 'sh', '1h', 'any', null, true, 0, 1.5];

function value(random: Random, deep = 2): Data {
  if (deep === 0 || random.below(3) > 0) return random.of(scalars);
  const size = random.below(3);
  if (random.below(2) === 0) return Array.from({ length: size }, () => value(random, deep - 1));
  const keys = ['object', 'trigger', 'orders', '__proto__'];
  return map(Array.from({ length: size }, () => [random.of(keys), value(random, deep - 1)]));
}

const map = (entries: readonly (readonly [string, Data])[]): Data =>
  entries.reduce<Record<string, Data>>((all, [key, data]) => {
    all[key] = data;
    return all;
  }, Object.create(null));

function job(random: Random): Data {
  if (random.below(20) === 0) return value(random);
  const usual = ['run', 'sources', 'targets', 'description', 'where'];
  const some = Array.from({ length: random.below(4) }, () => random.of(random.below(4) === 0 ? fields : usual));
  return map(['run', ...some].map((field) => [field, random.below(2) === 0 ? 'text' : value(random)]));
}

test('no job is usual that the schema refuses', () => {
  let [usual, refused] = [0, 0];
  forSeeds(5000, (random) => {
    const [name, data] = [random.of(names), job(random)];
    const manifest = { jobs: map([[name, data]]) };
    const passes = check(manifest);
    if (isUsual(name, data)) {
      usual++;
      if (!passes) throw new Error(`the schema refuses ${JSON.stringify(manifest)}`);
    }
    if (!passes) refused++;
  });
  if (process.env.SEED === undefined) expect(Math.min(usual, refused)).toBeGreaterThan(300);
});

test('the schema is shown all but usual jobs, in their order', () => {
  const [usual, other] = [{ run: 'echo' }, { run: 'echo', tags: ['a'] }];
  const left = lessUsualJobs({ version: 1, jobs: { z: other, a: usual, b: other, c: '' }, pools: {} });
  expect(isMap(left) && Object.entries(left)).toEqual([
    ['version', 1],
    ['jobs', { z: other, b: other, c: '' }],
    ['pools', {}],
  ]);
  for (const data of [null, 'text', [], { jobs: [] }, { version: 1 }]) expect(lessUsualJobs(data)).toBe(data);
});
