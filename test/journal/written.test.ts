/** Lines that stay text until somebody asks: they say what the same records say when they are read as a whole. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readHistory, type Same } from '../../src/core/history.js';
import type { JournalRecord, RunKept } from '../../src/core/record.js';
import { openJournal, readJournal, skimJournal } from '../../src/journal/journal.js';
import { isWritten } from '../../src/journal/written.js';
import { announced, directory, endedWell, good, keptRun, problemOf, record, started } from './fixtures.js';

const kept: RunKept = {
  ...keptRun('r7', 'load[date=2026-11-23,key=a b]'),
  job: 'load',
  partition: { date: '2026-11-23', key: '},"attempts":1', outcome: '' },
  attempts: 1,
  consumed: { 'file:landing/a.csv': '1:2:3', 'file:landing/},{:,.csv': ',' },
  outcome: 'succeeded',
  produced: { 'table:raw/a': 'r7', 'file:out/a': ':' },
};
const { signal: _, problem: __, ...well } = { ...kept, partition: { date: '2026-11-23', key: 'a b', outcome: '' } };
const long = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`file:landing/${n}.csv`, `${n}:1:1`]));
const plain: readonly JournalRecord[] = [
  well,
  { ...well, run: 'r8', partition: {}, consumed: {}, produced: {}, attempts: 0 },
  { ...well, run: 'r9', exitCode: 0, startedAt: 0, endedAt: 1_800_000_000_000 },
  started('s1', 'load', {
    consumed: { 'file:landing/a.csv': '1:2:3', 'file:b': '' },
    partition: { run: 'x', task: 'y' },
  }),
  started('s2', 'extract', { consumed: {}, attempt: 12 }),
  started('s3', 'load', { consumed: {}, targets: ['table:raw', 'file:out/x y'] }),
  started('s4', 'load', { consumed: {}, targets: [] }),
  endedWell('s1', { 'table:raw': 's1', 'file:out/x y': '1:2' }),
  { type: 'run-ended', at: 5, run: 's2', outcome: 'succeeded', produced: {} },
  { ...well, run: 'r10', consumed: long },
];

/** The journal with these records, and what whoever opens it is given. */
function written(records: readonly JournalRecord[]): { path: string; found: readonly JournalRecord[] } {
  const path = join(directory(), 'state.jsonl');
  record(path, records);
  const opened = good(openJournal(path));
  opened.journal.close();
  return { path, found: opened.records };
}

test('a run that went well stays text, and each of its fields is what was written', () => {
  const { path, found } = written(plain);
  expect(found.map(isWritten)).toEqual(plain.map(() => true));
  found.forEach((record, at) => {
    for (const [field, value] of Object.entries(plain[at] ?? {}))
      expect(record[field as keyof JournalRecord], field).toEqual(value); // a field of that record
  });
  // Asked in turns, each still answers for itself.
  const runs = found.flatMap((record) => (record.type === 'run' ? [record] : []));
  const ids = ['r7', 'r8', 'r9', 'r10'];
  expect([...runs, ...runs].map(({ run }) => run)).toEqual([...ids, ...ids]);
  expect(JSON.parse(JSON.stringify(found))).toEqual(plain);
  expect(good(readJournal(path)).records).toEqual(plain);
  const skimmed = good(skimJournal(path)).records;
  expect(skimmed.map(isWritten)).toEqual(plain.map(() => true));
  expect(JSON.parse(JSON.stringify(skimmed))).toEqual(plain);
});

test('any other run is read as it always was, with the same fields', () => {
  const others: readonly JournalRecord[] = [
    { ...well, outcome: 'failed' },
    { ...well, exitCode: 1 },
    { ...well, signal: 'SIGTERM' },
    { ...well, startedAt: 1.5 },
    { ...well, startedAt: -1 },
    { ...well, consumed: { 'file:a"b': '1' } },
    { ...well, consumed: { 'file:a\\b': '1' } },
    { ...well, consumed: { 'file:ä': '1' } },
    { ...well, job: '\u2028' },
    { ...well, key: 'ä' },
    { ...well, consumed: { 'file:\u007f': '1' } },
  ];
  const { path, found } = written(others);
  expect(found.map(isWritten)).toEqual(others.map(() => false));
  expect(found).toEqual(others);
  expect(good(readJournal(path)).records).toEqual(others);
});

test('beside a line that is not in the form, and is half like it, it still answers for itself', () => {
  const { found } = written([well, { ...well, run: 'x', outcome: 'failed' }]);
  const [first] = found;
  expect(first?.type === 'run' && first.startedAt).toBe(well.startedAt);
});

test('a name that means something to JavaScript is a name', () => {
  const partition = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>;
  const { found } = written([{ ...well, partition }]);
  expect(found.map(isWritten)).toEqual([true]);
  const [first] = found;
  expect(JSON.stringify(first?.type === 'run' && first.partition)).toBe('{"__proto__":"x","constructor":"y"}');
});

test('what they tell of tasks and objects is what the same records tell', () => {
  const { path, found } = written([
    ...plain,
    started('i1', 'extract', { consumed: { 'file:a': '1' } }),
    { type: 'run-ended', at: 6, run: 'i1', outcome: 'interrupted', produced: { 'file:out/x y': '2:2' } },
    started('o1', 'load', { attempt: 3 }),
  ]);
  const same: Same = { id: (object) => object, version: (_, version) => version };
  const tell = (records: readonly JournalRecord[]): unknown => {
    const { tasks, versions, leftovers } = readHistory(records);
    const told = [...tasks].map(([name, { about, success, last, open }]) => {
      const { job, partition } = about;
      return { name, job, partition, success: success?.(same), last: last?.(same), open: JSON.stringify(open) };
    });
    return { told, versions, leftovers };
  };
  expect(tell(found)).toEqual(tell(good(readJournal(path)).records));
});

describe('a line in the form that is not what was written', () => {
  const spoilt = (change: (line: string) => string): string => {
    const { path } = written([well, well, well]);
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[2] = change(lines[2] ?? '');
    writeFileSync(path, lines.join('\n'));
    const problem = problemOf(openJournal(path));
    expect(problem).toMatchObject({ code: 'damaged', line: 3 });
    return problem.message;
  };
  const sealed = (body: string): string => `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}`;
  const bodyOf = (line: string): string => line.slice(0, line.lastIndexOf(',"crc"'));

  test('its checksum does not match', () => {
    expect(spoilt((line) => line.replace('"r7"', '"r6"'))).toContain('checksum');
    expect(spoilt((line) => line.replace(/"crc":"(.)/, (_, digit) => `"crc":"${digit === '0' ? '1' : '0'}`))).toContain(
      'checksum',
    );
  });

  test('its number is not the next', () => {
    expect(spoilt((line) => sealed(bodyOf(line).replace(/"s":2$/, '"s":3')))).toContain('sequence number 2');
    expect(spoilt((line) => sealed(bodyOf(line).replace(/"s":2$/, '"s":02')))).toContain('sequence number 2');
  });
});

test('compaction carries the text over, and what it makes of it is what is read', () => {
  const path = join(directory(), 'state.jsonl');
  const rounds = Array.from({ length: 600 }, (_, n): JournalRecord[] => [
    started(`w${n}`, `t${n % 10}`),
    endedWell(`w${n}`),
  ]);
  const again = Array.from({ length: 3000 }, () => announced(1));
  record(path, [well, ...rounds.flat(), ...again]);
  const before = good(readJournal(path)).records.length;
  good(openJournal(path)).journal.close();
  const after = good(readJournal(path)).records;
  expect(after.length).toBeLessThan(before);
  expect(after[0]).toEqual(well);
});
