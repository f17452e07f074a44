/** What is heard of a real directory, and what it costs. */
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/objects/hints.ts';
import { place } from './rig.ts';

/** Watches that this process has of the system. */
function watches(): number {
  let count = 0;
  for (const descriptor of readdirSync('/proc/self/fdinfo')) {
    try {
      count += readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8').split('inotify wd:').length - 1;
    } catch {
      // It was the descriptor of the listing.
    }
  }
  return count;
}

/** The system is told to end a watch after what it has just told was dealt with. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Ears {
  readonly heard: string[];
  /** Resolves once this was heard. */
  until(what: string): Promise<void>;
  end(): void;
}

async function listenTo(directory: string): Promise<Ears> {
  const heard: string[] = [];
  let check = (): void => {};
  const end = await listen(directory, {
    heard(name, moved) {
      heard.push(`${name}${moved ? ' moved' : ''}`);
      check();
    },
    failed: (code) => heard.push(`failed ${code}`),
  });
  onTestFinished(end);
  return {
    heard,
    end,
    until: (what) =>
      new Promise((resolve) => {
        check = () => heard.includes(what) && resolve();
        check();
      }),
  };
}

test('a directory costs one watch, however many files it holds, and none once it is closed', async () => {
  const { at, write } = place();
  const before = watches();
  for (let n = 0; n < 200; n += 1) write(`in/${n}.csv`);
  write('in/deep/a.csv');
  const { end, until } = await listenTo(at('in'));
  expect(watches() - before).toBe(1);
  for (let n = 0; n < 200; n += 1) write(`in/${n}.csv`, 'more');
  write('in/last');
  await until('last');
  expect(watches() - before).toBe(1);
  end();
  await turn();
  expect(watches() - before).toBe(0);
});

test('what comes, is written, is renamed in and goes is heard, and the end of the directory itself', async () => {
  const { at, write, remove } = place();
  write('in/there.csv');
  write('elsewhere/b.csv');
  const { until, heard } = await listenTo(at('in'));
  write('in/new.csv');
  await until('new.csv moved');
  write('in/there.csv', 'more');
  await until('there.csv');
  renameSync(at('elsewhere/b.csv'), at('in/b.csv'));
  await until('b.csv moved');
  remove('in/there.csv');
  await until('there.csv moved');
  expect(heard).not.toContain('in moved');
  rmSync(at('in'), { recursive: true });
  await until('in moved');
});

test('a directory that is renamed away says so', async () => {
  const { at, write } = place();
  write('in/a.csv');
  const { until } = await listenTo(at('in'));
  renameSync(at('in'), at('away'));
  await until('in moved');
});

test('after it was closed nothing more is heard', async () => {
  const { at, write } = place();
  write('in/a.csv');
  const one = await listenTo(at('in'));
  const other = await listenTo(at('in'));
  write('in/b.csv');
  one.end();
  const { length } = one.heard;
  write('in/c.csv');
  await other.until('c.csv moved');
  expect(one.heard.length).toBe(length);
});

test('a missing directory is nothing to wait for, and leaves nothing behind', async () => {
  const { at } = place();
  const before = watches();
  const { end, heard } = await listenTo(at('nowhere'));
  end();
  // Whatever was still under way would have come to its end before this.
  const { end: endOther } = await listenTo(at(''));
  endOther();
  await turn();
  expect(watches() - before).toBe(0);
  expect(heard).toEqual([]);
});
