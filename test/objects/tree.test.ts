/** The tree of directories: what a listing tells, what a second one tells of what is gone, and what is never entered. */
import { mkdirSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { asVersion, fileId, type Look, type ObjectId } from '../../src/core/object.ts';
import { createTree, type Directory, type Tree, type TreeListener } from '../../src/objects/tree.ts';
import type { FileWorld } from '../../src/objects/world.ts';
import { latest, place, worldOf } from './rig.ts';

interface Told {
  readonly tree: Tree;
  /** `+in` for a directory that was entered, `-in` for one that was left. */
  readonly steps: string[];
  readonly touched: Set<ObjectId>;
  readonly setAside: string[];
  now(): Record<string, string>;
  /** What a directory was told as when it was entered last. */
  directory(path: string): Directory;
}

function treeOf(world: FileWorld, entered?: TreeListener['entered']): Told {
  const looks: Look[] = [];
  const steps: string[] = [];
  const touched = new Set<ObjectId>();
  const setAside: string[] = [];
  const directories = new Map<string, Directory>();
  const tree = createTree(world, {
    entered(directory, stat) {
      steps.push(`+${directory.path}`);
      directories.set(directory.path, directory);
      return entered?.(directory, stat);
    },
    left: (directory) => steps.push(`-${directory.path}`),
    looked: (some) => looks.push(...some),
    touched: (objects) => {
      for (const object of objects) touched.add(object);
    },
    setAside: ({ name }) => setAside.push(name),
  });
  return {
    tree,
    steps,
    touched,
    setAside,
    now: () => latest(looks),
    directory(at) {
      const found = directories.get(at);
      if (!found) throw new Error(`${at} was never entered`);
      return found;
    },
  };
}

test('listing again tells what has come and what is gone', async () => {
  const { root, write, remove } = place();
  for (const name of ['in/a.csv', 'in/b.csv', 'in/day/c.csv']) write(name);
  const { tree, now, steps } = treeOf(worldOf(root, ['in/**/*.csv']));
  await tree.list();
  expect(now()).toEqual({ 'in/a.csv': 'present', 'in/b.csv': 'present', 'in/day/c.csv': 'present' });
  remove('in/b.csv');
  write('in/d.csv');
  await tree.list();
  expect(now()).toMatchObject({ 'in/a.csv': 'present', 'in/b.csv': 'absent', 'in/d.csv': 'present' });
  expect(steps.sort()).toEqual(['+', '+in', '+in/day']);
});

test('what came and went between two looks is told as absent: others may have seen it', async () => {
  const { root, write } = place();
  write('in/a.csv');
  const { tree, now, directory } = treeOf(worldOf(root, ['in/*.csv', 'in/deep/made.csv', 'made.csv']));
  await tree.list();
  expect(now()).toEqual({ 'in/a.csv': 'present' });
  await tree.look(directory('in'), 'b.csv');
  await tree.relist(directory(''));
  expect(now()).toEqual({ 'in/a.csv': 'present', 'in/b.csv': 'absent', 'made.csv': 'absent' });
});

test('a directory that was replaced by another is entered again', async () => {
  const { root, at, write, remove } = place();
  for (const name of ['in/day/a.csv', 'in/day/b.csv']) write(name);
  const { tree, now, steps, directory } = treeOf(worldOf(root, ['in/{day}/*.csv']));
  await tree.list();
  steps.length = 0;
  remove('in/day');
  mkdirSync(at('in/day'));
  write('in/day/b.csv');
  await tree.look(directory('in'), 'day');
  expect(steps).toEqual(['-in/day', '+in/day']);
  expect(now()).toEqual({ 'in/day/a.csv': 'absent', 'in/day/b.csv': 'present' });
});

test('a directory that may have been replaced is entered again although it looks the same', async () => {
  const { root, write } = place();
  write('in/day/a.csv');
  const { tree, steps, directory } = treeOf(worldOf(root, ['in/{day}/*.csv']));
  await tree.list();
  steps.length = 0;
  await tree.doubt(directory('in/day'));
  expect(steps).toEqual(['-in/day', '+in/day']);
});

test('a directory that is replaced while it is entered is entered once more', async () => {
  const { root, at, write, remove } = place();
  write('in/old.csv');
  let first = true;
  const { tree, now, steps } = treeOf(worldOf(root, ['in/*.csv']), ({ path }) => {
    if (path !== 'in' || !first) return;
    first = false;
    remove('in');
    mkdirSync(at('in'));
    write('in/new.csv');
  });
  await tree.list();
  expect(steps).toEqual(['+', '+in', '-in', '+in']);
  expect(now()).toEqual({ 'in/new.csv': 'present' });
});

const ways: readonly [string, (tree: Tree, directory: Directory, above: Directory) => Promise<void>][] = [
  ['listed', (tree) => tree.list()],
  ['looked at', (tree, directory, above) => tree.look(above, directory.name)],
  ['doubted', (tree, directory) => tree.doubt(directory)],
  ['listed by itself', (tree, directory) => tree.relist(directory)],
];

test.each(ways)('what a fixed directory held is unknown while it is not there, when it is %s', async (_, again) => {
  const { root, at, write, remove } = place();
  for (const name of ['data/in/a.csv', 'data/in/b.csv']) write(name);
  const { tree, now, directory } = treeOf(worldOf(root, ['data/in/*.csv'], { fixed: new Set(['data', 'data/in']) }));
  await tree.list();
  renameSync(at('data/in'), at('data/away'));
  await again(tree, directory('data/in'), directory('data'));
  expect(now()).toEqual({ 'data/in/a.csv': 'unknown', 'data/in/b.csv': 'unknown' });

  remove('data/away/b.csv');
  renameSync(at('data/away'), at('data/in'));
  await tree.look(directory('data'), 'in');
  expect(now()).toEqual({ 'data/in/a.csv': 'present', 'data/in/b.csv': 'absent' });
});

test('what a fixed directory held is unknown, too, when what it was in has been replaced', async () => {
  const { root, at, write, remove } = place();
  write('data/in/a.csv');
  const { tree, now } = treeOf(worldOf(root, ['data/in/*.csv'], { fixed: new Set(['data', 'data/in']) }));
  await tree.list();
  remove('data');
  mkdirSync(at('data'));
  await tree.list();
  expect(now()).toEqual({ 'data/in/a.csv': 'unknown' });
});

test('a fixed directory that is missing at the start is found when it comes', async () => {
  const { root, write } = place();
  const { tree, now, steps, directory } = treeOf(
    worldOf(root, ['in/deep/*.csv'], { fixed: new Set(['in', 'in/deep']) }),
  );
  await tree.list();
  expect(steps).toEqual(['+']);
  write('in/deep/a.csv');
  await tree.look(directory(''), 'in');
  expect(now()).toEqual({ 'in/deep/a.csv': 'present' });
});

test('a subdirectory that is removed makes all that was in it absent', async () => {
  const { root, write, remove } = place();
  for (const name of ['in/day/a.csv', 'in/day/deep/b.csv', 'in/c.csv']) write(name);
  const { tree, now, steps, directory } = treeOf(worldOf(root, ['in/**/*.csv'], { fixed: new Set(['in']) }));
  await tree.list();
  remove('in/day');
  await tree.look(directory('in'), 'day');
  expect(now()).toEqual({ 'in/day/a.csv': 'absent', 'in/day/deep/b.csv': 'absent', 'in/c.csv': 'present' });
  expect(steps.filter((step) => step.startsWith('-')).sort()).toEqual(['-in/day', '-in/day/deep']);
});

test('a file becomes a directory, and a file again', async () => {
  const { root, write, remove } = place();
  write('in/x');
  const { tree, now, directory } = treeOf(worldOf(root, ['in/*', 'in/*/*']));
  await tree.list();
  expect(now()).toEqual({ 'in/x': 'present' });
  remove('in/x');
  write('in/x/y');
  await tree.look(directory('in'), 'x');
  expect(now()).toEqual({ 'in/x': 'absent', 'in/x/y': 'present' });
  remove('in/x');
  write('in/x');
  await tree.look(directory('in'), 'x');
  expect(now()).toEqual({ 'in/x': 'present', 'in/x/y': 'absent' });
});

test('what is ignored is neither told nor entered', async () => {
  const { root, write } = place();
  for (const name of ['in/a.csv', 'in/b.csv', 'in/skip/c.csv', 'in/day/d.csv']) write(name);
  const ignores = (file: string): boolean => file === 'in/b.csv' || file === 'in/skip';
  const { tree, now, steps, directory } = treeOf(worldOf(root, ['in/**/*.csv'], { ignores }));
  await tree.list();
  await tree.look(directory('in'), 'b.csv');
  await tree.look(directory('in'), 'skip');
  expect(now()).toEqual({ 'in/a.csv': 'present', 'in/day/d.csv': 'present' });
  expect(steps).not.toContain('+in/skip');
});

test('an object that is a directory is touched by whatever happens in it, at any depth', async () => {
  const { root, at, write, remove } = place();
  write('in/day/deep/down/a.csv');
  const { tree, touched, directory } = treeOf(worldOf(root, ['in/{day}/']));
  await tree.list();
  const touches = async (act: () => void, where: string, name: string): Promise<void> => {
    touched.clear();
    act();
    await tree.look(directory(where), name);
    expect([...touched], `${where}/${name}`).toEqual([fileId('in/day/')]);
  };
  await touches(() => write('in/day/deep/down/a.csv', 'more'), 'in/day/deep/down', 'a.csv');
  await touches(() => write('in/day/deep/b'), 'in/day/deep', 'b');
  await touches(() => remove('in/day/deep/b'), 'in/day/deep', 'b');
  await touches(() => write('in/day/new/c'), 'in/day', 'new');
  await touches(() => remove('in/day/deep'), 'in/day', 'deep');
  await touches(() => renameSync(at('in/day'), at('away')), 'in', 'day');
});

test('a marker that comes or goes touches what it is the marker of, and is no object itself', async () => {
  const { root, write, remove } = place();
  write('in/a.csv');
  const { tree, now, touched, directory } = treeOf(
    worldOf(root, ['in/*.csv', 'in/*.done'], {
      objectsOf: (file) => [file.endsWith('.done') ? fileId(file.slice('file:'.length).replace(/done$/, 'csv')) : file],
    }),
  );
  await tree.list();
  expect([...touched]).toEqual([]);
  write('in/a.done');
  await tree.look(directory('in'), 'a.done');
  expect([...touched]).toEqual([fileId('in/a.csv')]);
  touched.clear();
  remove('in/a.done');
  await tree.look(directory('in'), 'a.done');
  expect([...touched]).toEqual([fileId('in/a.csv')]);
  expect(now()).toEqual({ 'in/a.csv': 'present' });
});

test('what was read of a file is forgotten with the file', async () => {
  const { root, write, remove } = place();
  for (const name of ['in/a.csv', 'in/b.csv', 'in/day/c.csv', 'in/day/d.csv']) write(name);
  const world = worldOf(root, ['in/**/*.csv']);
  const { tree, directory } = treeOf(world);
  await tree.list();
  const ids = ['in/a.csv', 'in/b.csv', 'in/day/c.csv'].map(fileId);
  for (const id of ids) world.contents.set(id, { stamp: 'any', version: asVersion('any') });
  remove('in/a.csv');
  remove('in/day');
  await tree.look(directory('in'), 'a.csv');
  await tree.look(directory('in'), 'day');
  expect([...world.contents.keys()]).toEqual([fileId('in/b.csv')]);
});
