/** What a crash or a bad disk does to the file: a torn end is mended, a damaged middle is found, nothing is guessed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realFiles } from '../../src/journal/files.js';
import { readJournal } from '../../src/journal/journal.js';
import { announced, directory, endedWell, filesWith, good, open, record, reopen, started } from './fixtures.js';

const records = [announced(1), started('r1', 'load'), endedWell('r1', { 'table:x': 'r1' }), announced(2)];

/** What is asked here does not hang on when the disk has it: that is power.test.ts's. */
const files = filesWith({ sync() {}, datasync() {} });

function journal(): { path: string; bytes: Buffer; ends: number[] } {
  const path = join(directory(), 'state.jsonl');
  record(path, records);
  const bytes = readFileSync(path);
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
  return { path, bytes, ends };
}

/** Records whose lines end within the first `size` bytes. */
const within = (ends: readonly number[], size: number): number =>
  Math.max(0, ends.filter((end) => end <= size).length - 1);

test('cut at every byte: what was whole is there, one warning, and it goes on', () => {
  const { path, bytes, ends } = journal();
  for (let size = 0; size < bytes.length; size++) {
    writeFileSync(path, bytes.subarray(0, size));
    const whole = records.slice(0, within(ends, size));
    expect(readJournal(path)).toEqual({ ok: true, value: { records: whole, warnings: [] } });
    const opened = good(reopen(path, { files }));
    expect(opened.records).toEqual(whole);
    expect(opened.warnings, `cut at ${size}`).toHaveLength(size === 0 || ends.includes(size) ? 0 : 1);
    record(path, [announced(9)], files);
    expect(good(readJournal(path)).records).toEqual([...whole, announced(9)]);
  }
  expect(good(reopen(path)).warnings).toEqual([]);
}, 120_000);

describe('an end of NULs', () => {
  for (const nuls of [1, 7, 512, 4096]) {
    test(`${nuls} of them, after whole lines or half a line`, () => {
      const { path, bytes, ends } = journal();
      for (const size of [bytes.length, bytes.length - 1, bytes.length - 40, 20, 0]) {
        writeFileSync(path, Buffer.concat([bytes.subarray(0, size), Buffer.alloc(nuls)]));
        const whole = records.slice(0, within(ends, size));
        expect(good(readJournal(path)).records).toEqual(whole);
        const opened = good(reopen(path));
        expect(opened.records).toEqual(whole);
        expect(opened.warnings).toHaveLength(1);
        expect(readFileSync(path).includes(0)).toBe(false);
      }
    });
  }

  test('NULs between lines are damage', () => {
    const { path, bytes, ends } = journal();
    const middle = ends[2] ?? 0;
    writeFileSync(path, Buffer.concat([bytes.subarray(0, middle), Buffer.alloc(8), bytes.subarray(middle)]));
    expect(reopen(path)).toMatchObject({ ok: false, error: { code: 'damaged', line: 4, offset: middle } });
  });
});

test('every single bit flipped is refused in its place, or costs the last line at most', () => {
  const { path, bytes, ends } = journal();
  const last = ends[ends.length - 2] ?? 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const at = bit >> 3;
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(path, flipped);
    const read = readJournal(path);
    if (read.ok) {
      expect(at, `bit ${bit} was not noticed`).toBeGreaterThanOrEqual(last);
      expect(read.value.records).toEqual(records.slice(0, -1));
      expect(good(reopen(path, { files }))).toMatchObject({
        records: read.value.records,
        warnings: [expect.any(String)],
      });
    } else {
      const { code, line = 0, offset = -1 } = read.error;
      expect(['damaged', 'not-ours', 'newer']).toContain(code);
      if (code === 'damaged') {
        expect(offset).toBe(line === 1 ? 0 : ends[line - 2]);
        expect(at).toBeGreaterThanOrEqual(offset);
        expect(at).toBeLessThan(ends[line - 1] ?? 0);
      }
      // The writer reads with the same eyes; that it changes nothing is seen at some of the bits.
      if (bit % 31 === 0) {
        expect(reopen(path, { files })).toEqual(read);
        expect(readFileSync(path).equals(flipped)).toBe(true);
      }
    }
  }
}, 120_000);

test('a reader sees the records so far while the writer is in the middle of a line', () => {
  const { path, bytes } = journal();
  const opened = open(path);
  writeFileSync(path, bytes.subarray(0, 30), { flag: 'a' });
  expect(good(readJournal(path)).records).toEqual(records);
  expect(opened.records).toEqual(records);
});

test('a reading that straddles a cut and an append is done again', () => {
  const { path } = journal();
  let reads = 0;
  const files = filesWith({
    read: (descriptor, into, start, length, position) => {
      const got = realFiles.read(descriptor, into, start, length, position);
      if (reads++ === 0) into[start + 300] = 0;
      return got;
    },
  });
  expect(good(readJournal(path, files)).records).toEqual(records);
  expect(reads).toBe(2);
});
