/** What a crash or a bad disk does to the file: a torn end is mended, a damaged middle is found, nothing is guessed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readJournal } from '../../src/journal/journal.js';
import { announced, directory, endedWell, open, record, reopen, started, valueOf } from './fixtures.js';

const records = [announced(1), started('r1', 'load'), endedWell('r1', { 'table:x': 'r1' }), announced(2)];

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
    const opened = valueOf(reopen(path));
    expect(opened.records).toEqual(whole);
    expect(opened.warnings, `cut at ${size}`).toHaveLength(size === 0 || ends.includes(size) ? 0 : 1);
    record(path, [announced(9)]);
    const again = valueOf(reopen(path));
    expect(again.records).toEqual([...whole, announced(9)]);
    expect(again.warnings).toEqual([]);
  }
});

describe('an end of NULs', () => {
  for (const nuls of [1, 7, 512, 4096]) {
    test(`${nuls} of them, after whole lines or half a line`, () => {
      const { path, bytes, ends } = journal();
      for (const size of [bytes.length, bytes.length - 1, bytes.length - 40, 20, 0]) {
        writeFileSync(path, Buffer.concat([bytes.subarray(0, size), Buffer.alloc(nuls)]));
        const whole = records.slice(0, within(ends, size));
        expect(valueOf(readJournal(path)).records).toEqual(whole);
        const opened = valueOf(reopen(path));
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

test('every single bit flipped is refused in place, or costs no more than the last line, with a warning', () => {
  const { path, bytes, ends } = journal();
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const at = bit >> 3;
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(path, flipped);
    const opened = reopen(path);
    const lastTwo = at >= (ends[ends.length - 2] ?? 0) - 1;
    if (opened.ok) {
      expect(lastTwo, `bit ${bit} was not noticed`).toBe(true);
      expect(opened.value.warnings).toHaveLength(1);
      expect(opened.value.records).toEqual(records.slice(0, opened.value.records.length));
      expect(opened.value.records.length).toBeGreaterThanOrEqual(records.length - 2);
    } else {
      expect(readFileSync(path).equals(flipped)).toBe(true);
      expect(['damaged', 'not-ours', 'newer']).toContain(opened.error.code);
      if (opened.error.code === 'damaged') {
        const { line = 0, offset = -1 } = opened.error;
        expect(offset).toBe(line === 1 ? 0 : ends[line - 2]);
        expect(at).toBeGreaterThanOrEqual(offset);
      }
    }
  }
});

test('a reader sees the records so far while the writer is in the middle of a line', () => {
  const { path, bytes } = journal();
  const opened = open(path);
  writeFileSync(path, bytes.subarray(0, 30), { flag: 'a' });
  expect(valueOf(readJournal(path)).records).toEqual(records);
  expect(opened.records).toEqual(records);
});
