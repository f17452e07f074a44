/** The inbox: whole or not there, in order, and no stranger's file is followed, waited for or lost in silence. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asVersion, objectId } from '../../src/core/object.js';
import { type Files, realFiles } from '../../src/journal/files.js';
import {
  type Announcement,
  announce,
  inboxOf,
  makeInbox,
  peekInbox,
  readInbox,
  takeOut,
} from '../../src/journal/inbox.js';
import { directory, failingAt, filesWith, good, problemOf, systemError } from './fixtures.js';

type Content = Omit<Announcement, 'file'>;

const stateFile = (): string => join(directory(), '.objflow', 'state.jsonl');

const content = (n: number, key?: string): Content => ({
  object: objectId('table', `raw.t${n}`),
  version: asVersion(`v${n}`),
  at: 1_700_000_000_000 + n,
  ...(key === undefined ? {} : { key }),
});

const several = (count: number): Content[] => Array.from({ length: count }, (_, n) => content(n));

const without = ({ announcements }: { readonly announcements: readonly Announcement[] }): Content[] =>
  announcements.map(({ file: _, ...rest }) => rest);

/** Everything in the inbox, whatever its name. */
const all = (state: string): string[] => (existsSync(inboxOf(state)) ? readdirSync(inboxOf(state)) : []);

const empty = { announcements: [], requests: [], refused: [], more: false };

test('what is announced is read as it was, until it is taken out', () => {
  const state = stateFile();
  expect(readInbox(state, 10)).toEqual(empty);
  expect(existsSync(inboxOf(state))).toBe(false);
  good(
    announce(state, [content(1, 'k'), { object: objectId('file', 'a/ä "q".csv'), version: asVersion(''), at: 1.5 }]),
  );
  const read = readInbox(state, 10);
  expect(read).toMatchObject({ refused: [], more: false });
  expect(without(read)).toEqual([content(1, 'k'), { object: 'file:a/ä "q".csv', version: '', at: 1.5 }]);
  expect(readInbox(state, 10)).toEqual(read);
  takeOut(state, [read.announcements[0]?.file ?? '']);
  expect(readInbox(state, 10).announcements).toEqual(read.announcements.slice(1));
  takeOut(
    state,
    read.announcements.map(({ file }) => file), // one of them is gone already
  );
  expect(readInbox(state, 10)).toEqual(empty);
  expect(all(state)).toEqual([]);
});

describe('what is taken out', () => {
  const both = (state: string): readonly string[] => {
    good(announce(state, several(2)));
    return readInbox(state, 10).announcements.map(({ file }) => file);
  };

  test('is gone, also where somebody else was faster', () => {
    const state = stateFile();
    const names = both(state);
    rmSync(join(inboxOf(state), names[0] ?? ''));
    expect(takeOut(state, names)).toBe(true);
    expect(takeOut(state, [])).toBe(true);
    expect(all(state)).toEqual([]);
  });

  test('and stays, because a directory has taken its place: that is told, and the rest goes', () => {
    const state = stateFile();
    const names = both(state);
    rmSync(join(inboxOf(state), names[0] ?? ''));
    mkdirSync(join(inboxOf(state), names[0] ?? ''));
    expect(takeOut(state, names)).toBe(false);
    expect(all(state)).toEqual(names.slice(0, 1));
  });

  test('and stays, because the system says so: that is told, the rest goes, and it is read again', () => {
    const state = stateFile();
    const names = both(state);
    const files = filesWith({
      unlink: (path) => {
        if (path.endsWith(names[0] ?? '')) throw systemError('EPERM');
        realFiles.unlink(path);
      },
    });
    expect(takeOut(state, names, files)).toBe(false);
    expect(without(readInbox(state, 10))).toEqual(several(1));
  });
});

test('the directory and its files are for this user alone', () => {
  const state = stateFile();
  expect(good(makeInbox(state))).toBe(inboxOf(state));
  good(announce(state, [content(1)]));
  expect(statSync(inboxOf(state)).mode & 0o777).toBe(0o700);
  expect(statSync(join(inboxOf(state), all(state)[0] ?? '')).mode & 0o777).toBe(0o600);
});

test('a file is the documented document', () => {
  const state = stateFile();
  good(announce(state, [content(1, 'k')]));
  const text = readFileSync(join(inboxOf(state), all(state)[0] ?? ''), 'utf8');
  expect(JSON.parse(text)).toEqual({
    format: 'objflow-announcement',
    version: 1,
    object: 'table:raw.t1',
    objectVersion: 'v1',
    key: 'k',
    at: 1_700_000_000_001,
  });
});

test('many at once, and call after call, are taken in the order in which they were made, a part at a time', () => {
  const state = stateFile();
  const made = several(300);
  good(announce(state, made.slice(0, 250)));
  for (const one of made.slice(250)) good(announce(state, [one]));
  const taken: Content[] = [];
  for (let round = 1; ; round++) {
    const read = readInbox(state, 100);
    taken.push(...without(read));
    takeOut(
      state,
      read.announcements.map(({ file }) => file),
    );
    expect(read.more).toBe(round < 3);
    if (!read.more) break;
  }
  expect(taken).toEqual(made);
  expect(readInbox(state, 100)).toEqual(empty);
});

test('many cost one sync of the directory', () => {
  const state = stateFile();
  const inbox = good(makeInbox(state));
  const opened: string[] = [];
  const files = filesWith({
    open: (path, ...rest) => {
      opened.push(path);
      return realFiles.open(path, ...rest);
    },
  });
  good(announce(state, several(50), files));
  expect(opened.filter((path) => path === inbox)).toHaveLength(1);
  expect(opened.at(-1)).toBe(inbox);
  expect(opened).toHaveLength(51);
});

test('nothing to announce makes nothing', () => {
  const state = stateFile();
  good(announce(state, []));
  expect(existsSync(inboxOf(state))).toBe(false);
});

describe('a crash', () => {
  /** From the n-th call (from 1) on, everything fails: as a process that was killed does nothing more. */
  function dyingAt(n: number): { files: Files; calls: () => number } {
    let calls = 0;
    const tap =
      <A extends unknown[], R>(call: (...given: A) => R) =>
      (...given: A): R => {
        calls += 1;
        if (calls >= n) throw systemError('EIO');
        return call(...given);
      };
    const { open, write, sync, rename, unlink } = realFiles;
    const files = filesWith({
      open: tap(open),
      write: tap(write),
      sync: tap(sync),
      rename: tap(rename),
      unlink: tap(unlink),
    });
    return { files, calls: () => calls };
  }

  test('at any call leaves whole announcements only, the first of them, and nothing before all are on disk', () => {
    const made = several(3);
    const { files, calls } = dyingAt(Number.POSITIVE_INFINITY);
    good(announce(stateFile(), made, files));
    const total = calls();
    expect(total).toBeGreaterThan(13);
    const counts: number[] = [];
    for (let n = 1; n <= total; n++) {
      const state = stateFile();
      const result = announce(state, made, dyingAt(n).files);
      const read = readInbox(state, 10);
      expect(result.ok, `${n}`).toBe(false);
      expect(read.refused).toEqual([]);
      expect(without(read)).toEqual(made.slice(0, read.announcements.length));
      counts.push(read.announcements.length);
    }
    expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3]));
    // Three files are opened, written and synced before the first of three renames; then the directory.
    expect(counts.slice(-5)).toEqual([0, 1, 2, 3, 3]);
  });

  test('leaves what was being written out of sight, and it is removed after an hour', () => {
    const state = stateFile();
    const { files } = dyingAt(6);
    expect(announce(state, several(3), files).ok).toBe(false);
    good(announce(state, [content(9)]));
    const hidden = all(state).filter((name) => name.startsWith('.'));
    expect(hidden.length).toBeGreaterThan(0);
    expect(without(readInbox(state, 10))).toEqual([content(9)]);
    expect(all(state)).toEqual(expect.arrayContaining(hidden));
    const now = Date.now() / 1000;
    const [old = ''] = hidden;
    utimesSync(join(inboxOf(state), old), now - 3700, now - 3700);
    expect(without(readInbox(state, 10))).toEqual([content(9)]);
    expect(all(state).filter((name) => name.startsWith('.'))).toEqual(hidden.filter((name) => name !== old));
  });
});

describe('a disk that fails', () => {
  test('at any one call: all or nothing is left, or the problem says how many, and nothing stays half written', () => {
    const made = several(3);
    const { files, calls } = failingAt(Number.POSITIVE_INFINITY, 'before');
    good(announce(stateFile(), made, files));
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; n <= calls.length; n++) {
        const state = stateFile();
        const problem = problemOf(announce(state, made, failingAt(n, when).files));
        expect(problem.message).toMatch(/inbox .*\.objflow\/inbox: EIO; check the disk/);
        const { length } = without(readInbox(state, 10));
        const told = Number(/; (\d) of 3 announcements were made$/.exec(problem.message)?.[1] ?? 0);
        // A rename that failed after it was done is the one thing that nobody can tell.
        expect(length - told, `${when} ${n}`).toBe(when === 'after' && calls[n - 1] === 'rename' ? 1 : 0);
        expect(all(state).filter((name) => name.startsWith('.'))).toEqual([]);
      }
    }
  });

  const ways: Readonly<Record<string, Files['write']>> = {
    'a short write': (descriptor, bytes, position) => realFiles.write(descriptor, bytes.subarray(3), position),
    ENOSPC: () => {
      throw systemError('ENOSPC');
    },
    EDQUOT: () => {
      throw systemError('EDQUOT');
    },
  };
  for (const [name, write] of Object.entries(ways)) {
    test(`is full (${name}): nothing is announced, and it can be tried again`, () => {
      const state = stateFile();
      const problem = problemOf(announce(state, several(2), filesWith({ write })));
      expect(problem).toMatchObject({ code: 'full', retryable: true, message: expect.stringMatching(/make room$/) });
      expect(all(state)).toEqual([]);
      good(announce(state, several(2)));
      expect(without(readInbox(state, 10))).toEqual(several(2));
    });
  }
});

describe('strangers', () => {
  const document = { format: 'objflow-announcement', version: 1, object: 'table:x', objectVersion: '1', at: 1 };
  const put = (state: string, name: string, text: string | Buffer): void =>
    writeFileSync(join(good(makeInbox(state)), name), text);

  const texts: Readonly<Record<string, [text: string | Buffer, why: RegExp]>> = {
    garbage: ['\u0000\u001b[2Jnot json', /^it is not a JSON document;/],
    nothing: ['', /^it is not a JSON document;/],
    'half a document': [JSON.stringify(document).slice(0, -5), /^it is not a JSON document;/],
    'bytes that are no text': [
      Buffer.from(JSON.stringify(document).replace('table:x', 'table:\u00ff'), 'latin1'),
      /^it is not a JSON document;/,
    ],
    'a list': ['[]', /^it is not an announcement/],
    'deep nesting': ['['.repeat(60_000), /^it is not a JSON document;/],
    'another format': [JSON.stringify({ ...document, format: 'objflow-state' }), /^it is not an announcement/],
    'a newer version': [JSON.stringify({ ...document, version: 2 }), /^a newer objflow wrote it \(version 2\)/],
    'a version that is none': [JSON.stringify({ ...document, version: '1' }), /"version"/],
    'no kind': [JSON.stringify({ ...document, object: 'raw' }), /"object"/],
    'an object that paints': [JSON.stringify({ ...document, object: 'table:\u001b[2J' }), /"object"/],
    'no object': [JSON.stringify({ ...document, object: { a: 1 } }), /"object"/],
    'no version of the object': [JSON.stringify({ ...document, objectVersion: 7 }), /"objectVersion"/],
    'a key that is no text': [JSON.stringify({ ...document, key: 7 }), /"key"/],
    'no time': [JSON.stringify({ ...document, at: '2026' }), /"at"/],
    'a time that is no number': [JSON.stringify(document).replace('"at":1', '"at":1e999'), /"at"/],
    '1 MB': [JSON.stringify({ ...document, padding: 'x'.repeat(1_000_000) }), /^it is larger than 64 KiB;/],
  };

  /** It is told once, with why, and moved where nobody looks; what else waits is read all the same. */
  function isRefusedOnce(state: string, name: string, why: RegExp): void {
    good(announce(state, [content(1)]));
    const read = readInbox(state, 10);
    expect(read.refused).toEqual([{ name, why: expect.stringMatching(why) }]);
    expect(without(read)).toEqual([content(1)]);
    const [now] = /\.refused-[\w.-]+$/.exec(read.refused[0]?.why ?? '') ?? [''];
    expect(lstatSync(join(inboxOf(state), now))).toBeDefined();
    expect(readInbox(state, 10)).toEqual({ ...read, refused: [] });
  }

  test.each(Object.entries(texts))('%s', (_, [text, why]) => {
    const state = stateFile();
    put(state, '0.json', text);
    isRefusedOnce(state, '0.json', why);
  });

  test('a link is not followed, and what it leads to stays', () => {
    const state = stateFile();
    const elsewhere = join(directory(), 'elsewhere.json');
    writeFileSync(elsewhere, JSON.stringify(document));
    symlinkSync(elsewhere, join(good(makeInbox(state)), '0.json'));
    isRefusedOnce(state, '0.json', /^it is a symbolic link;/);
    expect(readFileSync(elsewhere, 'utf8')).toBe(JSON.stringify(document));
  });

  test('a FIFO that nobody writes to makes nobody wait', () => {
    const state = stateFile();
    execFileSync('mkfifo', [join(good(makeInbox(state)), '0.json')]);
    isRefusedOnce(state, '0.json', /^it is not a regular file;/);
  });

  test('a directory', () => {
    const state = stateFile();
    mkdirSync(join(good(makeInbox(state)), '0.json'));
    isRefusedOnce(state, '0.json', /^it is not a regular file;/);
  });

  test('names that are no text, that paint, and that are as long as can be', () => {
    const state = stateFile();
    const inbox = good(makeInbox(state));
    const names = [Buffer.from('0\xff', 'latin1'), Buffer.from('1\u001b[2J\n'), Buffer.from('2'.repeat(255))];
    for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${inbox}/`), name]), 'x');
    const { refused } = readInbox(state, 10);
    expect(refused.map(({ name }) => name)).toEqual(names.map((name) => name.toString()));
    expect(all(state).every((name) => /^\.refused-[\w.-]+$/.test(name))).toBe(true);
    expect(readInbox(state, 10)).toEqual(empty);
  });

  test('a name with U+FFFD in its own right is fine', () => {
    const state = stateFile();
    put(state, '\ufffd.json', JSON.stringify(document));
    expect(readInbox(state, 10)).toMatchObject({ announcements: [{ file: '\ufffd.json' }], refused: [] });
  });

  test('fields that are not known yet are passed over', () => {
    const state = stateFile();
    put(state, '0.json', JSON.stringify({ ...document, by: 'somebody', __proto__x: {} }));
    expect(readInbox(state, 10)).toEqual({
      announcements: [{ file: '0.json', object: 'table:x', version: '1', at: 1 }],
      requests: [],
      refused: [],
      more: false,
    });
  });

  test('never more of them a call than were asked for', () => {
    const state = stateFile();
    for (let n = 0; n < 5; n++) put(state, `!${n}`, 'x');
    good(announce(state, [content(1)]));
    const counts: [number, number, boolean][] = [];
    for (let round = 0; round < 3; round++) {
      const { announcements, refused, more } = readInbox(state, 2);
      counts.push([announcements.length, refused.length, more]);
    }
    expect(counts).toEqual([
      [0, 2, true],
      [0, 2, true],
      [1, 1, false],
    ]);
  });

  test('a link in place of the inbox is not followed: nothing is written there, read there or moved there', () => {
    const state = stateFile();
    const elsewhere = directory();
    writeFileSync(join(elsewhere, 'letter.txt'), 'dear reader');
    const inbox = good(makeInbox(state));
    rmSync(inbox, { recursive: true });
    symlinkSync(elsewhere, inbox);
    expect(problemOf(announce(state, [content(1)]))).toMatchObject({
      code: 'unusable',
      message: expect.stringMatching(/inbox: it is not a directory; move it away, or name another state with --state$/),
    });
    const { refused } = readInbox(state, 10);
    expect(refused).toEqual([{ name: 'inbox', why: expect.stringMatching(/^it is not a directory; it is now \./) }]);
    expect(readInbox(state, 10)).toEqual(empty);
    expect(readdirSync(elsewhere)).toEqual(['letter.txt']);
    good(announce(state, [content(1)]));
    expect(without(readInbox(state, 10))).toEqual([content(1)]);
  });

  test('a file in place of the directory of the state', () => {
    const above = directory();
    writeFileSync(join(above, 'file'), '');
    const state = join(above, 'file', 'state.jsonl');
    expect(readInbox(state, 10)).toEqual(empty);
    takeOut(state, ['x']);
    expect(problemOf(announce(state, [content(1)]))).toMatchObject({
      code: 'unusable',
      message: expect.stringMatching(/cannot make the inbox .*not a directory.*--state/),
    });
  });
});

describe('what waits', () => {
  test('can be looked at, and nothing is moved', () => {
    const state = stateFile();
    expect(peekInbox(state)).toEqual([]);
    good(announce(state, [content(1, 'a'), content(2, 'b'), content(3), content(4, 'a')]));
    writeFileSync(join(inboxOf(state), 'garbage'), 'x');
    const before = all(state);
    expect(peekInbox(state).map(({ object, key }) => [object, key])).toEqual([
      ['table:raw.t1', 'a'],
      ['table:raw.t2', 'b'],
      ['table:raw.t3', undefined],
      ['table:raw.t4', 'a'],
    ]);
    expect(all(state)).toEqual(before);
  });
});

test('the rename is the moment: before it nothing is there, after it all is', () => {
  const state = stateFile();
  const inbox = good(makeInbox(state));
  const seen: number[] = [];
  const files = filesWith({
    rename: (from, to) => {
      seen.push(readInbox(state, 10).announcements.length);
      renameSync(from, to);
      seen.push(readInbox(state, 10).announcements.length);
    },
  });
  good(announce(state, several(2), files));
  expect(seen).toEqual([0, 1, 1, 2]);
  expect(readdirSync(inbox)).toHaveLength(2);
});
