import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/core/diagnostic.js';
import { asObjectId } from '../../src/core/object.js';
import { askedDocument } from '../../src/report/asked.js';
import type { RunEvent, WatchEnd } from '../../src/report/run-event.js';
import { jsonReporter } from '../../src/report/run-json.js';
import { type PlainOptions, plainReporter, quietWatchReporter } from '../../src/report/run-plain.js';
import { eventWords } from '../../src/report/run-words.js';
import { leftWords } from '../../src/report/watch-words.js';
import { commandsIn, names, obeyed } from './hostile.js';
import { faults, readSchema } from './schemas.js';
import { end, KeptOutlet, left, manifest, nothing, start, story, watchStory } from './story.js';

const lines = () => (file: string, number: number) =>
  file === '/project/jobs/load.yaml' ? manifest[number - 1] : undefined;
const daemon = {
  landings: true,
  dates: true,
  findings: { cwd: '/project', lines },
  log: (run: string) => `.objflow/logs/${run}.log`,
};

function told(
  make: typeof plainReporter | typeof quietWatchReporter,
  events: readonly RunEvent[] = watchStory,
  options: Partial<PlainOptions> = {},
) {
  const out = new KeptOutlet();
  const err = new KeptOutlet();
  const reporter = make({ out, err, color: false, verbose: false, github: false, ...daemon, ...options });
  for (const event of events) reporter.report(event);
  reporter.left(left);
  return { out: out.text, err: err.text };
}

const refused = `2026-11-24 10:03:05 the edited mapping has 2 errors; the one before it goes on
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
`;
const failed =
  '2026-11-24 10:03:06 load_orders[date=2026-11-20] failed after 3m 09s: exit status 1; its log is .objflow/logs/r-load_orders[date=2026-11-20].log\n';
const early =
  '2026-11-24 10:03:02 landing/x.csv was still being written when it was taken; it is taken again when it has landed, and files in landing/ now wait for their settle time\n' +
  '2026-11-24 10:03:03 table:raw.x was still being written when it was taken; it is taken again when it has landed\n';

test('plain: a line for each event, with its date; findings below a refused edit as validate prints them', () => {
  const { out, err } = told(plainReporter);
  expect(err).toBe(
    `2026-11-24 10:03:00 mnt/ is listed every 2s: a file that was made there was not heard of
2026-11-24 10:03:00 watching 3 jobs, 12 directories, 340 objects
2026-11-24 10:03:00 load_orders[date=2026-11-20] goes on: objflow found it running, for 3m 03s
2026-11-24 10:03:01 landing/x.csv landed
${early}2026-11-24 10:03:04 mapping reloaded: 4 jobs; added x; changed y; removed z
${refused}${failed}2026-11-24 10:03:07 stopping: 2 running tasks have 30s; again ends them now
`,
  );
  expect(out).toBe('stopped after 3h 02m: 120 runs succeeded, 1 failed\n');
});

test('plain: colour changes no words, and without a way to the manifests findings are only counted', () => {
  const colored = told(plainReporter, watchStory, { color: true });
  expect(colored.err).toContain('\x1b[31mhas 2 errors; the one before it goes on\x1b[39m');
  expect(colored.err.replace(/\x1b\[\d+m/g, '')).toBe(told(plainReporter).err);

  const err = new KeptOutlet();
  const reporter = plainReporter({ out: new KeptOutlet(), err, color: false, verbose: false, github: false });
  for (const event of watchStory) if (event.event === 'reload-refused') reporter.report(event);
  expect(err.text).toBe('10:03:05 the edited mapping has 2 errors; the one before it goes on\n');
});

test('quiet: failures, refused edits and warnings, as they happen', () => {
  const warning: RunEvent = { event: 'warning', at: start, message: 'landing/late: not readable (EACCES)' };
  const { out, err } = told(quietWatchReporter, [...story.slice(0, 6), ...watchStory, warning]);
  expect(err).toBe(`${early}${refused}${failed}2026-11-24 10:03:00 warning: landing/late: not readable (EACCES)\n`);
  expect(out).toBe('');
});

test.each<[RunEvent, string]>([
  [{ event: 'watching', at: start, jobs: 1, directories: 1, objects: 1 }, 'watching 1 job, 1 directory, 1 object'],
  [
    { event: 'polling', at: start, directory: '', every: 500, why: 'the mapping says so' },
    './ is listed every 500ms: the mapping says so',
  ],
  [
    { event: 'reloaded', at: start, jobs: 9, added: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], changed: [], removed: [] },
    'mapping reloaded: 9 jobs; added a, b, c, d, e and 2 more',
  ],
  [{ event: 'reloaded', at: start, jobs: 0, added: [], changed: [], removed: [] }, 'mapping reloaded: 0 jobs'],
  [{ event: 'stopping', at: start, running: 0, grace: 30_000 }, 'stopping '],
  [
    { event: 'stopping', at: start, running: 1, grace: 90_000 },
    'stopping: the running task has 1m 30s; again ends it now',
  ],
  [{ event: 'stopping', at: start, running: 2, grace: 0 }, 'stopping: 2 running tasks have 0s; again ends them now'],
])('event %#', (event, words) => {
  const { subject, rest } = eventWords(event);
  expect(`${subject} ${rest}`).toBe(words);
});

test('a line ends where its words do', () => {
  const { err } = told(plainReporter, [{ event: 'stopping', at: start, running: 0, grace: 30_000 }]);
  expect(err).toBe('2026-11-24 10:03:00 stopping\n');
});

test.each<[Pick<WatchEnd, 'succeeded' | 'failed'>, string]>([
  [{ succeeded: 0, failed: 0 }, 'nothing ran'],
  [{ succeeded: 1, failed: 0 }, '1 run succeeded'],
  [{ succeeded: 0, failed: 2 }, '2 runs failed'],
])('left %#: %s', (counts, words) => {
  expect(leftWords({ at: start, took: 5000, ...counts })).toBe(`stopped after 5.0s: ${words}`);
});

test('many findings are counted, not all told, and errors come before warnings', () => {
  const finding = (severity: Diagnostic['severity'], line: number): Diagnostic => ({
    code: 'x',
    severity,
    message: 'm',
    place: { file: '/project/objflow.yaml', line, column: 1, endLine: line, endColumn: 1 },
  });
  const diagnostics = Array.from({ length: 30 }, (_, index) => finding(index < 15 ? 'warning' : 'error', index + 1));
  const { err } = told(plainReporter, [{ event: 'reload-refused', at: start, diagnostics }]);
  const places = [...err.matchAll(/^objflow.yaml:(\d+):1 (\w+)/gm)].map(([, line, severity]) => `${severity} ${line}`);
  expect(places).toHaveLength(20);
  expect([places[0], places[15]]).toEqual(['error 16', 'warning 1']);
  expect(err.split('\n').slice(-3)).toEqual(['', '… and 10 more: objflow validate', '']);
});

test('JSON lines are as their schema says, and there is one of each event that it has', () => {
  const out = new KeptOutlet();
  const reporter = jsonReporter({ out, cwd: '/project' });
  for (const event of [...story, ...watchStory]) reporter.report(event);
  reporter.report({ event: 'asked', at: start, what: 'retry', tasks: 2, left: 0, named: ['a', 'b'] });
  const alone = [{ task: 'c', reason: 'succeeded: up to date' }];
  out.write(askedDocument({ what: 'retry', tasks: ['a', 'b'], left: alone, asked: false, dryRun: false }, start));
  reporter.end(end);
  reporter.left(left);
  const documents = out.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const document of documents) expect(faults('events', document), document.event).toEqual([]);

  const schema = JSON.stringify(readSchema('events'));
  const known = [...schema.matchAll(/"event":\{"const":"([\w-]+)"/g)].map(([, name]) => name);
  expect([...new Set(documents.map(({ event }) => event))].sort()).toEqual(known.sort());
  expect(JSON.parse(schema).oneOf).toHaveLength(known.length);

  const of = (name: string) => documents.find(({ event }) => event === name);
  expect(of('run-adopted').startedAt).toBe(new Date(start - 183_000).toISOString());
  expect(of('polling')).toMatchObject({ directory: 'mnt', every: 2000 });
  expect(of('reload-refused').diagnostics[1]).toEqual({
    code: 'unknown-field',
    severity: 'error',
    message: 'there is no field "soruces"',
    ...{ file: 'jobs/load.yaml', line: 2, column: 3, endLine: 2, endColumn: 10 },
    hint: 'did you mean "sources"?',
    related: [{ message: 'as here', file: 'objflow.yaml', line: 2, column: 3, endLine: 2, endColumn: 10 }],
  });
  expect(documents.at(-1)).toEqual({
    event: 'stopped',
    at: new Date(left.at).toISOString(),
    succeeded: 120,
    failed: 1,
  });
});

test('a finding in an event is one of validate', () => {
  const { diagnostics } = readSchema('validate').properties as Record<string, { items: unknown }>; // as the file has it
  expect((readSchema('events').definitions as Record<string, unknown>).finding).toEqual(diagnostics?.items);
});

test('lines that are dropped are counted before the last words', () => {
  const err = new KeptOutlet();
  const reporter = plainReporter({ out: new KeptOutlet(), err, color: false, verbose: false, github: false });
  err.take = false;
  reporter.report({ event: 'warning', at: start, message: 'x' });
  reporter.left(left);
  expect(err.text).toBe('… 1 line dropped: not read in time\n');
});

test('hostile names are shown, not obeyed', () => {
  for (const name of names) {
    const place = { file: `/project/${name}`, line: 1, column: 1, endLine: 1, endColumn: 3 };
    const events: readonly RunEvent[] = [
      { event: 'polling', at: start, directory: name, every: 1, why: name },
      { event: 'reloaded', at: start, jobs: 1, added: [name], changed: [name], removed: [name] },
      { event: 'landed-early', at: start, object: asObjectId(`file:${name}`), distrusted: name },
      {
        event: 'reload-refused',
        at: start,
        diagnostics: [{ code: name, severity: 'error', message: name, place, hint: name }],
      },
      { event: 'run-adopted', at: start, task: name, job: 'j', run: 'r', attempt: 1, startedAt: start },
      { event: 'run-failed', at: start, task: name, job: 'j', run: name, attempt: 1, startedAt: start },
    ];
    for (const github of [false, true]) {
      const findings = { cwd: '/project', lines: () => () => name };
      const { err } = told(plainReporter, events, { github, findings });
      expect(obeyed(err), JSON.stringify(name)).toBe(false);
      if (github) expect(commandsIn(err), JSON.stringify(name)).toEqual([]);
    }
  }
});

test('a run tells no dates, no landings and no logs', () => {
  const err = new KeptOutlet();
  const reporter = plainReporter({ out: new KeptOutlet(), err, color: false, verbose: false, github: false });
  for (const event of story) reporter.report(event);
  reporter.end(nothing({}));
  expect(err.text).not.toMatch(/2026-11-24|landed|\.log/);
});
