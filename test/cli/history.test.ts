/** `objflow history`, in process: what it selects, with and without a mapping. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { GlobalOptions } from '../../src/cli/context.js';
import { exit, UserError } from '../../src/cli/exit.js';
import { type HistoryOptions, history } from '../../src/cli/history.js';
import { momentOf } from '../../src/cli/since.js';
import type { JournalRecord, RunKept } from '../../src/core/record.js';
import { keptRun, open, record, started } from '../journal/fixtures.js';
import { faults } from '../report/schemas.js';
import { projectOf } from './context.js';

const manifest = `version: 1
jobs:
  load_orders: { sources: "landing/orders_{date}.csv", targets: "table:raw.orders/{date}", tags: [nightly], run: "true" }
  build_sales: { sources: "table:raw.orders/{date}", targets: "table:mart.sales/{date}", run: "true" }
  unrun: { sources: landing/x.csv, run: "true" }
`;

const hour = 3_600_000;
const now = Date.now();
const run = (name: string, task: string, ago: number, more: Partial<RunKept> = {}): JournalRecord => {
  const { signal: _, problem: __, ...about } = keptRun(name, task);
  const job = task.replace(/\[.*/, '');
  return { ...about, job, outcome: 'succeeded', startedAt: now - ago, endedAt: now - ago + 1000, ...more };
};

const records: readonly JournalRecord[] = [
  run('r1', 'load_orders[date=20]', 50 * hour),
  run('r2', 'gone[date=20]', 30 * hour, { outcome: 'failed', exitCode: 1 }),
  run('r3', 'load_orders[date=21]', 3 * hour, { outcome: 'failed', exitCode: 2 }),
  run('r4', 'build_sales[date=20]', 2 * hour),
  started('r5', 'build_sales[date=21]', { at: now - 100 * hour, job: 'build_sales' }),
];

/** Names of the runs that a call tells. */
async function told(
  selectors: readonly string[] = [],
  options: Partial<HistoryOptions> = {},
  { text = manifest, global = {} }: { text?: string | undefined; global?: GlobalOptions } = {},
): Promise<string[]> {
  const project = projectOf(text === '' ? undefined : text);
  record(project.state, records);
  const context = project.call(global);
  expect(await history(context, selectors, { format: 'json', ...options })).toBe(exit.well);
  const document = JSON.parse(context.out.text);
  expect(faults('history', document)).toEqual([]);
  return document.runs.map((one: { readonly run: string }) => one.run);
}

test.each<[readonly string[], Partial<HistoryOptions>, readonly string[]]>([
  [[], {}, ['r5', 'r4', 'r3', 'r2', 'r1']],
  [[], { limit: 2 }, ['r5', 'r4']],
  [[], { failed: true }, ['r3', 'r2']],
  [[], { failed: true, since: '1d' }, ['r3']],
  [[], { since: '1h' }, ['r5']], // it runs now, whenever it began
  [['load_orders'], {}, ['r3', 'r1']],
  [['load_orders[date=20]'], {}, ['r1']],
  [['load_orders', 'load_orders[date=20]'], {}, ['r3', 'r1']],
  [['*[date=20]'], {}, ['r4', 'r2', 'r1']],
  [['gone'], {}, ['r2']],
  [['go*', 'build_*'], {}, ['r5', 'r4', 'r2']],
  [['tag:nightly'], {}, ['r3', 'r1']],
  [['load_orders+'], {}, ['r5', 'r4', 'r3', 'r1']],
  [['table:raw.orders/{date}', 'gone'], {}, ['r3', 'r2', 'r1']],
  [['unrun'], {}, []],
])('selectors %j with %j', async (selectors, options, expected) => {
  expect(await told(selectors, options)).toEqual(expected);
});

test('an adoption is told from a run', async () => {
  const project = projectOf(manifest);
  record(project.state, [run('r1', 'unrun', hour), run('r2', 'unrun', 0, { attempts: 0 })]);
  const context = project.call();
  await history(context, [], { format: 'json' });
  const document: { runs: Record<string, unknown>[] } = JSON.parse(context.out.text);
  expect(faults('history', document)).toEqual([]);
  expect(document.runs.map(({ outcome, adopted }) => ({ outcome, adopted }))).toEqual([
    { outcome: 'succeeded', adopted: true },
    { outcome: 'succeeded', adopted: undefined },
  ]);
});

test('a mapping with errors, or none at all, keeps no history from being read', async () => {
  for (const text of ['version: 1\njobs: { load_orders: { run: 7 } }\n', '']) {
    expect(await told([], {}, { text })).toEqual(['r5', 'r4', 'r3', 'r2', 'r1']);
    expect(await told(['load_orders'], {}, { text })).toEqual(['r3', 'r1']);
    await expect(told(['tag:nightly'], {}, { text })).rejects.toThrow(
      text === ''
        ? /^no run of `tag:nightly` is recorded.*there is no objflow.yaml/
        : /errors, which `objflow validate` shows$/,
    );
  }
});

test('what is no name and no moment is refused', async () => {
  await expect(told(['lod_orders'])).rejects.toThrow('did you mean `load_orders`?');
  await expect(told([], { since: 'yesterday' })).rejects.toThrow(/^--since `yesterday` is no moment; write a duration/);
  await expect(told([], { since: '' })).rejects.toThrow(/^--since is empty; write a duration/);
  const nowhere = projectOf(undefined);
  await expect(history(nowhere.call(), [], { format: 'text' })).rejects.toThrow(
    /^there is no objflow.yaml in .*--file names/,
  );
  await expect(history(nowhere.call({ file: 'x.yaml' }), [], { format: 'text' })).rejects.toThrow(
    /check what --file names$/,
  );
});

test('a damaged state is told as such', async () => {
  const project = projectOf(manifest);
  record(project.state, records);
  writeFileSync(project.state, readFileSync(project.state, 'utf8').replace('r2', 'r9'));
  const refused = history(project.call(), [], { format: 'text' });
  await expect(refused).rejects.toThrow(/is damaged at line 3/);
  await expect(refused).rejects.toSatisfy((error) => error instanceof UserError && error.status === exit.state);
});

test('text: the last twenty unless asked otherwise, and beside whoever holds the state', async () => {
  const project = projectOf(manifest);
  const { journal } = open(project.state);
  journal.append(Array.from({ length: 30 }, (_, n) => run(`r${n}`, 'load_orders[date=20]', (30 - n) * hour)));
  journal.append([started('r99', 'unrun', { at: now })]);
  const lines = async (options: Partial<HistoryOptions>, global: GlobalOptions = {}): Promise<string[]> => {
    const context = project.call(global);
    await history(context, [], { format: 'text', ...options });
    return context.out.text.trimEnd().split('\n');
  };
  const usual = await lines({});
  expect(usual).toHaveLength(22);
  expect(usual[1]).toMatch(/^• running {6}[\d :-]+\d[\d.]*m?s +unrun$/);
  expect(usual.at(-1)).toBe('… and 11 runs before: --limit shows more');
  expect(await lines({ limit: 100 })).toHaveLength(32);
  expect(await lines({ since: '90d' })).toHaveLength(32);
  expect(await lines({ limit: 2 }, { verbose: true })).toContain('               log .objflow/logs/r99.log');
  journal.close();
  expect((await lines({ limit: 1 })).join('\n')).toContain('no objflow sees to it');
});

test.each([
  ['2h', now - 2 * hour],
  ['500ms', now - 500],
  ['2026-11-20', new Date(2026, 10, 20).getTime()],
  ['2026-11-20T08:00', new Date(2026, 10, 20, 8).getTime()],
  ['2026-11-20 08:00:30', new Date(2026, 10, 20, 8, 0, 30).getTime()],
  ['2026-11-20T08:00:30.250Z', Date.UTC(2026, 10, 20, 8, 0, 30, 250)],
  ['2026-11-20T08:00+02:00', Date.UTC(2026, 10, 20, 6)],
  ['2026-02-31', undefined],
  ['2026-13-01', undefined],
  ['2026-11-20T25:00', undefined],
  ['2026-11-20Z', undefined],
  ['2 h', undefined],
  ['', undefined],
])('the moment %j', (text, expected) => {
  expect(momentOf(text, now)).toBe(expected);
});
