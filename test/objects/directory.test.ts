/** Directories as objects: all that is in one, as one thing; and contents, which are read once. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { undeclared } from '../../src/core/mapping.ts';
import { asVersion, fileId, type Observation } from '../../src/core/object.ts';
import { filesBelow, insideOf } from '../../src/objects/directory.ts';
import { lookAt, syncFiles } from '../../src/objects/files.ts';
import type { FileWorld } from '../../src/objects/world.ts';
import { type Place, place, worldOf } from './rig.ts';

const day = fileId('in/day/');

async function look(world: FileWorld, object = day, content = false): Promise<Observation> {
  const [first] = await lookAt(world, [object], { content });
  if (!first) throw new Error('nothing was looked at');
  return first.found;
}

const byContent = ({ root }: Place): FileWorld =>
  worldOf(root, [], { rulesOf: () => ({ ...undeclared, version: 'content' }) });

/** A file whose name is no text. */
const writeBytes = ({ root }: Place, name: string): void =>
  writeFileSync(Buffer.concat([Buffer.from(`${root}/${name}`), Buffer.from([0xff])]), 'x');

test('everything below it counts, sorted, but links, pipes and its own marker', async () => {
  const { root, at, write } = place();
  for (const name of ['b', 'a', 'deep/z', 'deep/down/y', '_SUCCESS', 'deep/_SUCCESS']) write(`in/day/${name}`);
  mkdirSync(at('in/day/empty'));
  symlinkSync('a', at('in/day/link'));
  execFileSync('mkfifo', [at('in/day/pipe')]);
  expect([...filesBelow({ root }, 'in/day/')]).toEqual([
    '_SUCCESS',
    'a',
    'b',
    'deep/_SUCCESS',
    'deep/z',
    'deep/down/y',
  ]);
  expect(await insideOf({ root }, 'in/day/', '_SUCCESS')).toMatchObject({ files: 5, size: 5 });
  expect(await insideOf({ root }, 'in/nowhere/', undefined)).toMatchObject({ files: 0 });
});

test('its version changes with whatever changes in it, and with nothing else', async () => {
  const here = place();
  const { root, at, write, remove } = here;
  const world = worldOf(root, []);
  mkdirSync(at('in/day/deep'), { recursive: true });
  expect(await look(world)).toEqual({ state: 'absent' });
  const seen = new Set<string>();
  const isNews = async (): Promise<boolean> => {
    const found = await look(world);
    if (found.state !== 'present') throw new Error(found.state);
    const { size } = seen;
    return seen.add(found.stamp).size > size;
  };
  write('in/day/deep/a', 'one');
  expect(await isNews()).toBe(true);
  write('in/other', 'no matter');
  mkdirSync(at('in/day/empty'));
  expect(await isNews()).toBe(false);
  write('in/day/deep/a', 'two');
  expect(await isNews()).toBe(true);
  utimesSync(at('in/day/deep/a'), 1e9, 1e9);
  expect(await isNews()).toBe(true);
  renameSync(at('in/day/deep/a'), at('in/day/deep/b'));
  expect(await isNews()).toBe(true);
  write('in/day/c');
  expect(await isNews()).toBe(true);
  remove('in/day/deep');
  expect(await isNews()).toBe(true);
});

test('its marker counts only where it is at least as new as the rest', async () => {
  const { root, at, write, remove } = place();
  const world = worldOf(root, [], {
    rulesOf: () => ({ ...undeclared, marker: { where: 'inside', name: '_SUCCESS' } }),
  });
  const marker = async () => {
    const found = await look(world);
    return found.state === 'present' ? found.marker : found.state;
  };
  write('in/day/a');
  expect(await marker()).toBe('missing');
  write('in/day/_SUCCESS');
  expect(await marker()).toBe('there');
  // A clock ahead of ours shows in times, as a later write would.
  utimesSync(at('in/day/a'), 1e10, 1e10);
  expect(await marker()).toBe('older');
  remove('in/day/a');
  expect(await marker()).toBe('absent');
});

test('content is read once for what was seen of the file', async () => {
  const here = place();
  const world = byContent(here);
  here.write('in/a.csv', 'one');
  here.write('in/day/a', 'one');
  for (const object of [fileId('in/a.csv'), day]) {
    expect(await look(world, object)).toMatchObject({ state: 'present', version: undefined });
    const read = await look(world, object, true);
    expect(read).toMatchObject({ version: expect.stringMatching(/^sha256:/) });
    const known = world.contents.get(object);
    if (!known) throw new Error('it was not kept');
    // What is answered from memory shows what memory holds.
    world.contents.set(object, { ...known, version: asVersion('remembered') });
    expect(await look(world, object, true)).toMatchObject({ version: 'remembered' });
    expect(await look(world, object)).toMatchObject({ version: 'remembered' });
  }
  here.write('in/a.csv', 'other');
  expect(await look(world, fileId('in/a.csv'))).toMatchObject({ version: undefined });
});

test('what is replaced while it is read is told as it is afterwards', async () => {
  const here = place();
  const object = fileId('in/a.csv');
  for (const name of ['in/a.csv', 'in/b.csv']) here.write(name, name);
  const other = await look(byContent(here), fileId('in/b.csv'), true);
  const world = byContent(here);
  const looking = look(world, object, true);
  renameSync(here.at('in/b.csv'), here.at('in/a.csv'));
  const found = await looking;
  const after = await look(world, object);
  if (found.state !== 'present' || after.state !== 'present' || other.state !== 'present') throw new Error('not there');
  expect([found.stamp, found.version]).toEqual([after.stamp, other.version]);
});

test('a name that is no text hides nothing of the rest', async () => {
  const here = place();
  here.write('in/day/a', 'one');
  writeBytes(here, 'in/day/bad');
  expect(await look(worldOf(here.root, []))).toMatchObject({ state: 'present', size: 3 });
  expect(await look(byContent(here), day, true)).toMatchObject({
    state: 'present',
    version: expect.stringMatching(/^sha256:/),
  });
  expect(await syncFiles({ root: here.root }, [day])).toBeUndefined();
});
