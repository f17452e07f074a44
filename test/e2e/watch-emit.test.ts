/** Announcements: taken by whoever comes, with and without a daemon, each key once, whatever dies in between. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { type Project, project, started, stop, summary, those } from './rig.ts';

async function emit(p: Project, ...args: string[]): Promise<unknown> {
  const { status, out } = await p.objflow('emit', '--format', 'json', ...args);
  expect(status).toBe(0);
  return JSON.parse(out);
}

const announced = (...ids: string[]) => ({ announced: ids, duplicates: [] });
const duplicates = (...ids: string[]) => ({ announced: [], duplicates: ids });

test('an announcement waits for `run`, reaches a daemon at once, and its key counts once over kill -9 and restarts', async () => {
  const p = project(`version: 1
objects: { 'table:raw/{t}': { external: true } }
jobs:
  build: { sources: 'table:raw/{t}', targets: 'table:mart/{t}', run: 'echo "$t" >>../built' }
`);
  expect(await emit(p, 'table:raw/a')).toEqual(announced('table:raw/a'));
  expect(await emit(p, 'table:raw/b', '--key', 'first')).toEqual(announced('table:raw/b'));
  expect(await emit(p, 'table:raw/b', '--key', 'first')).toEqual(duplicates('table:raw/b'));
  expect(summary(await p.run())).toMatchObject({ succeeded: 2 });
  expect(summary(await p.run())).toMatchObject({ succeeded: 0 });
  expect(p.told('built').toSorted()).toEqual(['a', 'b']);

  const first = await p.watch();
  const ran = (call: typeof first, times: number): Promise<void> =>
    call.when(() => those(call, 'run-succeeded').length === times);
  expect(await emit(p, 'table:raw/b', '--key', 'first')).toEqual(duplicates('table:raw/b'));
  expect(await emit(p, 'table:raw/c', '--key', 'second')).toEqual(announced('table:raw/c'));
  await ran(first, 1);
  expect(await emit(p, 'table:raw/a', '--version', '7')).toEqual(announced('table:raw/a'));
  await ran(first, 2);
  expect(await emit(p, 'table:raw/a', 'table:raw/c', '--key', 'second')).toEqual({
    announced: ['table:raw/a'],
    duplicates: ['table:raw/c'],
  });
  await ran(first, 3);
  first.child.kill('SIGKILL');
  expect(started(await first.ended)).toEqual(['build[t=c]', 'build[t=a]', 'build[t=a]']);

  expect(await emit(p, 'table:raw/c', '--key', 'second')).toEqual(duplicates('table:raw/c'));
  expect(await emit(p, 'table:raw/d', '--key', 'third')).toEqual(announced('table:raw/d'));
  expect(await emit(p, 'table:raw/d', '--key', 'third')).toEqual(duplicates('table:raw/d'));
  const [waiting = ''] = fs.readdirSync(p.at('.objflow/inbox'));
  const other = JSON.stringify({ ...JSON.parse(p.read(`.objflow/inbox/${waiting}`)), objectVersion: 'other' });
  const second = await p.watch();
  await ran(second, 1);
  // As when two announce under one key in the same moment: neither has seen the other's.
  fs.writeFileSync(p.at('.objflow/inbox/.other'), other);
  fs.renameSync(p.at('.objflow/inbox/.other'), p.at(`.objflow/inbox/${waiting}`));
  expect(await emit(p, 'table:raw/d', '--key', 'third')).toEqual(duplicates('table:raw/d'));
  expect(await emit(p, 'table:raw/e')).toEqual(announced('table:raw/e'));
  await ran(second, 2);
  expect(fs.readdirSync(p.at('.objflow/inbox'))).toEqual([]);
  expect(started(await stop(second))).toEqual(['build[t=d]', 'build[t=e]']);
});

test('a file that is announced is looked at now, whatever is heard of it', async () => {
  const p = project(`version: 1
watch: { polling: 1d }
jobs:
  load: { sources: 'in/{n}', run: 'cat "$source" >>../loaded' }
`);
  fs.mkdirSync(p.at('in'));
  const call = await p.watch();
  p.land('in/a', 'a\n');
  p.land('in/b', 'b\n');
  expect(await emit(p, 'in/b')).toEqual(announced('file:in/b'));
  await call.line(({ event, task }) => event === 'run-succeeded' && task === 'load[n=b]');
  await stop(call);
  expect(p.told('loaded')).toEqual(['b']); // nothing else would have told of it
  expect(started(await p.run())).toEqual(['load[n=a]']);
});
