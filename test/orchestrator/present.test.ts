/** The present state beside whoever records meanwhile: nothing that was announced or asked falls between two readings. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { asVersion, objectId } from '../../src/core/object.js';
import type { JournalRecord } from '../../src/core/record.js';
import type { Objects } from '../../src/engine/world.js';
import { Orchestrator } from '../../src/index.js';
import { announce, peekInbox, takeOut } from '../../src/journal/inbox.js';
import { holderOf } from '../../src/journal/lock.js';
import { usualStateFile } from '../../src/orchestrator/places.js';
import { readPresent } from '../../src/orchestrator/present.js';
import { endedWell, good, open, started } from '../journal/fixtures.js';
import { Ear, FakeExecutor, projectOf } from './rig.js';

const manifest = `
version: 1
objects:
  table:x/{n}: { external: true }
jobs:
  a: { sources: "table:x/{n}", run: "true" }
`;

async function setUp() {
  const mapped = await projectOf(manifest).load();
  const file = usualStateFile(mapped.mapping);
  return { mapped, file, opened: open(file, { purpose: { role: 'watch' } }) };
}

/** Tells how often objects were listed, after something has happened that is due then. */
function meanwhile(happens: (time: number) => void) {
  let times = 0;
  return {
    get times() {
      return times;
    },
    through: (objects: Objects): Objects => ({
      ...objects,
      async list() {
        times += 1;
        happens(times);
        return objects.list();
      },
    }),
  };
}

const recordOf = (n: number): JournalRecord => ({
  type: 'announced',
  at: 1_700_000_000_000,
  object: `table:x/${n}`,
  version: 'v1',
});

describe('a daemon that records while it is read', () => {
  test('what it takes out of the inbox after the journal was read is not missed', async () => {
    const { mapped, file, opened } = await setUp();
    good(announce(file, [{ object: objectId('table', 'x/1'), version: asVersion('v1'), at: 1 }]));
    const beside = meanwhile((time) => {
      if (time > 1) return;
      good(opened.journal.append([recordOf(1)]));
      takeOut(
        file,
        peekInbox(file).map((each) => each.file),
      );
    });
    const { state } = good(await readPresent(file, mapped, beside.through));
    expect([...state.tasks.keys()]).toEqual(['a[n=1]']);
    expect(beside.times).toBe(2);
  });

  test('what comes and is recorded meanwhile is not missed either', async () => {
    const { mapped, file, opened } = await setUp();
    const beside = meanwhile((time) => {
      if (time === 1) good(opened.journal.append([recordOf(1)]));
    });
    const { state, records } = good(await readPresent(file, mapped, beside.through));
    expect([...state.tasks.keys()]).toEqual(['a[n=1]']);
    expect(records).toHaveLength(1);
  });

  test('where nothing happens it is read once; where something always does, three times', async () => {
    const { mapped, file, opened } = await setUp();
    const calm = meanwhile(() => {});
    good(await readPresent(file, mapped, calm.through));
    expect(calm.times).toBe(1);
    const busy = meanwhile((time) => good(opened.journal.append([recordOf(time)])));
    const { state } = good(await readPresent(file, mapped, busy.through));
    expect(busy.times).toBe(3);
    expect([...state.tasks.keys()]).toEqual(['a[n=1]', 'a[n=2]']);
  });
});

test('a run that ends while it is read was at work, and what it ran is not told as left', async () => {
  const { mapped, file, opened } = await setUp();
  const run = started('r1', 'a[n=0]', { job: 'a', partition: { n: '0' } });
  good(opened.journal.append([recordOf(0), run]));
  let readings = 0;
  // Called once the journal has been read, and before anything is looked at. The third reading stands.
  const through = (objects: Objects): Objects => {
    readings += 1;
    good(opened.journal.append([readings < 3 ? recordOf(readings) : endedWell('r1')]));
    if (readings === 3) opened.journal.close();
    return objects;
  };
  const present = good(await readPresent(file, mapped, through));
  expect(readings).toBe(3);
  expect(present.heldBy).toMatchObject({ role: 'watch' });
  expect(present.state.tasks.get('a[n=0]')?.run?.stage).toBe('executing');
  expect(holderOf(file)).toBeUndefined();
});

test('who holds a state says what for', async () => {
  const executor = new FakeExecutor('by hand');
  const project = projectOf('version: 1\njobs:\n  a: { run: "true" }\n  b: { run: "true" }\n');
  const orchestrator = new Orchestrator(await project.load(), { executor });
  const file = path.join(project.root, '.objflow/state.jsonl');
  for (const select of [undefined, 'b']) {
    const count = executor.started.length;
    const running = orchestrator.run({ select, force: true });
    await executor.begun(count + (select ? 1 : 2));
    const purpose = { role: 'run', ...(select ? { selected: true } : {}) };
    expect(holderOf(file)).toEqual({
      ...purpose,
      pid: process.pid,
      host: expect.any(String),
      since: expect.any(String),
    });
    for (const task of ['a', 'b']) executor.end(task);
    good(await running);
  }
  const ear = new Ear();
  const stop = new AbortController();
  const living = orchestrator.watch({ signal: stop.signal, onEvent: ear.onEvent });
  await ear.heard('watching');
  expect(holderOf(file)).toMatchObject({ role: 'watch' });
  stop.abort();
  good(await living);
});
