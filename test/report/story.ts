/**
 * A run to be reported: one task succeeds, one fails for good, one is stopped; what only a daemon tells; and outlets
 * that keep what they get.
 */
import { asObjectId, asVersion } from '../../src/core/object.js';
import type { Outlet } from '../../src/report/outlet.js';
import type { RunEnd, RunEvent, WatchEnd } from '../../src/report/run-event.js';

/** Three minutes past ten, on the clock on the wall. */
export const start = new Date(2026, 10, 24, 10, 3, 0).getTime();

const about = (task: string, attempt = 1) => ({ task, job: task.replace(/\[.*/, ''), run: `r-${task}`, attempt });
const orders = 'load_orders[date=2026-11-20]';
const payments = 'load_payments[date=2026-11-20]';

export const story: readonly RunEvent[] = [
  { event: 'set-aside', at: start, name: 'landing/a\u001b[2Jb', why: 'its name holds a control character' },
  { event: 'object-landed', at: start, object: asObjectId('file:landing/orders.csv'), version: asVersion('v1') },
  { event: 'run-started', at: start, reasons: [], ...about(orders) },
  { event: 'run-started', at: start + 100, reasons: [], ...about(payments) },
  {
    event: 'run-succeeded',
    at: start + 1234,
    ...about(orders),
    startedAt: start,
    produced: { 'table:raw.orders': 'r1' },
  },
  { event: 'attempt-failed', at: start + 2000, ...about(payments), exitCode: 1, nextAt: start + 12_000 },
  { event: 'warning', at: start + 3000, message: 'landing/late: not readable (EACCES)' },
  { event: 'run-started', at: start + 12_000, reasons: [], ...about(payments, 2) },
  {
    event: 'run-failed',
    at: start + 22_000,
    ...about(payments, 2),
    startedAt: start + 100,
    signal: 'SIGTERM',
    problem: 'timed out after 10s',
  },
  { event: 'run-started', at: start + 22_000, reasons: [], ...about('extract') },
  { event: 'run-interrupted', at: start + 23_000, ...about('extract'), startedAt: start + 22_000 },
];

const place = { file: '/project/jobs/load.yaml', line: 2, column: 3, endLine: 2, endColumn: 10 };

/** The manifest of `place`. */
export const manifest = ['jobs:', '  soruces: landing/a.csv'];

/** A daemon's day: it starts, finds a run, is edited well and badly, and is stopped. */
export const watchStory: readonly RunEvent[] = [
  { event: 'polling', at: start, directory: 'mnt', every: 2000, why: 'a file that was made there was not heard of' },
  { event: 'watching', at: start, jobs: 3, directories: 12, objects: 340 },
  { event: 'run-adopted', at: start, ...about(orders), startedAt: start - 183_000 },
  { event: 'object-landed', at: start + 1000, object: asObjectId('file:landing/x.csv'), version: asVersion('v1') },
  { event: 'landed-early', at: start + 2000, object: asObjectId('file:landing/x.csv'), distrusted: 'landing' },
  { event: 'landed-early', at: start + 3000, object: asObjectId('table:raw.x') },
  { event: 'reloaded', at: start + 4000, jobs: 4, added: ['x'], changed: ['y'], removed: ['z'] },
  {
    event: 'reload-refused',
    at: start + 5000,
    diagnostics: [
      { code: 'odd', severity: 'warning', message: 'this is odd', place: { ...place, line: 1, endLine: 1 } },
      {
        code: 'unknown-field',
        severity: 'error',
        message: 'there is no field "soruces"',
        place,
        hint: 'did you mean "sources"?',
        related: [{ message: 'as here', place: { ...place, file: '/project/objflow.yaml' } }],
      },
      { code: 'empty', severity: 'error', message: 'there is nothing', place: { ...place, file: '/elsewhere.yaml' } },
    ],
  },
  { event: 'run-failed', at: start + 6000, ...about(orders), startedAt: start - 183_000, exitCode: 1 },
  { event: 'stopping', at: start + 7000, running: 2, grace: 30_000 },
];

export const left: WatchEnd = { at: start + 8000, took: 3 * 3_600_000 + 120_000, succeeded: 120, failed: 1 };

export const end: RunEnd = {
  at: start + 23_400,
  took: 23_400,
  summary: { succeeded: 12, failed: 2, blocked: 2, waiting: 1, upToDate: 40 },
  failures: [
    {
      task: payments,
      attempts: 2,
      signal: 'SIGTERM',
      problem: 'timed out after 10s',
      output: ['reading…', '\u001b[31mstill\u001b[0m reading\ttable', '::error::from the job', 'x ##[add-mask]y', ''],
      log: '.objflow/logs/r-7.log',
    },
    { task: 'extract_all', attempts: 1, exitCode: 2, output: [] },
  ],
  blocked: [
    { task: 'build_sales[date=2026-11-20]', by: [payments] },
    { task: 'report', by: [payments, 'extract_all', 'a', 'b', 'c'] },
  ],
};

export const nothing = (summary: Partial<RunEnd['summary']>): RunEnd => ({
  at: start,
  took: 5,
  summary: { succeeded: 0, failed: 0, blocked: 0, waiting: 0, upToDate: 0, ...summary },
  failures: [],
  blocked: [],
});

/** An outlet that keeps what it is given; `take` false: as if too much were waiting. */
export class KeptOutlet implements Outlet {
  text = '';
  take = true;
  busy = false;
  readonly failure = undefined;
  columns = 80;
  rows = 24;
  readonly writes: string[] = [];
  write(text: string, always = false): boolean {
    if (!this.take && !always) return false;
    this.text += text;
    this.writes.push(text);
    return true;
  }
  size() {
    return { columns: this.columns, rows: this.rows };
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
}
