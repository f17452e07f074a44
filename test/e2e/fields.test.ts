/** What a job's fields and the options of `run` do, seen from outside. */
import fs from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { faults } from '../report/schemas.ts';
import { mostAtATime, project, started, summary, those } from './rig.ts';

const copy = `run: 'cp "$source" "$target"'`;

test('retries: what fails is tried again with the same key, and the hook comes once', async () => {
  const p = project(
    `version: 1
jobs:
  third:
    sources: in
    targets: out
    retries: { attempts: 3, delay: 10ms }
    on_success: 'echo "$OBJFLOW_ATTEMPT" >>../well'
    on_failure: 'echo "$OBJFLOW_ATTEMPT" >>../badly'
    run: |
      echo "$OBJFLOW_ATTEMPT $OBJFLOW_KEY $OBJFLOW_RUN" >>../attempts
      [ "$OBJFLOW_ATTEMPT" = 3 ]
      cp "$source" "$target"
  never:
    retries: { attempts: 2, delay: 10ms }
    on_failure: 'echo "$OBJFLOW_TASK $OBJFLOW_ATTEMPT" >>../hooks'
    run: exit 9
`,
    { in: 'x' },
  );
  const run = await p.run();
  expect(run.status).toBe(1);
  const of = (task: string) =>
    run.lines.filter((line) => line.task === task).map(({ event, attempt }) => `${event} ${attempt}`);
  expect(of('third')).toEqual([
    'run-started 1',
    'attempt-failed 1',
    'run-started 2',
    'attempt-failed 2',
    'run-started 3',
    'run-succeeded 3',
  ]);
  expect(of('never')).toEqual(['run-started 1', 'attempt-failed 1', 'run-started 2', 'run-failed 2']);
  const attempts = p.told('attempts').map((line) => line.split(' '));
  expect(attempts.map(([attempt]) => attempt)).toEqual(['1', '2', '3']);
  expect(new Set(attempts.map(([, key]) => key)).size).toBe(1);
  expect(new Set(attempts.map(([, , id]) => id)).size).toBe(1);
  expect([p.told('well'), p.told('badly'), p.told('hooks')]).toEqual([['3'], [], ['never 2']]);

  p.land('in', 'y');
  await p.run();
  expect(new Set(p.told('attempts').map((line) => line.split(' ')[1])).size).toBe(2);
});

test('a timeout ends the whole tree, and says so', async () => {
  const p = project(`version: 1\njobs:\n  slow: { timeout: 200ms, run: '(trap "" HUP; sleep 1000) & sleep 1000' }\n`);
  const run = await p.run();
  expect(run.status).toBe(1);
  expect(those(run, 'run-failed')).toMatchObject([{ problem: 'timed out after 200ms' }]);
  p.nothingRuns();
});

test('run tries once more what stands failed; --no-retry leaves it alone', async () => {
  const p = project(
    `version: 1\njobs:\n  picky: { sources: in, targets: out, run: 'test -e ../go; cp "$source" "$target"' }\n`,
    {
      in: 'x',
    },
  );
  expect(started(await p.run())).toEqual(['picky']);
  const left = await p.run('--no-retry');
  expect(left.status).toBe(1);
  expect(started(left)).toEqual([]);
  expect(summary(left)).toMatchObject({ failed: 1 });
  p.land('../go', 'x');
  const again = await p.run();
  expect({ status: again.status, started: started(again) }).toEqual({ status: 0, started: ['picky'] });
});

test('selectors and --force', async () => {
  const p = project(
    `version: 1
objects: { b: { version: content } }
jobs:
  first: { sources: a, targets: b, ${copy} }
  second: { sources: b, targets: c, ${copy} }
  third: { sources: c, targets: d, ${copy} }
`,
    { a: 'x' },
  );
  const part = await p.run('first', 'second');
  expect(started(part)).toEqual(['first', 'second']);
  expect(await p.phases()).toEqual({ first: 'succeeded', second: 'succeeded', third: 'ready' });
  expect(started(await p.run())).toEqual(['third']);
  expect(started(await p.run('first', '--force'))).toEqual(['first']);
  expect(started(await p.run())).toEqual([]); // b is the same as before
  expect(started(await p.run('second', '--force'))).toEqual(['second']);
  expect(started(await p.run())).toEqual(['third']);
});

test('--dry-run prints what run then starts, in that order, and changes nothing', async () => {
  const p = project(
    `version: 1
jobs:
  late: { sources: 'in/{n}', targets: 'mid/{n}', run: 'mkdir -p mid; cp "$source" "$target"' }
  urgent: { sources: 'in/{n}', targets: 'table:u/{n}', priority: 5, run: 'true' }
  join: { sources: ['mid/{n}', 'table:u/{n}'], targets: 'out/{n}', run: 'mkdir -p out; cp "$source" "$target"' }
  all: { sources: 'out/*', priority: 9, run: 'true' }
  waits: { sources: nothing.csv, run: 'true' }
`,
    { 'in/a': 'a', 'in/b': 'b' },
  );
  const before = fs.readdirSync(p.root, { recursive: true });
  const dry = await p.objflow('run', '--dry-run', '--format', 'json', '-j', '1');
  expect(dry.status).toBe(0);
  expect(fs.readdirSync(p.root, { recursive: true })).toEqual(before);
  const plan: { tasks: { task: string; reasons: unknown[] }[] } = JSON.parse(dry.out);
  expect(faults('plan', plan)).toEqual([]);
  expect(plan.tasks.every(({ reasons }) => reasons.length > 0)).toBe(true);
  const run = await p.run('-j', '1');
  expect(plan.tasks.map(({ task }) => task)).toEqual(started(run));
  expect(started(run)).toHaveLength(7);
  expect(started(run).slice(0, 2)).toEqual(['urgent[n=a]', 'urgent[n=b]']);
  expect(started(run).at(-1)).toBe('all');
});

test('on_missing_target: rerun makes again what is gone; without it nobody minds', async () => {
  const p = project(
    `version: 1
jobs:
  kept: { sources: in, targets: kept, on_missing_target: rerun, ${copy} }
  moved: { sources: in, targets: moved, ${copy} }
`,
    { in: 'x' },
  );
  await p.run();
  expect(started(await p.run())).toEqual([]);
  fs.rmSync(p.at('kept'));
  fs.rmSync(p.at('moved'));
  expect(started(await p.run())).toEqual(['kept']);
  expect(await p.phases()).toEqual({ kept: 'succeeded', moved: 'succeeded' });
});

test('enabled, optional, trigger and when decide what is due', async () => {
  const p = project(
    `version: 1
jobs:
  off: { sources: a, enabled: false, run: 'true' }
  maybe: { sources: { a: a, more: { object: more, optional: true } }, run: 'echo "$#:$more" >>../maybe' }
  calm: { sources: { a: a, b: { object: b, trigger: false } }, run: 'true' }
  both: { sources: [a, b], when: all, run: 'true' }
`,
    { a: '1', b: '1' },
  );
  const ran = async () => started(await p.run()).toSorted();
  expect(await ran()).toEqual(['both', 'calm', 'maybe']);
  expect(await p.phases()).toEqual({ off: 'disabled', maybe: 'succeeded', calm: 'succeeded', both: 'succeeded' });
  p.land('b', '2');
  expect(await ran()).toEqual([]);
  const { tasks } = await p.status('both');
  expect(tasks[0]?.reasons[0]).toMatchObject({ code: 'when-unsatisfied' });
  p.land('a', '2');
  expect(await ran()).toEqual(['both', 'calm', 'maybe']);
  p.land('more', '1');
  expect(await ran()).toEqual(['maybe']);
  expect(p.told('maybe')).toEqual(['1:', '1:', '2:more']);
});

test('no more tasks at a time than the project, the job and the pool allow', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const p = project(
    `version: 1
concurrency: 5
pools: { warehouse: 2 }
jobs:
  alone: { sources: 'in/{n}', concurrency: 1, run: 'sleep 0.05' }
  pooled: { sources: 'in/{n}', pool: warehouse, run: 'sleep 0.05' }
  also_pooled: { sources: 'in/{n}', pool: warehouse, run: 'sleep 0.05' }
  free: { sources: 'in/{n}', run: 'sleep 0.05' }
`,
    Object.fromEntries(names.map((name) => [`in/${name}`, name])),
  );
  const run = await p.run();
  expect(summary(run)).toMatchObject({ succeeded: 16 });
  expect(mostAtATime(run)).toBe(5);
  expect(mostAtATime(run, (task) => task.startsWith('alone'))).toBe(1);
  expect(mostAtATime(run, (task) => task.includes('pooled'))).toBe(2);
});

test('what one task makes is known to the next: no settling, also where the two are run by different calls', async () => {
  const p = project(
    `version: 1
objects: { out: { settle: 1h } }
jobs:
  make: { sources: in, targets: out, ${copy} }
  use: { sources: out, run: 'true' }
`,
    { in: 'x' },
  );
  expect(started(await p.run('make'))).toEqual(['make']);
  expect(started(await p.run())).toEqual(['use']);
});

test('a file that still settles is waited for, and the rest goes on meanwhile', async () => {
  const p = project(
    `version: 1
objects: { fresh: { settle: 700ms } }
jobs:
  waits: { sources: fresh, run: 'cat "$source" >>../read' }
  goes: { sources: old, run: 'true' }
`,
    { old: 'x' },
  );
  const write = (): void => fs.appendFileSync(p.at('fresh'), 'x');
  write();
  const writer = setInterval(write, 50);
  onTestFinished(() => clearInterval(writer));
  const call = p.start('run', '--format', 'json');
  await call.line(({ event, task }) => event === 'run-succeeded' && task === 'goes');
  clearInterval(writer);
  fs.appendFileSync(p.at('fresh'), 'end\n');
  const written = fs.statSync(p.at('fresh')).mtimeMs;
  const ended = await call.ended;
  expect(started(ended)).toEqual(['goes', 'waits']);
  expect(p.told('read')).toMatchObject([expect.stringMatching(/^x+end$/)]);
  const at = those(ended, 'run-started').find(({ task }) => task === 'waits')?.at ?? '';
  expect(Date.parse(at)).toBeGreaterThanOrEqual(Math.floor(written + 690));
});
