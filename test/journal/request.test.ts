/** Requests: whole, in their order, in as many documents as they need; and nothing of a stranger's is believed. */
import { lstatSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asVersion, objectId } from '../../src/core/object.js';
import { realFiles } from '../../src/journal/files.js';
import {
  announce,
  inboxOf,
  makeInbox,
  peekInbox,
  peekRequests,
  readInbox,
  request,
  takeOut,
} from '../../src/journal/inbox.js';
import type { Requested } from '../../src/journal/request.js';
import { directory, filesWith, good, problemOf, systemError } from './fixtures.js';

const stateFile = (): string => join(directory(), 'state.jsonl');
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `load_orders[date=2026-11-20,n=${n}]`);
const announcement = { object: objectId('table', 'x'), version: asVersion('1'), at: 1 };

test('what is asked is read as it was, beside announcements, until it is taken out', () => {
  const state = stateFile();
  const asked: Requested[] = [
    { what: 'retry', tasks: ['a[d="ä" b]', 'b'], at: 1 },
    { what: 'adopt', tasks: [{ task: 'a', key: 'k' }], at: 2.5 },
    { what: 'reset', tasks: ['a'], at: 3 },
  ];
  for (const one of asked) good(request(state, one));
  good(announce(state, [announcement]));
  const read = readInbox(state, 10);
  expect(read.requests.map(({ file: _, ...rest }) => rest)).toEqual(asked);
  expect(read).toMatchObject({ announcements: [announcement], refused: [], more: false });
  expect(peekRequests(state)).toEqual(read.requests);
  expect(peekInbox(state)).toEqual(read.announcements);
  const [first, ...rest] = read.requests.map(({ file }) => file);
  expect(readInbox(state, 10, new Set(rest)).requests).toHaveLength(1);
  takeOut(state, [first ?? '']);
  expect(readInbox(state, 2)).toMatchObject({ requests: asked.slice(1), more: true });
  expect(readInbox(state, 2, new Set(rest))).toMatchObject({ announcements: [announcement], more: false });
});

test('many tasks are several documents, none larger than an inbox reads; no task is none', () => {
  const state = stateFile();
  good(request(state, { what: 'reset', tasks: [], at: 1 }));
  expect(peekRequests(state)).toEqual([]);
  const tasks = names(5000);
  good(request(state, { what: 'reset', tasks, at: 1 }));
  const requests = peekRequests(state);
  expect(requests.flatMap((one) => (one.what === 'reset' ? one.tasks : []))).toEqual(tasks);
  expect(requests.length).toBeGreaterThan(3);
  const inbox = inboxOf(state);
  for (const name of readdirSync(inbox)) expect(statSync(join(inbox, name)).size).toBeLessThan(64 * 1024);
});

test('a disk that fails: all, or the problem says how much was left', () => {
  const state = stateFile();
  let renames = 0;
  const files = filesWith({
    rename(from, to) {
      renames += 1;
      if (renames === 3) throw systemError('EIO');
      realFiles.rename(from, to);
    },
  });
  const { message } = problemOf(request(state, { what: 'reset', tasks: names(5000), at: 1 }, files));
  expect(message).toMatch(/inbox.*EIO; check the disk; 2 of \d+ parts of the request were left$/);
  expect(peekRequests(state)).toHaveLength(2);
  expect(readdirSync(inboxOf(state))).toHaveLength(2);
});

describe('strangers', () => {
  const document = { format: 'objflow-request', version: 1, what: 'reset', tasks: ['a'], at: 1 };
  const strange: Readonly<Record<string, [document: unknown, why: RegExp]>> = {
    'a newer version': [{ ...document, version: 2 }, /^a newer objflow wrote it \(version 2\)/],
    'no version': [{ ...document, version: undefined }, /"version"/],
    'nothing that is asked': [{ ...document, what: 'run' }, /"what"/],
    'force is not to be had from outside': [{ ...document, what: 'force' }, /"what"/],
    'no list': [{ ...document, tasks: 'a' }, /"tasks" is not a list/],
    'a task that is no text': [{ ...document, tasks: ['a', 7] }, /"tasks"/],
    'a task without a name': [{ ...document, tasks: [''] }, /"tasks"/],
    'a task that paints': [{ ...document, tasks: ['\u001b[2J'] }, /"tasks"/],
    'a task that is half a character': [{ ...document, tasks: ['\ud800'] }, /"tasks"/],
    'a name longer than any': [{ ...document, tasks: ['a'.repeat(20_000)] }, /"tasks"/],
    'no time': [{ ...document, at: 'now' }, /"at"/],
    'adopting without keys': [{ ...document, what: 'adopt' }, /no task with its key/],
    'adopting nothing that there is': [{ ...document, what: 'adopt', tasks: [null] }, /no task with its key/],
    'a key that is no text': [{ ...document, what: 'adopt', tasks: [{ task: 'a', key: 1 }] }, /no task with its key/],
    'too many in one document': [{ ...document, tasks: names(5000) }, /^it is larger than 64 KiB/],
  };

  test.each(Object.entries(strange))('%s: told once, and moved where nobody looks', (_, [content, why]) => {
    const state = stateFile();
    writeFileSync(join(good(makeInbox(state)), '0.json'), JSON.stringify(content));
    expect(peekRequests(state)).toEqual([]);
    const { requests, refused } = readInbox(state, 10);
    expect({ requests, refused }).toEqual({
      requests: [],
      refused: [{ name: '0.json', why: expect.stringMatching(why) }],
    });
    const [now = ''] = /\.refused-[\w.-]+$/.exec(refused[0]?.why ?? '') ?? [];
    expect(lstatSync(join(inboxOf(state), now))).toBeDefined();
    expect(readInbox(state, 10).refused).toEqual([]);
  });

  test('fields that are not known yet are passed over', () => {
    const state = stateFile();
    writeFileSync(join(good(makeInbox(state)), '0.json'), JSON.stringify({ ...document, by: 'somebody' }));
    expect(readInbox(state, 10).requests).toEqual([{ file: '0.json', what: 'reset', tasks: ['a'], at: 1 }]);
  });
});
