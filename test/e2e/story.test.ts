/** What a mapping does over several calls: failures and their cone, new days, diamonds, changes while a task runs. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { project, started, summary, those } from './rig.ts';

test('one of five jobs fails: the rest goes on, its cone is blocked, and runs once it is mended', async () => {
  const p = project(
    `version: 1
jobs:
  load_customers: { sources: in/customers, targets: raw/customers, run: 'mkdir -p raw; cp "$source" "$target"' }
  load_orders:
    sources: in/orders
    targets: raw/orders
    run: 'mkdir -p raw; grep -q good "$source" || { echo bad delivery >&2; exit 7; }; cp "$source" "$target"'
  clean_customers: { sources: raw/customers, targets: clean/customers, run: 'mkdir -p clean; cp "$source" "$target"' }
  sales:
    sources: [raw/orders, clean/customers]
    targets: sales
    run: 'cat "$@" >"$target"'
  extract: { sources: sales, targets: extract, run: 'cp "$source" "$target"' }
`,
    { 'in/customers': 'Ann\n', 'in/orders': 'broken\n' },
  );
  const first = await p.run();
  expect(first.status).toBe(1);
  expect(started(first).toSorted()).toEqual(['clean_customers', 'load_customers', 'load_orders']);
  expect(summary(first)).toEqual({ succeeded: 2, failed: 1, blocked: 2, waiting: 0, upToDate: 0 });
  expect(those(first, 'run-failed')).toMatchObject([{ task: 'load_orders', exitCode: 7 }]);

  const { tasks } = await p.status();
  const of = (name: string) => tasks.find(({ task }) => task === name);
  expect(await p.phases()).toEqual({
    load_customers: 'succeeded',
    load_orders: 'failed',
    clean_customers: 'succeeded',
    sales: 'blocked',
    extract: 'blocked',
  });
  for (const name of ['sales', 'extract'])
    expect(of(name)?.reasons).toContainEqual(expect.objectContaining({ code: 'blocked-by', task: 'load_orders' }));
  expect((await p.objflow('status', '--check')).status).toBe(1);

  const again = await p.objflow('run'); // tries what failed once more, and shows what it said
  expect(again.status).toBe(1);
  expect(again.out + again.err).toMatch(/load_orders failed: .*7[\s\S]*bad delivery[\s\S]*log: \.objflow\/logs\//);

  p.land('in/orders', 'good\n');
  const mended = await p.run();
  expect(mended.status).toBe(0);
  expect(started(mended)).toEqual(['load_orders', 'sales', 'extract']);
  expect(p.read('extract')).toBe('good\nAnn\n');

  const idle = await p.objflow('run');
  expect(idle.status).toBe(0);
  expect(idle.out + idle.err).toContain('nothing to do');
  expect((await p.objflow('status', '--check')).status).toBe(0);
});

test("what init writes runs; a new day's file runs its partition and what gathers it; nothing new runs nothing", async () => {
  const p = project(undefined);
  expect((await p.objflow('init')).status).toBe(0);
  for (const name of fs.readdirSync(p.at('landing'))) p.land(`landing/${name}`, p.read(`landing/${name}`));
  const first = await p.run();
  expect(first.status).toBe(0);
  expect(started(first)).toHaveLength(7);
  expect(started(await p.run())).toEqual([]);

  p.land('landing/orders_2026-11-23.csv', p.read('landing/orders_2026-11-22.csv'));
  const next = await p.run();
  expect(started(next)).toEqual(['clean_orders[date=2026-11-23]', 'daily_totals[date=2026-11-23]', 'report']);
  expect(summary(next)).toEqual({ succeeded: 3, failed: 0, blocked: 0, waiting: 0, upToDate: 6 });
  expect(p.read('reports/totals.csv')).toContain('2026-11-23,');

  const state = p.read('.objflow/state.jsonl');
  const idle = await p.objflow('run');
  expect(idle.out + idle.err).toContain('nothing to do: all 9 tasks are up to date');
  expect(p.read('.objflow/state.jsonl')).toBe(state);
});

test('a diamond runs its join once a landing', async () => {
  const p = project(
    `version: 1
jobs:
  left: { sources: in, targets: left, run: 'cp "$source" "$target"' }
  right: { sources: in, targets: right, run: 'sleep 0.1; cp "$source" "$target"' }
  far: { sources: right, targets: far, run: 'cp "$source" "$target"' }
  join: { sources: [left, far], targets: join, run: 'cat "$@" >"$target"' }
`,
    { in: 'one\n' },
  );
  for (const landing of ['one\n', 'two\n']) {
    p.land('in', landing);
    const run = await p.run();
    expect(started(run).filter((task) => task === 'join')).toHaveLength(1);
    expect(started(run)).toHaveLength(4);
    expect(p.read('join')).toBe(landing + landing);
  }
});

test('a source rewritten while its task runs makes it due once more, however often it was rewritten', async () => {
  const p = project(
    `version: 1
jobs:
  copy: { sources: in, targets: out, run: 'cp "$source" "$target"; read x <../gate' }
`,
    { in: 'one' },
  );
  const letThrough = p.gate('gate');
  const call = p.start('run', '--format', 'json');
  await call.line(({ event }) => event === 'run-started');
  p.land('in', 'two');
  p.land('in', 'three');
  letThrough();
  letThrough();
  const { status } = await call.ended;
  expect(status).toBe(0);
  const rest = await p.run();
  expect([...started(call), ...started(rest)]).toEqual(['copy', 'copy']);
  expect(p.read('out')).toBe('three');
});

test('a target of which only the content counts, rewritten with the same bytes, stops the cascade', async () => {
  const p = project(
    `version: 1
objects: { middle: { version: content } }
jobs:
  head: { sources: in, targets: middle, run: 'head -n 1 "$source" >"$target"' }
  end: { sources: middle, targets: out, run: 'cp "$source" "$target"' }
`,
    { in: 'same\none\n' },
  );
  expect(started(await p.run())).toEqual(['head', 'end']);
  p.land('in', 'same\ntwo\n');
  const stopped = await p.run();
  expect(started(stopped)).toEqual(['head']);
  expect(await p.phases()).toEqual({ head: 'succeeded', end: 'succeeded' });
  p.land('in', 'other\ntwo\n');
  expect(started(await p.run())).toEqual(['head', 'end']);
});

test('exit status 0 without the target is a failure that names it', async () => {
  const p = project("version: 1\njobs:\n  lazy: { sources: in, targets: [made, not made], run: 'touch made' }\n", {
    in: 'x',
  });
  const run = await p.run();
  expect(run.status).toBe(1);
  const [failed] = those(run, 'run-failed');
  expect(failed?.problem).toMatch(/did not make not made$/);
});

test('what a failed run left half written is consumed by nobody', async () => {
  const p = project(
    `version: 1
jobs:
  half: { sources: in, targets: half, run: 'cat "$source" >"$target"; grep -q whole "$source"' }
  reader: { sources: half, targets: out, on_upstream_failure: ignore, run: 'cp "$source" "$target"' }
`,
    { in: 'ha' },
  );
  const first = await p.run();
  expect(started(first)).toEqual(['half']);
  const { tasks } = await p.status();
  expect(tasks.find(({ task }) => task === 'reader')).toMatchObject({
    phase: 'waiting',
    reasons: [{ code: 'source-missing', object: 'file:half' }],
  });
  expect(started(await p.run('--no-retry'))).toEqual([]);

  p.land('in', 'whole');
  expect(started(await p.run())).toEqual(['half', 'reader']);
  expect(p.read('out')).toBe('whole');

  p.land('in', 'ha');
  expect(started(await p.run())).toEqual(['half']);
  expect(started(await p.run('--no-retry'))).toEqual([]);
  expect(p.read('out')).toBe('whole');
});
