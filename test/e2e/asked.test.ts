/** `retry`, `reset`, `adopt` through the built program: without a daemon, beside one, and when that dies in between. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { faults } from '../report/schemas.ts';
import { type Ended, type Project, project, started, summary } from './rig.ts';

const manifest = `version: 1
jobs:
  load: { sources: 'in/{d}', targets: 'table:raw/{d}', run: 'cat "$source" >>../loaded; ! grep -q bad "$source"' }
  mart: { sources: 'table:raw/{d}', targets: 'mart/{d}', run: 'mkdir -p mart; echo "$d" >"$target"' }
  report: { sources: 'mart/*', targets: report, run: 'cat "$@" >"$target"; cat "$target" >>../reports' }
`;

/** What a command printed as JSON, held against its schema. */
function documentOf({ out, status }: Ended): Record<string, unknown> {
  expect({ status, faults: faults('asked', JSON.parse(out)) }).toEqual({ status: 0, faults: [] });
  return JSON.parse(out);
}

const asked = async (p: Project, ...args: string[]): Promise<Record<string, unknown>> =>
  documentOf(await p.objflow(...args, '--format', 'json'));

const waiting = (p: Project): string[] => fs.readdirSync(p.at('.objflow/inbox'));

test('without a daemon: a platform is adopted, what is reset runs again, what failed is tried again', async () => {
  const p = project(manifest, {
    'in/1': 'one\n',
    'in/2': 'two\n',
    'mart/1': 'old\n',
    'mart/2': 'old\n',
    report: 'old\n',
  });
  const tasks = ['load[d=1]', 'load[d=2]', 'mart[d=1]', 'mart[d=2]', 'report'];
  fs.rmSync(p.at('mart/2'));
  const left = [{ task: 'mart[d=2]', reason: 'its target mart/2 is not there' }];
  const some = tasks.filter((task) => task !== 'mart[d=2]');
  const dry = await asked(p, 'adopt', '--dry-run');
  expect(dry).toEqual({ adopted: some, left, already: [], asked: false, dryRun: true });
  expect(p.has('.objflow')).toBe(false);
  expect(await asked(p, 'adopt')).toEqual({ adopted: some, left, already: [], asked: false });
  expect(waiting(p)).toEqual([]);
  const first = await p.run();
  expect(started(first)).toEqual(['mart[d=2]', 'report']);
  expect(p.told('loaded')).toEqual([]);

  expect(await asked(p, 'reset', 'load[d=1]')).toEqual({ reset: ['load[d=1]'], left: [], asked: false });
  p.land('in/2', 'bad\n');
  const second = await p.run();
  expect(second.status).toBe(1);
  expect(started(second).toSorted()).toEqual(['load[d=1]', 'load[d=2]', 'mart[d=1]']); // the report is blocked

  const again = await p.objflow('retry', 'load');
  expect(again.status).toBe(1);
  expect(again.err).toMatch(
    /^1 task that failed is tried again\n {2}load\[d=2\]\n1 task did not fail .*--force.*\n {2}load\[d=1\]/,
  );
  fs.writeFileSync(p.at('objflow.yaml'), manifest.replace('! grep -q bad "$source"', 'true'));
  const mended = await p.objflow('retry', '--failed', '--format', 'json');
  expect(mended.out).toMatch(/^{"event":"retrying",.*"retried":\["load\[d=2\]"\],"left":\[\],"asked":false}\n/);
  expect(mended.out).toMatch(/"event":"run-started".*"task":"report"/);
  expect(mended.out).toMatch(/"event":"summary",.*"succeeded":3,"failed":0/);
  expect(mended.status).toBe(0);
});

test('beside a daemon, which does it at once; and whoever comes next does what one that was killed did not', async () => {
  const p = project(manifest, { 'in/1': 'one\n', 'in/2': 'bad\n' });
  const call = await p.watch();
  await call.line(({ event, task }) => event === 'run-succeeded' && task === 'mart[d=1]');
  await call.line(({ event, task }) => event === 'run-failed' && task === 'load[d=2]');
  const done = (times: number) => call.when((lines) => lines.filter(({ event }) => event === 'asked').length === times);
  expect(await asked(p, 'retry', '--failed')).toMatchObject({ retried: ['load[d=2]'], left: [], asked: true });
  await done(1);
  await call.when((lines) => lines.filter(({ event }) => event === 'run-failed').length === 2);
  const told = call.lines.filter(({ task }) => task === undefined || task === 'load[d=2]').map(({ event }) => event);
  expect(told.slice(told.indexOf('asked'))).toEqual(['asked', 'run-started', 'run-failed']);
  expect(await asked(p, 'adopt', 'load[d=2]')).toEqual({ adopted: ['load[d=2]'], left: [], already: [], asked: true });
  await call.line(({ event, task }) => event === 'run-succeeded' && task === 'report');
  const reset = await p.objflow('reset', 'load[d=1]');
  expect(reset).toMatchObject({
    status: 0,
    err: expect.stringMatching(/^the daemon \(process \d+\) was asked, and does it at once\n$/),
  });
  await done(3);
  await call.when(
    (lines) => lines.filter(({ event, task }) => event === 'run-succeeded' && task === 'load[d=1]').length === 2,
  );
  await call.when(
    (lines) => lines.filter(({ event, task }) => event === 'run-succeeded' && task === 'report').length === 2,
  );
  expect(waiting(p)).toEqual([]);

  call.child.kill('SIGSTOP'); // it hears nothing more
  await asked(p, 'reset', 'report');
  call.child.kill('SIGKILL');
  await call.ended;
  expect(waiting(p)).toHaveLength(1);
  expect((await p.phases()).report).toBe('ready');
  const next = await p.run();
  expect(started(next)).toEqual(['report']);
  expect(summary(next)).toMatchObject({ succeeded: 1, upToDate: 4 });
  expect(waiting(p)).toEqual([]);
});

test('what is not said is not guessed', async () => {
  const p = project(manifest, { 'in/1': 'one\n' });
  const ended = await Promise.all([p.objflow('reset'), p.objflow('retry')]);
  expect(ended.map(({ status, out }) => ({ status, out }))).toEqual(Array(2).fill({ status: 2, out: '' }));
  expect(ended.map(({ err }) => err)).toEqual([
    expect.stringMatching(/^objflow: .*'\*' for all\n$/),
    expect.stringMatching(/^objflow: .*--failed/),
  ]);
  expect(p.has('.objflow')).toBe(false);
});
