/** What `why` prints: words, a tree that fits, a document as its schema says; and nothing that a terminal obeys. */
import { expect, test } from 'vitest';
import type { AtWork } from '../../src/core/views.js';
import type { Came, Next, ObjectFacts, WhySource, WhyTask, WhyView } from '../../src/core/why-view.js';
import { renderWhy } from '../../src/report/why.js';
import { whyDocument } from '../../src/report/why-document.js';
import { formatBytes, nextWords, objectWords, sourceWords, versionWords } from '../../src/report/why-words.js';
import { names, obeyed } from './hostile.js';
import { faults, readSchema } from './schemas.js';

const now = Date.UTC(2026, 10, 24, 10);
const minutes = (count: number): number => now - count * 60_000;

const source = (object: string, more: Partial<WhySource> = {}): WhySource => ({
  object,
  state: 'absent',
  near: [],
  changed: false,
  trigger: true,
  optional: false,
  makers: [],
  because: [],
  ...more,
});

const task = (name: string, more: Partial<WhyTask> = {}): WhyTask => ({
  task: name,
  job: name.replace(/\[.*/, ''),
  partition: {},
  phase: 'waiting',
  reasons: [],
  sources: [],
  gathered: [],
  because: [],
  next: { do: 'ask', task: name },
  ...more,
});

const failed = task('load[d=1]', {
  phase: 'failed',
  reasons: [
    { code: 'last-run-failed', message: 'its last run failed with exit status 3, and nothing has changed since' },
  ],
  lastRun: {
    run: 'r1',
    task: 'load[d=1]',
    job: 'load',
    partition: { d: '1' },
    outcome: 'failed',
    exitCode: 3,
    attempts: 2,
    startedAt: minutes(3),
    endedAt: minutes(2),
    consumed: { 'file:in/1.csv': '1:2:212:5:6' },
    produced: {},
  },
  sources: [
    source('file:in/1.csv', {
      state: 'there',
      version: '1:2:212:5:6',
      size: 212,
      consumed: '1:2:212:5:6',
      came: { how: 'landed', at: minutes(60) },
    }),
  ],
  next: { do: 'mend', task: 'load[d=1]', job: 'load', more: 0 },
});

const blocked: WhyView = {
  kind: 'task',
  subject: 'mart[d=1]',
  isUpToDate: false,
  next: failed.next,
  task: task('mart[d=1]', {
    phase: 'blocked',
    reasons: [{ code: 'blocked-by', message: 'blocked by load[d=1], which failed', task: 'load[d=1]' }],
    sources: [
      source('table:raw/1', { name: 'orders', because: [failed] }),
      source('table:rates', { trigger: false, near: [] }),
    ],
    gathered: [{ pattern: 'table:days/*', objects: 30, there: 29, changed: 2, told: 0 }],
    next: failed.next,
  }),
};

const outputs = new Map([
  ['r1', { log: '.objflow/logs/r1.log', lines: ['reading', `bad line: ${'x'.repeat(70)}`, ''] }],
]);
const options = { color: false, now, outputs };

test('no line is wider than the terminal, down to 40 columns', () => {
  const chain = Array.from({ length: 12 }).reduce<WhyTask>(
    (below, _, at) => task(`job_${at}[date=2026-11-2${at % 10}]`, { phase: 'blocked', because: [below] }),
    failed,
  );
  for (const one of [blocked, { ...blocked, kind: 'task', task: chain } as const])
    for (const width of [40, 50, 64, 80])
      for (const line of renderWhy(one, { ...options, width }).split('\n'))
        expect(line.length, line).toBeLessThanOrEqual(width);
});

test('a tree from what was asked for to the root cause, within 80 columns', () => {
  const text = renderWhy(blocked, { ...options, width: 80 });
  expect(`\n${text}`).toBe(`
mart[d=1]  ▪ blocked
│ blocked by load[d=1], which failed
├─ orders: table:raw/1  is not there
│  └─ load[d=1]  ✗ failed  2m 00s ago: exit status 3, 2 attempts
│     │ │ reading
│     │ │ bad line:
│     │ │ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
│     │ log: .objflow/logs/r1.log
│     └─ in/1.csv  212 B, changed 1h 00m ago; not changed since it failed
├─ table:rates  is not there
└─ table:days/*  30 objects, 29 there, 2 changed
next: mend load, then objflow retry 'load[d=1]'
`);
});

test('colour changes nothing but colour', () => {
  const colored = renderWhy(blocked, { ...options, color: true });
  expect(colored).toMatch(/\x1b\[31m✗ failed\x1b\[39m/);
  expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(renderWhy(blocked, options));
});

test('the document is as its schema says, and its words of reasons are those of status', () => {
  const document = JSON.parse(whyDocument(blocked, options));
  expect(faults('why', document)).toEqual([]);
  expect(document).toMatchObject({
    subject: 'mart[d=1]',
    phase: 'blocked',
    nextAction: 'mend',
    next: "mend load, then objflow retry 'load[d=1]'",
    sources: [
      {
        object: 'table:raw/1',
        changed: false,
        producedBy: 'load[d=1]',
        because: [{ lastRun: { output: ['reading', expect.any(String), ''] } }],
      },
      { object: 'table:rates', trigger: false },
    ],
  });
  for (const name of ['reason', 'time'])
    expect(readSchema('why')).toHaveProperty(
      `definitions.${name}`,
      (readSchema('status').definitions as Record<string, unknown>)[name],
    );
});

const facts = (more: Partial<ObjectFacts>): ObjectFacts => ({ object: 'file:a', state: 'there', near: [], ...more });
const made: Came = { how: 'made', at: minutes(2), run: 'r1', task: 'load' };

test.each<[Partial<ObjectFacts>, string]>([
  [{ state: 'absent' }, 'is not there'],
  [{ state: 'unknown', problem: 'EIO' }, 'cannot be looked at: EIO'],
  [{ state: 'left', came: made }, 'was left by load (run r1), which did not succeed; nothing may read it'],
  [
    { state: 'landing', size: 3, lacks: { what: 'size', least: 1200 } },
    'is there (3 B), and has not landed: it lands with 1.2 kB',
  ],
  [
    { state: 'landing', size: 3, lacks: { what: 'marker', marker: 'a.done', older: true } },
    'is there (3 B), and has not landed: its marker a.done is from before its last change',
  ],
  [{ came: made }, 'made 2m 00s ago by load (run r1)'],
  [{ came: { how: 'announced', at: minutes(2) } }, 'announced 2m 00s ago'],
  [{ came: { how: 'announced' } }, 'announced, and not yet recorded'],
  [{ came: { how: 'adopted', at: minutes(2), run: 'r2', task: 'load' } }, 'adopted 2m 00s ago'],
  [{}, 'is there'],
])('an object: %o', (more, words) => {
  expect(objectWords(facts(more), now)).toBe(words);
});

test('a source says what has changed since the run before, and what that means', () => {
  const run = { ...(failed.lastRun as NonNullable<WhyTask['lastRun']>), outcome: 'succeeded' } as const; // it has one, above
  const ns = (at: number): string => `${at}000000`;
  const there = source('file:a', {
    state: 'there',
    version: `1:2:240:${ns(minutes(1))}:9`,
    size: 240,
    came: { how: 'landed', at: minutes(1) },
  });
  const words = (more: Partial<WhySource>): string => sourceWords({ ...there, changed: true, ...more }, run, now);
  expect(words({ consumed: `1:2:212:${ns(minutes(60))}:8` })).toBe(
    '240 B, changed 1m 00s ago; changed: the last run consumed 212 B written 1h 00m ago',
  );
  expect(words({ consumed: `1:3:240:${ns(minutes(1))}:8` })).toContain(
    'replaced since the last run by another of the same size and time',
  );
  expect(words({})).toBe('240 B, changed 1m 00s ago; new since the last run');
  expect(words({ trigger: false })).toContain('(trigger: false, so that starts nothing)');
  expect(words({ changed: false })).toBe('240 B, changed 1m 00s ago; consumed as it is');
  expect(words({ state: 'absent', consumed: '1' })).toBe('is not there any more; it was consumed by the last run');
  expect(words({ state: 'absent', optional: true })).toBe('is not there, and need not be (optional)');
});

test('versions and sizes are short', () => {
  expect(versionWords(`sha256:${'ab'.repeat(32)}`, now)).toBe('sha256:abababab');
  expect(versionWords('s1-4', now)).toBe('s1-4');
  expect([0, 999, 1000, 1_234_567, 2e15].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '1.2 MB', '2000.0 TB']);
});

test.each<[Next, string]>([
  [{ do: 'start', task: 'a', by: [] }, 'nothing: the running objflow starts a'],
  [{ do: 'start', task: 'a', by: ['b', 'c', 'd', 'e'] }, 'waits for room: for b, c, d and 1 more to end'],
  [{ do: 'change', objects: ['file:a', 'table:b'] }, 'waits for a, table:b to change too'],
  [{ do: 'announce', object: 'table:a b' }, "waits for table:a b: objflow emit 'table:a b'"],
  [{ do: 'remake', object: 'file:a', task: 'load' }, 'objflow run --force load: it made a, which was removed since'],
  [{ do: 'enable', job: 'a', place: 'objflow.yaml:3' }, 'take enabled: false out of a (objflow.yaml:3)'],
  [{ do: 'mend', task: 'a', job: 'a', more: 1 }, 'mend a, then objflow retry a; 1 other stands failed too'],
  [{ do: 'ask', task: "it's" }, String.raw`objflow why 'it'\''s' goes on from there`],
])('the next thing, while a daemon is at work: %o', (next, words) => {
  expect(nextWords(next, { atWork: { role: 'watch', pid: 4711 } })).toBe(words);
});

const begun = 'what was there when it began';

test.each<[AtWork | undefined, string]>([
  [undefined, 'objflow run'],
  [{ role: 'watch', pid: 7 }, 'nothing: the running objflow starts a'],
  [{ role: 'run', pid: 7 }, `objflow run, once process 7 has ended, unless that run starts it: it takes up ${begun}`],
  [
    { role: 'run', selected: true, pid: 7 },
    `objflow run, once process 7 has ended, unless that run starts it: it takes up only what it selects of ${begun}`,
  ],
  [{ role: 'take-up', pid: 7 }, 'objflow run, once process 7 has ended'],
  [{ pid: 7 }, 'objflow run, once process 7 has ended, unless that starts it: it does not say whether it is a daemon'],
  [{}, expect.stringMatching(/^objflow run, once who holds the state has ended, unless that starts it/)],
])('what starts something that is due, where %o is at work', (atWork, words) => {
  expect(nextWords({ do: 'start', task: 'a', by: [] }, { atWork })).toEqual(words);
  const settle = nextWords({ do: 'settle', object: 'file:in/a.csv', until: now }, { atWork });
  expect(settle.includes('objflow run')).toBe(atWork?.role !== 'watch');
  expect(settle.startsWith('waits until')).toBe(atWork !== undefined);
});

test('hostile names and output are shown, not obeyed', () => {
  for (const name of [names.join(''), '\x1b[2J', '::error::x']) {
    const near = [{ name, why: `is ${name}` }];
    const hostile = task(name, {
      phase: 'failed',
      reasons: [{ code: 'source-missing', message: name }],
      ...(failed.lastRun ? { lastRun: { ...failed.lastRun, signal: name, problem: name } } : {}),
      sources: [
        source(`file:${name}`, { name, near, because: [task(name)] }),
        source(`file:${name}`, { state: 'unknown', problem: name }),
        source(`file:${name}`, {
          state: 'there',
          version: name,
          consumed: `${name}x`,
          changed: true,
          came: { ...made, task: name, run: name },
        }),
        source(`file:${name}`, { state: 'landing', lacks: { what: 'marker', marker: name, older: false } }),
      ],
      gathered: [{ pattern: name, objects: 2, there: 1, changed: 1, told: 1 }],
      next: { do: 'land', object: `file:${name}`, near: { name, why: name } },
    });
    const views: WhyView[] = [
      { kind: 'task', subject: name, isUpToDate: false, next: hostile.next, task: hostile },
      {
        kind: 'job',
        subject: name,
        isUpToDate: false,
        next: { do: 'mend', task: name, job: name, more: 1 },
        phases: { failed: 1 },
        tasks: [hostile],
      },
      {
        kind: 'object',
        subject: name,
        isUpToDate: false,
        next: { do: 'announce', object: `table:${name}` },
        object: facts({ object: `file:${name}`, state: 'absent', near }),
        makers: [name],
        readers: [{ task: name, phase: 'waiting', consumed: name }],
        readersInAll: 9,
        jobs: [name],
        because: [hostile],
      },
    ];
    const log = new Map([['r1', { log: name, lines: [name] }]]);
    for (const view of views) {
      expect(obeyed(renderWhy(view, { ...options, outputs: log })), JSON.stringify(name)).toBe(false);
      const document = whyDocument(view, { ...options, outputs: log });
      expect(obeyed(document), JSON.stringify(name)).toBe(false);
    }
  }
});
