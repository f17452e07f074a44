import { expect, test } from 'vitest';
import type { RunEvent, Standing } from '../../src/report/run-event.js';
import { names, obeyed } from './hostile.js';
import { stage as anyStage, ended, started } from './stage.js';
import { left, manifest, start, watchStory } from './story.js';

const lines = () => (file: string, number: number) => (file.endsWith('load.yaml') ? manifest[number - 1] : undefined);
const findings = { cwd: '/project', lines };
const stage = (options: Parameters<typeof anyStage>[0] = {}) => anyStage({ landings: true, ...options });

const standing = (counts: Partial<Standing> = {}): Standing => ({
  ...{ running: 0, ready: 0, held: 0, blocked: 0, failed: 0 },
  ...counts,
});
const landing = { at: start + 500, object: 'file:landing/x.csv' };

test('what happened stands above, what runs and how it stands below; at the end only what happened is left', () => {
  const { clock, reporter, screen, out } = stage({ findings });
  const [polling, watching, adopted, landed, ...others] = watchStory;
  for (const event of [polling, watching, adopted, landed]) if (event) reporter.report(event);
  reporter.report(started('load_x', start + 1000));
  reporter.standing?.(standing({ running: 2, ready: 1, held: 3, failed: 1, blocked: 2, lastLanding: landing }));
  clock.moveTo(start + 3000);
  expect(screen()).toBe(`
! mnt/ is listed every 2s: a file that was made there was not heard of
• watching 3 jobs, 12 directories, 340 objects
• load_orders[date=2026-11-20] goes on: objflow found it running, for 3m 03s
↓ landing/x.csv landed
• load_orders[date=2026-11-20] 3m 06s, load_x 2.0s
  2 running, 1 ready, 3 held, 1 failed, 2 blocked
`);

  for (const event of others) reporter.report(event);
  reporter.report(ended('load_x', start + 7500));
  reporter.standing?.(standing({ failed: 1, lastLanding: landing }));
  clock.moveTo(start + 7600);
  const above = `
! mnt/ is listed every 2s: a file that was made there was not heard of
• watching 3 jobs, 12 directories, 340 objects
• load_orders[date=2026-11-20] goes on: objflow found it running, for 3m 03s
↓ landing/x.csv landed
! landing/x.csv was still being written when it was taken; it is taken again
  when it has landed, and files in landing/ now wait for their settle time
! table:raw.x was still being written when it was taken; it is taken again when
  it has landed
↻ mapping reloaded: 4 jobs; added x; changed y; removed z
✗ the edited mapping has 2 errors; the one before it goes on
jobs/load.yaml:2:3 error unknown-field
  there is no field "soruces"
  2 |   soruces: landing/a.csv
    |   ^^^^^^^
  objflow.yaml:2:3 as here
  help: did you mean "sources"?

../elsewhere.yaml:2:3 error empty
  there is nothing

jobs/load.yaml:1:3 warning odd
  this is odd
  1 | jobs:
    |   ^^^
✗ load_orders[date=2026-11-20] failed after 3m 09s: exit status 1
■ stopping: 2 running tasks have 30s; again ends them now
✓ load_x succeeded in 7.5s
`;
  expect(screen()).toBe(`${above}  1 failed · last landing landing/x.csv 2026-11-24 10:03:00\n`);

  reporter.left(left);
  expect(screen()).toBe(above);
  expect(out.text).toBe('stopped after 3h 02m: 120 runs succeeded, 1 failed\n');
  expect(clock.pending).toBe(0);
});

test('an idle daemon draws once, and then waits for nothing', () => {
  const { clock, reporter, screen, err } = stage();
  reporter.standing?.(standing());
  clock.moveTo(start + 200);
  expect(screen()).toBe('\n  idle\n');
  expect(clock.pending).toBe(0);

  reporter.standing?.(standing());
  clock.moveTo(start + 86_400_000);
  expect(err.writes).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test('it redraws while something runs, and stops when nothing does', () => {
  const { clock, reporter, screen, err } = stage();
  reporter.report(started('load'));
  reporter.standing?.(standing({ running: 1 }));
  clock.moveTo(start + 60_000);
  expect(screen()).toBe('\n• load 1m 00s\n  1 running\n');
  reporter.report({
    event: 'attempt-failed',
    at: start + 60_000,
    ...about('load'),
    exitCode: 1,
    nextAt: start + 90_000,
  });
  clock.moveTo(start + 70_000);
  expect(screen()).toBe('\n↻ load attempt 1 failed: exit status 1; next in 30s\n• load again in 20s\n  1 running\n');

  reporter.report(ended('load', start + 70_000));
  reporter.standing?.(standing());
  clock.moveTo(start + 71_000);
  const before = err.writes.length;
  clock.moveTo(start + 3_600_000);
  expect(err.writes).toHaveLength(before);
  expect(clock.pending).toBe(0);
});

const about = (task: string) => ({ task, job: task, run: 'r', attempt: 1 });

test('a few tasks are named, as many as fit, and times stay whole on narrow terminals', () => {
  const footer = (columns: number, counts: Standing) => {
    const { clock, reporter, screen } = stage({ columns });
    for (let index = 0; index < 5; index += 1) reporter.report(started(`load_日本_${index}`));
    reporter.standing?.(counts);
    clock.moveTo(start + 60);
    return screen();
  };
  const counts = standing({ running: 5, held: 12, lastLanding: landing });
  expect(footer(100, counts)).toBe(`
• load_日本_0 0ms, load_日本_1 0ms, load_日本_2 0ms and 2 more
  5 running, 12 held · last landing landing/x.csv 2026-11-24 10:03:00
`);
  expect(footer(60, counts)).toBe(`
• load_日本_0 0ms, load_日本_1 0ms and 3 more
  5 running, 12 held
`);
  expect(footer(66, counts)).toBe(`
• load_日本_0 0ms, load_日本_1 0ms, load_日本_2 0ms and 2 more
  5 running, 12 held · last landing landing/… 2026-11-24 10:03:00
`);
  expect(footer(24, counts)).toBe(`
• load_… 0ms and 4 more
  5 running, 12 held
`);
  expect(footer(12, counts)).toBe(`
• … 0ms an…
  5 runnin…
`);
});

test('lines begin with date and time where that is asked for, and failures name their log', () => {
  const { clock, reporter, screen } = stage({ dates: true, log: (run) => `.objflow/logs/${run}.log`, columns: 100 });
  reporter.report({ event: 'run-failed', at: start, ...about('load'), startedAt: start - 5000, exitCode: 2 });
  reporter.report({ event: 'stopping', at: start, running: 0, grace: 30_000 });
  clock.moveTo(start + 10);
  expect(screen()).toBe(
    '\n2026-11-24 10:03:00 ✗ load failed after 5.0s: exit status 2; its log is .objflow/logs/r.log\n' +
      '2026-11-24 10:03:00 ■ stopping\n',
  );
});

test('a terminal that is stopped is told how it stands when it goes on, and not before', () => {
  const { clock, reporter, screen, err } = stage();
  reporter.standing?.(standing({ held: 1 }));
  clock.moveTo(start + 10);
  err.busy = true;
  reporter.standing?.(standing({ failed: 1 }));
  clock.moveTo(start + 10_000);
  expect(err.writes).toHaveLength(1);
  err.busy = false;
  clock.moveTo(start + 11_000);
  expect(screen()).toBe('\n  1 failed\n');
  expect(clock.pending).toBe(0);

  err.take = false;
  err.busy = true;
  reporter.report(ended('a', start + 11_000));
  clock.moveTo(start + 12_000);
  err.take = true;
  err.busy = false;
  clock.moveTo(start + 13_000);
  expect(screen()).toBe('\n… 1 line dropped: not read in time\n  1 failed\n');
  expect(clock.pending).toBe(0);
});

test('hostile names are shown, not obeyed', () => {
  for (const name of names) {
    const { clock, reporter, err } = stage({ findings: { cwd: '/project', lines: () => () => name } });
    const place = { file: `/project/${name}`, line: 1, column: 1, endLine: 1, endColumn: 3 };
    const events: readonly RunEvent[] = [
      { event: 'reload-refused', at: start, diagnostics: [{ code: 'x', severity: 'error', message: name, place }] },
      started(name),
    ];
    for (const event of events) reporter.report(event);
    reporter.standing?.(standing({ running: 1, lastLanding: { at: start, object: `file:${name}` } }));
    clock.moveTo(start + 1000);
    reporter.left(left);
    const ours = /\x1b\[(\d+A\r|[KJ])/g;
    expect(obeyed(err.text.replace(ours, '')), JSON.stringify(name)).toBe(false);
  }
});
