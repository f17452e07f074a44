/**
 * `objflow why` in real directories: what lies near what is missing, whom a name stands for, what it says of a failed
 * run. Mostly in process; through the built program where something has to have run.
 */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/cli/exit.js';
import { run } from '../../src/cli/run.js';
import { why } from '../../src/cli/why.js';
import type { Purpose } from '../../src/core/views.js';
import { formatTime } from '../../src/report/durations.js';
import { bin } from '../e2e/rig.ts';
import { called } from '../guards/call.ts';
import { good, open, started } from '../journal/fixtures.js';
import { faults } from '../report/schemas.ts';
import { projectOf } from './context.js';

/** What is asked in process: the document, held against its schema, and the exit status. */
async function asked(p: ReturnType<typeof projectOf>, name: string) {
  const context = p.call();
  const status = await why(context, name, { format: 'json' });
  const document = JSON.parse(context.out.text);
  expect(faults('why', document)).toEqual([]);
  expect(document.upToDate).toBe(status === 0);
  return { status, document, next: document.next as string };
}

async function refused(p: ReturnType<typeof projectOf>, name: string): Promise<string> {
  const error = await why(p.call(), name, { format: 'text' }).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.status).toBe(2);
  return error.message;
}

/** A file that has landed. */
function land(p: ReturnType<typeof projectOf>, name: string, content = 'x'): void {
  const at = path.join(p.root, name);
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(`${at}.coming`, content);
  fs.utimesSync(`${at}.coming`, 1e9, 1e9);
  fs.renameSync(`${at}.coming`, at);
}

const manifest = `version: 1
ignore: ['*.bak', in/never.csv]
objects:
  in/slow.csv: { settle: 1h }
  in/marked.csv: { marker: in/marked.csv.done }
  in/big.csv: { min_size: 100 }
  table:rates: { external: true }
jobs:
  load:
    sources: landing/orders_{date}.csv
    where: { date: '\\d{4}-\\d{2}-\\d{2}' }
    targets: table:orders/{date}
    run: 'true'
  sum: { sources: 'table:orders/*', targets: table:sum, run: 'true' }
  one: { sources: in/one.csv, targets: table:one, run: 'true' }
  never: { sources: in/never.csv, run: 'true' }
  slow: { sources: in/slow.csv, run: 'true' }
  marked: { sources: in/marked.csv, run: 'true' }
  big: { sources: in/big.csv, run: 'true' }
  batch: { sources: 'batch/{d}/', run: 'true' }
  lost: { sources: nowhere/a.csv, run: 'true' }
`;

describe('what lies near', () => {
  test.each<[string, (p: ReturnType<typeof projectOf>) => void, string]>([
    ['nothing', () => {}, 'waits for in/one.csv to land'],
    ['a typo', (p) => land(p, 'in/onne.csv'), 'waits for in/one.csv to land (in/onne.csv has nearly that name)'],
    [
      'another case',
      (p) => land(p, 'in/One.csv'),
      'waits for in/one.csv to land (in/One.csv differs in upper and lower case only)',
    ],
    [
      'an unfinished upload',
      (p) => land(p, 'in/one.csv.part'),
      'waits for in/one.csv to land (in/one.csv.part is passed over: .part is for what is not finished)',
    ],
    [
      'a hidden one',
      (p) => land(p, 'in/.one.csv'),
      'waits for in/one.csv to land (in/.one.csv is passed over: its name begins with a dot)',
    ],
    [
      'one that is ignored',
      (p) => land(p, 'in/one.csv.bak'),
      'waits for in/one.csv to land (in/one.csv.bak is passed over: `ignore` names it)',
    ],
    [
      'a directory',
      (p) => fs.mkdirSync(path.join(p.root, 'in/one.csv')),
      'waits for in/one.csv, which is a directory, and a file is wanted',
    ],
    [
      'a symbolic link',
      (p) => fs.symlinkSync('/dev/null', path.join(p.root, 'in/one.csv')),
      'waits for in/one.csv, which is a symbolic link, and none are followed',
    ],
  ])('%s; then the file comes', async (_, put, next) => {
    const p = projectOf(manifest);
    land(p, 'in/other.txt');
    put(p);
    expect((await asked(p, 'one')).next).toBe(next);
    fs.rmSync(path.join(p.root, 'in/one.csv'), { recursive: true, force: true });
    land(p, 'in/one.csv');
    expect((await asked(p, 'one')).next).toBe('objflow run');
  });

  test('a file that `ignore` names, a directory without files, a directory that is not there', async () => {
    const p = projectOf(manifest);
    land(p, 'in/never.csv');
    fs.mkdirSync(path.join(p.root, 'batch/1'), { recursive: true });
    fs.mkdirSync(path.join(p.root, 'nowhare'));
    expect((await asked(p, 'never')).next).toBe('waits for in/never.csv, which is passed over: `ignore` names it');
    expect((await asked(p, 'batch/1')).next).toBe('waits for batch/1/, which has no file in it yet');
    expect((await asked(p, 'lost')).next).toContain('(nowhere/ is not there; nowhare/ is close to it)');
    land(p, 'batch/1/part');
    expect((await asked(p, 'batch')).next).toBe('objflow run: it waits for batch/1/ to settle');
  });

  test('of a pattern: what `where` refuses, what is set aside, what is nearly it; and not what another day brought', async () => {
    const p = projectOf(manifest);
    land(p, 'landing/order_2026-11-20.csv');
    land(p, 'landing/orders_2026-1-2.csv');
    land(p, 'landing/orders_2026-11-22\n.csv');
    const { near } = (await asked(p, 'load')).document.sources[0];
    const told = (near as { name: string; why: string }[]).map(({ name, why: words }) => `${name} ${words}`);
    expect(told.toSorted()).toEqual([
      'landing/order_2026-11-20.csv nearly matches landing/orders_{date}.csv: compare landing/orders_2026-11-20.csv',
      'landing/orders_2026-1-2.csv would match landing/orders_{date}.csv, but for `where`: date may not be 2026-1-2 (\\d{4}-\\d{2}-\\d{2})',
      'landing/orders_2026-11-22\\x0a.csv is set aside: its name holds control characters',
    ]);
    land(p, 'landing/orders_2026-11-19.csv');
    const { document, next } = await asked(p, 'landing/orders_2026-11-20.csv');
    expect(next).toBe(
      'waits for landing/orders_2026-11-20.csv to land (landing/order_2026-11-20.csv has nearly that name)',
    );
    expect(document.facts.near).toHaveLength(1);
    expect(document.jobs).toEqual(['load']);
  });
});

test('what has not landed: settling, without its marker, too small', async () => {
  const p = projectOf(manifest);
  for (const name of ['slow', 'marked', 'big']) {
    fs.mkdirSync(path.join(p.root, 'in'), { recursive: true });
    fs.writeFileSync(path.join(p.root, `in/${name}.csv`), 'x');
  }
  expect((await asked(p, 'slow')).next).toBe('objflow run: it waits for in/slow.csv to settle');
  expect((await asked(p, 'marked')).next).toBe('waits for in/marked.csv.done to land, the marker of in/marked.csv');
  expect((await asked(p, 'in/marked.csv.done')).document.subject).toBe('in/marked.csv');
  expect((await asked(p, 'big')).next).toBe('waits for in/big.csv to grow: 1 B of 100 B');
  fs.writeFileSync(path.join(p.root, 'in/marked.csv.done'), '');
  expect((await asked(p, 'marked')).next).toBe('objflow run');
});

test('whom a name stands for, and what was meant by one that stands for nothing', async () => {
  const p = projectOf(manifest);
  land(p, 'landing/order_2026-11-20.csv');
  land(p, 'in/a.bak');
  expect((await asked(p, 'table:orders/{date}')).document.subject).toBe('load');
  expect((await asked(p, 'load[date=2026-11-20]')).document).toMatchObject({
    kind: 'task',
    partition: { date: '2026-11-20' },
  });
  expect((await asked(p, 'table:rates')).document.kind).toBe('object');
  expect(await refused(p, 'loads')).toBe('no job, task or object is called `loads`; did you mean `load`?');
  expect(await refused(p, 'orders')).toContain('did you mean `table:orders/{date}`?');
  expect(await refused(p, 'load[day=1]')).toContain('tasks of this job are called load[date=…]');
  expect(await refused(p, 'landing/order_2026-11-20.csv')).toContain('it nearly matches landing/orders_{date}.csv');
  expect(await refused(p, 'landing')).toBe(
    'no job, task or object is called `landing`; files in it are written `landing/orders_{date}.csv`',
  );
  expect(await refused(p, 'a\x1b[2J')).not.toContain('\x1b');
});

test('a failed run: its exit status, its last lines, its log; what it blocks; then it is mended', async () => {
  const p = projectOf(`version: 1
jobs:
  load: { sources: in.csv, targets: table:raw, run: 'printf "one\\ntwo \\033[31m\\n"; grep -q good "$source" || exit 3' }
  clean: { sources: table:raw, targets: out.csv, run: 'echo x >"$target"' }
`);
  const runAll = () => run(p.call({ quiet: true }), [], { format: 'text', retry: true });
  land(p, 'in.csv', 'bad');
  expect(await runAll()).toBe(1);
  const { stdout, stderr, status } = await called(process.execPath, [bin, 'why', 'clean'], { cwd: p.root });
  expect({ stderr, status }).toEqual({ stderr: '', status: 1 });
  expect(stdout.replace(/\d+(\.\d)?m?s ago|just now/g, 'AGO').replace(/[\w-]+\.log/, 'RUN.log')).toBe(`clean  ▪ blocked
│ blocked by load, which failed
└─ table:raw  is not there
   └─ load  ✗ failed  AGO: exit status 3
      │ │ one
      │ │ two \\x1b[31m
      │ log: .objflow/logs/RUN.log
      └─ in.csv  3 B, changed AGO; not changed since it failed
next: mend load, then objflow retry load
`);
  const { document } = await asked(p, 'clean');
  expect(document.sources[0].because[0].lastRun).toMatchObject({ exitCode: 3, output: ['one', 'two \x1b[31m'] });

  land(p, 'in.csv', 'good');
  expect(await runAll()).toBe(0);
  const context = p.call();
  expect(await why(context, 'out.csv', { format: 'text' })).toBe(0);
  expect(context.out.text).toMatch(
    /^out\.csv {2}2 B, made .* by clean \(run .*\)\n {2}no job reads it\nnext: nothing: it is up to date\n$/,
  );
  expect((await asked(p, 'load')).next).toBe('nothing: it is up to date');
});

test('while somebody holds the state: what runs is waited for, and what is between two attempts', async () => {
  const p = projectOf(`version: 1
jobs:
  load: { sources: in.csv, targets: table:raw, run: 'true', retries: { attempts: 3, delay: 1h } }
  clean: { sources: table:raw, run: 'true' }
`);
  land(p, 'in.csv');
  const { journal } = open(p.state);
  const at = Date.now();
  good(journal.append([started('r1', 'load', { at, consumed: {} })]));
  expect((await asked(p, 'clean')).next).toBe('waits for load to end; objflow logs -f load');
  good(journal.append([{ type: 'attempt-failed', at, run: 'r1', attempt: 1, exitCode: 1 }]));
  const { document } = await asked(p, 'clean');
  expect(document.nextAction).toBe('attempt');
  expect(document.next).toBe(`attempt 2 of load starts at ${formatTime(at + 3_600_000)}`);
  expect(document.sources[0].because[0]).toMatchObject({ task: 'load', phase: 'running' });
  // Nobody holds it any more: the next who does takes it up.
  journal.close();
  expect((await asked(p, 'clean')).next).toContain('objflow run: it takes up load');
});

test('due beside a run: whether that takes it up is not claimed; beside a daemon it starts by itself', async () => {
  const p = projectOf(`version: 1
jobs: { load: { sources: in.csv, targets: table:raw, run: 'true' } }
`);
  land(p, 'in.csv');
  const beside = async (purpose: Purpose): Promise<string> => {
    const { journal } = open(p.state, { purpose });
    const { next } = await asked(p, 'load');
    journal.close();
    return next;
  };
  const after = `objflow run, once process ${process.pid} has ended, unless that`;
  expect(await beside({ role: 'run' })).toBe(`${after} run starts it: it takes up what was there when it began`);
  expect(await beside({ role: 'run', selected: true })).toContain(
    `${after} run starts it: it takes up only what it selects`,
  );
  expect(await beside({})).toContain(`${after} starts it`);
  expect(await beside({ role: 'watch' })).toBe('nothing: the running objflow starts load');
  expect((await asked(p, 'load')).next).toBe('objflow run');
});

test('a file whose version is its content is read, and is up to date after it was loaded, touched or not', async () => {
  const p = projectOf(`version: 1
objects: { in.csv: { version: content } }
jobs: { load: { sources: in.csv, targets: table:raw, run: 'true' } }
`);
  land(p, 'in.csv', 'a');
  expect((await asked(p, 'load')).next).toBe('objflow run');
  await run(p.call({ quiet: true }), [], { format: 'text', retry: true });
  land(p, 'in.csv', 'a');
  expect((await asked(p, 'load')).next).toBe('nothing: it is up to date');
  land(p, 'in.csv', 'b');
  const { document } = await asked(p, 'load');
  expect(document).toMatchObject({ next: 'objflow run', sources: [{ changed: true }] });
});

test('what selects several is no subject', async () => {
  const p = projectOf(manifest);
  for (const name of ['tag:nightly', 'state:waiting', 'lo*', '+sum'])
    expect(await refused(p, name)).toBe(
      `why takes one job, task or object, and \`${name}\` is a selector; \`objflow status\` takes it, and lists its tasks`,
    );
});
