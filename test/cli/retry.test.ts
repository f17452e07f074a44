/** `objflow retry` beside whoever holds the state, in process. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { askOf } from '../../src/cli/asked.js';
import { retry } from '../../src/cli/retry.js';
import { run } from '../../src/cli/run.js';
import { peekRequests } from '../../src/journal/inbox.js';
import { readJournal } from '../../src/journal/journal.js';
import { good, open } from '../journal/fixtures.js';
import { faults } from '../report/schemas.js';
import { projectOf } from './context.js';

const manifest = `version: 1
jobs:
  a: { targets: table:a, run: test -e mended }
  b: { sources: table:a, run: "true" }
`;

/** A project in which `a` stands failed, and is mended since. */
async function mended() {
  const p = projectOf(manifest);
  expect(await run(p.call(), [], { format: 'text', retry: true })).toBe(1);
  writeFileSync(path.join(p.root, 'mended'), '');
  const outcomes = (): string[] =>
    good(readJournal(p.state)).records.flatMap((each) => (each.type === 'run-ended' ? [each.outcome] : []));
  return { p, outcomes, holder: open(p.state, { purpose: { role: 'watch' } }) };
}

test('a daemon that lives is asked, and does it', async () => {
  const { p, outcomes } = await mended();
  const context = p.call();
  expect(await retry(context, ['a'], { format: 'text' })).toBe(0);
  expect(context.err.text).toBe(`the daemon (process ${process.pid}) was asked, and does it at once\n`);
  expect(peekRequests(p.state)).toMatchObject([{ what: 'retry', tasks: ['a'] }]);
  expect(outcomes()).toEqual(['failed']);
});

test('lines of JSON begin with what is tried again and what is left, whoever runs it', async () => {
  const { p, holder } = await mended();
  const lines = async (): Promise<Record<string, unknown>[]> => {
    const context = p.call();
    expect(await retry(context, ['a', 'b'], { format: 'json' })).toBe(0);
    return context.out.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const first = { event: 'retrying', retried: ['a'], left: [{ task: 'b' }] };
  const beside = await lines();
  expect(beside).toMatchObject([{ ...first, asked: true }]);
  holder.journal.close();
  const alone = await lines();
  expect(alone[0]).toMatchObject({ ...first, asked: false });
  expect(alone.map(({ event }) => event)).toContain('run-succeeded');
  expect(alone.at(-1)).toMatchObject({ event: 'summary', failed: 0 });
  for (const each of [...beside, ...alone]) expect(faults('events', each)).toEqual([]);
  expect(faults('asked', alone[0])).toEqual([]);
});

test('a daemon that ends before it is asked: it is run here', async () => {
  const { p, outcomes, holder } = await mended();
  const context = p.call();
  const ask: typeof askOf = (...about) => {
    holder.journal.close();
    return askOf(...about);
  };
  expect(await retry(context, ['a'], { format: 'text' }, ask)).toBe(0);
  expect(context.err.text).not.toContain('was asked');
  expect(outcomes()).toEqual(['failed', 'succeeded', 'succeeded']);
  expect(peekRequests(p.state)).toEqual([]);
});
