import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JournalRecord } from '../../src/core/record.js';
import { followJournal } from '../../src/journal/follow.js';
import { recordLine } from '../../src/journal/line.js';
import { readJournal } from '../../src/journal/read.js';
import {
  announced,
  directory,
  endedWell,
  filesWith,
  good,
  keptRun,
  oneOfEach,
  open,
  record,
  started,
} from './fixtures.js';

/** A follower, and what it was told since it last began. */
function following(file: string, files?: Parameters<typeof followJournal>[2]) {
  const told: JournalRecord[] = [];
  let begun = 0;
  const begin = (): void => {
    begun += 1;
    told.length = 0;
  };
  const follower = followJournal(file, { begin, take: (one) => told.push(one) }, files);
  return { told, read: () => follower.read(), begun: () => begun };
}

test('however it is cut or spoilt, it tells what reading it whole tells', () => {
  const file = join(directory(), 'state.jsonl');
  record(file, [started('r1', 'load', { consumed: {} }), endedWell('r1'), announced(1)]);
  const whole = readFileSync(file);
  const line = whole.indexOf(0x0a) + 1;
  const middle = whole.indexOf(0x0a, line) + 1;
  const cuts = Array.from({ length: whole.length + 1 }, (_, size) => whole.subarray(0, size));
  const flips = Array.from({ length: Math.floor(whole.length / 3) }, (_, third) => {
    const at = third * 3;
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 4;
    return bytes;
  });
  const odd = [
    Buffer.concat([whole, Buffer.alloc(64)]),
    Buffer.concat([whole.subarray(0, whole.length - 9), Buffer.alloc(64)]),
    Buffer.concat([whole.subarray(0, line), whole.subarray(middle)]),
    Buffer.concat([whole, Buffer.from('{"type":"later"}\n')]),
    Buffer.from('not ours\n'),
  ];
  const told = (file: string): string => {
    const { told, read } = following(file);
    const got = read();
    return JSON.stringify(got.ok ? told : got.error);
  };
  const wrong = [...cuts, ...flips, ...odd].filter((bytes) => {
    writeFileSync(file, bytes);
    const whole = readJournal(file);
    return told(file) !== JSON.stringify(whole.ok ? whole.value.records : whole.error);
  });
  expect(wrong.map(String)).toEqual([]);
});

test('there need not be a state', () => {
  const file = join(directory(), 'state.jsonl');
  const { told, read } = following(file);
  good(read());
  expect(told).toEqual([]);
  record(file, [announced(1)]);
  good(read());
  expect(told).toEqual([announced(1)]);
  rmSync(file);
  good(read());
  expect(told).toEqual([]);
});

test('what was added is told once, and a line only when it is whole', () => {
  const file = join(directory(), 'state.jsonl');
  const { journal } = open(file);
  good(journal.append([announced(1)]));
  const { told, read, begun } = following(file);
  good(read());
  good(journal.append([announced(2), announced(3)]));
  good(read());
  good(read());
  expect(told).toEqual([1, 2, 3].map(announced));

  const line = recordLine(announced(4), 4);
  appendFileSync(file, line.slice(0, 20));
  good(read());
  expect(told).toHaveLength(3);
  appendFileSync(file, line.slice(20));
  good(read());
  expect(told).toEqual([1, 2, 3, 4].map(announced));
  expect(begun()).toBe(1);
});

test('a journal that was compacted is told anew', () => {
  const file = join(directory(), 'state.jsonl');
  const { journal } = open(file);
  good(journal.append([started('r1', 'load')]));
  const { told, read, begun } = following(file);
  good(read());
  const many = Array.from({ length: 1500 }, (_, n) => ({ ...announced(7), at: n }));
  good(journal.append([endedWell('r1'), ...many]));
  expect(good(journal.compactIfWorthwhile())).toBe(true);
  good(journal.append([announced(8)]));
  good(read());
  expect(begun()).toBe(2);
  expect(told.map(({ type }) => type)).toEqual(['run', 'announced', 'announced']);
});

test('lines longer than a piece, and pieces that end anywhere', () => {
  const file = join(directory(), 'state.jsonl');
  const long = { ...announced(1), version: 'v'.repeat(3_000_000) };
  const all = [keptRun('r1', 'load'), long, ...oneOfEach, long, announced(2)];
  record(file, all);
  for (const most of [60_013, 2 ** 26]) {
    const read = filesWith({}).read;
    const files = filesWith({
      read: (descriptor, into, start, length, position) =>
        read(descriptor, into, start, length > 4096 ? Math.min(length, most) : length, position),
    });
    const follower = following(file, files);
    good(follower.read());
    expect(follower.told).toEqual(readJournal(file).ok ? all : []);
  }
});
