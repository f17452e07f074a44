/**
 * What is said of objects that land: markers, sizes, directories.
 */
import { expect, test } from 'vitest';
import { undeclared } from '../../src/core/mapping.js';
import { inProject, load, loaded } from './project.js';

inProject();

const declared = async (name: string, fields: string, source = name) => {
  const { objects } = await load(
    `version: 1\nobjects:\n  "${name}": { ${fields} }\njobs:\n  load: { sources: "${source}", run: echo }\n`,
  );
  return objects[0];
};

test.each([
  ['landing/{date}.csv', 'landing/{date}.csv.done', 'file:landing/{date}.csv.done'],
  ['landing/{shop}/{date}.csv', './done//{date}/{shop}', 'file:done/{date}/{shop}'],
  ['{d}/x_{d}.csv', 'done/{d}', 'file:done/{d}'],
  ['landing/day.csv', 'day.done', 'file:day.done'],
  ['/in/{date}.csv', '/in/{date}.ok', 'file:/in/{date}.ok'],
  ['in/{d}/', 'in/{d}.done', 'file:in/{d}.done'],
  ['in/{d}/', 'in/{d}/{d}.done', 'file:in/{d}/{d}.done'],
  ['in/{d}/', 'in/{d}/meta/done', 'file:in/{d}/meta/done'],
  ['{d}/', '{d}.done', 'file:{d}.done'],
  ['in/day/', './done', 'file:done'],
])('the marker of %s: %s', async (name, marker, id) => {
  expect((await declared(name, `marker: "${marker}"`))?.marker).toMatchObject({ where: 'beside', pattern: { id } });
});

test.each([
  ['in/{d}/', '_SUCCESS'],
  ['in/day/', '_SUCCESS'],
  ['in/*/', '_SUCCESS'],
  ['in/{d}/', 'in/{d}/_SUCCESS'],
  ['in/day/', './in//day/_SUCCESS'],
])('the marker in the directory %s: %s', async (name, marker) => {
  expect((await declared(name, `marker: "${marker}"`))?.marker).toEqual({ where: 'inside', name: '_SUCCESS' });
});

test('a declaration with a capture and a marker holds for a source that gathers', async () => {
  const { diagnostics } = await loaded(
    'version: 1\nobjects:\n  "in/{name}.csv": { marker: "in/{name}.done" }\njobs:\n  load: { sources: in/*.csv, run: echo }\n',
  );
  expect(diagnostics).toEqual([]);
});

test.each([
  ['0', 0],
  ['1', 1],
  ['"7B"', 7],
  ['10kB', 10_000],
  ['5MB', 5_000_000],
  ['1GB', 1_000_000_000],
  ['1000TB', 1e15],
  ['1KiB', 1024],
  ['2MiB', 2 * 1024 * 1024],
  ['3GiB', 3 * 1024 ** 3],
  ['1TiB', 1024 ** 4],
])('min_size: %s', async (written, bytes) => {
  expect((await declared('a.csv', `min_size: ${written}`))?.minSize).toBe(bytes);
});

test('an object that says nothing of them has neither', async () => {
  const { pattern, ...said } = (await declared('a.csv', 'owner: o')) ?? {};
  expect(pattern?.id).toBe('file:a.csv');
  expect(said).toEqual({ ...undeclared, owner: 'o' });
});

test('a directory is an object of its own, which jobs read and write', async () => {
  const { graph, diagnostics } = await loaded(
    `version: 1
jobs:
  make: { sources: "in/{d}.csv", targets: { out: "out/{d}/" }, run: echo }
  load: { sources: "out/{day}/", targets: table:t, run: echo }
  all: { sources: out/*/, run: echo }
`,
  );
  expect(diagnostics).toEqual([]);
  expect(graph.consumers.get('make')?.map(({ to, witness }) => [to, witness])).toEqual([
    ['load', 'file:out/a/'],
    ['all', 'file:out/a/'],
  ]);
});

test.each([
  ['files beside a directory', 'a: { targets: out/x.csv, run: echo }\n  b: { sources: in/, run: echo }'],
  ['files in a directory that nobody writes', 'a: { sources: in/, run: echo }\n  b: { sources: in/x.csv, run: echo }'],
  ['a job that names both', 'a: { targets: [out/, out/x.csv], run: echo }\n  b: { sources: out/x.csv, run: echo }'],
  [
    'jobs that feed one another anyway',
    'a: { targets: [out/, x.csv], run: echo }\n  b: { sources: x.csv, targets: out/done, run: echo }',
  ],
  ['files and directories in one place', 'a: { targets: "out/day/", run: echo }\n  b: { sources: out/*, run: echo }'],
])('nothing is said of %s', async (_, jobs) => {
  expect((await loaded(`version: 1\njobs:\n  ${jobs}\n`)).diagnostics).toEqual([]);
});
