import { expect, test } from 'vitest';
import type { RunView } from '../../src/core/views.js';
import { historyDocument, renderHistory } from '../../src/report/history.js';
import { widthOf } from '../../src/report/measure.js';
import { names, obeyed } from './hostile.js';
import { faults } from './schemas.js';

const at = (hour: number, minute = 0, second = 0): number => new Date(2026, 10, 24, hour, minute, second).getTime();
const now = at(10, 3);

const run = (task: string, startedAt: number, more: Partial<RunView> = {}): RunView => ({
  ...{ run: `mwv22alte62909-${startedAt % 97}`, task, job: task.replace(/\[.*/, ''), partition: {} },
  ...{ outcome: 'succeeded', attempts: 1, startedAt, endedAt: startedAt + 1234 },
  consumed: { 'file:landing/orders_2026-11-20.csv': '65024:2187438:2:1577836800000000000:1795546497807688800' },
  produced: { 'table:raw.orders/2026-11-20': 'mwv22alte62909-1' },
  ...more,
});

const { endedAt: _, ...unended } = run('build_sales[date=2026-11-20]', at(10, 1, 30), {
  outcome: 'running',
  attempts: 2,
});
const runs: readonly RunView[] = [
  unended,
  run('load_orders[date=2026-11-20]', at(10)),
  run('load_payments[date=2026-11-20]', at(9), { outcome: 'failed', exitCode: 1, attempts: 3, endedAt: at(9, 3, 9) }),
  run('extract', at(8), {
    outcome: 'failed',
    exitCode: 0,
    problem: 'did not make extracts/a_rather_long_name_of_a_file.csv',
  }),
  run('report', at(7), { outcome: 'interrupted', signal: 'SIGTERM' }),
  run('lost', at(6), { outcome: 'interrupted' }),
  run('old', at(5), { attempts: 0, endedAt: at(5) }),
];
const shape = { color: false, width: 80, now, total: runs.length, narrowed: false, isHeld: true };

test('at 80 columns, what there is to say of a run stands below its task', () => {
  expect(renderHistory(runs, { ...shape, total: 1347 })).toBe(`\
OUTCOME        STARTED              TOOK    TASK
• running      2026-11-24 10:01:30  1m 30s  build_sales[date=2026-11-20]
                                            attempt 2
✓ succeeded    2026-11-24 10:00:00  1.2s    load_orders[date=2026-11-20]
✗ failed       2026-11-24 09:00:00  3m 09s  load_payments[date=2026-11-20]
                                            exit status 1, 3 attempts
✗ failed       2026-11-24 08:00:00  1.2s    extract
                                            did not make
                                            extracts/a_rather_long_name_of_a_fil
                                            e.csv
■ interrupted  2026-11-24 07:00:00  1.2s    report
                                            killed by SIGTERM
■ interrupted  2026-11-24 06:00:00  1.2s    lost
✓ adopted      2026-11-24 05:00:00          old
… and 1340 runs before: --limit shows more
`);
});

test('where there is room it stands beside it, and nothing is wider than it may be', () => {
  const wide = renderHistory(runs.slice(0, 3), { ...shape, width: 110, total: 3 });
  expect(wide.split('\n').slice(1, 4)).toEqual([
    '• running      2026-11-24 10:01:30  1m 30s  build_sales[date=2026-11-20]    attempt 2',
    '✓ succeeded    2026-11-24 10:00:00  1.2s    load_orders[date=2026-11-20]',
    '✗ failed       2026-11-24 09:00:00  3m 09s  load_payments[date=2026-11-20]  exit status 1, 3 attempts',
  ]);
  const long = [
    ...runs,
    run(`load[date=${'9'.repeat(100)}]`, at(4)),
    run('読込[日=二〇二六年十一月二十日の配達の分]', at(3)),
  ];
  expect(`\n${renderHistory(runs.slice(2, 4), { ...shape, width: 40, total: 2 })}`).toBe(`
✗ failed       2026-11-24 09:00:00
  load_payments[date=2026-11-20]
  took 3m 09s, exit status 1, 3 attempts
✗ failed       2026-11-24 08:00:00
  extract
  took 1.2s, did not make
  extracts/a_rather_long_name_of_a_file.
  csv
`);
  for (const width of [40, 50, 60, 80, 100])
    for (const log of [undefined, (id: string) => `.objflow/logs/${id}.log`])
      for (const line of renderHistory(long, { ...shape, width, ...(log ? { log } : {}) }).split('\n'))
        expect(widthOf(line), line).toBeLessThanOrEqual(width);
});

test('in full: the run, its log, and each object with its version', () => {
  const many = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`file:in/${n}.csv`, 'v']));
  const text = renderHistory([run('load', at(10)), run('gather', at(9), { consumed: many, produced: {} })], {
    ...{ ...shape, width: 120 },
    log: (id) => `.objflow/logs/${id}.log`,
  });
  const [, head, ...below] = text.split('\n');
  expect(head).toBe('✓ succeeded    2026-11-24 10:00:00  1.2s  load');
  expect(below.slice(0, 4)).toEqual([
    `               run ${run('load', at(10)).run}`,
    `               log .objflow/logs/${run('load', at(10)).run}.log`,
    '               consumed landing/orders_2026-11-20.csv, version 65024:2187438:2:1577836800000000000:1795546497807688800',
    '               produced table:raw.orders/2026-11-20, version mwv22alte62909-1',
  ]);
  expect(text).toContain('in/19.csv, version v\n               consumed 5 more: --format json has them all\n');
  expect(text).not.toContain('in/20.csv');
});

test('what runs while nobody is at work on the state, and no runs at all', () => {
  const alone = renderHistory([unended], { ...shape, width: 140, total: 1, isHeld: false });
  expect(alone).toContain('attempt 2, no objflow sees to it: the next run or watch takes it up\n');
  expect(renderHistory([], { ...shape, total: 0 })).toBe('nothing has run yet\n');
  expect(renderHistory([], { ...shape, total: 0, narrowed: true })).toBe('no such run is recorded\n');
});

test('colour changes no words', () => {
  const colored = renderHistory(runs, { ...shape, color: true });
  expect(colored).toContain('\x1b[31m✗ failed');
  expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(renderHistory(runs, shape));
});

test('the document, in pieces, is as its schema says', () => {
  for (const some of [runs, []]) {
    const pieces = [...historyDocument(some)];
    const document = JSON.parse(pieces.join(''));
    expect(faults('history', document)).toEqual([]);
    expect(document.runs.map(({ task }: { task: string }) => task)).toEqual(some.map(({ task }) => task));
    expect(pieces.join('')).toBe(`${JSON.stringify(document, undefined, 2)}\n`);
  }
  const [first, second] = JSON.parse([...historyDocument(runs)].join('')).runs;
  expect(second).toMatchObject({ startedAt: new Date(at(10)).toISOString(), endedAt: expect.stringMatching(/Z$/) });
  expect(first).not.toHaveProperty('endedAt');
});

test('hostile names are shown, not obeyed', () => {
  for (const name of names) {
    const versions = { [`file:${name}`]: name };
    const odd = run(name, at(1), {
      run: name,
      outcome: 'failed',
      problem: name,
      signal: name,
      consumed: versions,
      produced: versions,
    });
    const text = renderHistory([odd], { ...shape, log: () => name });
    expect(obeyed(text), JSON.stringify(name)).toBe(false);
    const json = [...historyDocument([odd])].join('');
    expect(obeyed(json.replace(/\\u[0-9a-f]{4}/g, '')), JSON.stringify(name)).toBe(false);
    expect(JSON.parse(json).runs[0].task).toBe(name);
  }
});
