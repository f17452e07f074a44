/** `objflow graph`: what its flags choose; the pictures themselves are tested in `report/`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type GraphCommandOptions, graph } from '../../src/cli/graph.js';
import { project } from '../e2e/rig.ts';
import { faults } from '../report/schemas.ts';
import { projectOf } from './context.js';

const manifest = `version: 1
objects:
  landing/{n}.csv: { description: As it is delivered, owner: shop, tags: [raw] }
  landing/*.csv: { description: Never said of the pattern above }
jobs:
  load: { description: Loads <b>one</b>, tags: [nightly], sources: 'landing/{n}.csv', targets: 'table:raw/{n}', run: 'true' }
  build: { sources: 'table:raw/{n}', targets: 'table:mart/{n}', run: 'true' }
  other: { targets: table:other, run: 'true' }
`;

async function printed(selectors: readonly string[], options: GraphCommandOptions): Promise<string> {
  const p = projectOf(manifest);
  mkdirSync(path.join(p.root, 'landing'));
  for (const n of [1, 2]) writeFileSync(path.join(p.root, `landing/${n}.csv`), 'x');
  const call = p.call();
  expect(await graph(call, selectors, options)).toBe(0);
  expect(call.err.text).toBe('');
  return call.out.text;
}

test('without --status no state is asked for; with it jobs have phases', async () => {
  const plain = JSON.parse(await printed([], { format: 'json' }));
  expect(plain.jobs.map((job: object) => 'tasks' in job)).toEqual([false, false, false]);
  const document = JSON.parse(await printed([], { format: 'json', status: true }));
  expect(faults('graph', document)).toEqual([]);
  expect(document.jobs).toMatchObject([
    { name: 'load', phase: 'waiting', tasks: { waiting: 2 } },
    { name: 'build', phase: 'waiting', tasks: { waiting: 2 } },
    { name: 'other', phase: 'ready', tasks: { ready: 1 } },
  ]);
});

test('of a job only the selected tasks count', async () => {
  expect(await printed(['load[n=2]'], { format: 'text', status: true, jobs: true })).toBe('load … waiting\n');
  expect(await printed(['load+'], { format: 'text', objects: true })).toBe(
    'landing/{n}.csv\n└─ table:raw/{n}\n   └─ table:mart/{n}\n',
  );
});

test('the page tells what is declared of a job, and what is first declared of an object', async () => {
  const page = await printed([], { format: 'html' });
  const [, data = ''] = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(page) ?? [];
  const { nodes } = JSON.parse(data);
  expect(nodes).toContainEqual({ kind: 'job', name: 'load', description: 'Loads <b>one</b>', tags: ['nightly'] });
  expect(nodes).toContainEqual({
    kind: 'file',
    name: 'landing/{n}.csv',
    description: 'As it is delivered',
    owner: 'shop',
    tags: ['raw'],
  });
});

test('the built program prints a page with its script, and takes one kind only', async () => {
  const p = project(manifest);
  const [page, both] = await Promise.all([
    p.objflow('graph', '--format', 'html'),
    p.objflow('graph', '--jobs', '--objects'),
  ]);
  expect({ status: page.status, err: page.err }).toEqual({ status: 0, err: '' });
  expect(page.out).toContain('addEventListener');
  expect(both).toMatchObject({ status: 2, out: '' });
  expect(both.err).toMatch(/--jobs.*--objects/);
});
