/** Runs that outlived their objflow and whose commands have ended: told so at once, and recorded with their own ends. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { history } from '../../src/cli/history.js';
import { requireMapping } from '../../src/cli/mapping.js';
import { run } from '../../src/cli/run.js';
import { readStatus } from '../../src/cli/status-view.js';
import { why } from '../../src/cli/why.js';
import { openJournal, readJournal } from '../../src/journal/journal.js';
import { good, open } from '../journal/fixtures.js';
import { faults } from '../report/schemas.js';
import { projectOf } from './context.js';

const manifest = (attempts = 1): string => `version: 1
jobs:
  first: { sources: a, targets: b, retries: { attempts: ${attempts}, delay: 1h }, run: 'true' }
  second: { sources: b, targets: 'table:c', run: 'true' }
`;
const began = Date.UTC(2026, 10, 20, 8);
const ended = began + 15_000;

/** `first` was started, made b, and wrote this into its trace when it ended, 15 s later. */
async function project(trace: string, attempts?: number) {
  const p = projectOf(manifest(attempts));
  for (const name of ['a', 'b']) {
    fs.writeFileSync(path.join(p.root, name), 'x');
    fs.utimesSync(path.join(p.root, name), 1e9, 1e9);
  }
  const mapped = await requireMapping(p.call());
  const definition = mapped.mapping.jobs.get('first')?.definition ?? '';
  const { journal } = good(openJournal(p.state));
  const about = { run: 'r1', task: 'first', job: 'first', partition: {}, attempt: 1, key: 'k', definition };
  good(
    journal.append([
      { type: 'run-started', at: began, ...about, consumed: { 'file:a': versionOf(path.join(p.root, 'a')) } },
    ]),
  );
  journal.close();
  const file = path.join(p.root, '.objflow/runs/r1.trace');
  fs.mkdirSync(path.dirname(file));
  fs.writeFileSync(file, trace);
  fs.utimesSync(file, ended / 1000, ended / 1000);
  return p;
}

/** As it is worked out for a file. */
function versionOf(file: string): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = fs.statSync(file, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

async function tasksOf(p: ReturnType<typeof projectOf>) {
  const context = p.call();
  const reading = await readStatus(context, await requireMapping(context), ['first']);
  return JSON.parse(reading.document(0)).tasks;
}

test.each([
  ['exit 0', { outcome: 'succeeded', endedAt: new Date(ended).toISOString() }],
  ['exit 3', { outcome: 'failed', exitCode: 3, endedAt: new Date(ended).toISOString() }],
])('its command has ended: %s', async (ending, told) => {
  const p = await project(`999999999\n${ending}\n`);
  const before = fs.readFileSync(p.state, 'utf8');
  expect(await tasksOf(p)).toMatchObject([{ lastRun: { run: 'r1', ...told } }]);
  const context = p.call();
  await why(context, 'first', { format: 'json' });
  expect(JSON.parse(context.out.text)).toMatchObject({ lastRun: { run: 'r1', ...told } });
  const past = p.call();
  await history(past, [], { format: 'text' });
  expect(past.out.text).toMatch(/• running +\S+ \S+ +15s +first\s+its command has ended \(exit status [03]\)/);
  expect(fs.readFileSync(p.state, 'utf8')).toBe(before);

  await run(p.call({ quiet: true }), ['second'], { format: 'text', retry: false });
  const { records } = good(readJournal(p.state));
  expect(records.find((record) => record.type === 'run-ended')).toMatchObject({ run: 'r1', at: ended });
});

test.each([
  ['nothing of an end', '999999999\n', 1],
  ['an attempt failed that another follows', '999999999\nexit 3\n', 2],
])('it is left for the next objflow: %s', async (_, trace, attempts) => {
  const [first] = await tasksOf(await project(trace, attempts));
  expect(first).toMatchObject({ phase: 'running', lastRun: { outcome: 'running' } });
  expect(first.reasons[0].message).toBe('run r1 was left when objflow ended; the next one takes it up');
});

test.each([
  ['ended', '999999999\nexit 0\n', 'first has ended, and nobody was there to record it: that comes first.', '1 ended'],
  ['running', '', 'first goes on: a run of it is in progress.', '1 goes on'],
])('a dry run counts and names it: %s', async (fate, trace, told, counted) => {
  const p = await project(trace);
  // As long as somebody holds the state, what runs is taken to go on.
  const held = fate === 'running' ? open(p.state) : undefined;
  const dry = async (format: 'text' | 'json') => {
    const context = p.call();
    await run(context, ['first'], { format, dryRun: true, retry: true });
    return context.out.text;
  };
  expect(await dry('text')).toBe(`${told}\n\nnothing would start: ${counted}\n`);
  const plan = JSON.parse(await dry('json'));
  expect(faults('plan', plan)).toEqual([]);
  expect(plan.left).toEqual([{ task: 'first', fate }]);
  held?.journal.close();
});
