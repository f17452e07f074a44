/** The plan: what would run and what would not, at a width, folded, and as a document. */
import { expect, test } from 'vitest';
import type { Phase, PlannedTask, PlanView, Reason, ReasonCode } from '../../src/core/views.js';
import { planDocument, renderPlan } from '../../src/report/plan.js';
import { names, obeyed } from './hostile.js';
import { faults } from './schemas.js';

const reason = (code: ReasonCode, message: string): Reason => ({ code, message });
const runs = (task: string, ...messages: readonly string[]): PlannedTask => ({
  task,
  reasons: messages.map((message) => reason('source-changed', message)),
});
const stays = (task: string, phase: Phase, message: string) => ({
  task,
  phase,
  reasons: [reason('source-missing', message)],
});
const shown = (plan: PlanView, options: { width?: number; all?: boolean } = {}): string =>
  renderPlan(plan, { color: false, ...options });

test('short reasons stand beside their tasks', () => {
  const tasks = [runs('load[date=2026-11-20]', 'it has never run'), runs('build', 'a changes', 'b changes')];
  expect(`\n${shown({ tasks, notRun: [], upToDate: 7 })}`).toBe(`
1. load[date=2026-11-20]  it has never run
2. build                  a changes; b changes

2 tasks would run; 7 up to date
`);
});

test('long ones below, and nothing is wider than the terminal', () => {
  const plan: PlanView = {
    tasks: [
      runs('load[date=2026-11-20]', 'it has never run'),
      runs('build', 'landing/orders_2026-11-20.csv lands', 'table:raw.customers changes when load_customers has run'),
    ],
    notRun: [stays('report', 'waiting', 'waits for table:raw.rates'), stays('join', 'blocked', 'blocked by bad')],
    upToDate: 1,
  };
  expect(`\n${shown(plan)}`).toBe(`
1. load[date=2026-11-20]
   it has never run
2. build
   landing/orders_2026-11-20.csv lands; table:raw.customers changes when
   load_customers has run

Would not run:

 - join, blocked    blocked by bad
 - report, waiting  waits for table:raw.rates

2 tasks would run; 1 blocked, 1 waiting, 1 up to date
`);
  for (const width of [20, 40, 80])
    for (const line of shown(plan, { width }).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  expect(shown(plan, { width: 24 })).toContain('1. load[date=2026-11-20]\n'); // a name that fits is not broken
});

test('what is due anyway says so, in the one order', () => {
  const tasks: PlannedTask[] = [
    { ...runs('other', 'it has never run'), because: 'due' },
    { ...runs('load', 'a lands'), because: 'landed' },
  ];
  const plan: PlanView = {
    tasks,
    notRun: [stays('build', 'succeeded', 'b alone starts nothing: the source says trigger: false')],
    landed: ['file:a', 'table:b', 'table:c'],
    unread: ['table:c'],
  };
  expect(`\n${shown(plan)}`).toBe(`
If a landed, and table:b and table:c were announced now:

1. other  due already: it has never run
2. load   a lands

No job reads table:c.

Would not run:

 - build, up to date  b alone starts nothing: the source says trigger: false

2 tasks would run, 1 of them due already; 1 up to date
`);
  expect(shown({ ...plan, tasks: tasks.slice(0, 1) })).toMatch(/^1 task would run, due already; 1 up to date$/m);
});

test.each<[PlanView, string]>([
  [{ tasks: [] }, 'nothing to do: nothing has landed that a job reads\n'],
  [{ tasks: [], notRun: [], upToDate: 1 }, 'nothing to do: the only task is up to date\n'],
  [{ tasks: [], notRun: [], upToDate: 5 }, 'nothing to do: all 5 tasks are up to date\n'],
  [
    { tasks: [], notRun: [stays('a', 'failed', 'x')], upToDate: 5 },
    'Would not run:\n\n - a, failed  x\n\nnothing would run: 1 failed, 5 up to date\n',
  ],
  [{ tasks: [], notRun: [], landed: ['table:a'] }, 'If table:a was announced now:\n\nnothing would run\n'],
  [
    { tasks: [], notRun: [], landed: ['file:a', 'file:b', 'file:c', 'file:d'] },
    'If a, b and 2 more landed now:\n\nnothing would run\n',
  ],
])('where nothing runs it says why: %j', (plan, text) => {
  expect(shown(plan)).toBe(text);
});

test('many are folded by job, which is said, and -v lists them', () => {
  const tasks = Array.from({ length: 100 }, (_, at) =>
    runs(`${at % 2 ? 'build' : 'load'}[n=${at}]`, 'it has never run'),
  );
  const notRun = Array.from({ length: 12 }, (_, at) => stays(`late[n=${at}]`, 'waiting', 'waits for x'));
  const text = shown({ tasks, notRun });
  expect(text).toContain(' 50. build[n=49]  it has never run\n     and 50 more, which -v lists: load 25, build 25\n');
  expect(text).toContain(
    '   - late[n=9], waiting  waits for x\n     and 2 more, which -v lists: late 2\n\n100 tasks would run; 12 waiting\n',
  );
  const all = shown({ tasks, notRun }, { all: true });
  for (const { task } of [...tasks, ...notRun]) expect(all).toContain(task);
  expect(all).not.toContain('more');
});

test('of many reasons of one kind the first are told, and -v tells all', () => {
  const blocked = (n: number): Reason => ({
    ...reason('blocked-by', `blocked by load[n=${n}], which failed`),
    task: `load[n=${n}]`,
  });
  const reasons = [...Array.from({ length: 12 }, (_, n) => blocked(n)), reason('source-missing', 'waits for x')];
  const plan: PlanView = { tasks: [], notRun: [{ task: 'sum', phase: 'blocked', reasons }] };
  const told = shown(plan).replace(/\s+/g, ' ');
  expect(told).toContain('blocked by load[n=4], which failed; and 7 more that failed; waits for x');
  expect(told).not.toContain('load[n=5]');
  expect(shown(plan, { all: true })).toContain('load[n=11]');
  expect(shown(plan, { all: true })).not.toContain('more');
  expect(shown({ ...plan, notRun: [{ task: 'sum', phase: 'blocked', reasons: reasons.slice(7) }] })).not.toContain(
    'more',
  );
});

test('the document is as its schema says, and says all', () => {
  const plan: PlanView = {
    landed: ['file:a'],
    unread: [],
    tasks: [{ ...runs('load', 'a lands'), because: 'landed' }],
    notRun: [stays('late', 'waiting', 'waits for x')],
    upToDate: 3,
  };
  for (const one of [plan, { tasks: plan.tasks }]) {
    const document = JSON.parse(planDocument(one));
    expect(faults('plan', document)).toEqual([]);
    expect(document).toEqual(one);
  }
});

test('hostile names are shown, not obeyed', () => {
  for (const name of names) {
    const plan: PlanView = {
      landed: [`file:${name}`],
      unread: [`file:${name}`],
      tasks: [runs(name, name)],
      notRun: Array.from({ length: 11 }, () => stays(name, 'waiting', name)),
    };
    for (const text of [shown(plan), planDocument(plan)]) expect(obeyed(text), JSON.stringify(name)).toBe(false);
  }
});
