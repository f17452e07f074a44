import { expect, test } from 'vitest';
import { pastRuns } from '../../src/core/past.js';
import type { JournalRecord, RunEnded, RunKept, RunStarted } from '../../src/core/record.js';
import type { RunView } from '../../src/core/views.js';

const begun = (run: string, at: number, more: Partial<RunStarted> = {}): RunStarted => ({
  ...{ type: 'run-started', at, run, task: 'load', job: 'load', partition: {}, attempt: 1, key: 'k' },
  ...{ definition: 'd', consumed: { 'file:a': `a${at}` } },
  ...more,
});
const over = (run: string, at: number, more: Partial<RunEnded> = {}): RunEnded => ({
  ...{ type: 'run-ended', at, run, outcome: 'succeeded', produced: {} },
  ...more,
});
const kept = (run: string, startedAt: number, more: Partial<RunKept> = {}): RunKept => ({
  ...{ type: 'run', run, task: 'load', job: 'load', partition: {}, attempts: 1, key: 'k', definition: 'd' },
  ...{ consumed: {}, startedAt, endedAt: startedAt + 1, outcome: 'succeeded', produced: {} },
  ...more,
});

function told(records: readonly JournalRecord[], limit?: number, wants: (run: RunView) => boolean = () => true) {
  const runs = pastRuns({ ...(limit === undefined ? {} : { limit }), wants });
  for (const record of records) runs.take(record);
  const { runs: shown, total } = runs.told();
  return { names: shown.map(({ run }) => run), shown, total };
}

test('a run with its attempts, from the first start to the end', () => {
  const { shown } = told([
    begun('r', 10),
    { type: 'attempt-failed', at: 20, run: 'r', attempt: 1, exitCode: 7 },
    begun('r', 30, { attempt: 2 }),
    over('r', 40, { outcome: 'failed', exitCode: 1, problem: 'p', produced: { 'file:b': 'b1' } }),
  ]);
  expect(shown).toEqual([
    {
      ...{ run: 'r', task: 'load', job: 'load', partition: {}, outcome: 'failed', exitCode: 1, problem: 'p' },
      ...{ attempts: 2, startedAt: 10, endedAt: 40, consumed: { 'file:a': 'a30' }, produced: { 'file:b': 'b1' } },
    },
  ]);
});

test('what runs comes first, then the newest by their start; of two at once the one recorded later', () => {
  const records = [
    begun('long', 10),
    begun('runs', 20),
    begun('short', 30),
    over('short', 31),
    over('long', 90),
    kept('same1', 50),
    kept('same2', 50),
    begun('runs too', 95, { attempt: 3 }),
  ];
  expect(told(records).names).toEqual(['runs too', 'runs', 'same2', 'same1', 'short', 'long']);
  expect(told(records, 3)).toMatchObject({ names: ['runs too', 'runs', 'same2'], total: 6 });
  expect(told(records).shown[0]).toMatchObject({ outcome: 'running', attempts: 3 });
  expect(told(records).shown[0]).not.toHaveProperty('endedAt');
});

test('only what is wanted is shown and counted; a reset and an adoption are no ends', () => {
  const records: JournalRecord[] = [
    kept('bad', 1, { outcome: 'failed', signal: 'SIGKILL' }),
    { type: 'asked', at: 2, what: 'reset', task: 'load' },
    kept('adopted', 3, { attempts: 0 }),
    over('of nobody', 4),
  ];
  expect(told(records).names).toEqual(['adopted', 'bad']);
  expect(told(records, 9, ({ outcome }) => outcome === 'failed')).toMatchObject({ names: ['bad'], total: 1 });
});

test('of very many the newest are kept, in whatever order they come', () => {
  const times = Array.from({ length: 5000 }, (_, index) => (index * 7919) % 5000);
  const runs = pastRuns({ limit: 3, wants: () => true });
  for (const at of times) runs.take(kept(`r${at}`, at));
  for (let round = 0; round < 5000; round += 1) runs.take(kept(`same${round}`, 4998));
  expect(runs.told().runs.map(({ run }) => run)).toEqual(['r4999', 'same4999', 'same4998']);
  expect(runs.told().total).toBe(10_000);
  runs.begin();
  expect(runs.told()).toEqual({ runs: [], total: 0 });
});
