import { expect, test } from 'vitest';
import type { Diagnostic, Place } from '../../src/core/diagnostic.js';
import { type DiagnosticOptions, renderDiagnostics } from '../../src/report/diagnostics.js';
import { commandsIn, names, obeyed } from './hostile.js';
import { faults } from './schemas.js';

const manifest = [
  'jobs:',
  '  load_orders:',
  '    soruces: landing/orders_{date}.csv',
  '    targets: "日本語/{date}"   # wide',
  `\trun:\techo "${'x'.repeat(120)} $y ${'z'.repeat(90)}"`,
];

const place = (line: number, column: number, endColumn: number, more: Partial<Place> = {}): Place => ({
  file: '/project/objflow.yaml',
  line,
  column,
  endLine: line,
  endColumn,
  ...more,
});

const unknownField: Diagnostic = {
  code: 'unknown-field',
  severity: 'error',
  message: 'job load_orders has no field "soruces"',
  place: place(3, 5, 12),
  hint: 'did you mean "sources"?',
};
const twoWriters: Diagnostic = {
  code: 'two-writers',
  severity: 'warning',
  message:
    'nothing tells 日本語/2026-11-20 of one job from that of the other, and this sentence goes on for longer than a line',
  place: place(4, 15, 18),
  related: [
    { message: 'the other writer', place: { ...place(2, 3, 40, { endLine: 3 }), file: '/project/jobs/other.yaml' } },
  ],
};
const rightward: Diagnostic = { code: 'rightward', severity: 'error', message: 'far out', place: place(5, 134, 136) };
const long: Diagnostic = { code: 'long', severity: 'error', message: 'a long range', place: place(5, 7, 300) };

const render = (diagnostics: readonly Diagnostic[], options: Partial<DiagnosticOptions> = {}): string =>
  renderDiagnostics(diagnostics, {
    format: 'text',
    cwd: '/project',
    color: false,
    line: (_, number) => manifest[number - 1],
    counts: { manifests: 2, jobs: 8, objects: 12 },
    ok: false,
    ...options,
  });

test('text shows each line with its range, what belongs to it, and the way out', () => {
  expect(`\n${render([unknownField, twoWriters, rightward, long])}`).toBe(`
objflow.yaml:3:5 error unknown-field
  job load_orders has no field "soruces"
  3 |     soruces: landing/orders_{date}.csv
    |     ^^^^^^^
  help: did you mean "sources"?

objflow.yaml:4:15 warning two-writers
  nothing tells 日本語/2026-11-20 of one job from that of the other, and this
  sentence goes on for longer than a line
  4 |     targets: "日本語/{date}"   # wide
    |               ^^^^^^
  jobs/other.yaml:2:3 the other writer
  2 |   load_orders:
    |   ^^^^^^^^^^^^

objflow.yaml:5:134 error rightward
  far out
  5 | …xxxxxxxxxxxxxxxxxxx $y zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz…
    |                      ^^

objflow.yaml:5:7 error long
  a long range
  5 |   run:  echo "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

3 errors, 1 warning in 2 manifests
`);
});

test('the counts agree with what they count, and good news names what was read', () => {
  const counts = { manifests: 1, jobs: 1, objects: 2 };
  expect(render([], { ok: true, counts })).toBe('no errors: 1 job and 2 objects in 1 manifest\n');
  expect(render([twoWriters], { ok: true, counts }).split('\n').at(-2)).toBe('1 warning in 1 manifest');
});

test('a place without a line, an empty range and one past the end of its line are shown all the same', () => {
  const at = (position: Place): string => render([{ ...unknownField, place: position }]);
  expect(at(place(99, 1, 1))).toContain(
    'objflow.yaml:99:1 error unknown-field\n  job load_orders has no field "soruces"\n  help:',
  );
  expect(at(place(1, 3, 3))).toContain('  1 | jobs:\n    |   ^\n');
  expect(at(place(1, 80, 90))).toContain('  1 | jobs:\n    |      ^\n');
});

test('a line of megabytes costs no more than its surroundings', () => {
  const line = 'é'.repeat(20_000_000);
  const started = performance.now();
  const text = render([{ ...unknownField, place: place(1, 10_000_000, 10_000_003) }], { line: () => line });
  expect(performance.now() - started).toBeLessThan(5000);
  expect(text).toContain(`  1 | …${'é'.repeat(72)}…\n    | ${' '.repeat(21)}^^^\n`);
});

test('colour marks severity, place and carets, and nothing else differs', () => {
  const colored = render([unknownField], { color: true });
  expect(colored).toContain('\x1b[1mobjflow.yaml:3:5\x1b[22m \x1b[31merror\x1b[39m \x1b[2munknown-field\x1b[22m\n');
  expect(colored).toContain('\x1b[2m|\x1b[22m     \x1b[31m^^^^^^^\x1b[39m\n');
  expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(render([unknownField]));
});

test('JSON is the validate document', () => {
  const document = JSON.parse(render([unknownField, twoWriters], { format: 'json', cwd: '/project/jobs' }));
  expect(faults('validate', document)).toEqual([]);
  expect(document).toEqual({
    ok: false,
    manifests: 2,
    jobs: 8,
    objects: 12,
    diagnostics: [
      {
        code: 'unknown-field',
        severity: 'error',
        message: 'job load_orders has no field "soruces"',
        file: '../objflow.yaml',
        line: 3,
        column: 5,
        endLine: 3,
        endColumn: 12,
        hint: 'did you mean "sources"?',
      },
      {
        code: 'two-writers',
        severity: 'warning',
        message: twoWriters.message,
        file: '../objflow.yaml',
        line: 4,
        column: 15,
        endLine: 4,
        endColumn: 18,
        related: [{ message: 'the other writer', file: 'other.yaml', line: 2, column: 3, endLine: 3, endColumn: 40 }],
      },
    ],
  });
});

test('GitHub gets annotations, relative to its workspace, that say the place in the log too', () => {
  const text = render([unknownField, twoWriters], { format: 'github', cwd: '/project/jobs', workspace: '/project' });
  expect(text).toBe(
    [
      '::error file=objflow.yaml,line=3,endLine=3,col=5,endColumn=12,title=unknown-field::job load_orders has no field "soruces" (objflow.yaml:3:5)%0Ahelp: did you mean "sources"?',
      `::warning file=objflow.yaml,line=4,endLine=4,col=15,endColumn=18,title=two-writers::${twoWriters.message} (objflow.yaml:4:15)%0Ajobs/other.yaml:2:3 the other writer`,
      '1 error, 1 warning in 2 manifests',
      '',
    ].join('\n'),
  );
});

test('SARIF lists its rules and points at them', () => {
  const spaced = { ...twoWriters, place: { ...twoWriters.place, file: '/project/my jobs/#1.yaml' } };
  const log = JSON.parse(render([unknownField, spaced, unknownField], { format: 'sarif' }));
  const [run] = log.runs;
  expect(log.version).toBe('2.1.0');
  expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(['two-writers', 'unknown-field']);
  expect(run.results.map((result: { ruleIndex: number }) => result.ruleIndex)).toEqual([1, 0, 1]);
  expect(run.results[1]).toEqual({
    ruleId: 'two-writers',
    ruleIndex: 0,
    level: 'warning',
    message: { text: twoWriters.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'my%20jobs/%231.yaml' },
          region: { startLine: 4, startColumn: 15, endLine: 4, endColumn: 18 },
        },
      },
    ],
    relatedLocations: [
      {
        id: 0,
        physicalLocation: {
          artifactLocation: { uri: 'jobs/other.yaml' },
          region: { startLine: 2, startColumn: 3, endLine: 3, endColumn: 40 },
        },
        message: { text: 'the other writer' },
      },
    ],
  });
});

test('a message cannot become a link in a SARIF viewer', () => {
  const log = JSON.parse(
    render([{ ...unknownField, message: 'see [here](http://x)', place: place(1, 1, 2) }], { format: 'sarif' }),
  );
  expect(log.runs[0].results[0].message.text).toMatch(/^see \\\[here\\\]\(/);
});

test.each(['text', 'json', 'github', 'sarif'] as const)(
  'hostile text in a manifest goes through %s unharming',
  (format) => {
    for (const name of names) {
      const finding: Diagnostic = {
        code: 'x',
        severity: 'error',
        message: `no job ${name}`,
        place: { ...place(1, 2, 4), file: `/project/${name}.yaml` },
        hint: name,
        related: [{ message: name, place: place(1, 1, 3) }],
      };
      const text = render([finding], { format, line: () => name });
      expect(obeyed(text), JSON.stringify(name)).toBe(false);
      if (format === 'json') expect(JSON.parse(text).diagnostics[0].message).toBe(`no job ${name}`);
      if (format === 'github') expect(commandsIn(text).map((command) => command.name)).toEqual(['error']);
    }
  },
);
