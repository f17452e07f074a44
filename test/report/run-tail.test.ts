/** The last lines of a failed run's output, where the daemon tells of the failure. */
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/report/run-event.js';
import { jsonReporter } from '../../src/report/run-json.js';
import { plainReporter, quietWatchReporter } from '../../src/report/run-plain.js';
import { commandsIn, names, obeyed } from './hostile.js';
import { stage } from './stage.js';
import { KeptOutlet, start } from './story.js';

const failed: RunEvent = {
  ...{ event: 'run-failed', at: start, task: 'load', job: 'load', run: 'r-1', attempt: 1 },
  ...{ startedAt: start - 5000, exitCode: 2 },
};
const output = ['long ago', 'reading…', '', '\x1b[31mstill\x1b[0m\treading', '::error::from the job', ''];
const daemon = { dates: true, log: (run: string) => `.objflow/logs/${run}.log`, tail: () => output };

function plain(options: Partial<Parameters<typeof plainReporter>[0]> = {}, event = failed, make = plainReporter) {
  const err = new KeptOutlet();
  make({ out: new KeptOutlet(), err, color: false, verbose: false, github: false, ...daemon, ...options }).report(
    event,
  );
  return err.text;
}

const head = '2026-11-24 10:03:00 load failed after 5.0s: exit status 2; its log is .objflow/logs/r-1.log\n';
const below = '  │ reading…\n  │ \\x1b[31mstill\\x1b[0m  reading\n  │ ::error::from the job\n';

test('plain and quiet: three lines that say something, below the failure', () => {
  expect(plain()).toBe(head + below);
  expect(plain({}, failed, quietWatchReporter)).toBe(head + below);
  expect(plain({ tail: () => ['', ' '] })).toBe(head);
  expect(plain({}, { ...failed, event: 'run-interrupted' })).not.toContain('│');
});

test('on a terminal too', () => {
  const { clock, reporter, screen } = stage({ columns: 100, ...daemon });
  reporter.report(failed);
  clock.moveTo(start + 10);
  expect(screen()).toBe(`\n${head.replace('load failed', '✗ load failed')}${below}`);
});

test('a line without an end is cut', () => {
  const [, line = ''] = plain({ tail: () => ['x'.repeat(100_000)] }).split('\n');
  expect(line).toBe(`  │ ${'x'.repeat(399)}…`);
});

test('what the command printed is shown, not obeyed', () => {
  for (const name of names)
    for (const github of [false, true]) {
      const text = plain({ github, tail: () => [name, `${name}${name}`] });
      expect(obeyed(text), JSON.stringify(name)).toBe(false);
      if (github) expect(commandsIn(text), JSON.stringify(name)).toEqual([]);
    }
});

test('JSON lines say nothing of it', () => {
  const out = new KeptOutlet();
  jsonReporter({ out }).report(failed);
  expect(Object.keys(JSON.parse(out.text)).sort()).toEqual(
    ['event', 'at', 'task', 'job', 'run', 'attempt', 'startedAt', 'exitCode'].sort(),
  );
});
