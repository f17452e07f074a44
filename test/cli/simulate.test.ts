/** `objflow simulate` and `run --dry-run`: what they say; once through the built program, against what then happens. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/cli/exit.js';
import { run } from '../../src/cli/run.js';
import { simulate } from '../../src/cli/simulate.js';
import type { PlanView } from '../../src/core/views.js';
import { openJournal } from '../../src/journal/journal.js';
import { type Ended, project, started, those } from '../e2e/rig.ts';
import { good } from '../journal/fixtures.js';
import { faults } from '../report/schemas.ts';
import { projectOf } from './context.js';

const manifest = `version: 1
concurrency: 1
objects:
  landing/*.csv: { settle: 1h, min_size: 1kB }
  table:rates: { external: true }
  "table:returns/{n}": { external: true }
jobs:
  load: { sources: 'landing/{n}.csv', targets: 'mid/{n}', run: 'mkdir -p mid; cp "$source" "$target"' }
  check: { sources: 'mid/{n}', targets: 'table:checked/{n}', priority: 3, run: 'true' }
  build:
    sources: ['mid/{n}', { object: table:rates, trigger: false }]
    targets: 'out/{n}'
    run: 'mkdir -p out; cp "$source" "$target"'
  report: { sources: ['mid/{n}', 'table:returns/{n}'], run: 'true' }
  all: { sources: 'out/*', run: 'true' }
  other: { sources: other.txt, run: 'true' }
`;
const large = (text: string): string => text.padEnd(2000, '.');

/** What the program printed as JSON, held against its schema. */
function planOf({ out, err, status }: Ended): PlanView {
  expect({ err, status }).toEqual({ err: '', status: 0 });
  const plan: PlanView = JSON.parse(out);
  expect(faults('plan', plan)).toEqual([]);
  return plan;
}

test('what simulate says is what the landing then brings, and until then nothing has happened', async () => {
  const p = project(manifest, { 'landing/1.csv': large('a'), 'other.txt': 'x' });
  await p.objflow('emit', 'table:rates');
  expect(started(await p.run('load', 'check', 'build', 'all'))).toEqual([
    'load[n=1]',
    'check[n=1]',
    'build[n=1]',
    'all',
  ]);
  const before = fs.readdirSync(p.root, { recursive: true });
  const state = p.read('.objflow/state.jsonl');

  const landing = ['landing/1.csv', 'landing/2.csv', 'table:returns/2', 'table:rates'];
  const plan = planOf(await p.objflow('simulate', ...landing, '--format', 'json'));
  expect(fs.readdirSync(p.root, { recursive: true })).toEqual(before);
  expect(p.read('.objflow/state.jsonl')).toBe(state);
  expect(plan.landed).toEqual(['file:landing/1.csv', 'file:landing/2.csv', 'table:returns/2', 'table:rates']);
  expect(plan.tasks.filter(({ because }) => because === 'due').map(({ task }) => task)).toEqual(['other']);
  expect(plan.tasks.find(({ task }) => task === 'all')?.reasons[0]).toEqual({
    code: 'source-changed',
    message: 'out/1 changes when build[n=1] has run',
    object: 'file:out/1',
    task: 'build[n=1]',
  });
  expect(plan.notRun).toEqual([
    {
      task: 'report[n=1]',
      phase: 'waiting',
      reasons: [{ code: 'source-missing', message: 'waits for table:returns/1', object: 'table:returns/1' }],
    },
  ]);

  p.land('landing/1.csv', large('b'));
  p.land('landing/2.csv', large('b'));
  await p.objflow('emit', 'table:returns/2', 'table:rates');
  const real = await p.run('--no-retry');
  const happened = those(real, 'run-started') as unknown as PlanView['tasks']; // the schema of events says so
  const told = ({ task, reasons }: PlanView['tasks'][number]) => ({
    task,
    // The words are other ones: before it happens, and after.
    reasons: reasons.map(({ code, object }) => ({ code, object })),
  });
  expect(happened.map(told)).toEqual(plan.tasks.map(told));
});

test('it says which job has no task for what lands, what no job reads, and what it does not know', async () => {
  const { call } = projectOf(`version: 1
ignore: [old]
jobs:
  join: { sources: ['a/{x}', 'b/{y}'], targets: 'c/{x}/{y}', run: 'true' }
  off: { sources: 'a/{x}', enabled: false, run: 'true' }
`);
  const context = call();
  expect(await simulate(context, ['a/1', 'c/1/1'], { format: 'text' })).toBe(0);
  expect(`\n${context.out.text}`).toBe(`
If a/1 and c/1/1 landed now:

No job reads c/1/1.

Would not run:

 - join, waiting       no task reads a/1 yet: nothing that goes with it matches b/{y}
 - off[x=1], disabled  the job says enabled: false

nothing would run: 1 waiting, 1 disabled
`);
  for (const [object, told] of [
    ['d/1', 'no job reads or writes `d/1`, and no object is declared so; did you mean `a/1`?'],
    ['a/{x}', '`a/{x}` is a pattern, and one object at a time is simulated; write a value for `{x}`'],
    ['a/1.part', 'no job can read `a/1.part`: it is passed over: .part is for what is not finished'],
    ['a/old', 'no job can read `a/old`: it is passed over: `ignore` names it'],
  ] as const)
    await expect(simulate(call(), [object], { format: 'text' })).rejects.toThrow(new UserError(told));
});

test('a dry run says what would not run, and that nothing is to do', async () => {
  const p = projectOf(`version: 1
jobs:
  bad: { sources: a, targets: b, run: 'exit 3' }
  next: { sources: b, run: 'true' }
  late: { sources: c, run: 'true' }
`);
  fs.writeFileSync(path.join(p.root, 'a'), 'x');
  fs.utimesSync(path.join(p.root, 'a'), 1e9, 1e9);
  const dry = async (retry: boolean, ...selectors: string[]): Promise<string> => {
    const context = p.call();
    expect(await run(context, selectors, { format: 'text', dryRun: true, retry })).toBe(0);
    return context.out.text;
  };
  expect(await dry(true)).toMatch(/\n2 tasks would run; 1 waiting\n$/);
  expect(await run(p.call({ quiet: true }), [], { format: 'text', retry: true })).toBe(1);
  expect(await dry(false)).toMatch(/\nnothing would run: 1 failed, 1 blocked, 1 waiting\n$/);
  expect(await dry(true, 'late')).toBe(
    'Would not run:\n\n - late, waiting  waits for c\n\nnothing would run: 1 waiting\n',
  );
  const untouched = p.call();
  await simulate(untouched, ['c'], { format: 'text' });
  // As a daemon would: what stands failed is not tried again, because nothing of it has landed.
  expect(untouched.out.text).toBe('If c landed now:\n\n1. late  it has never run\n\n1 task would run\n');
});

test('a run that was left when objflow died goes on, as the next objflow will find it', async () => {
  const p = projectOf(`version: 1
jobs:
  first: { sources: a, targets: 'table:b', run: 'true' }
  second: { sources: 'table:b', run: 'true' }
`);
  fs.writeFileSync(path.join(p.root, 'a'), 'x');
  const { journal } = good(openJournal(p.state));
  const about = { run: 'r1', task: 'first', job: 'first', partition: {}, attempt: 1, key: 'k', definition: 'd' };
  good(journal.append([{ type: 'run-started', at: 1e12, ...about, consumed: {} }]));
  journal.close();
  const planned = async (): Promise<string> => {
    const context = p.call();
    await run(context, ['second'], { format: 'text', dryRun: true, retry: true });
    return context.out.text;
  };
  expect(await planned()).toContain('nothing would run: 1 waiting');
  fs.mkdirSync(path.join(p.root, '.objflow/runs'));
  fs.writeFileSync(path.join(p.root, '.objflow/runs/r1.trace'), '999999999\nexit 0\n');
  expect(await planned()).toContain('1 task would run');
  expect(fs.readdirSync(path.join(p.root, '.objflow/runs'))).toEqual(['r1.trace']);
});
