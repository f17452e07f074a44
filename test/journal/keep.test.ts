/** Compaction as a pure function: what is kept tells the same as everything did. */
import { describe, expect, test } from 'vitest';
import type { Asked, JournalRecord, RunStarted } from '../../src/core/record.js';
import { keep } from '../../src/journal/compact.js';
import { announced, endedWell, keptRun, started } from './fixtures.js';

const asked = (what: Asked['what'], task: string): Asked => ({ type: 'asked', at: 9, what, task });

describe('a run', () => {
  test('is one record where it ended, with its last attempt and its first start', () => {
    const records: JournalRecord[] = [
      started('r1', 'load', { at: 1 }),
      announced(1),
      { type: 'attempt-failed', at: 2, run: 'r1', attempt: 1, exitCode: 7 },
      started('r1', 'load', { at: 3, attempt: 2, consumed: { 'file:a': '2' } }),
      {
        type: 'run-ended',
        at: 4,
        run: 'r1',
        outcome: 'failed',
        signal: 'SIGTERM',
        problem: 'timed out',
        produced: { x: '1' },
      },
    ];
    const { type: _, attempt: __, at: ___, ...about } = started('r1', 'load', { consumed: { 'file:a': '2' } });
    const run = { type: 'run', ...about, attempts: 2, startedAt: 1, endedAt: 4, outcome: 'failed', signal: 'SIGTERM' };
    expect(keep(records)).toEqual([announced(1), { ...run, problem: 'timed out', produced: { x: '1' } }]);
  });

  test('that has not ended is its first start, from which its attempts are counted, and its latest', () => {
    const [first, second, third] = [1, 2, 3].map((attempt) => started('r1', 'load', { at: attempt, attempt }));
    const failed = (attempt: number) => ({ type: 'attempt-failed', at: attempt, run: 'r1', attempt }) as const;
    const records = [first, failed(1), second, failed(2), third] as JournalRecord[];
    expect(keep(records)).toEqual([first, third]);
    const kept = keep([...records, endedWell('r1')])[0];
    expect(keep([...keep(records), endedWell('r1')])).toEqual([kept]);
    expect(kept).toMatchObject({ attempts: 3, startedAt: 1 });
  });

  test('that waits for its next attempt still does', () => {
    const failed: JournalRecord = { type: 'attempt-failed', at: 1, run: 'r1', attempt: 1, exitCode: 1 };
    expect(keep([started('r1', 'load'), failed])).toEqual([started('r1', 'load'), failed]);
  });

  test('under way when its task was reset keeps its own records, in their order', () => {
    const records = [started('r1', 'load'), asked('reset', 'load'), endedWell('r1')];
    expect(keep(records)).toEqual(records);
  });

  test('that ended and never started tells nothing', () => {
    expect(keep([endedWell('r1', { 'table:x': '1' })])).toEqual([]);
  });
});

test('of a task that ran a thousand times, its last success and its last run stay', () => {
  const records: JournalRecord[] = [];
  for (let n = 0; n < 1000; n++) records.push(started(`w${n}`, 'load'), endedWell(`w${n}`, { 'table:x': `${n}` }));
  records.push(keptRun('f1', 'load'), keptRun('f2', 'load'));
  expect(keep(records, 1).map((record) => 'run' in record && record.run)).toEqual(['w999', 'f2']);
});

test('the newest runs stay for history: 10,000 of them', () => {
  const records = Array.from({ length: 10_500 }, (_, n) => keptRun(`r${n}`, 'load'));
  expect(keep(records)).toEqual(records.slice(-10_000));
});

test('announcements stay that are the last of their object, and the keys of the last 10,000', () => {
  const records = Array.from({ length: 10_500 }, (_, n) => ({ ...announced(n % 3), key: `k${n}` }));
  expect(keep(records)).toEqual(records.slice(-10_000));
  const withoutKeys = records.map(({ key: _, ...without }) => without);
  expect(keep(withoutKeys)).toHaveLength(3);
  // Those without a key use up nobody's place: whoever lives forgets no key for them either.
  expect(keep([{ ...announced(0), key: 'k' }, ...withoutKeys])).toHaveLength(4);
});

describe('what was asked', () => {
  test('a retry stays until its task starts', () => {
    const failed = keptRun('r1', 'load');
    expect(keep([failed, asked('retry', 'load')])).toEqual([failed, asked('retry', 'load')]);
    const next = started('r2', 'load');
    expect(keep([failed, asked('retry', 'load'), next])).toEqual([failed, next]);
  });

  test('a reset stays as long as there is something to forget', () => {
    const failed = keptRun('r1', 'load');
    expect(keep([failed, asked('reset', 'load')])).toEqual([failed, asked('reset', 'load')]);
    expect(keep([asked('retry', 'load'), asked('reset', 'load')])).toEqual([]);
    expect(keep([failed, asked('reset', 'load'), keptRun('r2', 'load')], 1)).toEqual([keptRun('r2', 'load')]);
  });
});

/** A small generator with a seed (mulberry32): a history that fails can be had again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function history(pick: (below: number) => number, length: number): JournalRecord[] {
  const records: JournalRecord[] = [];
  const running = new Map<string, RunStarted>();
  const task = (): string => `t${pick(4)}`;
  const produced = (n: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: pick(3) }, () => [`table:o${pick(5)}`, `p${n}`]));
  for (let n = 0; n < length; n++) {
    const [open] = [...running.values()].slice(pick(running.size + 1));
    const what = pick(10);
    if (what < 3) {
      const run = started(`r${n}`, task(), { at: n });
      // One run of a task at a time.
      if ([...running.values()].some((other) => other.task === run.task)) continue;
      running.set(run.run, run);
      records.push(run);
    } else if (what < 4 && open) {
      records.push({ type: 'attempt-failed', at: n, run: open.run, attempt: open.attempt, exitCode: 1 });
      if (pick(4) === 0) continue;
      const next = { ...open, at: n, attempt: open.attempt + 1, consumed: { 'file:f': `${n}` } };
      running.set(open.run, next);
      records.push(next);
    } else if (what < 7 && open) {
      running.delete(open.run);
      const outcome = (['succeeded', 'failed', 'interrupted'] as const)[pick(3)] ?? 'failed';
      records.push({ type: 'run-ended', at: n, run: open.run, outcome, produced: produced(n) });
    } else if (what < 8) {
      const key = pick(2) === 0 ? {} : { key: `k${n}` };
      records.push({ type: 'announced', at: n, object: `table:o${pick(5)}`, version: `a${n}`, ...key });
    } else if (what === 8) {
      records.push({ type: 'asked', at: n, what: pick(2) === 0 ? 'reset' : 'retry', task: task() });
    }
  }
  return records;
}

interface Ended {
  readonly run: string;
  readonly task: string;
  readonly attempts: number;
  readonly outcome: string;
  readonly endedAt: number;
  readonly consumed: object;
  readonly produced: Readonly<Record<string, string>>;
}

/** What the records tell, read one after the other. */
function replay(records: readonly JournalRecord[]) {
  const success = new Map<string, Ended>();
  const last = new Map<string, Ended>();
  const retried = new Set<string>();
  const running = new Map<string, { first: RunStarted; latest: RunStarted; waits: boolean }>();
  const versions = new Map<string, string>();
  const left = new Map<string, string>();
  const keys: string[] = [];
  const ended: Ended[] = [];
  const end = (run: Ended): void => {
    ended.push(run);
    last.set(run.task, run);
    if (run.outcome === 'succeeded') success.set(run.task, run);
    for (const [object, version] of Object.entries(run.produced)) {
      left.set(object, `${run.outcome} ${version}`);
      if (run.outcome === 'succeeded') versions.set(object, version);
    }
  };
  for (const record of records) {
    if (record.type === 'run-started') {
      running.set(record.run, { first: running.get(record.run)?.first ?? record, latest: record, waits: false });
      retried.delete(record.task);
    } else if (record.type === 'attempt-failed') {
      const run = running.get(record.run);
      if (run) run.waits = true;
    } else if (record.type === 'run-ended') {
      const run = running.get(record.run);
      if (!run) continue;
      running.delete(record.run);
      const { task, attempt: attempts, consumed } = run.latest;
      const { outcome, produced, at: endedAt } = record;
      end({ run: record.run, task, attempts, outcome, endedAt, consumed, produced });
    } else if (record.type === 'run') {
      retried.delete(record.task);
      const { run, task, attempts, outcome, endedAt, consumed, produced } = record;
      end({ run, task, attempts, outcome, endedAt, consumed, produced });
    } else if (record.type === 'announced') {
      versions.set(record.object, record.version);
      if (record.key !== undefined) keys.push(record.key);
    } else if (record.type === 'asked') {
      if (record.what === 'retry') retried.add(record.task);
      else for (const map of [success, last, retried]) map.delete(record.task);
    }
  }
  return { told: { success, last, retried, running, versions, left }, keys, ended };
}

test('replaying what is kept is replaying everything, over 5,000 random histories compacted again and again', () => {
  for (let seed = 1; seed <= 5000; seed++) {
    const pick = random(seed);
    const all = history(pick, 20 + pick(80));
    const remember = 1 + pick(4);
    let kept: JournalRecord[] = [];
    for (let from = 0; from < all.length; ) {
      const to = from + 1 + pick(40);
      kept = keep([...kept, ...all.slice(from, to)], remember);
      from = to;
      const [before, after] = [replay(all.slice(0, to)), replay(kept)];
      const note = `seed ${seed}, after ${to} records, remembering ${remember}`;
      expect(after.told, note).toEqual(before.told);
      expect(after.ended.slice(-remember), note).toEqual(before.ended.slice(-remember));
      const keys = before.keys.slice(-remember);
      expect(after.keys, note).toEqual(expect.arrayContaining(keys));
      expect(keep(kept, remember), note).toEqual(kept);
    }
  }
});
