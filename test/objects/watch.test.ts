/**
 * Watching: whatever is heard, or is not, what is there in the end is what was looked at last. Most of it with an ear
 * that hears what the test says; some with the real one.
 */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { undeclared } from '../../src/core/mapping.ts';
import { fileId } from '../../src/core/object.ts';
import { listen } from '../../src/objects/hints.ts';
import { ear, place, type Watched, watchOf, worldOf } from './rig.ts';

/** Resolves once this was seen last of a file. */
const seen = ({ now, until }: Watched, file: string, state: string): Promise<void> =>
  until(() => now()[file] === state);

test('a hint is followed by a look, and one directory is listened to once', async () => {
  const here = place();
  const { listen, say, live } = ear(here);
  here.write('in/a.csv');
  here.write('in/day/b.csv');
  const watched = watchOf(worldOf(here.root, ['in/**/*.csv']), listen);
  await watched.watching.open();
  expect(watched.now()).toEqual({ 'in/a.csv': 'present', 'in/day/b.csv': 'present' });
  expect(live()).toEqual(['', 'in', 'in/day']);
  expect(watched.watching.directories).toBe(3);
  here.write('in/c.csv');
  say('in', 'c.csv');
  await seen(watched, 'in/c.csv', 'present');
  here.remove('in/day');
  say('in', 'day');
  await seen(watched, 'in/day/b.csv', 'absent');
  expect(live()).toEqual(['', 'in']);
});

test('once it is closed nothing is listened to, and nothing told', async () => {
  const here = place();
  const { listen, live } = ear(here);
  here.write('in/day/a.csv');
  const watched = watchOf(worldOf(here.root, ['in/**/*.csv']), listen, { rescan: 1 });
  await watched.watching.open();
  await watched.until(() => watched.told.includes('relisted'));
  watched.watching.close();
  const { length } = watched.told;
  here.write('in/b.csv');
  expect(live()).toEqual([]);
  await setTimeout(50);
  expect(watched.told.length).toBe(length);
  expect(watched.now()).toEqual({ 'in/day/a.csv': 'present' });
});

test('what happens while everything is looked at for the first time is told once that is over', async () => {
  const here = place();
  const { listen, say, hold } = ear(here);
  here.write('in/a.csv');
  here.write('in/slow/b.csv');
  const { reached, release } = hold('in/slow');
  const watched = watchOf(worldOf(here.root, ['in/**/*.csv']), listen);
  const opened = watched.watching.open();
  await reached;
  here.remove('in/a.csv');
  here.write('in/c.csv');
  say('in', 'a.csv');
  say('in', 'c.csv');
  await setTimeout(10);
  release();
  await opened;
  expect(watched.now()).toEqual({ 'in/a.csv': 'absent', 'in/slow/b.csv': 'present', 'in/c.csv': 'present' });
});

test('hints that are lost are made good by listing again', async () => {
  const here = place();
  const { listen } = ear(here);
  here.write('in/a.csv');
  const watched = watchOf(worldOf(here.root, ['in/**/*.csv']), listen, { rescan: 10 });
  await watched.watching.open();
  here.remove('in/a.csv');
  here.write('in/day/b.csv');
  await seen(watched, 'in/a.csv', 'absent');
  await seen(watched, 'in/day/b.csv', 'present');
});

test('after more hints than a quarter of what the system keeps, all is listed again', async () => {
  const here = place();
  const { listen, say } = ear(here);
  here.write('in/a.csv');
  const watched = watchOf(worldOf(here.root, ['in/*.csv']), listen);
  await watched.watching.open();
  const most = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8')) / 4;
  here.write('in/lost.csv');
  for (let n = 0; n < most; n += 1) say('in', 'a.csv', false);
  here.write('in/b.csv');
  await setTimeout(10);
  say('in', 'b.csv');
  await seen(watched, 'in/b.csv', 'present');
  expect(watched.told).toEqual([]);
  for (let n = 0; n <= most; n += 1) say('in', 'a.csv', false);
  await seen(watched, 'in/lost.csv', 'present');
  await watched.until(() => watched.told.includes('relisted'));
});

test('a clock that was set means that the machine may have slept: all is listed again', async () => {
  const here = place();
  const { listen } = ear(here);
  let offset = 0;
  const watched = watchOf(worldOf(here.root, ['*.csv'], { clockOffset: () => offset }), listen);
  await watched.watching.open();
  here.write('lost.csv');
  offset = 3_600_000;
  await seen(watched, 'lost.csv', 'present');
});

test('of two writes 0 to 100 ms apart the last is always looked at', async () => {
  const here = place();
  const watched = watchOf(worldOf(here.root, ['in/*.csv']), listen);
  mkdirSync(here.at('in'));
  await watched.watching.open();
  const size = (file: string): number | undefined => {
    const found = watched.looks.findLast(({ object }) => object === fileId(file))?.found;
    return found?.state === 'present' ? found.size : undefined;
  };
  const pauses = [0, 0, 1, 2, 4, 8, 12, 16, 20, 25, 30, 35, 40, 43, 45, 47, 49, 50, 51, 53, 55, 60, 70, 80, 90, 100];
  for (const pause of pauses) {
    const files = ['one', 'two', 'three'].map((name) => `in/${name}-${watched.looks.length}.csv`);
    for (const file of files) here.write(file, 'x');
    if (pause > 0) await setTimeout(pause);
    for (const file of files) here.write(file, 'xx');
    await watched.until(() => files.every((file) => size(file) === 2));
  }
});

test('a directory that is removed and made again, over and over, is heard each time', async () => {
  const here = place();
  here.write('in/first.csv');
  const watched = watchOf(worldOf(here.root, ['in/*.csv'], { fixed: new Set(['in']) }), listen);
  await watched.watching.open();
  for (let n = 0; n < 30; n += 1) {
    here.remove('in');
    if (n % 3 === 1) await setTimeout(n);
    here.write(`in/${n}.csv`);
    await seen(watched, `in/${n}.csv`, 'present');
    here.write(`in/${n}-later.csv`);
    await seen(watched, `in/${n}-later.csv`, 'present');
  }
  expect(watched.watching.directories).toBe(2);
});

test('what a fixed directory held is unknown while it is moved away, and there when it comes back', async () => {
  const here = place();
  here.write('in/a.csv');
  const watched = watchOf(worldOf(here.root, ['in/*.csv'], { fixed: new Set(['in']) }), listen);
  await watched.watching.open();
  renameSync(here.at('in'), here.at('away'));
  await seen(watched, 'in/a.csv', 'unknown');
  renameSync(here.at('away'), here.at('in'));
  await seen(watched, 'in/a.csv', 'present');
  here.write('in/b.csv');
  await seen(watched, 'in/b.csv', 'present');
});

test('a directory that goes while it begins to be listened to is not listened to for ever', async () => {
  const here = place();
  const { listen, say, live, hold } = ear(here);
  const watched = watchOf(worldOf(here.root, ['in/*.csv'], { fixed: new Set(['in']) }), listen);
  await watched.watching.open();
  for (let n = 0; n < 3; n += 1) {
    const { reached, release } = hold('in');
    mkdirSync(here.at('in'));
    say('', 'in');
    await reached;
    here.remove('in');
    // Calm enough that the next hint is followed at once.
    await setTimeout(60);
    say('', 'in');
    await setTimeout(10);
    release();
    await setTimeout(60);
  }
  here.write('in/a.csv');
  say('', 'in');
  await seen(watched, 'in/a.csv', 'present');
  expect(live()).toEqual(['', 'in']);
});

test('directories that cannot be listened to are listed instead, which is told once for each reason', async () => {
  const here = place();
  const { listen, failing, live } = ear(here);
  failing.set('in/one', 'ENOSPC').set('in/two', 'ENOSPC').set('in/three', 'EMFILE');
  for (const name of failing.keys()) here.write(`${name}/a.csv`);
  const watched = watchOf(worldOf(here.root, ['in/*/*.csv']), listen);
  await watched.watching.open();
  expect(live()).toEqual(['', 'in']);
  for (const name of failing.keys()) here.write(`${name}/b.csv`);
  here.remove('in/one/a.csv');
  for (const name of failing.keys()) await seen(watched, `${name}/b.csv`, 'present');
  await seen(watched, 'in/one/a.csv', 'absent');
  const reasons = watched.told.map((line) => line.replace(/^polled in\/\w+ every 2000: /, ''));
  expect(reasons.sort()).toEqual([
    'so are others: the watchers of this user, or its open files, are used up; raise fs.inotify.max_user_instances, ulimit -n',
    'so are others: the watches of this user are used up; raise them: sysctl fs.inotify.max_user_watches=1048576',
  ]);
});

test('a file system of which nothing is heard is listed instead, and that is told', async () => {
  const here = place();
  const { listen, live, deafen } = ear(here);
  deafen();
  here.write('in/a.csv');
  const watched = watchOf(worldOf(here.root, ['in/*.csv']), listen);
  await watched.watching.open();
  await watched.until(() => watched.told.includes('relisted'));
  expect(watched.told[0]).toBe('polled  every 2000: a file that was written there to try was not heard of');
  expect(live()).toEqual([]);
  here.write('in/b.csv');
  await seen(watched, 'in/b.csv', 'present');
  expect(watched.told.filter((line) => line.startsWith('polled'))).toHaveLength(1);
});

test('what its user says is listed so often is not listened to', async () => {
  const here = place();
  const { listen, live, say } = ear(here);
  here.write('in/a.csv');
  const polling = (at: string): number | undefined => (at === 'in' || at.startsWith('in/') ? 20 : undefined);
  const watched = watchOf(worldOf(here.root, ['in/**/*.csv'], { fixed: new Set(['in']) }), listen, { polling });
  await watched.watching.open();
  expect(live()).toEqual(['']);
  here.write('in/day/b.csv');
  await seen(watched, 'in/day/b.csv', 'present');
  here.remove('in/a.csv');
  await seen(watched, 'in/a.csv', 'absent');
  renameSync(here.at('in'), here.at('away'));
  await seen(watched, 'in/day/b.csv', 'unknown');
  renameSync(here.at('away'), here.at('in'));
  say('', 'in');
  await seen(watched, 'in/day/b.csv', 'present');
  here.write('in/day/c.csv');
  await seen(watched, 'in/day/c.csv', 'present');
});

test('a name that was set aside is told once, however often it is listed', async () => {
  const here = place();
  const { listen } = ear(here);
  here.write('in/new\nline.csv');
  const watched = watchOf(worldOf(here.root, ['in/*.csv']), listen, { rescan: 5 });
  await watched.watching.open();
  await watched.until(() => watched.told.filter((line) => line === 'relisted').length >= 3);
  const aside = watched.told.filter((line) => line.startsWith('set aside'));
  expect(aside).toEqual(['set aside in/new\\x0aline.csv: its name holds control characters']);
});

test('a directory that is busy with a name that is no text is listed by one at a time', async () => {
  const here = place();
  const { listen, say } = ear(here);
  for (let n = 0; n < 400; n += 1) here.write(`in/${n}.csv`);
  const asked: string[] = [];
  let slow = false;
  let running = 0;
  let most = 0;
  const ignores = (file: string): boolean => {
    if (!slow) asked.push(file);
    else {
      if (file === first) running += 1;
      most = Math.max(most, running);
      if (file === last) running -= 1;
      for (const began = performance.now(); performance.now() - began < 0.5; );
    }
    return false;
  };
  const watched = watchOf(worldOf(here.root, ['in/*.csv'], { ignores }), listen);
  await watched.watching.open();
  const files = asked.filter((file) => file !== 'in');
  const [first, last] = [files[0], files.at(-1)];
  slow = true;
  for (let n = 0; n < 5; n += 1) {
    say('in', 'bad\ufffd', false);
    await setTimeout(60);
  }
  here.write('in/after.csv');
  say('in', 'bad\ufffd', false);
  await seen(watched, 'in/after.csv', 'present');
  expect(most).toBe(1);
});

test('a marker that lands has its object looked at', async () => {
  const here = place();
  const { listen, say } = ear(here);
  here.write('in/a.csv');
  const watched = watchOf(
    worldOf(here.root, ['in/*.csv', 'in/*.done'], {
      objectsOf: (file) => [file.endsWith('.done') ? fileId(file.slice('file:'.length, -'.done'.length)) : file],
    }),
    listen,
  );
  await watched.watching.open();
  const { length } = watched.looks;
  here.write('in/a.csv.done');
  say('in', 'a.csv.done');
  await watched.until(() => watched.looks.length > length);
  expect(watched.looks.slice(length).map(({ object }) => object)).toEqual([fileId('in/a.csv')]);
});

test('an object that is a directory is looked into when something deep in it changes', async () => {
  const here = place();
  const { listen, say } = ear(here);
  here.write('in/day/deep/a');
  const watched = watchOf(worldOf(here.root, ['in/{day}/']), listen);
  await watched.watching.open();
  const size = (): number | undefined => {
    const found = watched.looks.at(-1)?.found;
    return found?.state === 'present' ? found.size : undefined;
  };
  expect(size()).toBe(1);
  here.write('in/day/deep/a', 'more');
  say('in/day/deep', 'a', false);
  await watched.until(() => size() === 4);
  here.write('in/day/new/b', 'more');
  say('in/day', 'new');
  await watched.until(() => size() === 8);
  here.remove('in/day');
  say('in', 'day');
  await seen(watched, 'in/day/', 'absent');
});

test('what was touched while it rested is looked into, though another takes long meanwhile', async () => {
  const here = place();
  const { listen, say } = ear(here);
  for (const name of ['in/quick/a', 'in/slow/a']) here.write(name);
  let slow = false;
  const rulesOf = (object: string) => {
    // As long as a big directory would take, and longer than the other one's rest.
    if (slow && object === 'file:in/slow/') for (const began = performance.now(); performance.now() - began < 150; );
    return undeclared;
  };
  const watched = watchOf(worldOf(here.root, ['in/{day}/'], { rulesOf }), listen);
  await watched.watching.open();
  slow = true;
  const size = (object: string): number | undefined => {
    const found = watched.looks.findLast((look) => look.object === object)?.found;
    return found?.state === 'present' ? found.size : undefined;
  };
  here.write('in/quick/a', 'xx');
  say('in/quick', 'a', false);
  await watched.until(() => size('file:in/quick/') === 2);
  here.write('in/quick/b', 'last');
  say('in/quick', 'b');
  here.write('in/slow/b', 'last');
  say('in/slow', 'b');
  await watched.until(() => size('file:in/slow/') === 5);
  await watched.until(() => size('file:in/quick/') === 6);
});

test('it may be opened again: all is told, and it goes on as before', async () => {
  const here = place();
  const { listen, live } = ear(here);
  here.write('in/a.csv');
  const { watching } = watchOf(worldOf(here.root, ['in/*.csv']), listen);
  const [first, second] = [await watching.open(), await watching.open()];
  expect(second.map(({ object }) => object)).toEqual(first.map(({ object }) => object));
  expect(live()).toEqual(['', 'in']);
});
