import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { note, tailOfLog } from '../../src/execute/log.js';

let directory: string;
let log: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'objflow-log-'));
  log = path.join(directory, 'x.log');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('the last lines, whole or begun', () => {
  writeFileSync(log, 'one\ntwo\nthree\n');
  expect(tailOfLog(log, 2)).toEqual(['two', 'three']);
  expect(tailOfLog(log, 9)).toEqual(['one', 'two', 'three']);
  expect(tailOfLog(log, 0)).toEqual([]);
  writeFileSync(log, 'one\n\ntwo');
  expect(tailOfLog(log, 2)).toEqual(['', 'two']);
});

test('no more bytes than asked for, and then no half line, unless it is all there is', () => {
  writeFileSync(log, 'first line\nsecond\nthird\n');
  expect(tailOfLog(log, 9, 15)).toEqual(['second', 'third']);
  expect(tailOfLog(log, 9, 4)).toEqual(['ird']);
});

test('a huge log is not read whole', () => {
  writeFileSync(log, '');
  truncateSync(log, 2 ** 40); // a hole, larger than any memory
  note(log, 'the end');
  expect(tailOfLog(log, 1)).toEqual([`${'\0'.repeat(64 * 1024 - 17)}objflow: the end`]);
});

test('bytes that are not UTF-8, and no log at all', () => {
  writeFileSync(log, Buffer.from([0x61, 0xff, 0x1b, 0x0a]));
  expect(tailOfLog(log, 1)).toEqual(['a\ufffd\u001b']);
  expect(tailOfLog(path.join(directory, 'none'), 3)).toEqual([]);
  expect(tailOfLog(directory, 3)).toEqual([]);
  note(path.join(directory, 'no', 'such', 'place'), 'fails nothing');
});
