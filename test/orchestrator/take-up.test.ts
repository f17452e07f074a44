/** Asking where nobody holds the state: on record at once, also what another asks while this one records. */
import { expect, test } from 'vitest';
import { peekRequests } from '../../src/journal/inbox.js';
import { readJournal } from '../../src/journal/journal.js';
import { holderOf } from '../../src/journal/lock.js';
import { usualStateFile } from '../../src/orchestrator/places.js';
import { askOf } from '../../src/orchestrator/take-up.js';
import { good, keptRun, record } from '../journal/fixtures.js';
import { projectOf } from './rig.js';

test('what is asked of one that is past its look into the inbox is on record when that has ended', async () => {
  const mapped = await projectOf(`
version: 1
jobs:
  a: { targets: table:a, run: "true" }
  b: { targets: table:b, run: "true" }
`).load();
  const file = usualStateFile(mapped.mapping);
  record(
    file,
    ['a', 'b'].map((job) => ({ ...keptRun(`r-${job}`, job), job, partition: {} })),
  );
  const told: unknown[] = [];
  const reset = (task: string) => askOf(file, mapped, { what: 'reset', tasks: [task] }, (event) => told.push(event));
  // The first has taken the state and read the inbox when this call gives it back.
  const first = reset('a');
  expect(holderOf(file)).toMatchObject({ role: 'take-up' });
  expect(good(await reset('b'))).toBe('asked');
  expect(good(await first)).toBe('done');
  const asked = good(readJournal(file)).records.flatMap((each) => (each.type === 'asked' ? [each.task] : []));
  expect(asked).toEqual(['a', 'b']);
  expect(peekRequests(file)).toEqual([]);
  expect(holderOf(file)).toBeUndefined();
  expect(told).toEqual([]);
});
