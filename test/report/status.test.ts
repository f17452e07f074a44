import { expect, test } from 'vitest';
import type { Purpose, ReasonCode, TaskView } from '../../src/core/views.js';
import { widthOf } from '../../src/report/measure.js';
import { renderStatus, type StatusOptions, type StatusView } from '../../src/report/status.js';
import { statusDocument } from '../../src/report/status-document.js';
import { names, obeyed } from './hostile.js';
import { faults, readSchema } from './schemas.js';
import { failed, idle, jobsOf, now, reason, run, succeeded, task, viewOf } from './status-stage.js';

const tasks = [
  succeeded('load_orders[date=2026-11-20]', 8000),
  failed('load_orders[date=2026-11-21]', 800_000),
  task('build_sales[date=2026-11-21]', 'blocked', [
    reason('blocked-by', 'blocked by load_orders[date=2026-11-21], which failed'),
    reason('source-missing', 'waits for table:raw.orders, which load_orders[date=2026-11-21] makes', 'load_orders'),
  ]),
  task('extract', 'held', [reason('held-by', 'held by build_x, which is running')]),
  task('load_payments[date=2026-11-21]', 'waiting', [
    reason('source-missing', 'waits for landing/payments_2026-11-21.csv'),
    reason('source-missing', 'waits for table:raw.customers'),
  ]),
  task('build_x', 'running', [reason('running', 'run r7')], run('build_x', 'running', now - 63_000)),
  task('old', 'disabled', [reason('disabled', 'the job says enabled: false')]),
];

const shown = (view: StatusView, options: Partial<StatusOptions> = {}): string =>
  `\n${renderStatus(view, { color: false, now, lastLine: () => 'Error: no such column: amount', ...options })}`;

/** Many tasks of a job. */
const many = (job: string, count: number, of: (name: string) => TaskView): TaskView[] =>
  Array.from({ length: count }, (_, n) => of(`${job}[n=${String(n).padStart(4, '0')}]`));

test('a line a job and a line a task that is not well; what needs a person comes first', () => {
  expect(shown(viewOf(tasks), { width: 120 })).toBe(`
✗ load_orders    8s ago  1 failed (2026-11-21), 1 succeeded
▪ build_sales            1 blocked
‖ extract                held
… load_payments          1 waiting
• build_x                running
- old                    disabled

✗ failed   load_orders[date=2026-11-21]    13m 20s ago  exit status 1: Error: no such column: amount
▪ blocked  build_sales[date=2026-11-21]                 blocked by load_orders[date=2026-11-21], which failed
‖ held     extract                                      held by build_x, which is running
… waiting  load_payments[date=2026-11-21]               waits for landing/payments_2026-11-21.csv; waits for
                                                        table:raw.customers
• running  build_x                         for 1m 03s   run r7

7 tasks: 1 failed, 1 blocked, 1 held, 1 waiting, 1 running, 1 succeeded, 1 disabled
no daemon is running · last run 8s ago
`);
});

test('on a narrow terminal a reason that does not fit stands below its task', () => {
  expect(shown(viewOf(tasks))).toBe(`
✗ load_orders    8s ago  1 failed (2026-11-21), 1 succeeded
▪ build_sales            1 blocked
‖ extract                held
… load_payments          1 waiting
• build_x                running
- old                    disabled

✗ failed   load_orders[date=2026-11-21]    13m 20s ago
           exit status 1: Error: no such column: amount
▪ blocked  build_sales[date=2026-11-21]
           blocked by load_orders[date=2026-11-21], which failed
‖ held     extract
           held by build_x, which is running
… waiting  load_payments[date=2026-11-21]
           waits for landing/payments_2026-11-21.csv; waits for
           table:raw.customers
• running  build_x                         for 1m 03s   run r7

7 tasks: 1 failed, 1 blocked, 1 held, 1 waiting, 1 running, 1 succeeded, 1
disabled
no daemon is running · last run 8s ago
`);
});

const crowd = [
  ...many('load', 1960, (name) => succeeded(name, 3000)),
  ...Array.from({ length: 36 }, (_, n) => succeeded(`report_${n}`, 60_000)),
  ...many('fetch', 3, (name) => failed(name, 90_000)),
  ...many('fetch', 7, (name) => succeeded(name.replace('n=', 'm='), 200_000)),
  ...many('build', 1234, (name) => task(name, 'waiting', [reason('source-missing', `waits for ${name}.csv`)])),
  ...many('sum', 2, (name) => task(name, 'blocked', [reason('blocked-by', 'blocked by fetch, which failed')])),
  ...many('join', 2, (name) => task(name, 'blocked', [reason('blocked-by', 'blocked by fetch, which failed')])),
];

test('thousands of tasks take a screenful: failures whole, what is well in one line, the others counted', () => {
  const text = shown(viewOf(crowd), { rows: 24 });
  expect(text).toBe(`
✗ fetch          1m 30s ago  3 failed (0000, 0001, 0002), 7 succeeded
▪ sum                        2 blocked
▪ join                       2 blocked
… build                      1,234 waiting
✓ 37 other jobs  3s ago      1,996 succeeded

✗ failed   fetch[n=0000]  1m 30s ago  exit status 1: Error: no such column:
                                      amount
✗ failed   fetch[n=0001]  1m 30s ago  exit status 1: Error: no such column:
                                      amount
✗ failed   fetch[n=0002]  1m 30s ago  exit status 1: Error: no such column:
                                      amount
▪ blocked  sum[n=0000]                blocked by fetch, which failed
▪ blocked  sum[n=0001]                blocked by fetch, which failed
▪ blocked  join[n=0000]               blocked by fetch, which failed
▪ blocked  join[n=0001]               blocked by fetch, which failed
… waiting  build[n=0000]              waits for build[n=0000].csv
… waiting  build[n=0001]              waits for build[n=0001].csv
… waiting  build[n=0002]              waits for build[n=0002].csv
           and 1,231 more waiting: objflow status build

3,244 tasks: 3 failed, 4 blocked, 1,234 waiting, 2,003 succeeded
no daemon is running · last run 3s ago
`);
});

test('it keeps to the screen, whatever its size and whatever there is', () => {
  const some = [tasks, crowd, many('a', 500, (name) => failed(name, 1)), [...crowd, ...tasks]];
  const around = { setAside: Array.from({ length: 20 }, (_, n) => ({ name: `landing/${n}`, why: 'why' })) };
  const views = some.flatMap((all) => [viewOf(all), viewOf(all, around)]);
  for (const [width, rows] of [
    [40, 30],
    [52, 30],
    [60, 24],
    [120, 40],
  ] as const)
    for (const view of views) {
      const lines = shown(view, { width, rows }).trim().split('\n');
      expect(lines.length).toBeLessThan(rows);
      expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
    }
});

test('on a narrow terminal the reasons of what is set aside stand below the names, which stay whole', () => {
  const setAside = [{ name: 'landing/orders\t2026.csv', why: 'its name holds control characters' }];
  expect(shown(viewOf([], { setAside }), { width: 40 })).toContain(
    '\n! landing/orders  2026.csv\n  its name holds control characters\n',
  );
  expect(shown(viewOf([], { setAside }), { width: 50 })).toContain(
    '\n! landing/orders  2026.csv  its name holds control\n                            characters\n',
  );
});

test('where no width is known nothing is shortened or broken', () => {
  const name = `load[path=${'a'.repeat(200)}]`;
  const message = `waits for ${'x'.repeat(150)}/1, ${'x '.repeat(60)}and more`;
  const text = shown(viewOf([...tasks, task(name, 'waiting', [reason('source-missing', message)])]), {
    width: Number.POSITIVE_INFINITY,
  });
  expect(text).toMatch(new RegExp(`^… waiting  load\\[path=a{200}\\] +${message}$`, 'm'));
  // The mark of what waits, and of jobs that have more failures than are named.
  expect(text.replace(/^… /gm, '')).not.toContain('…');
});

test('-v tells all of it', () => {
  const text = shown(viewOf(crowd), { verbose: true });
  expect(text.match(/^… waiting/gm)).toHaveLength(1234);
  for (const { task: name } of crowd.filter(({ job }) => job === 'sum' || job === 'join'))
    expect(text).toContain(` ${name} `);
  expect(text).toContain('report_35');
  expect(text).not.toContain('more');
});

test('who names a job sees its tasks; those that succeeded as far as there is room', () => {
  const job = [...many('fetch', 30, (name) => succeeded(name, 200_000)), failed('fetch[n=x]', 1000)];
  const text = shown(viewOf(job, { isPart: true }), { rows: 24 });
  expect(text).toMatch(/^✗ failed {5}fetch\[n=x\]/m);
  expect(text.match(/^✓ succeeded/gm)?.length).toBe(15);
  expect(text).toContain('and 15 more succeeded: -v shows them');
  const waiting = crowd.filter(({ job }) => job === 'build');
  expect(shown(viewOf(waiting, { isPart: true }), { rows: 24 }).match(/^… waiting/gm)?.length).toBe(1234);
  expect(shown(viewOf([], { isPart: true }))).toBe('\nno tasks\nno daemon is running\n');
});

test('one long name pads no row, and gives way in its middle', () => {
  const long = `load[file=${'x'.repeat(100)}end]`;
  const two = [task('a[n=1]', 'waiting', [reason('source-missing', 'waits for b')]), task(long, 'waiting', [])];
  expect(shown(viewOf(two))).toBe(`
… a     1 waiting
… load  1 waiting

… waiting  a[n=1]                    waits for b
… waiting  load[file=xx…xxxxxxxend]

2 tasks: all waiting
no daemon is running
`);
  expect(shown(viewOf(two), { verbose: true })).toContain(long);
});

test('where nothing has landed it says what each job waits for', () => {
  const jobs = [
    idle('load_orders', ['file:landing/orders_{date}.csv']),
    idle('build_sales', ['table:raw.orders/{date}', 'table:a/{date}', 'table:b/{date}', 'table:c/{date}']),
    idle('old', ['table:c/{date}'], false),
  ];
  expect(shown({ ...viewOf([]), jobs })).toBe(`
… load_orders  no task yet: waits for landing/orders_{date}.csv
… build_sales  no task yet: waits for table:raw.orders/{date}, table:a/{date}, …
- old          disabled

no tasks yet: nothing has landed that a job reads
no daemon is running
`);
  const hundred = Array.from({ length: 100 }, (_, n) => idle(`job_${n}`, ['table:x']));
  const text = shown({ ...viewOf([]), jobs: hundred }, { rows: 24 });
  expect(text.match(/^… job_\d+ +no task yet: waits for table:x$/gm)).toHaveLength(18);
  expect(text).toContain('\n… 82 other jobs  no task yet: nothing that they read is there\n');
});

test('it says who holds the state, what is polled, what was edited, when something happened last', () => {
  const well = [succeeded('load[date=1]', 8000), succeeded('load[date=2]', 9000), succeeded('sum', 7000)];
  const jobs = jobsOf(well).map((job) => ({ ...job, definitionChanged: job.job === 'load' ? 2 : 0 }));
  const since = new Date(2026, 10, 24, 9, 3, 12);
  const polled = [
    { directory: '', every: 10_000 },
    { directory: 'mnt/x', every: 60_000 },
  ];
  const view = { ...viewOf(well), jobs, polled, lastLandingAt: now - 12_000 };
  const holder = { pid: 4711, host: 'h', since: since.toISOString() };
  expect(shown({ ...view, heldBy: holder })).toBe(`
✓ load  8s ago  2 succeeded
✓ sum   7s ago  succeeded

2 tasks: definition changed since; \`objflow reset load\` has them run anew
3 tasks: all succeeded
watch: polling . every 10s, mnt/x every 1m 00s
process 4711 is at work since 09:03:12 · last landing 12s ago · last run 7s ago
`);
  expect(shown(view)).toContain('changed since; `objflow run --force load` runs them anew');
  const line = (purpose: Purpose): string => shown({ ...view, heldBy: { ...holder, ...purpose } });
  expect(line({ role: 'watch' })).toContain('a daemon (process 4711) is at work since 09:03:12 · ');
  expect(line({ role: 'run' })).toContain('a run (process 4711) is at work since 09:03:12 · ');
  expect(line({ role: 'run', selected: true })).toContain('a run of what was selected (process 4711) is at work');
  expect(shown({ ...view, heldBy: 'unknown' })).toContain('a process that does not say who it is holds the state');
});

test('why it failed: what the exit status does not say, the attempts, the last line of its log', () => {
  const ended = { ...run('load', 'failed', now - 5000, now - 1000), attempts: 3 };
  const { exitCode: _, ...signalled } = ended;
  const cause = (lastRun: typeof ended | typeof signalled, line: string | undefined): string | undefined =>
    shown(viewOf([task('load', 'failed', [reason('last-run-failed', 'x')], lastRun)]), {
      lastLine: (name) => (name === lastRun.run ? line : 'of another run'),
    })
      .split('\n')
      .find((line) => line.startsWith('✗ failed'))
      ?.replace(/.*1s ago */, '');
  expect(cause(ended, '  no such file  ')).toBe('exit status 1 after 3 attempts: no such file');
  expect(cause(ended, undefined)).toBe('exit status 1 after 3 attempts');
  expect(cause({ ...signalled, attempts: 1, signal: 'SIGKILL' }, 'x')).toBe('killed by SIGKILL: x');
  expect(cause({ ...signalled, attempts: 1, problem: 'timed out after 10s' }, 'a\x1b[2Jb')).toBe(
    'timed out after 10s: a\\x1b[2Jb',
  );
});

test('colour says the phase, and nothing else differs', () => {
  for (const width of [80, 120]) {
    const colored = shown(viewOf(tasks), { color: true, width });
    expect(colored).toMatch(/^\x1b\[31m✗ failed *\x1b\[39m/m);
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(shown(viewOf(tasks), { width }));
  }
});

test('the status document is as its schema says, with times for programs', () => {
  const around = {
    setAside: [{ name: 'a', why: 'b' }],
    heldBy: { pid: 1, host: 'h', since: '2026-11-24T09:59:51.000Z', role: 'run' as const, selected: true },
    polled: [{ directory: '', every: 1000 }],
    lastLandingAt: now,
  };
  const jobs = [...jobsOf(tasks), { ...idle('x', ['table:a/{x}']), definitionChanged: 1, waitingSince: now }];
  const document = JSON.parse(statusDocument(tasks, jobs, around));
  expect(faults('status', document)).toEqual([]);
  expect(document).toMatchObject({
    ...around,
    polled: [{ directory: '.' }],
    lastLandingAt: '2026-11-24T10:00:00.000Z',
  });
  expect(document.tasks[0]).toEqual({
    ...tasks[0],
    lastRun: { ...tasks[0]?.lastRun, startedAt: '2026-11-24T09:59:51.000Z', endedAt: '2026-11-24T09:59:52.000Z' },
  });
  expect(document.jobs[0]).toEqual({
    job: 'load_orders',
    enabled: true,
    counts: { succeeded: 1, failed: 1 },
    lastEndedAt: '2026-11-24T09:59:52.000Z',
  });
  expect(document.jobs.at(-1)).toEqual({
    ...{ job: 'x', enabled: true, counts: {}, definitionChanged: 1, waitsFor: ['table:a/{x}'] },
    waitingSince: '2026-11-24T10:00:00.000Z',
  });
  expect(JSON.parse(statusDocument([], []))).toEqual({ tasks: [], jobs: [] });
  expect(faults('status', JSON.parse(statusDocument([], [], { heldBy: 'unknown' })))).toEqual([]);
  expect(statusDocument(tasks, jobs, around, 0).trim()).not.toContain('\n');
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
    const hostile = [
      task(`${name}[n=1]`, 'waiting', [reason('source-missing', `waits for ${name}`)]),
      { ...failed(name, 1000), job: name, partition: { x: name } },
      ...many(`two${name}`, 12, (one) => task(one, 'waiting', [])),
    ];
    const around = { setAside: [{ name, why: name }], polled: [{ directory: name, every: 1000 }] };
    const view = viewOf(hostile, { ...around, heldBy: { pid: 1, host: name, since: name } });
    const jobs = [...view.jobs, { ...idle(name, [`table:${name}`]), definitionChanged: 1 }];
    const shown = [
      renderStatus({ ...view, jobs }, { color: false, now, rows: 16, lastLine: () => name }),
      statusDocument(hostile, jobs, around),
    ];
    for (const text of shown) expect(obeyed(text), JSON.stringify(name)).toBe(false);
  }
});
