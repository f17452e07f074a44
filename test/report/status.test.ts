import { expect, test } from 'vitest';
import type { Phase, Reason, ReasonCode, RunView, TaskView } from '../../src/core/views.js';
import { planDocument, renderPlan } from '../../src/report/plan.js';
import { renderStatus, statusDocument } from '../../src/report/status.js';
import { names, obeyed } from './hostile.js';
import { faults, readSchema } from './schemas.js';

const now = Date.UTC(2026, 10, 24, 10);

const reason = (code: ReasonCode, message: string): Reason => ({ code, message });

const run = (task: string, outcome: RunView['outcome'], startedAt: number, endedAt?: number): RunView => ({
  run: 'r1',
  task,
  job: task,
  partition: {},
  outcome,
  attempts: 1,
  startedAt,
  ...(endedAt === undefined ? {} : { endedAt }),
  consumed: { 'file:a': '1' },
  produced: {},
});

const task = (name: string, phase: Phase, reasons: readonly Reason[], lastRun?: RunView): TaskView => ({
  task: name,
  job: name.replace(/\[.*/, ''),
  partition: name.includes('[') ? { date: '2026-11-21' } : {},
  phase,
  reasons,
  ...(lastRun === undefined ? {} : { lastRun }),
});

const succeeded = (name: string, ago: number): TaskView =>
  task(name, 'succeeded', [reason('up-to-date', 'up to date')], run(name, 'succeeded', now - ago - 1000, now - ago));

const tasks = [
  succeeded('load_orders[date=2026-11-20]', 8000),
  task(
    'load_orders[date=2026-11-21]',
    'failed',
    [reason('last-run-failed', 'its last run failed: exit status 1; it is tried again when a source changes')],
    run('load_orders', 'failed', now - 900_000, now - 800_000),
  ),
  task('build_sales[date=2026-11-21]', 'blocked', [reason('blocked-by', 'load_orders[date=2026-11-21] failed')]),
  task('extract', 'held', [reason('held-by', 'build_x is running')]),
  task('load_payments[date=2026-11-21]', 'waiting', [
    reason('source-missing', 'landing/payments_2026-11-21.csv is not there'),
    reason('source-missing', 'table:raw.customers is not there'),
  ]),
  task('build_x', 'running', [], run('build_x', 'running', now - 63_000)),
  task('old', 'disabled', [reason('disabled', 'disabled')]),
];

test('a wide terminal has a column for the reasons; what needs a person comes first', () => {
  expect(`\n${renderStatus(tasks, { color: false, width: 120, now })}`).toBe(`
PHASE        TASK                            SINCE        WHY
✗ failed     load_orders[date=2026-11-21]    13m 20s ago  its last run failed: exit status 1; it is tried again when a
                                                          source changes
▪ blocked    build_sales[date=2026-11-21]                 load_orders[date=2026-11-21] failed
‖ held       extract                                      build_x is running
… waiting    load_payments[date=2026-11-21]               landing/payments_2026-11-21.csv is not there;
                                                          table:raw.customers is not there
• running    build_x                         for 1m 03s
✓ succeeded  load_orders[date=2026-11-20]    8s ago       up to date
- disabled   old                                          disabled

7 tasks: 1 failed, 1 blocked, 1 held, 1 waiting, 1 running, 1 succeeded, 1 disabled
`);
});

test('on a narrow terminal long reasons stand below their task, and files set aside are listed', () => {
  const setAside = [{ name: 'landing/a\x1b[2Jb.csv', why: 'its name holds a control character' }];
  expect(`\n${renderStatus(tasks, { color: false, now, setAside })}`).toBe(`
✗ failed     load_orders[date=2026-11-21]    13m 20s ago
             its last run failed: exit status 1; it is tried again when a source
             changes
▪ blocked    build_sales[date=2026-11-21]
             load_orders[date=2026-11-21] failed
‖ held       extract                                      build_x is running
… waiting    load_payments[date=2026-11-21]
             landing/payments_2026-11-21.csv is not there; table:raw.customers
             is not there
• running    build_x                         for 1m 03s
✓ succeeded  load_orders[date=2026-11-20]    8s ago       up to date
- disabled   old                                          disabled

Set aside: names that can never be a source
! landing/a\\x1b[2Jb.csv  its name holds a control character

7 tasks: 1 failed, 1 blocked, 1 held, 1 waiting, 1 running, 1 succeeded, 1
disabled
`);
});

test('more than two hundred tasks that succeeded are told by job', () => {
  const many = Array.from({ length: 200 }, (_, day) => succeeded(`load[day=${day}]`, 60_000 + day * 1000));
  expect(renderStatus(many, { color: false, now }).split('\n')).toHaveLength(1 + 200 + 1 + 1 + 1);
  expect(`\n${renderStatus([...many, ...tasks.slice(0, 2)], { color: false, width: 130, now })}`).toBe(`
PHASE        TASK                          SINCE        WHY
✗ failed     load_orders[date=2026-11-21]  13m 20s ago  its last run failed: exit status 1; it is tried again when a source
                                                        changes
✓ succeeded  load                          1m 00s ago   200 tasks
✓ succeeded  load_orders                   8s ago       1 task

202 tasks: 1 failed, 201 succeeded
`);
});

test('no tasks', () => {
  expect(renderStatus([], { color: false, now })).toBe('no tasks yet: nothing has landed that a job reads\n');
});

test('colour says the phase, and nothing else differs', () => {
  for (const width of [80, 120]) {
    const colored = renderStatus(tasks, { color: true, width, now });
    expect(colored).toMatch(/^\x1b\[31m✗ failed *\x1b\[39m/m);
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(renderStatus(tasks, { color: false, width, now }));
  }
});

test('the plan is a numbered list with reasons', () => {
  const plan = {
    tasks: [
      { task: 'load[date=2026-11-20]', reasons: [reason('never-succeeded', 'it never succeeded')] },
      {
        task: 'build',
        reasons: [
          reason('source-changed', 'landing/orders_2026-11-20.csv changed'),
          reason('source-changed', 'landing/customers_2026-11-20.csv changed'),
        ],
      },
    ],
  };
  expect(`\n${renderPlan(plan, { color: false })}`).toBe(`
1. load[date=2026-11-20]
   it never succeeded
2. build
   landing/orders_2026-11-20.csv changed; landing/customers_2026-11-20.csv
   changed

2 tasks would run
`);
  expect(renderPlan({ tasks: [] }, { color: false })).toBe('nothing would run: no task is due\n');
  expect(faults('plan', JSON.parse(planDocument(plan)))).toEqual([]);
  expect(JSON.parse(planDocument(plan))).toEqual(plan);
});

test('the status document is as its schema says, with times for programs', () => {
  const document = JSON.parse(statusDocument(tasks, [{ name: 'a', why: 'b' }]));
  expect(faults('status', document)).toEqual([]);
  expect(document.setAside).toEqual([{ name: 'a', why: 'b' }]);
  expect(document.tasks[0]).toEqual({
    ...tasks[0],
    lastRun: { ...tasks[0]?.lastRun, startedAt: '2026-11-24T09:59:51.000Z', endedAt: '2026-11-24T09:59:52.000Z' },
  });
  expect(JSON.parse(statusDocument([]))).toEqual({ tasks: [] });
});

test('the schemas know every code of a reason', () => {
  const codes: Readonly<Record<ReasonCode, true>> = {
    'source-missing': true,
    'source-settling': true,
    'source-too-small': true,
    'marker-missing': true,
    'source-unknown': true,
    'source-changed': true,
    'never-succeeded': true,
    'target-missing': true,
    'when-unsatisfied': true,
    'held-by': true,
    'blocked-by': true,
    'no-room': true,
    'being-written': true,
    running: true,
    'next-attempt': true,
    'last-run-failed': true,
    interrupted: true,
    asked: true,
    'up-to-date': true,
    disabled: true,
    'definition-changed': true,
    'not-selected': true,
    stopping: true,
  };
  for (const name of ['status', 'plan']) {
    expect(readSchema(name)).toHaveProperty('definitions.reason.properties.code.enum', Object.keys(codes));
  }
});

test('hostile names are shown, not obeyed', () => {
  for (const name of names) {
    const hostile = [task(name, 'waiting', [reason('source-missing', `${name} is not there`)])];
    const shown = [
      renderStatus(hostile, { color: false, now, setAside: [{ name, why: name }] }),
      statusDocument(hostile, [{ name, why: name }]),
      renderPlan({ tasks: hostile }, { color: false }),
      planDocument({ tasks: hostile }),
    ];
    for (const text of shown) expect(obeyed(text), JSON.stringify(name)).toBe(false);
  }
});
