import { expect, test } from 'vitest';
import type { RunEnd } from '../../src/report/run-event.js';
import { jsonReporter } from '../../src/report/run-json.js';
import { type PlainOptions, plainReporter, quietReporter } from '../../src/report/run-plain.js';
import { endingWords, summaryWords } from '../../src/report/run-words.js';
import { commandsIn, names, obeyed } from './hostile.js';
import { faults } from './schemas.js';
import { end, KeptOutlet, nothing, start, story } from './story.js';

function plain(options: Partial<PlainOptions> = {}, last: RunEnd = end) {
  const out = new KeptOutlet();
  const err = new KeptOutlet();
  const reporter = plainReporter({ out, err, color: false, verbose: false, github: false, ...options });
  for (const event of story) reporter.report(event);
  reporter.end(last);
  return { out: out.text, err: err.text };
}

const conclusion = `
✗ load_payments[date=2026-11-20] failed: timed out after 10s after 2 attempts
  │ reading…
  │ \\x1b[31mstill\\x1b[0m reading  table
  │ ::error::from the job
  │ x ##[add-mask]y
  │
  log: .objflow/logs/r-7.log

✗ extract_all failed: exit status 2

▪ build_sales[date=2026-11-20] is blocked by load_payments[date=2026-11-20]
▪ report is blocked by load_payments[date=2026-11-20], extract_all, a and 2 more
`;

test('plain: a line for each event, then the failures, what they block, and the summary', () => {
  const { out, err } = plain();
  expect(`\n${err}`).toBe(`
10:03:00 landing/a\\x1b[2Jb set aside: its name holds a control character
10:03:00 load_orders[date=2026-11-20] started
10:03:00 load_payments[date=2026-11-20] started
10:03:01 load_orders[date=2026-11-20] succeeded in 1.2s
10:03:02 load_payments[date=2026-11-20] attempt 1 failed: exit status 1; next in 10s
10:03:03 warning: landing/late: not readable (EACCES)
10:03:12 load_payments[date=2026-11-20] started, attempt 2
10:03:22 load_payments[date=2026-11-20] failed after 22s: timed out after 10s
10:03:22 extract started
10:03:23 extract stopped after 1.0s; it is due again
`);
  expect(`\n${out}`).toBe(`${conclusion}
12 succeeded, 2 failed, 2 blocked, 1 waiting, 40 up to date in 23s
objflow status says what is waited for
`);
});

test('plain: more words when asked for, and colour that changes none', () => {
  expect(plain({ verbose: true }).err).toContain('10:03:00 landing/orders.csv landed\n');
  const colored = plain({ color: true });
  expect(colored.out).toContain('\x1b[31m✗\x1b[39m \x1b[1mextract_all\x1b[22m failed');
  expect(colored.err.replace(/\x1b\[\d+m/g, '')).toBe(plain().err);
  expect(colored.out.replace(/\x1b\[\d+m/g, '')).toBe(plain().out);
});

test('under GitHub Actions failures are annotations, and neither names nor output give commands', () => {
  const { out, err } = plain({ github: true, color: true });
  expect(commandsIn(err)).toEqual([]);
  const [failed, stop, second, ...others] = commandsIn(out);
  expect([failed, second]).toEqual([
    {
      name: 'error',
      properties: { title: 'load_payments[date=2026-11-20]' },
      data: 'load_payments[date=2026-11-20] failed: timed out after 10s after 2 attempts',
    },
    { name: 'error', properties: { title: 'extract_all' }, data: 'extract_all failed: exit status 2' },
  ]);
  expect(stop?.name).toBe('stop-commands');
  expect(others).toEqual([]);
  const tokens = [out, plain({ github: true }).out].map((text) => /::stop-commands::(\S{20,})\n/.exec(text)?.[1]);
  expect(new Set(tokens)).toHaveLength(2);
});

test('quiet: failures and nothing else', () => {
  const out = new KeptOutlet();
  const reporter = quietReporter({ out, color: false, github: false });
  for (const event of story) reporter.report(event);
  reporter.end(end);
  expect(`\n${out.text}`).toBe(conclusion);

  const silent = new KeptOutlet();
  quietReporter({ out: silent, color: false, github: false }).end(nothing({ upToDate: 3, waiting: 1 }));
  expect(silent.text).toBe('');
});

test('many failures and many blocked tasks are counted, not all told', () => {
  const many: RunEnd = {
    ...end,
    failures: Array.from({ length: 25 }, (_, index) => ({ task: `f${index}`, attempts: 1, exitCode: 1, output: [] })),
    blocked: Array.from({ length: 21 }, (_, index) => ({ task: `b${index}`, by: ['f0'] })),
  };
  const lines = plain({}, many).out.split('\n');
  expect(lines.filter((line) => line.startsWith('✗'))).toHaveLength(20);
  expect(lines.filter((line) => line.startsWith('▪'))).toHaveLength(20);
  expect(lines.filter((line) => line.startsWith('…'))).toEqual([
    '… and 5 more failed: objflow status',
    '… and 1 more blocked: objflow status',
  ]);
});

test.each([
  [nothing({ upToDate: 14 }), 'nothing to do: all 14 tasks are up to date'],
  [nothing({ upToDate: 1 }), 'nothing to do: the only task is up to date'],
  [nothing({}), 'nothing to do: nothing has landed that a job reads'],
  [nothing({ succeeded: 1 }), '1 succeeded in 5ms'],
  [nothing({ waiting: 2, upToDate: 1 }), '2 waiting, 1 up to date in 5ms'],
  [{ ...nothing({ succeeded: 1, waiting: 3 }), stopped: true }, 'stopped after 5ms: 1 succeeded, 3 waiting'],
  [{ ...nothing({}), stopped: true }, 'stopped after 5ms'],
])('summary %#: %s', (last, words) => {
  expect(summaryWords(last)).toBe(words);
});

test.each([
  [{ exitCode: 3 }, 'exit status 3'],
  [{ signal: 'SIGKILL' }, 'killed by SIGKILL'],
  [{ exitCode: 0, problem: 'did not make out/x.csv' }, 'did not make out/x.csv'],
  [{ exitCode: 2, problem: 'its shell could not fork' }, 'its shell could not fork (exit status 2)'],
  [{ signal: 'SIGTERM', problem: 'timed out after 10s' }, 'timed out after 10s'],
  [{}, 'it did not end well'],
])('ending %#: %s', (ending, words) => {
  expect(endingWords(ending)).toBe(words);
});

test('JSON lines are as their schema says, each event one line, the summary last', () => {
  const out = new KeptOutlet();
  const reporter = jsonReporter({ out });
  for (const event of story) reporter.report(event);
  reporter.end({ ...end, stopped: true });
  const lines = out.text.trimEnd().split('\n');
  const documents = lines.map((line) => JSON.parse(line));
  for (const document of documents) expect(faults('events', document), document.event).toEqual([]);
  expect(documents.map(({ event }) => event)).toEqual([...story.map(({ event }) => event), 'summary']);
  expect(obeyed(out.text)).toBe(false);
  expect(documents[5]).toEqual({
    event: 'attempt-failed',
    at: new Date(start + 2000).toISOString(),
    task: 'load_payments[date=2026-11-20]',
    job: 'load_payments',
    run: 'r-load_payments[date=2026-11-20]',
    attempt: 1,
    exitCode: 1,
    nextAt: new Date(start + 12_000).toISOString(),
  });
  expect(documents.at(-1)).toEqual({
    event: 'summary',
    at: new Date(end.at).toISOString(),
    ...{ succeeded: 12, failed: 2, blocked: 2, waiting: 1, upToDate: 40 },
    stopped: true,
  });
});

test('lines that nobody reads are dropped, and then counted', () => {
  const event = { event: 'warning', at: start, message: 'x' } as const;
  const err = new KeptOutlet();
  const reporter = plainReporter({ out: new KeptOutlet(), err, color: false, verbose: false, github: false });
  err.take = false;
  for (let count = 0; count < 3; count += 1) reporter.report(event);
  err.take = true;
  reporter.report(event);
  reporter.report(event);
  expect(err.text).toBe('… 3 lines dropped: not read in time\n10:03:00 warning: x\n10:03:00 warning: x\n');

  err.take = false;
  reporter.report(event);
  reporter.end(nothing({}));
  expect(err.text.split('\n').at(-2)).toBe('… 1 line dropped: not read in time');
  err.take = true;

  const out = new KeptOutlet();
  const json = jsonReporter({ out });
  out.take = false;
  json.report(event);
  out.take = true;
  json.report(event);
  out.take = false;
  json.report(event);
  json.end(end);
  const documents = out.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const missed = '1 event dropped: not read in time';
  expect(documents.map(({ message, event: name }) => message ?? name)).toEqual([missed, 'x', missed, 'summary']);
  for (const document of documents) expect(faults('events', document)).toEqual([]);
});

test('hostile names and output are shown, not obeyed', () => {
  for (const name of names) {
    for (const github of [false, true]) {
      const out = new KeptOutlet();
      const err = new KeptOutlet();
      const reporter = plainReporter({ out, err, color: false, verbose: true, github });
      const about = { at: start, task: name, job: 'j', run: 'r', attempt: 1, startedAt: start };
      reporter.report({ event: 'run-failed', ...about, problem: name });
      reporter.report({ event: 'set-aside', at: start, name, why: name });
      reporter.report({ event: 'warning', at: start, message: name });
      const failure = { task: name, attempts: 1, problem: name, output: [name], log: name };
      reporter.end({ ...end, failures: [failure], blocked: [{ task: name, by: [name] }] });
      expect(obeyed(out.text + err.text), JSON.stringify(name)).toBe(false);
      if (!github) continue;
      expect(commandsIn(err.text)).toEqual([]);
      expect(commandsIn(out.text).map((command) => command.name)).toEqual(['error', 'stop-commands']);
    }
  }
});
