/** `Orchestrator.run`: what it gives and tells, and what stops it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { assert, describe, expect, test } from 'vitest';
import { Orchestrator } from '../../src/index.js';
import { good } from '../journal/fixtures.js';
import { Ear, FakeExecutor, projectOf } from './rig.js';

const chain = `
version: 1
grace: 1ms
objects: { table:in: { external: true } }
jobs:
  first: { targets: table:a, run: "true" }
  second: { sources: table:a, targets: table:b, run: "true" }
`;

test('commands run, their files are made, and a second run has nothing to do', async () => {
  const project = projectOf(`
version: 1
objects:
  landing/{d}.csv: { settle: 0s }
jobs:
  copy: { sources: "landing/{d}.csv", targets: "out_{d}.csv", run: 'cat "$source" >"$target"' }
`);
  project.put('landing/a.csv', 'one\n');
  const orchestrator = new Orchestrator(await project.load());
  const ear = new Ear();
  const result = await orchestrator.run({ onEvent: ear.onEvent });
  expect(good(result)).toEqual({
    summary: { succeeded: 1, failed: 0, blocked: 0, waiting: 0, upToDate: 0 },
    failures: [],
    blocked: [],
    stopped: false,
  });
  expect(readFileSync(path.join(project.root, 'out_a.csv'), 'utf8')).toBe('one\n');
  expect(ear.events.map(({ event }) => event)).toEqual(['object-landed', 'run-started', 'run-succeeded', 'summary']);
  expect(ear.of('run-succeeded')).toMatchObject([{ task: 'copy[d=a]', at: expect.stringMatching(/^\d{4}-.*Z$/) }]);
  expect(ear.faults()).toEqual([]);
  expect(good(await orchestrator.run()).summary).toMatchObject({ succeeded: 0, upToDate: 1 });
});

test('a task that fails is told with its output, and what it blocks', async () => {
  const project = projectOf(chain.replace('run: "true"', 'run: "echo no such table >&2; exit 3"'));
  const orchestrator = new Orchestrator(await project.load());
  const { summary, failures, blocked } = good(await orchestrator.run());
  expect(summary).toMatchObject({ failed: 1, blocked: 1 });
  expect(failures).toMatchObject([{ task: 'first', attempts: 1, exitCode: 3, output: ['no such table'] }]);
  expect(readFileSync(failures[0]?.log ?? '', 'utf8')).toBe('no such table\n');
  expect(blocked).toEqual([{ task: 'second', by: ['first'] }]);
  const ear = new Ear();
  await orchestrator.run({ onEvent: ear.onEvent, retry: false });
  expect(ear.events.map(({ event }) => event)).toEqual(['summary']);
});

test('selects, forces, and says which selector names nothing', async () => {
  const executor = new FakeExecutor('well');
  const orchestrator = new Orchestrator(await projectOf(chain).load(), { executor });
  expect(good(await orchestrator.run({ select: 'first' })).summary).toMatchObject({ succeeded: 1 });
  const unknown = await orchestrator.run({ select: ['first', 'tag:none'] });
  expect(unknown).toMatchObject({ ok: false, error: { kind: 'unknown-selector' } });
  expect(await orchestrator.run({ select: 'secnd' })).toMatchObject({
    ok: false,
    error: { message: 'no job, task or object is called `secnd`; did you mean `second`?' },
  });
  await orchestrator.run({ select: 'state:succeeded', force: true });
  expect(executor.tasks).toEqual(['first', 'first']);
});

describe('a state', () => {
  test('that is held is not taken, by the same process either, and is free afterwards', async () => {
    const loaded = await projectOf(chain).load();
    const executor = new FakeExecutor('by hand');
    const running = new Orchestrator(loaded, { executor }).run();
    await executor.begun(1);
    const second = new Orchestrator(loaded);
    for (const call of [second.run(), second.watch()])
      expect(await call).toMatchObject({ ok: false, error: { kind: 'state-held', holder: { pid: process.pid } } });
    expect(good(await second.status()).map(({ phase }) => phase)).toEqual(['running', 'waiting']);
    executor.end('first', { exitCode: 1 });
    expect(good(await running).summary).toMatchObject({ failed: 1, blocked: 1 });
    expect(good(await second.run()).summary).toMatchObject({ succeeded: 2 });
  });

  test('that is damaged is a problem of every call', async () => {
    const project = projectOf(chain);
    const orchestrator = new Orchestrator(await project.load());
    await orchestrator.run();
    const text = readFileSync(orchestrator.state, 'utf8');
    project.put('.objflow/state.jsonl', text.replace('"run-started"', '"run-stirred"'));
    const calls = [
      orchestrator.run(),
      orchestrator.watch(),
      orchestrator.status(),
      orchestrator.emit('table:in', { key: 'k' }),
    ];
    for (const call of calls) expect(await call).toMatchObject({ ok: false, error: { kind: 'state-damaged' } });
  });

  test('of its own each: two run at once in one process', async () => {
    const loaded = await projectOf(chain).load();
    const one = { executor: new FakeExecutor('by hand'), state: path.join(loaded.mapping.root, 'one/state.jsonl') };
    const other = { executor: new FakeExecutor('by hand'), state: path.join(loaded.mapping.root, 'other/state.jsonl') };
    const both = [one, other].map((options) => new Orchestrator(loaded, options).run());
    await Promise.all([one.executor.begun(1), other.executor.begun(1)]);
    one.executor.end('first', { exitCode: 1 });
    other.executor.end('first');
    await other.executor.begun(2);
    other.executor.end('second');
    const summaries = (await Promise.all(both)).map((result) => good(result).summary);
    expect(summaries).toMatchObject([{ failed: 1 }, { succeeded: 2 }]);
  });
});

describe('an abort', () => {
  test('lets what runs finish, and starts nothing more', async () => {
    const executor = new FakeExecutor('by hand');
    const project = projectOf(chain.replace('grace: 1ms', 'grace: 1h'));
    const orchestrator = new Orchestrator(await project.load(), { executor });
    const ear = new Ear();
    const abort = new AbortController();
    const running = orchestrator.run({ onEvent: ear.onEvent, signal: abort.signal });
    await executor.begun(1);
    abort.abort();
    await ear.heard('stopping');
    executor.end('first');
    expect(good(await running)).toMatchObject({ stopped: true, summary: { succeeded: 1, waiting: 1 } });
    expect({ tasks: executor.tasks, stopped: executor.stopped }).toEqual({ tasks: ['first'], stopped: [] });
    expect(ear.events.at(-1)).toMatchObject({ event: 'summary', stopped: true });
    expect(ear.faults()).toEqual([]);
  });

  test('ends what does not finish within its grace: it is due again', async () => {
    const executor = new FakeExecutor('by hand');
    const orchestrator = new Orchestrator(await projectOf(chain).load(), { executor });
    const abort = new AbortController();
    const running = orchestrator.run({ signal: abort.signal });
    await executor.begun(1);
    abort.abort();
    expect(good(await running)).toMatchObject({ stopped: true, summary: { succeeded: 0, failed: 0 } });
    expect(executor.stopped).toEqual(['terminate first']);
    expect(good(await orchestrator.status())[0]).toMatchObject({ phase: 'ready', lastRun: { outcome: 'interrupted' } });
  });

  test('that came before starts nothing', async () => {
    const executor = new FakeExecutor('well');
    const orchestrator = new Orchestrator(await projectOf(chain).load(), { executor });
    expect(good(await orchestrator.run({ signal: AbortSignal.abort() })).stopped).toBe(true);
    expect(executor.tasks).toEqual([]);
  });
});

describe('what the caller wrote', () => {
  test('an executor gets the work, and its outcome counts', async () => {
    const executor = new FakeExecutor('well');
    const project = projectOf(`
version: 1
objects:
  table:in/{d}: { external: true }
jobs:
  load: { sources: { rows: "table:in/{d}" }, targets: "table:raw/{d}", run: load rows }
`);
    const orchestrator = new Orchestrator(await project.load(), { executor });
    good(await orchestrator.emit('table:in/monday'));
    expect(good(await orchestrator.run()).summary).toMatchObject({ succeeded: 1 });
    expect(executor.started).toMatchObject([
      {
        task: 'load[d=monday]',
        partition: { d: 'monday' },
        job: { run: 'load rows' },
        sources: [{ name: 'rows', objects: ['table:in/monday'] }],
        targets: [{ objects: ['table:raw/monday'] }],
        attempt: 1,
      },
    ]);
  });

  test('an executor that throws fails its task, in words', async () => {
    class Throwing extends FakeExecutor {
      override start(): never {
        throw new Error('no cluster');
      }
    }
    class Rejecting extends FakeExecutor {
      override start(): ReturnType<FakeExecutor['start']> {
        return { outcome: Promise.reject(new Error('lost it')), stop() {}, log: '' };
      }
    }
    const loaded = await projectOf(chain).load();
    const said: (string | undefined)[] = [];
    for (const executor of [new Throwing('well'), new Rejecting('well')])
      said.push(good(await new Orchestrator(loaded, { executor }).run()).failures[0]?.problem);
    expect(said).toEqual(['the executor threw in `start`: no cluster', 'the executor threw in `outcome`: lost it']);
  });

  test('an onEvent that throws stops the call, which throws its error and leaves the state free', async () => {
    const orchestrator = new Orchestrator(await projectOf(chain).load(), { executor: new FakeExecutor('well') });
    let told = 0;
    const onEvent = (): never => {
      told += 1;
      throw new TypeError('theirs');
    };
    await expect(orchestrator.run({ onEvent })).rejects.toThrow(new TypeError('theirs'));
    expect(told).toBe(1);
    expect(good(await orchestrator.run()).summary).toMatchObject({ failed: 0, blocked: 0, waiting: 0 });
  });

  test('a concurrency that is none is a bug of theirs', async () => {
    const loaded = await projectOf(chain).load();
    for (const concurrency of [0, 1025, 1.5, Number.NaN])
      expect(() => new Orchestrator(loaded, { concurrency })).toThrow(RangeError);
    assert(new Orchestrator(loaded, { concurrency: 1024 }));
  });
});
