/** Listing and looking at real files: what is an object, what is passed over, what is set aside, and what a version is. */
import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { undeclared } from '../../src/core/mapping.ts';
import { fileId } from '../../src/core/object.ts';
import { parsePattern } from '../../src/core/pattern.ts';
import { PatternIndex } from '../../src/core/pattern-index.ts';
import { lookAt, syncFiles } from '../../src/objects/files.ts';
import { listFiles } from '../../src/objects/list.ts';
import type { FileWorld } from '../../src/objects/world.ts';

let root = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'objflow-files-')));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string | Buffer, text = 'x'): void {
  const file = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);
  if (typeof name === 'string') mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(file, text);
}

function world(patterns: readonly string[], more: Partial<FileWorld> = {}): FileWorld {
  const index = new PatternIndex<string>();
  for (const text of patterns) {
    const parsed = parsePattern(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    index.add(parsed.value, text);
  }
  const asksFor: FileWorld['asksFor'] = (id, ending) => index.match(id).some(({ value }) => value.endsWith(ending));
  return {
    root,
    walk: (at) => index.walk(at),
    fixed: new Set(),
    objectsOf: (file) => [file],
    asksFor,
    ignores: () => false,
    rulesOf: () => undeclared,
    contents: new Map(),
    isMade: () => false,
    clockOffset: () => 0,
    ...more,
  };
}

async function names(patterns: readonly string[], more: Partial<FileWorld> = {}): Promise<string[]> {
  const { looks } = await listFiles(world(patterns, more));
  return looks.map(({ object }) => object.slice('file:'.length)).sort();
}

test('finds what patterns match, at any depth, by relative, absolute and upward paths', async () => {
  for (const name of ['a.csv', 'in/b.csv', 'in/deep/down/c.csv', 'in/other.txt', 'sub/d.csv']) write(name);
  expect(await names(['a.csv', 'in/{x}.csv'])).toEqual(['a.csv', 'in/b.csv']);
  expect(await names(['in/**/*.csv'])).toEqual(['in/b.csv', 'in/deep/down/c.csv']);
  expect(await names([`${root}/in/*.csv`])).toEqual([`${root}/in/b.csv`]);
  const up = { root: path.join(root, 'sub') };
  expect(await names(['../in/*.csv', '*.csv'], up)).toEqual(['../in/b.csv', 'd.csv']);
  expect(await names(['nowhere/*.csv', 'a.csv/*.csv'])).toEqual([]);
});

test('names that differ in case, or in how an accent is written, are as many files as the disk says', async () => {
  const twins = ['in/A.csv', 'in/a.csv', 'in/caf\u00e9.csv', 'in/cafe\u0301.csv'];
  for (const name of twins) write(name);
  const listed = readdirSync(path.join(root, 'in')).map((name) => `in/${name}`);
  expect(await names(['in/{x}.csv'])).toEqual(listed.sort());
});

test('passes over unfinished uploads and hidden names, unless a pattern asks for them', async () => {
  for (const name of ['a.csv', 'b.csv.part', 'c.tmp', 'd.csv~', '.e.csv', '.hidden/f.csv']) write(`in/${name}`);
  expect(await names(['in/*', 'in/**/*.csv'])).toEqual(['in/a.csv']);
  expect(await names(['in/*.part', 'in/*.csv~', 'in/.e.csv'])).toEqual(['in/.e.csv', 'in/b.csv.part', 'in/d.csv~']);
});

test('sets aside names that no command could be given, and what is no file', async () => {
  write('in/good.csv');
  write(Buffer.from('in/new\nline.csv'));
  write(Buffer.concat([Buffer.from('in/bad'), Buffer.from([0xff]), Buffer.from('.csv')]));
  write('in/\ufffd.csv');
  symlinkSync('good.csv', path.join(root, 'in/link.csv'));
  mkdirSync(path.join(root, 'in/day.csv'));
  execFileSync('mkfifo', [path.join(root, 'in/pipe.csv')]);
  const { looks, setAside } = await listFiles(world(['in/*.csv']));
  expect(looks.map(({ object }) => object).sort()).toEqual([fileId('in/good.csv'), fileId('in/\ufffd.csv')]);
  expect(setAside.map(({ name, why }) => `${name}: ${why}`).sort()).toEqual([
    'in/bad\\xff.csv: its name is not UTF-8',
    'in/day.csv: it is a directory, not a file',
    'in/link.csv: it is a symbolic link, not a file',
    'in/new\\x0aline.csv: its name holds control characters',
    'in/pipe.csv: it is a named pipe, not a file',
  ]);
});

test('follows a link to a directory where a pattern names it, and nowhere else', async () => {
  write('elsewhere/a.csv');
  mkdirSync(path.join(root, 'in'));
  symlinkSync('elsewhere', path.join(root, 'landing'));
  symlinkSync('../elsewhere', path.join(root, 'in/day'));
  expect(await names(['landing/*.csv'], { fixed: new Set(['landing']) })).toEqual(['landing/a.csv']);
  expect(await names(['in/{day}/*.csv'])).toEqual([]);
});

test('a look at what a link leads to now finds nothing, unless the link is written down or a job makes what is there', async () => {
  write('elsewhere/a.csv');
  write('elsewhere/day/b.csv');
  mkdirSync(path.join(root, 'in'));
  symlinkSync('../elsewhere', path.join(root, 'in/sub'));
  const [file, deeper, directory] = [fileId('in/sub/a.csv'), fileId('in/sub/day/b.csv'), fileId('in/sub/day/')];
  const states = async (more: Partial<FileWorld>) =>
    (await lookAt(world([], more), [file, deeper, directory])).map(({ found }) => found.state);
  expect(await states({})).toEqual(['absent', 'absent', 'absent']);
  expect(await states({ fixed: new Set(['in', 'in/sub']) })).toEqual(['present', 'present', 'present']);
  expect(await states({ isMade: (id) => id === file })).toEqual(['present', 'absent', 'absent']);
});

test('a version tells any two states apart; a file moved into place says so', async () => {
  const look = async () => {
    const [first] = await lookAt(world([]), [fileId('a.csv')]);
    return first?.found;
  };
  expect(await look()).toEqual({ state: 'absent' });
  write('a.csv', 'one');
  const one = await look();
  write('a.csv', 'two');
  const two = await look();
  expect(two).not.toEqual(one);
  utimesSync(path.join(root, 'a.csv'), 1e9, 1e9);
  expect(await look()).toMatchObject({ state: 'present', size: 3, moved: true });
  write('b.csv', 'one');
  linkSync(path.join(root, 'b.csv'), path.join(root, 'c.csv'));
  renameSync(path.join(root, 'c.csv'), path.join(root, 'd.csv'));
  renameSync(path.join(root, 'b.csv'), path.join(root, 'a.csv'));
  const three = await look();
  expect(three).not.toEqual(two);
  // The same bytes, size and times under the same name: it is another file.
  const { atime, mtime } = statSync(path.join(root, 'a.csv'));
  write('e.csv', 'one');
  utimesSync(path.join(root, 'e.csv'), atime, mtime);
  renameSync(path.join(root, 'e.csv'), path.join(root, 'a.csv'));
  expect(await look()).not.toEqual(three);
});

test('by content, the same bytes are the same version', async () => {
  const ids = [fileId('a.csv')];
  const content = world([], { rulesOf: () => ({ version: 'content' }) });
  write('a.csv', 'same');
  const [one] = await lookAt(content, ids, { content: true });
  write('a.csv', 'same');
  const [two] = await lookAt(content, ids, { content: true });
  write('a.csv', 'else');
  const [three] = await lookAt(content, ids, { content: true });
  const version = (look: typeof one) => (look?.found.state === 'present' ? look.found.version : undefined);
  expect(version(one)).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(version(two)).toBe(version(one));
  expect(version(three)).not.toBe(version(one));
});

test('puts files on disk, and says which could not be', async () => {
  write('out/a.csv');
  expect(await syncFiles({ root }, [fileId('out/a.csv')])).toBeUndefined();
  expect(await syncFiles({ root }, [fileId('out/gone.csv')])).toBe(`${root}/out/gone.csv: ENOENT`);
});
