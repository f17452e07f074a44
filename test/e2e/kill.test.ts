/** Deaths and signals: objflow is killed at any moment, held by another, stopped by Ctrl-C. Nothing is lost or repeated. */
import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bin, project, started, summary, those, until } from './rig.ts';

const partitions = Array.from({ length: 9 }, (_, n) => `p${n}`);
const inputs = Object.fromEntries(partitions.map((n) => [`in/${n}`, `${n}\n`]));

/** Three stages of nine tasks, two that gather, one at the end: thirty. Each tells that it starts. */
const thirty = `version: 1
concurrency: 4
jobs:
  one: { sources: 'in/{n}', targets: 'one/{n}', run: 'echo "$OBJFLOW_TASK" >>../starts; mkdir -p one; sleep 0.02; cp "$1" "$target"' }
  two: { sources: 'one/{n}', targets: 'table:two/{n}', run: 'echo "$OBJFLOW_TASK" >>../starts; sleep 0.02; echo "$n" >>../table' }
  three:
    sources: ['one/{n}', 'table:two/{n}']
    targets: 'three/{n}'
    retries: { attempts: 3, delay: 1ms }
    run: 'echo "$OBJFLOW_TASK" >>../starts; mkdir -p three; cp "$1" "$target"'
  gather: { sources: 'three/*', targets: gathered, run: 'echo "$OBJFLOW_TASK" >>../starts; cat "$@" >"$target"' }
  count: { sources: 'table:two/*', targets: counted, run: 'echo "$OBJFLOW_TASK" >>../starts; echo $# >"$target"' }
  end: { sources: [gathered, counted], targets: end, run: 'echo "$OBJFLOW_TASK" >>../starts; cat "$@" >"$target"' }
`;

/** Numbers from 0 to 1 that follow from the seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('killed at twenty random moments, nothing is lost, and nothing that succeeded runs again', async () => {
  const seed = Number(process.env.OBJFLOW_SEED ?? Date.now() % 1e6);
  console.log(`kill -9: OBJFLOW_SEED=${seed}`);
  const random = numbers(seed);
  let kills = 0;
  while (kills < 20) {
    const p = project(thirty, inputs);
    /** How often each task was running when objflow was killed. */
    const caught = new Map<string, number>();
    /** Starts, by the end of the call that recorded the success, of what has succeeded. */
    const settled = new Map<string, number>();
    const starts = (task: string): number => p.told('starts').filter((told) => told === task).length;
    for (let complete = false; !complete; ) {
      const call = p.start('run', '--format', 'json');
      const after = Math.floor(random() * 30);
      const moment = random() < 0.2 ? setTimeout(random() * 400) : call.line(() => call.lines.length > after);
      await Promise.race([moment, call.ended]).catch(() => undefined); // it may end before
      await setTimeout(random() * 30);
      call.child.kill('SIGKILL');
      const { status } = await call.ended;
      complete = status !== 'SIGKILL';
      if (complete) expect(status).toBe(0);
      else kills += 1;
      const journal = p.journal();
      const tasks = new Map(journal.flatMap(({ run = '', task }) => (task === undefined ? [] : [[run, task]])));
      const ended = new Set(journal.flatMap(({ type, run }) => (type === 'run-ended' ? [run] : [])));
      for (const { type, run = '', outcome } of journal) {
        const task = tasks.get(run) ?? '';
        if (type === 'run-ended' && outcome === 'succeeded' && !settled.has(task)) settled.set(task, starts(task));
      }
      for (const [run, task] of tasks) if (!ended.has(run)) caught.set(task, (caught.get(task) ?? 0) + 1);
      for (const [task, count] of settled)
        expect({ seed, kills, task, count: starts(task) }).toEqual({ seed, kills, task, count });
    }
    const all = [...new Set(p.told('starts'))];
    expect(all).toHaveLength(30);
    for (const task of all)
      expect(starts(task), `${task}, OBJFLOW_SEED=${seed}`).toBeLessThanOrEqual(1 + (caught.get(task) ?? 0));
    expect([...new Set(p.told('table'))].toSorted()).toEqual(partitions);
    expect(p.read('end')).toBe(`${partitions.join('\n')}\n9\n`);
    const idle = await p.run();
    expect(summary(idle)).toEqual({ succeeded: 0, failed: 0, blocked: 0, waiting: 0, upToDate: 30 });
  }
}, 120_000);

test('a task that outlives objflow is found by the next one, and not started again', async () => {
  const p = project(
    `version: 1
jobs:
  long: { sources: in, targets: out, run: 'echo x >>../starts; read x <../gate; cp "$source" "$target"' }
`,
    { in: 'x' },
  );
  const letThrough = p.gate('gate');
  const first = p.start('run', '--format', 'json');
  await until(() => p.told('starts').length === 1);
  first.child.kill('SIGKILL');
  await first.ended;
  expect(await p.phases()).toEqual({ long: 'running' });
  const second = p.start('run', '--format', 'json');
  letThrough();
  expect((await second.ended).status).toBe(0);
  expect(summary(await second.ended)).toMatchObject({ succeeded: 1 });
  expect(p.told('starts')).toHaveLength(1);
});

/** Runs the program with `code` in it; gives its status and what it says. */
const runWith = (code: string, cwd: string): Promise<{ status: unknown; err: string }> =>
  new Promise((resolve) => {
    const program = ['--import', `data:text/javascript,${encodeURIComponent(code)}`, bin, 'run', '-q'];
    execFile(process.execPath, program, { cwd }, (failure, _, err) => resolve({ status: failure?.code, err }));
  });

test('a bug of ours ends it with a status of its own, and what runs is taken up by the next', async () => {
  const p = project(
    `version: 1
jobs:
  long: { sources: in, targets: out, run: 'echo x >>../starts; read x <../gate; cp "$source" "$target"' }
`,
    { in: 'x' },
  );
  const letThrough = p.gate('gate');
  const bug = `import { existsSync } from 'node:fs';
setInterval(() => { if (existsSync('../starts')) throw new Error('ours'); }, 20)`;
  expect(await runWith(bug, p.root)).toEqual({
    status: 4,
    err: expect.stringMatching(/^objflow: this is a bug in objflow [^\n]*please report[^\n]*\nError: ours\n {4}at /),
  });
  letThrough();
  expect(summary(await p.run())).toMatchObject({ succeeded: 1 });
  expect(p.told('starts')).toHaveLength(1);
});

test('a want of descriptors is no bug of ours, and is told as what it is', async () => {
  const p = project(`version: 1\njobs: { a: { run: 'true' } }\n`);
  const want = `setInterval(() => {
if (process.listenerCount('uncaughtException')) throw Object.assign(new Error(), { code: 'EMFILE' });
})`;
  const err = 'objflow: too many files are open; raise `ulimit -n`\n';
  expect(await runWith(want, p.root)).toEqual({ status: 4, err });
});

test('a second run is refused and told who holds the state; status disturbs nobody', async () => {
  const p = project(
    `version: 1
jobs:
  long: { sources: in, targets: out, run: 'read x <../gate; cp "$source" "$target"' }
  next: { sources: out, run: 'true' }
`,
    { in: 'x' },
  );
  const letThrough = p.gate('gate');
  const first = p.start('run', '--format', 'json');
  await first.line(({ event }) => event === 'run-started');
  const second = await p.run();
  expect(second).toMatchObject({ status: 3, out: '' });
  expect(second.err).toMatch(new RegExp(`^objflow: .*\\b${first.child.pid}\\b.*\\n$`));
  expect(await p.phases()).toMatchObject({ long: 'running' });
  expect((await p.objflow('run', '--dry-run')).status).toBe(0);
  letThrough();
  expect((await first.ended).status).toBe(0);
});

test('the first Ctrl-C lets what runs finish, and starts nothing more', async () => {
  const p = project(
    `version: 1
concurrency: 3
jobs:
  long: { sources: 'in/{n}', targets: 'out/{n}', run: 'mkdir -p out; echo x >>../starts; read x <../gate; cp "$source" "$target"' }
  next: { sources: 'out/*', targets: end, run: 'cat "$@" >"$target"' }
`,
    { 'in/a': 'a', 'in/b': 'b', 'in/c': 'c' },
  );
  const letThrough = p.gate('gate');
  const call = p.start('run', '--format', 'json');
  await until(() => p.told('starts').length === 3);
  call.child.kill('SIGINT');
  expect(await call.line(({ event }) => event === 'stopping')).toMatchObject({ running: 3, grace: 30_000 });
  for (const _ of 'abc') letThrough();
  const ended = await call.ended;
  expect(ended.status).toBe(130);
  expect(started(ended)).toHaveLength(3);
  expect(those(ended, 'run-succeeded')).toHaveLength(3);
  expect(summary(ended)).toMatchObject({ succeeded: 3, stopped: true });
  expect(started(await p.run())).toEqual(['next']);
});

test('the second Ctrl-C ends what runs, leaves nothing behind, and the next run takes it up again', async () => {
  const p = project(
    `version: 1
jobs:
  long: { sources: in, targets: out, run: 'echo x >>../starts; test -e ../go || { sleep 1000 & sleep 1000; }; cp "$source" "$target"' }
`,
    { in: 'x' },
  );
  const call = p.start('run', '--format', 'json');
  await until(() => p.told('starts').length === 1);
  call.child.kill('SIGINT');
  await call.line(({ event }) => event === 'stopping');
  call.child.kill('SIGINT');
  const ended = await call.ended;
  expect(ended.status).toBe(130);
  expect(those(ended, 'run-interrupted')).toMatchObject([{ task: 'long' }]);
  p.nothingRuns();
  expect(await p.phases()).toEqual({ long: 'ready' });
  p.land('../go', 'x');
  const next = await p.run();
  expect(next.status).toBe(0);
  expect(those(next, 'run-succeeded')).toMatchObject([{ task: 'long' }]);
});
