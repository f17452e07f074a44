import { expect, test } from 'vitest';
import { names, obeyed } from './hostile.js';
import { Screen } from './screen.js';
import { ended, stage, started } from './stage.js';
import { end, nothing, start, story } from './story.js';

test('what runs stands below with its time, what is over above; at the end nothing is left of the footer', () => {
  const { clock, reporter, screen, out } = stage();
  reporter.progress?.({ done: 0, total: 12 });
  for (const event of story.slice(0, 4)) reporter.report(event);
  clock.moveTo(start + 900);
  expect(screen()).toBe(`
! landing/a\\x1b[2Jb set aside: its name holds a control character
• load_orders[date=2026-11-20]    750ms
• load_payments[date=2026-11-20]  650ms
  0 of 12 done, 750ms
`);

  clock.moveTo(start + 2000);
  reporter.progress?.({ done: 1, total: 12 });
  for (const event of story.slice(4, 7)) reporter.report(event);
  clock.moveTo(start + 2100);
  expect(screen()).toBe(`
! landing/a\\x1b[2Jb set aside: its name holds a control character
✓ load_orders[date=2026-11-20] succeeded in 1.2s
↻ load_payments[date=2026-11-20] attempt 1 failed: exit status 1; next in 10s
! warning: landing/late: not readable (EACCES)
• load_payments[date=2026-11-20]  again in 9.9s
  1 of 12 done, 2.1s
`);

  for (const event of story.slice(7)) reporter.report(event);
  reporter.end(end);
  expect(screen()).toBe(`
! landing/a\\x1b[2Jb set aside: its name holds a control character
✓ load_orders[date=2026-11-20] succeeded in 1.2s
↻ load_payments[date=2026-11-20] attempt 1 failed: exit status 1; next in 10s
! warning: landing/late: not readable (EACCES)
✗ load_payments[date=2026-11-20] failed after 22s: timed out after 10s
■ extract stopped after 1.0s; it is due again

`);
  expect(out.text).toContain(
    '✗ load_payments[date=2026-11-20] failed: timed out after 10s after 2 attempts\n  │ reading…\n',
  );
  expect(out.text).toContain('\n12 succeeded, 2 failed, 2 blocked, 1 waiting, 40 up to date in 23s\n');
  expect(clock.pending).toBe(0);
});

test('nothing to do draws nothing', () => {
  const { reporter, out, err } = stage();
  reporter.progress?.({ done: 0, total: 0 });
  reporter.end(nothing({ upToDate: 14 }));
  expect(err.text).toBe('');
  expect(out.text).toBe('nothing to do: all 14 tasks are up to date\n');
});

test('at most ten frames a second, each one write, however many events; and few while nothing happens', () => {
  const { clock, reporter, err, screen } = stage();
  reporter.report(started('long'));
  for (let at = start; at < start + 1000; at += 1) {
    clock.moveTo(at);
    reporter.report(ended(`task_${at - start}`, at));
  }
  expect(err.writes.length).toBeLessThanOrEqual(10);
  clock.moveTo(start + 1100);
  expect(
    screen()
      .split('\n')
      .filter((line) => line.startsWith('✓')),
  ).toHaveLength(1000);
  const before = err.writes.length;
  clock.moveTo(start + 61_100);
  expect(err.writes.length - before).toBeLessThanOrEqual(240);
  expect(screen()).toContain('• long  1m 01s\n  0 of 0 done, 1m 01s\n');
});

test('it fits narrow terminals and low ones, wide characters included', () => {
  const { clock, reporter, screen } = stage({ columns: 40, rows: 7 });
  for (let index = 0; index < 9; index += 1) reporter.report(started(`${'long_'.repeat(9)}${index}`));
  clock.moveTo(start + 50);
  expect(screen()).toBe(`
• long_long_long_…  0ms
• long_long_long_…  0ms
• long_long_long_…  0ms
  … and 6 more
  0 of 0 done, 0ms
`);
});

test('a terminal that is made narrower is redrawn without leaving lines behind', () => {
  const { clock, reporter, err } = stage({ columns: 80 });
  reporter.report(started('a'.repeat(50)));
  clock.moveTo(start + 10);
  const wide = new Screen(80);
  for (const text of err.writes) wide.write(text);
  // The terminal itself folds what is on it.
  const narrow = new Screen(30);
  for (const row of wide.rows.slice(0, -1)) narrow.write(`${row}\n`);
  const drawn = err.writes.length;
  err.columns = 30;
  clock.moveTo(start + 300);
  for (const text of err.writes.slice(drawn)) narrow.write(text);
  expect(`\n${narrow.text}`).toBe('\n• aaaaa…  250ms\n  0 of 0 done, 250ms\n');
});

test('a terminal that is not read gets no frames that only tell the time, and learns what it missed', () => {
  const { clock, reporter, err, screen } = stage();
  reporter.report(started('slow'));
  clock.moveTo(start + 10);
  const frames = err.writes.length;
  err.busy = true;
  clock.moveTo(start + 10_000);
  expect(err.writes.length).toBe(frames);

  err.take = false;
  for (const task of ['a', 'b', 'c']) {
    reporter.report(ended(task, clock.now()));
    clock.moveTo(clock.now() + 200);
  }
  expect(err.writes.length).toBe(frames);

  err.take = true;
  err.busy = false;
  reporter.report(ended('d', start + 11_000));
  clock.moveTo(start + 11_000);
  expect(screen()).toBe(`
… 3 lines dropped: not read in time
✓ d succeeded in 11s
• slow  11s
  0 of 0 done, 11s
`);
});

test('verbose tells what starts and what lands', () => {
  const { clock, reporter, screen } = stage({ verbose: true });
  for (const event of story.slice(0, 3)) reporter.report(event);
  clock.moveTo(start + 10);
  expect(screen()).toContain('↓ landing/orders.csv landed\n• load_orders[date=2026-11-20] started\n');
});

test('hostile names are shown, not obeyed', () => {
  for (const name of names) {
    const { clock, reporter, err, out } = stage({ verbose: true });
    reporter.report(started(name));
    reporter.report({ event: 'warning', at: start, message: name });
    clock.moveTo(start + 10);
    reporter.report({
      event: 'run-failed',
      at: start,
      task: name,
      job: 'j',
      run: 'r',
      attempt: 1,
      startedAt: start,
      problem: name,
    });
    reporter.end({ ...end, failures: [{ task: name, attempts: 1, output: [name], problem: name, log: name }] });
    const ours = /\x1b\[(\d+A\r|[KJ])/g;
    expect(obeyed(err.text.replace(ours, '') + out.text), JSON.stringify(name)).toBe(false);
  }
});
