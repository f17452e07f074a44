/** What restoring keeps of the records: all that they tell, and none of themselves. */
import { expect, test } from 'vitest';
import { readHistory, type Same } from '../../src/core/history.ts';
import type { JournalRecord, RunKept } from '../../src/core/record.ts';
import { restore } from '../../src/core/restore.ts';
import { endedWell, started } from '../journal/fixtures.ts';
import { Rig } from './rig.ts';

const asTold: Same = { id: (object) => object, version: (_, version) => version };

test('a task that has no place in the mapping is remembered, and the record that told of it can go', () => {
  const partition = { d: '1' };
  const about = { run: 'r1', task: 'gone[d=1]', job: 'gone', partition, attempts: 1, key: 'k', definition: 'x' };
  const kept: RunKept = {
    type: 'run',
    ...about,
    consumed: { 'file:a': '1' },
    startedAt: 1,
    endedAt: 2,
    outcome: 'succeeded',
    produced: { 'table:b': 'r1' },
  };
  let isThere = true;
  const record = new Proxy(kept, {
    get(of, field: keyof RunKept) {
      if (!isThere) throw new Error(`${field} is asked of a record that is gone`);
      return of[field];
    },
  });
  const options = { concurrency: 1, digest: (text: string) => text, session: 's', order: [] };
  const state = restore(new Rig().mapping, readHistory([record]), options);
  isThere = false;
  const told = state.strays.tasks.get('gone[d=1]');
  expect(told?.about).toEqual({ job: 'gone', partition });
  expect(told?.last).toBe(told?.success);
  expect(told?.success?.(asTold)).toEqual({
    run: 'r1',
    outcome: 'succeeded',
    attempts: 1,
    definition: 'x',
    key: undefined,
    consumed: ['file:a', '1'],
    produced: ['table:b', 'r1'],
    startedAt: 1,
    endedAt: 2,
    ending: {},
  });
});

test('another try that has begun is no longer asked for: found again and well, it is not made once more', () => {
  const of = (run: string) => ({ ...started(run, 'load'), consumed: {} });
  const failed = { ...endedWell('r1'), outcome: 'failed', exitCode: 1 } as const;
  const asked = { type: 'asked', at: 3, what: 'retry', task: 'load' } as const;
  const retriedAfter = (...records: JournalRecord[]) => readHistory(records).tasks.get('load')?.retried;
  expect(retriedAfter(of('r1'), failed, asked)).toBe(true);
  expect(retriedAfter(of('r1'), failed, asked, of('r2'))).toBe(false);
  expect(retriedAfter(of('r1'), failed, asked, of('r2'), failed)).toBe(false);
});
