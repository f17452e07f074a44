import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LogReader, logReader } from '../../src/execute/log-reader.js';

let directory: string;
let log: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'objflow-log-'));
  log = path.join(directory, 'x.log');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What it gives now. */
async function given(reader: LogReader): Promise<string> {
  const pieces: Buffer[] = [];
  await reader.read(async (bytes) => {
    pieces.push(Buffer.from(bytes));
    return true;
  });
  return Buffer.concat(pieces).toString();
}

test.each([
  [undefined, 'one\n\ntwo\nthree\n'],
  [0, ''],
  [1, 'three\n'],
  [3, '\ntwo\nthree\n'],
  [4, 'one\n\ntwo\nthree\n'],
  [9, 'one\n\ntwo\nthree\n'],
])('the last %s lines', async (lines, expected) => {
  writeFileSync(log, 'one\n\ntwo\nthree\n');
  expect(await given(logReader(log, lines))).toBe(expected);
});

test('a last line without an end is one, and lines may be longer than a piece', async () => {
  const long = 'x'.repeat(200_000);
  writeFileSync(log, `one\n${long}\ntwo`);
  expect(await given(logReader(log, 1))).toBe('two');
  expect(await given(logReader(log, 2))).toBe(`${long}\ntwo`);
  writeFileSync(log, '');
  expect(await given(logReader(log, 2))).toBe('');
});

test('what comes later is given once, also when the file comes later', async () => {
  const reader = logReader(log);
  expect(await given(reader)).toBe('');
  expect(reader.position).toBeUndefined();
  writeFileSync(log, 'one\ntw');
  expect(await given(reader)).toBe('one\ntw');
  expect(await given(reader)).toBe('');
  appendFileSync(log, 'o\n');
  expect(await given(reader)).toBe('o\n');
  expect(reader.position).toBe(8);

  const last = logReader(log, 1);
  expect(await given(last)).toBe('two\n');
  appendFileSync(log, 'three\nfour\n');
  expect(await given(last)).toBe('three\nfour\n');
});

test('a log that was cut or replaced is read from its beginning, whole', async () => {
  const reader = logReader(log, 1);
  writeFileSync(log, 'one\ntwo\n');
  expect(await given(reader)).toBe('two\n');
  truncateSync(log, 0);
  appendFileSync(log, 'new\n');
  expect(await given(reader)).toBe('new\n');
  writeFileSync(`${log}.1`, 'longer than it was\nbefore\n');
  renameSync(`${log}.1`, log);
  expect(await given(reader)).toBe('longer than it was\nbefore\n');
});

test('a huge log takes no more memory than a small one, and is left where nobody reads it', async () => {
  writeFileSync(log, '');
  truncateSync(log, 2 ** 40); // a hole, larger than any memory
  appendFileSync(log, '\none\n');
  expect(await given(logReader(log, 1))).toBe('one\n');
  let pieces = 0;
  await logReader(log).read(async () => {
    pieces += 1;
    return pieces < 3;
  });
  expect(pieces).toBe(3);
});

test('what is no file has nothing to give', async () => {
  mkdirSync(log);
  expect(await given(logReader(log))).toBe('');
});
