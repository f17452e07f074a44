/**
 * What the root manifest says of the whole project.
 */
import { expect, test } from 'vitest';
import { unsaid } from '../../src/core/mapping.js';
import { inProject, load } from './project.js';

inProject();

const settings = async (head: string) => {
  const { watch, ignore, grace } = await load(`version: 1\n${head}\njobs:\n  load: { run: echo }\n`);
  return { watch, ignore: ignore.map(({ id, text }) => [id, text]), grace };
};

test('who says nothing gets what is documented', async () => {
  expect(await settings('')).toEqual(unsaid);
  expect(await settings('watch: {}')).toEqual(unsaid);
});

test.each([
  ['watch: { rescan: 1s }', { watch: { rescan: 1000, polling: [] } }],
  ['watch: { rescan: 1d }', { watch: { rescan: 86_400_000 } }],
  ['grace: 0s', { grace: 0 }],
  ['grace: 1d', { grace: 86_400_000 }],
])('%s', async (head, expected) => {
  expect(await settings(head)).toMatchObject(expected);
});

const polled = async (polling: string) =>
  (await settings(`watch: { polling: ${polling} }`)).watch.polling.map(({ directory, every }) => [directory, every]);

test('polling everything: what is relative, and what is absolute', async () => {
  expect(await polled('2s')).toEqual([
    ['/', 2000],
    ['', 2000],
  ]);
});

test('polling some directories: named as files are, the longest path first', async () => {
  expect(
    await polled('{ .: 9s, landing: 2s, ./landing//deep/x/../: 100ms, /mnt/share/: 5s, ../in: 1d, /: 1m }'),
  ).toEqual([
    ['landing/deep', 100],
    ['/mnt/share', 5000],
    ['landing', 2000],
    ['../in', 86_400_000],
    ['/', 60_000],
    ['', 9000],
  ]);
  expect(await polled('{}')).toEqual([]);
});

test('what is ignored, one or many; of a directory also with its slash', async () => {
  expect((await settings('ignore: "*.bak"')).ignore).toEqual([['file:*.bak', '*.bak']]);
  expect((await settings('ignore: [landing/old/**, ./old, tmp/, "/in/~?", "file:a:b"]')).ignore).toEqual([
    ['file:landing/old/**', 'landing/old/**'],
    ['file:old', './old'],
    ['file:tmp', 'tmp'],
    ['file:/in/~?', '/in/~?'],
    ['file:a:b', 'file:a:b'],
  ]);
});
