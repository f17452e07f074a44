/** The daemon's life: killed and adopted from, stopped by signals, alone on its state, unread, idle. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { bin, project, started, stop, those, until } from './rig.ts';

test('after kill -9 a new daemon takes up what still runs, learns how the rest ended, and finds what landed meanwhile', async () => {
  const p = project(
    `version: 1
concurrency: 8
jobs:
  work:
    sources: in/{n}
    run: |
      echo "start $n" >>../log
      case $n in [abcd]) read x <../gate-$n ;; esac
      echo "end $n" >>../log
      case $n in [bd]) exit 7 ;; esac
`,
    { 'in/a': 'x', 'in/b': 'x', 'in/c': 'x', 'in/d': 'x' },
  );
  const [a, b, c, d] = [p.gate('gate-a'), p.gate('gate-b'), p.gate('gate-c'), p.gate('gate-d')];
  const first = await p.watch();
  await until(() => p.told('log').length === 4);
  first.child.kill('SIGKILL');
  await first.ended;
  a();
  b();
  await until(() => p.told('log').includes('end a') && p.told('log').includes('end b'));
  p.land('in/e', 'x');

  const second = await p.watch();
  const ended = (event: string, task: string) => second.line((line) => line.event === event && line.task === task);
  await ended('run-succeeded', 'work[n=e]');
  await ended('run-succeeded', 'work[n=a]');
  expect(await ended('run-failed', 'work[n=b]')).toMatchObject({ exitCode: 7, attempt: 1 });
  expect(those(second, 'run-adopted').map(({ task }) => task)).toEqual(
    expect.arrayContaining(['work[n=c]', 'work[n=d]']),
  );
  c();
  d();
  expect(await ended('run-succeeded', 'work[n=c]')).toMatchObject({ exitCode: 0, attempt: 1 });
  expect(await ended('run-failed', 'work[n=d]')).toMatchObject({ exitCode: 7, attempt: 1 });
  await stop(second);
  expect(started(second)).toEqual(['work[n=e]']);
  expect(p.told('log').toSorted()).toEqual([...'abcde'].flatMap((n) => [`end ${n}`, `start ${n}`]).toSorted());
});

test('a signal that comes while the daemon opens the state is one to stop, and leaves no lock', async () => {
  const p = project(`version: 1\njobs: { work: { run: 'true' } }\n`);
  const call = p.start('watch', '--format', 'json');
  const lock = p.at('.objflow/state.jsonl.lock');
  while (!fs.existsSync(lock)) await new Promise(setImmediate);
  call.child.kill('SIGTERM');
  expect(await call.ended).toMatchObject({ status: 143, err: '' });
  expect(fs.existsSync(lock)).toBe(false);
});

test('SIGTERM lets what runs finish and starts nothing more; SIGINT ends with its own status', async () => {
  const p = project(
    `version: 1
concurrency: 1
jobs:
  work: { sources: 'in/{n}', targets: 'out/{n}', run: 'mkdir -p out; read x <../gate; cp "$source" "$target"' }
`,
    { 'in/a': 'a', 'in/b': 'b' },
  );
  const letThrough = p.gate('gate');
  const first = await p.watch();
  await first.line(({ event }) => event === 'run-started');
  first.child.kill('SIGTERM');
  expect(await first.line(({ event }) => event === 'stopping')).toMatchObject({ running: 1, grace: 30_000 });
  p.land('in/c', 'c');
  letThrough();
  const ended = await first.ended;
  expect(ended.status).toBe(143);
  expect(started(ended)).toHaveLength(1);
  expect(those(ended, 'run-succeeded')).toHaveLength(1);

  const second = await p.watch();
  letThrough();
  letThrough();
  await second.when(() => those(second, 'run-succeeded').length === 2);
  second.child.kill('SIGINT');
  expect((await second.ended).status).toBe(130);
  expect([...started(first), ...started(second)].toSorted()).toEqual(['work[n=a]', 'work[n=b]', 'work[n=c]']);
});

test('a second signal, or the end of grace, ends what runs: it is due again', async () => {
  const manifest = (grace: string): string => `version: 1
grace: ${grace}
jobs:
  long: { sources: in, run: 'echo x >>../starts; test -e ../go || { sleep 1000 & sleep 1000; }' }
`;
  const p = project(manifest('1h'), { in: 'x' });
  const first = await p.watch();
  await until(() => p.told('starts').length === 1);
  first.child.kill('SIGTERM');
  await first.line(({ event }) => event === 'stopping');
  first.child.kill('SIGTERM');
  expect((await first.ended).status).toBe(143);
  expect(those(first, 'run-interrupted')).toMatchObject([{ task: 'long' }]);
  p.nothingRuns();
  expect(await p.phases()).toEqual({ long: 'ready' });

  fs.writeFileSync(p.at('objflow.yaml'), manifest('300ms'));
  const second = await p.watch();
  await until(() => p.told('starts').length === 2);
  second.child.kill('SIGTERM');
  expect(await second.line(({ event }) => event === 'stopping')).toMatchObject({ running: 1, grace: 300 });
  expect((await second.ended).status).toBe(143);
  expect(those(second, 'run-interrupted')).toMatchObject([{ task: 'long' }]);
  p.nothingRuns();

  p.land('../go', 'x');
  const third = await p.watch();
  await third.line(({ event, task }) => event === 'run-succeeded' && task === 'long');
  await stop(third);
});

test('one daemon at a time holds a state; it goes on unread, and idle it uses no processor time', async () => {
  const p = project(`version: 1\njobs:\n  load: { sources: 'in/{n}', run: 'echo "$n" >>../loaded' }\n`, {
    'in/a': 'x',
  });
  const call = await p.watch();
  const { pid = 0 } = call.child;
  for (const args of [['watch', '--format', 'json'], ['run']]) {
    const refused = await p.objflow(...args);
    expect(refused).toMatchObject({ status: 3, out: '' });
    expect(refused.err).toMatch(new RegExp(`^objflow: .*\\b${pid}\\b.*\\n$`));
  }
  await until(() => p.told('loaded').length === 1);
  call.child.stdout?.destroy();
  for (const name of ['b', 'c']) {
    p.land(`in/${name}`, 'x');
    await until(() => p.told('loaded').includes(name));
  }

  // A runtime tidies up for some seconds after work; what lasts would be there in each of the spans.
  const spans: number[] = [];
  while (spans.length < 3 && (spans.at(-1) ?? 9) > 2) {
    const before = ticksOf(pid);
    await new Promise((resolve) => setTimeout(resolve, 5000)); // what is measured: nothing happens
    spans.push(ticksOf(pid) - before);
  }
  expect(Math.min(...spans)).toBeLessThanOrEqual(2);
  expect(await p.phases()).toEqual({ 'load[n=a]': 'succeeded', 'load[n=b]': 'succeeded', 'load[n=c]': 'succeeded' });
  call.child.kill('SIGTERM');
  expect((await call.ended).status).toBe(143);
});

test.runIf(fs.existsSync('/usr/bin/script'))(
  'its terminal is closed: it ends as by the signal that tells it so',
  async () => {
    const p = project(`version: 1\njobs:\n  load: { sources: 'in/{n}', run: 'echo "$n" >>../loaded' }\n`, {
      'in/a': 'x',
    });
    // The first process of a terminal is told that it is closed, and tells the daemon.
    const daemon = `${process.execPath} ${bin} watch & wait $!; wait $!; echo $? >>../status`;
    const inTerminal = `trap 'kill -HUP $!' HUP; ${daemon}`;
    const { child, ended } = p.startWith({ program: ['script', '-qfc', inTerminal, '/dev/null'] });
    await until(() => p.told('loaded').length === 1);
    child.kill('SIGKILL');
    await until(() => p.told('status').length === 1);
    expect(p.told('status')).toEqual(['129']);
    expect(p.has('.objflow/state.jsonl.lock')).toBe(false);
    await ended.catch(() => undefined); // what stood on the terminal is none of our matter
  },
);

/** Processor time of a process, in ticks of a hundredth of a second. */
function ticksOf(pid: number): number {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return user + system;
}
