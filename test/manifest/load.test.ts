/**
 * Good manifests: what each documented thing becomes.
 */
import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Job } from '../../src/core/job.js';
import { loadMapping } from '../../src/manifest/load.js';
import { directory, inProject, load, write } from './project.js';

inProject();

async function loadJob(fields: string, head = ''): Promise<Job> {
  const lines = fields.trim().split('\n');
  const mapping = await load(`version: 1\n${head}jobs:\n  load:\n${lines.map((line) => `    ${line}\n`).join('')}`);
  const job = mapping.jobs.get('load');
  if (job === undefined) throw new Error('the job is not there');
  return job;
}

const example = `
version: 1
include: [jobs/*.yaml]
defaults: { shell: bash, timeout: 1h, retries: { attempts: 3, delay: 10s, backoff: 2 } }
concurrency: 4
pools: { warehouse: 2 }
objects:
  landing/orders_{date}.csv:
    settle: 5s
    description: Orders, as the shop delivers them
  table:raw.customers: { external: true }
jobs:
  load_orders:
    sources: landing/orders_{date}.csv
    targets: table:raw.orders/{date}
    where: { date: '\\d{4}-\\d{2}-\\d{2}' }
    run: sqlite3 shop.db ".import --csv '$source' raw_orders"
  build_sales:
    sources:
      orders: table:raw.orders/{date}
      customers: { object: table:raw.customers, trigger: false }
    targets: ["table:mart.sales/{date}"]
    pool: warehouse
    run: ./build_sales.sh "$date"
`;
const extract = `
jobs:
  extract_sales:
    sources: table:mart.sales/*
    targets: extracts/sales.csv
    run: ./extract.sh > "$target"
`;

test('the example of the documentation', async () => {
  const mapping = await load({ 'objflow.yaml': example, 'jobs/extract.yaml': extract });
  expect(mapping).toMatchObject({ root: directory, concurrency: 4, pools: new Map([['warehouse', 2]]) });
  expect(mapping.manifests).toEqual([join(directory, 'objflow.yaml'), join(directory, 'jobs/extract.yaml')]);
  expect([...mapping.jobs.keys()]).toEqual(['load_orders', 'build_sales', 'extract_sales']);
  expect(mapping.objects).toMatchObject([
    {
      pattern: { id: 'file:landing/orders_{date}.csv' },
      settle: 5000,
      external: false,
      version: 'stat',
      strict: false,
    },
    { pattern: { id: 'table:raw.customers' }, external: true, settle: 2000, concurrentWriters: false },
  ]);
  expect(mapping.jobs.get('load_orders')).toMatchObject({
    index: 0,
    captures: ['date'],
    shell: 'bash',
    timeout: 3_600_000,
    retries: { attempts: 3, delay: 10_000, backoff: 2 },
    place: { file: join(directory, 'objflow.yaml'), line: 13, column: 3, endLine: 13, endColumn: 14 },
  });
  expect(mapping.jobs.get('build_sales')?.sources).toMatchObject([
    { name: 'orders', trigger: true, optional: false },
    { name: 'customers', trigger: false, pattern: { id: 'table:raw.customers' } },
  ]);
  expect(mapping.jobs.get('extract_sales')).toMatchObject({
    index: 2,
    captures: [],
    shell: 'bash',
    place: { file: join(directory, 'jobs/extract.yaml'), line: 3, column: 3, endLine: 3, endColumn: 16 },
  });
});

test('a job says little, and gets what is documented', async () => {
  const job = await loadJob('run: echo');
  expect({ ...job, definition: job.definition, place: job.place }).toEqual({
    ...{
      name: 'load',
      index: 0,
      tags: [],
      sources: [],
      targets: [],
      captures: [],
      when: 'any',
      run: 'echo',
      shell: 'sh',
    },
    ...{ env: {}, retries: { attempts: 1, delay: 10_000, backoff: 2 }, priority: 0, enabled: true },
    ...{ onUpstreamFailure: 'block', onMissingTarget: 'ignore', sourcesAs: 'all' },
    definition: expect.stringMatching(/^[0-9a-f]{16}$/),
    place: { file: join(directory, 'objflow.yaml'), line: 3, column: 3, endLine: 3, endColumn: 7 },
  });
});

test.each([
  ['description: Loads', { description: 'Loads' }],
  ['owner: data team', { owner: 'data team' }],
  ['tags: [nightly, a]', { tags: ['nightly', 'a'] }],
  ['shell: bash', { shell: 'bash' }],
  [
    'env: { A: "1", no: "yes", constructor: x, toString: y }',
    { env: { A: '1', no: 'yes', constructor: 'x', toString: 'y' } },
  ],
  ['timeout: 500ms', { timeout: 500 }],
  ['timeout: 365d', { timeout: 365 * 86_400_000 }],
  ['retries: { attempts: 4, delay: 0s, backoff: 1.5 }', { retries: { attempts: 4, delay: 0, backoff: 1.5 } }],
  ['concurrency: 1024', { concurrency: 1024 }],
  ['priority: -5', { priority: -5 }],
  ['enabled: false', { enabled: false }],
  ['when: all', { when: 'all' }],
  ['on_upstream_failure: ignore', { onUpstreamFailure: 'ignore' }],
  ['on_missing_target: rerun', { onMissingTarget: 'rerun' }],
  ['on_success: echo well', { onSuccess: 'echo well' }],
  ['on_failure: echo ill', { onFailure: 'echo ill' }],
  ['sources_as: file', { sourcesAs: 'file' }],
  ['sources: [a.csv, b.csv]', { sources: [{ pattern: { id: 'file:a.csv' } }, { pattern: { id: 'file:b.csv' } }] }],
  ['sources: { a: { object: x.csv, optional: true } }', { sources: [{ name: 'a', optional: true, trigger: true }] }],
  ['targets: { out: x.csv }', { targets: [{ name: 'out', pattern: { id: 'file:x.csv' } }] }],
  ['sources: ["{b}/{a}.csv", "{a}/{c}.csv"]', { captures: ['b', 'a', 'c'] }],
  [
    'sources: "{constructor}/{toString}_{hasOwnProperty}.csv"',
    { captures: ['constructor', 'toString', 'hasOwnProperty'] },
  ],
])('%s', async (field, expected) => {
  expect(await loadJob(`run: echo\n${field}`)).toMatchObject(expected);
});

test('a job may have any name, also one that objects have in JavaScript', async () => {
  const mapping = await load(
    'version: 1\njobs:\n  constructor: { run: echo }\n  __proto__: { run: echo }\n  a.b-c: { run: echo }\n',
  );
  expect([...mapping.jobs.keys()]).toEqual(['constructor', '__proto__', 'a.b-c']);
});

test('cwd is absolute, relative to the root manifest wherever it stands, and may be outside', async () => {
  expect((await loadJob('run: echo\ncwd: sub')).cwd).toBe(join(directory, 'sub'));
  expect((await loadJob('run: echo\ncwd: ../other')).cwd).toBe(join(dirname(directory), 'other'));
  expect((await loadJob('run: echo\ncwd: /srv')).cwd).toBe('/srv');
});

test('fields of an object', async () => {
  const fields =
    'description: d, owner: o, tags: [t], settle: 0s, strict: true, version: content, concurrent_writers: true';
  const { objects } = await load(
    `version: 1\nobjects:\n  a.csv: { ${fields} }\njobs:\n  load: { sources: a.csv, run: echo }\n`,
  );
  expect(objects).toMatchObject([
    { description: 'd', owner: 'o', tags: ['t'], settle: 0, strict: true, version: 'content', concurrentWriters: true },
  ]);
});

test('defaults: of the root for all, of an included manifest over them; env and retries field by field', async () => {
  const mapping = await load({
    'objflow.yaml':
      'version: 1\ninclude: a.yaml\ndefaults: { timeout: 1h, shell: bash, env: { A: root, B: root }, retries: { attempts: 3 } }\njobs:\n  root: { run: echo, env: { B: job } }\n',
    'a.yaml':
      'defaults: { timeout: 2h, env: { A: included }, retries: { delay: 1s } }\njobs:\n  a: { run: echo, tags: [x] }\n',
  });
  expect(mapping.jobs.get('root')).toMatchObject({
    timeout: 3_600_000,
    env: { A: 'root', B: 'job' },
    retries: { attempts: 3, delay: 10_000 },
  });
  expect(mapping.jobs.get('a')).toMatchObject({
    ...{ timeout: 7_200_000, shell: 'bash', env: { A: 'included', B: 'root' } },
    retries: { attempts: 3, delay: 1000, backoff: 2 },
  });
});

test('includes nest, are relative to the directory of the root manifest wherever they stand, and a file that is included twice is loaded once', async () => {
  write({ 'team/jobs/.hidden.yaml': 'x', 'team/jobs/node_modules/m.yaml': 'x' });
  const mapping = await load({
    'objflow.yaml': 'version: 1\ninclude: [team/index.yaml, team/jobs/a.yaml, "team/**/b.yaml"]\n',
    'team/index.yaml':
      'version: 1\ninclude: team/jobs/*.yaml\npools: { p: 1 }\nobjects: { table:x: { external: true } }\n',
    'team/jobs/a.yaml': 'jobs:\n  a: { run: echo, pool: p, sources: table:x }\n',
    'team/jobs/b.yaml': 'jobs:\n  b: { run: echo, sources: data/x.csv }\n',
  });
  expect(mapping.manifests.map((file) => file.slice(directory.length + 1))).toEqual([
    ...['objflow.yaml', 'team/index.yaml', 'team/jobs/a.yaml', 'team/jobs/b.yaml'],
  ]);
  expect([...mapping.jobs.keys()]).toEqual(['a', 'b']);
  expect(mapping.jobs.get('b')?.sources[0]?.pattern.id).toBe('file:data/x.csv');
});

test('a wildcard may match the manifest that it stands in; a link within the project is followed', async () => {
  write({ 'shared/a.yaml': 'jobs:\n  a: { run: echo }\n' });
  symlinkSync('shared/a.yaml', join(directory, 'link.yaml'));
  const mapping = await load('version: 1\ninclude: ["*.yaml", shared/a.yaml]\n');
  expect([...mapping.jobs.keys()]).toEqual(['a']);
});

test('objflow.yml serves as well, and so does a manifest by its name', async () => {
  write({ 'objflow.yml': 'version: 1\njobs:\n  load: { run: echo }\n' });
  const loaded = await loadMapping(directory);
  expect(loaded).toMatchObject({ ok: true, value: { jobs: 1, objects: 0, diagnostics: [] } });
  const named = await loadMapping(join(directory, 'objflow.yml'));
  expect(named.ok && named.value.mapping).toEqual(loaded.ok && loaded.value.mapping);
});

test('counts are given with errors too', async () => {
  write({
    'objflow.yaml':
      'version: 1\njobs:\n  a: { run: echo, sources: [x.csv, x.csv], targets: table:y }\n  b: { run: echo, typo: 1 }\n',
  });
  const loaded = await loadMapping(directory);
  expect(loaded).toMatchObject({
    ok: false,
    error: { manifests: [join(directory, 'objflow.yaml')], jobs: 2, objects: 2 },
  });
});

test('the definition changes with what a run does, and with nothing else', async () => {
  const base = 'sources: "a/{x}.csv"\ntargets: "b/{x}.csv"\nrun: cat "$source" > "$target"\n';
  const { definition } = await loadJob(base);
  const same = [
    'description: d',
    'owner: o',
    'tags: [t]',
    'priority: 3',
    'retries: { attempts: 9 }',
    'timeout: 5m',
    'env: {}',
    'pool: p',
  ];
  for (const field of same)
    expect((await loadJob(base + field, 'pools: { p: 1 }\n')).definition, field).toBe(definition);
  const other = ['shell: bash', 'cwd: /tmp', 'env: { A: b }', "where: { x: '\\d+' }"];
  for (const field of other) expect((await loadJob(base + field)).definition, field).not.toBe(definition);
  for (const part of ['a/', 'b/', 'cat'])
    expect((await loadJob(base.replace(part, `${part}c/`))).definition).not.toBe(definition);
  const sorted = await Promise.all([loadJob(`${base}env: { A: b, C: d }`)]);
  expect((await loadJob(`${base}env: { C: d, A: b }`)).definition).toBe(sorted[0]?.definition);
});

test('patterns that where keeps apart are no circle, and no two writers', async () => {
  const job = await loadJob("sources: data/{x}.csv\ntargets: data/{x}_clean.csv\nwhere: { x: '[a-z]+' }\nrun: echo");
  expect(job.captures).toEqual(['x']);
});

test('tables may have many writers; a job may write less than a partition of one', async () => {
  const mapping = await load(
    'version: 1\njobs:\n  a: { sources: "a/{x}.csv", targets: table:t, run: echo }\n  b: { sources: "b/{x}.csv", targets: table:t, run: echo }\n',
  );
  expect(mapping.jobs.size).toBe(2);
});
