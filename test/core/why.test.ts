/**
 * Why: for each phase and each kind of reason the true cause is named; then the situation is changed, and the answer
 * with it.
 */
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/core/graph.ts';
import { asVersion, type ObjectId, type Observation } from '../../src/core/object.ts';
import { markPaused } from '../../src/core/paused.ts';
import type { AtWork } from '../../src/core/views.ts';
import { whyJob, whyObject, whyTask } from '../../src/core/why.ts';
import type { Facts } from '../../src/core/why-facts.ts';
import type { Near, WhySource, WhyTask, WhyView } from '../../src/core/why-view.ts';
import { nextWords } from '../../src/report/why-words.ts';
import { idOf, pattern, Rig } from './rig.ts';

/** A mapping and an open state. */
function opened(...jobs: readonly string[]): Rig {
  const rig = new Rig();
  for (const job of jobs) rig.job(job);
  rig.open();
  return rig;
}

interface More {
  readonly atWork?: AtWork;
  readonly near?: readonly Near[];
}

function why(rig: Rig, name: string, { atWork, near = [] }: More = {}): WhyView {
  const { state } = rig;
  const seen = new Map<ObjectId, Observation>([...rig.disk].map(([id, { found }]) => [id, found]));
  const facts: Facts = { graph: buildGraph(rig.mapping), records: rig.records, seen, atWork, near: () => near };
  const task = state.tasks.get(name);
  const job = state.jobs.get(name);
  if (job) return whyJob(state, facts, job);
  return task ? whyTask(state, facts, task) : whyObject(state, facts, idOf(name));
}

/** The task that was asked for. */
function taskOf(view: WhyView): WhyTask {
  if (view.kind !== 'task') throw new Error(`told as ${view.kind}`);
  return view.task;
}

const sourceOf = (view: WhyView, at = 0): WhySource => taskOf(view).sources[at] as WhySource; // the test says which there are
const codes = (view: WhyView): string[] => taskOf(view).reasons.map(({ code }) => code);

const daemon: AtWork = { role: 'watch', pid: 4711 };
const one = 'load: in/a.csv -> table:raw';
const land = (rig: Rig, name: string, version = 'v1') => rig.look([[idOf(name), { version }]]);

describe('waiting', () => {
  test('a file that never came; then it comes', () => {
    const rig = opened(one);
    const view = why(rig, 'load');
    expect(view).toMatchObject({ isUpToDate: false, next: { do: 'land', object: 'file:in/a.csv' } });
    expect(codes(view)).toEqual(['source-missing']);
    expect(sourceOf(view)).toMatchObject({ state: 'absent', changed: false });
    land(rig, 'in/a.csv');
    expect(why(rig, 'load').next).toMatchObject({ do: 'end', task: 'load' });
  });

  test('with what lies near it, in the next thing too', () => {
    const near = [{ name: 'in/A.csv', why: 'differs in upper and lower case only' }];
    const view = why(opened(one), 'load', { near });
    expect(sourceOf(view).near).toEqual(near);
    expect(nextWords(view.next, {})).toBe('waits for in/a.csv to land (in/A.csv differs in upper and lower case only)');
  });

  test('a file that settles; then its time is over', () => {
    const rig = opened(one);
    rig.look([[idOf('in/a.csv'), { version: 'v1', age: 500 }]]);
    const view = why(rig, 'load');
    expect(view.next).toEqual({ do: 'settle', object: 'file:in/a.csv', until: rig.now + 1500 });
    expect(sourceOf(view)).toMatchObject({
      state: 'landing',
      lacks: { what: 'time', since: rig.now - 500, until: rig.now + 1500 },
    });
    rig.tick(1500);
    expect(why(rig, 'load').next.do).toBe('end');
  });

  test('a marker that is missing, then older than the file, then there', () => {
    const rig = new Rig();
    rig.object('in/{x}.csv', { marker: { where: 'beside', pattern: pattern('in/{x}.csv.done') } });
    rig.job('load: in/{x}.csv -> table:raw/{x}');
    rig.open();
    const look = (marker: 'missing' | 'older' | 'there') => rig.look([[idOf('in/1.csv'), { version: 'v1', marker }]]);
    look('missing');
    const next = { do: 'marker', object: 'file:in/1.csv', marker: 'in/1.csv.done' };
    expect(why(rig, 'load[x=1]').next).toEqual({ ...next, older: false });
    look('older');
    expect(why(rig, 'load[x=1]').next).toEqual({ ...next, older: true });
    look('there');
    expect(why(rig, 'load[x=1]').next.do).toBe('end');
  });

  test('a file that is too small, then large enough', () => {
    const rig = new Rig();
    rig.object('in/a.csv', { minSize: 100 });
    rig.job(one);
    rig.open();
    rig.look([[idOf('in/a.csv'), { version: 'v1', size: 3 }]]);
    expect(why(rig, 'load').next).toEqual({ do: 'grow', object: 'file:in/a.csv', size: 3, least: 100 });
    rig.look([[idOf('in/a.csv'), { version: 'v2', size: 100 }]]);
    expect(why(rig, 'load').next.do).toBe('settle');
    rig.tick(2000);
    expect(why(rig, 'load').next.do).toBe('end');
  });

  test('a file whose content has to be read', () => {
    const rig = opened(one);
    rig.look([[idOf('in/a.csv'), { version: 'v1', unread: true }]]);
    expect(why(rig, 'load').next).toEqual({ do: 'read', object: 'file:in/a.csv' });
    land(rig, 'in/a.csv');
    expect(why(rig, 'load').next.do).toBe('end');
  });

  test('a file that cannot be looked at; then it can', () => {
    const rig = opened('load: in/{x}.csv -> table:raw/{x}');
    rig.look([[idOf('in/1.csv'), 'unknown']]);
    const view = why(rig, 'load[x=1]');
    expect(view.next).toEqual({ do: 'look', object: 'file:in/1.csv', problem: 'EIO' });
    expect(codes(view)).toEqual(['source-unknown']);
    land(rig, 'in/1.csv');
    expect(why(rig, 'load[x=1]').next.do).toBe('end');
  });

  test('a table that nothing makes: it has to be announced; then it is', () => {
    const rig = opened('build: table:raw -> table:mart');
    const view = why(rig, 'build');
    expect(view.next).toEqual({ do: 'announce', object: 'table:raw' });
    expect(nextWords(view.next, {})).toBe('waits for table:raw: objflow emit table:raw');
    rig.send({ type: 'announced', at: rig.now, object: idOf('table:raw'), version: asVersion('v1') });
    const after = why(rig, 'build');
    expect(after.next.do).toBe('end');
    expect(sourceOf(after)).toMatchObject({ version: 'v1', came: { how: 'announced', at: rig.now } });
  });

  test('a producer that waits itself: down to the file at the root', () => {
    const rig = opened(one, 'clean: table:raw -> table:clean', 'mart: table:clean -> table:mart');
    const view = why(rig, 'mart');
    expect(view.next).toEqual({ do: 'land', object: 'file:in/a.csv' });
    const [clean] = sourceOf(view).because;
    expect(clean).toMatchObject({ task: 'clean', phase: 'waiting' });
    expect(clean?.sources[0]?.because[0]).toMatchObject({ task: 'load', sources: [{ object: 'file:in/a.csv' }] });
    land(rig, 'in/a.csv');
    expect(why(rig, 'mart').next).toMatchObject({ do: 'end', task: 'load' });
  });

  test('what would make a table whose own file never came, though no task of it is known', () => {
    const rig = opened(
      'orders: in/orders_{d}.csv -> table:orders/{d}',
      'payments: in/payments_{d}.csv -> table:payments/{d}',
      'sales: table:orders/{d} table:payments/{d} -> table:sales/{d}',
    );
    land(rig, 'in/payments_1.csv');
    rig.exit('payments[d=1]', 0, 'new');
    const view = why(rig, 'sales[d=1]');
    const [maker] = sourceOf(view).because;
    expect(maker).toMatchObject({ task: 'orders[d=1]', job: 'orders', sources: [{ object: 'file:in/orders_1.csv' }] });
    expect(maker?.phase).toBeUndefined();
    expect(view.next).toEqual({ do: 'land', object: 'file:in/orders_1.csv' });
    land(rig, 'in/orders_1.csv');
    expect(why(rig, 'sales[d=1]').next).toMatchObject({ do: 'end', task: 'orders[d=1]' });
  });

  test('a job of which nothing is known: the pattern that nothing matches, and who could make it', () => {
    const rig = opened('load: in/{d}.csv -> table:raw/{d}', 'mart: table:raw/{d} -> table:mart/{d}');
    const view = why(rig, 'mart');
    expect(sourceOf(view)).toMatchObject({ object: 'table:raw/{d}', state: 'absent' });
    expect(sourceOf(view).because[0]).toMatchObject({ task: 'load', sources: [{ object: 'file:in/{d}.csv' }] });
    expect(nextWords(view.next, {})).toBe('waits for something that matches in/{d}.csv to land');
    land(rig, 'in/1.csv');
    expect(why(rig, 'mart')).toMatchObject({ kind: 'job', phases: { waiting: 1 } });
  });

  test('sources that are there and share no values; then they do', () => {
    const rig = opened(
      'both: left/{d} right/{d} -> table:both/{d}',
      'each: l/{a}/{b} r/{b}/{c} -> table:e/{a}/{b}/{c}',
    );
    land(rig, 'l/1/2');
    land(rig, 'r/3/4');
    const view = why(rig, 'each');
    expect(view.next).toEqual({ do: 'agree', job: 'each' });
    expect(taskOf(view).gathered).toMatchObject([{ objects: 1 }, { objects: 1 }]);
    land(rig, 'r/2/4');
    expect(why(rig, 'each')).toMatchObject({ kind: 'job', phases: { running: 1 } });
  });

  test('a target that was removed, and that nobody makes again', () => {
    const rig = opened('load: in/a.csv -> out/a.csv', 'send: out/a.csv -> table:sent', 'mail: out/a.csv -> table:mail');
    land(rig, 'in/a.csv');
    rig.exit('load', 0, 'new');
    rig.exit('send', 0, 'new');
    rig.exit('mail', 1, 'new');
    rig.look([[idOf('out/a.csv'), undefined]]);
    expect(why(rig, 'mail').next).toEqual({ do: 'remake', object: 'file:out/a.csv', task: 'load' });
    expect(why(rig, 'send').isUpToDate).toBe(true);
    rig.send({ type: 'asked', at: rig.now, what: 'force', tasks: ['load'] });
    expect(why(rig, 'mail').next).toMatchObject({ do: 'end', task: 'load' });
  });
});

describe('held and blocked', () => {
  const diamond = [
    'load: in/a.csv -> table:raw',
    'left: table:raw -> table:left',
    'right: table:raw -> table:right',
    'join: table:left table:right -> table:join',
  ];
  /** All has run once, the file has changed, and one side is done. */
  function half(): Rig {
    const rig = opened(...diamond);
    land(rig, 'in/a.csv');
    for (const task of ['load', 'left', 'right', 'join']) rig.exit(task, 0, 'new');
    land(rig, 'in/a.csv', 'v2');
    rig.exit('load', 0, 'new');
    rig.exit('left', 0, 'new');
    return rig;
  }

  test('held by what runs upstream; then that ends', () => {
    const rig = half();
    const view = why(rig, 'join');
    expect(taskOf(view).phase).toBe('held');
    expect(view.next).toMatchObject({ do: 'end', task: 'right' });
    const [left, right] = taskOf(view).sources;
    expect(left).toMatchObject({ changed: true, because: [], came: { how: 'made', task: 'left' } });
    expect(right).toMatchObject({ changed: false, because: [{ task: 'right', phase: 'running' }] });
    rig.exit('right', 0, 'new');
    expect(why(rig, 'join').next).toMatchObject({ do: 'end', task: 'join' });
  });

  test('blocked two levels up: the failing one is named, with its exit status; then it is mended', () => {
    const rig = opened(one, 'clean: table:raw -> table:clean', 'mart: table:clean -> table:mart');
    land(rig, 'in/a.csv');
    rig.exit('load', 7, 'nothing');
    const view = why(rig, 'mart');
    expect(taskOf(view).phase).toBe('blocked');
    expect(codes(view)).toContain('blocked-by');
    const load = sourceOf(view).because[0]?.sources[0]?.because[0];
    expect(load).toMatchObject({ task: 'load', phase: 'failed', lastRun: { exitCode: 7 } });
    expect(nextWords(view.next, {})).toBe('mend load, then objflow retry load');
    rig.send({ type: 'asked', at: rig.now, what: 'retry', tasks: ['load'] });
    expect(why(rig, 'mart').next).toMatchObject({ do: 'end', task: 'load' });
  });

  test('blocked by several: one is named, the others counted', () => {
    const rig = opened('load: in/{d}.csv -> table:raw/{d}', 'mart: table:raw/* -> table:mart');
    rig.look(['1', '2', '3'].map((day) => [idOf(`in/${day}.csv`), { version: 'v1' }]));
    for (const day of [1, 2, 3]) rig.exit(`load[d=${day}]`, 1, 'nothing');
    expect(nextWords(why(rig, 'mart').next, {})).toBe(
      "mend load, then objflow retry 'load[d=1]'; 2 others stand failed too",
    );
  });

  test('a job of which several tasks failed is tried again as a whole; its tasks come in their natural order', () => {
    const rig = opened('load: in/{d}.csv -> table:raw/{d}', 'sum: table:raw/* -> table:sum');
    const days = ['10', '9', '100', '11'];
    rig.look(days.map((day) => [idOf(`in/${day}.csv`), { version: 'v1' }]));
    for (const day of days) rig.exit(`load[d=${day}]`, 1, 'nothing');
    const view = why(rig, 'load');
    expect(nextWords(view.next, {})).toBe('mend load, then objflow retry load');
    const told = view.kind === 'job' ? view.tasks.map(({ task }) => task) : [];
    expect(told).toEqual(['load[d=9]', 'load[d=10]', 'load[d=11]']);
    expect(why(rig, 'sum').next).toMatchObject({ task: 'load[d=9]', more: 3 });
  });

  test('up to date, and what is upstream failed since: so it is not', () => {
    const rig = opened(one, 'clean: table:raw -> table:clean');
    land(rig, 'in/a.csv');
    rig.exit('load', 0, 'new');
    rig.exit('clean', 0, 'new');
    expect(why(rig, 'clean').isUpToDate).toBe(true);
    land(rig, 'in/a.csv', 'v2');
    rig.exit('load', 1, 'nothing');
    const view = why(rig, 'clean');
    expect(view).toMatchObject({ isUpToDate: false, next: { do: 'mend', task: 'load' } });
    expect(taskOf(view).phase).toBe('succeeded');
    expect(why(rig, 'table:raw')).toMatchObject({ isUpToDate: false, next: { do: 'mend', task: 'load' } });
  });
});

describe('failed', () => {
  /** It runs, and its run ends so. */
  function ended(outcome: { exitCode?: number; signal?: string; problem?: string; stopped?: true }): Rig {
    const rig = opened(one);
    land(rig, 'in/a.csv');
    const run = rig.executing.get('load') ?? '';
    rig.send({ type: 'attempt-ended', at: rig.now, run, outcome: { well: false, targets: [], ...outcome } });
    return rig;
  }

  test('with an exit status; a source that is as the failed run read it; then that changes', () => {
    const rig = ended({ exitCode: 3 });
    const view = why(rig, 'load');
    expect(view.next).toEqual({ do: 'mend', task: 'load', job: 'load', more: 0 });
    expect(taskOf(view).lastRun).toMatchObject({ outcome: 'failed', exitCode: 3 });
    expect(sourceOf(view)).toMatchObject({ consumed: 'v1', version: 'v1', changed: false });
    land(rig, 'in/a.csv', 'v2');
    expect(why(rig, 'load').next.do).toBe('end');
  });

  test('by a signal, and by a timeout', () => {
    expect(taskOf(why(ended({ signal: 'SIGKILL' }), 'load')).lastRun).toMatchObject({ signal: 'SIGKILL' });
    const view = why(ended({ signal: 'SIGTERM', problem: 'timed out after 10s' }), 'load');
    expect(taskOf(view).reasons[0]?.message).toContain('timed out after 10s');
  });

  test('and its source is gone: that has to come first', () => {
    const rig = ended({ exitCode: 3 });
    rig.look([[idOf('in/a.csv'), undefined]]);
    expect(why(rig, 'load').next).toEqual({ do: 'land', object: 'file:in/a.csv' });
    land(rig, 'in/a.csv');
    expect(why(rig, 'load').next.do).toBe('mend');
  });

  test('interrupted: it is due again', () => {
    const rig = ended({ exitCode: 143, stopped: true });
    expect(taskOf(why(rig, 'load')).reasons.map(({ code }) => code)).toEqual(['running']);
    rig.send({ type: 'stopping', at: rig.now });
    rig.exit('load', 143, 'nothing', 'stopped');
    const view = why(rig, 'load');
    expect(codes(view)).toContain('interrupted');
    expect(view.next).toEqual({ do: 'start', task: 'load', by: [] });
  });

  test('and left a file: nobody may read it', () => {
    const rig = opened('load: in/a.csv -> out/a.csv', 'send: out/a.csv -> table:sent');
    land(rig, 'in/a.csv');
    rig.exit('load', 1, 'new');
    const view = why(rig, 'send');
    expect(sourceOf(view)).toMatchObject({ state: 'left', came: { task: 'load' } });
    expect(view.next).toMatchObject({ do: 'mend', task: 'load' });
    expect(why(rig, 'out/a.csv')).toMatchObject({ isUpToDate: false, next: { do: 'mend', task: 'load' } });
    // It is removed while nobody looks.
    rig.disk.delete(idOf('out/a.csv'));
    rig.crash();
    expect(sourceOf(why(rig, 'send'))).toMatchObject({ state: 'absent' });
  });
});

describe('running and ready', () => {
  test('between two attempts, as a reader of the journal sees it; then the next attempt runs', () => {
    const rig = opened('load: in/a.csv -> table:raw ; attempts=3 delay=5000');
    land(rig, 'in/a.csv');
    rig.exit('load', 1, 'nothing');
    const attempt = { do: 'attempt', task: 'load', attempt: 2, at: rig.now + 5000 };
    expect(why(rig, 'load').next).toEqual(attempt);

    const reader = new Rig();
    reader.job('load: in/a.csv -> table:raw ; attempts=3 delay=5000');
    reader.records.push(...rig.records);
    reader.put(idOf('in/a.csv'), { version: 'v1' });
    const [task] = reader.state.runs.values();
    if (task?.run) task.run.stage = 'executing';
    markPaused(reader.state, reader.records);
    reader.open();
    expect(why(reader, 'load').next).toEqual(attempt);
    expect(reader.state.running).toBe(0);

    rig.tick(5000);
    expect(why(rig, 'load').next.do).toBe('end');
  });

  test('left running by an objflow that is gone', () => {
    const rig = opened(one);
    land(rig, 'in/a.csv');
    const reader = new Rig();
    reader.job(one);
    reader.records.push(...rig.records);
    reader.open();
    expect(why(reader, 'load').next).toMatchObject({ do: 'take-up', task: 'load' });
  });

  test.each([
    ['its own concurrency', 'load: in/{d}.csv -> table:raw/{d} ; concurrency=1'],
    ['its pool', 'load: in/{d}.csv -> table:raw/{d} ; pool=db'],
    ['its target, which is being written', 'load: in/{d}.csv -> table:raw'],
  ])('no room in %s: by whom; then there is', (_, job) => {
    const rig = new Rig();
    rig.pools.set('db', 1);
    rig.job(job);
    rig.job('other: in/{d}.csv -> table:other/{d}');
    rig.open();
    rig.look(['1', '2'].map((day) => [idOf(`in/${day}.csv`), { version: 'v1' }]));
    const view = why(rig, 'load[d=2]', { atWork: daemon });
    expect(view.next).toEqual({ do: 'start', task: 'load[d=2]', by: ['load[d=1]'] });
    expect(nextWords(view.next, { atWork: daemon })).toBe('waits for room: for load[d=1] to end');
    rig.exit('load[d=1]', 0, 'new');
    expect(why(rig, 'load[d=2]').next.do).toBe('end');
  });

  test.each<[string, AtWork, string]>([
    ['a run', { role: 'run', pid: 7 }, 'process 7 has ended, unless that run starts it'],
    ['a run of a selection', { role: 'run', selected: true, pid: 7 }, 'unless that run starts it'],
    ['who does not say what it is', {}, 'unless that starts it'],
    ['who only records what is asked', { role: 'take-up', pid: 7 }, 'objflow run, once process 7 has ended'],
  ])(
    'due beside %s: it is not said to wait for room, nor to start by itself; beside a daemon it is',
    (_, atWork, words) => {
      const rig = new Rig();
      rig.concurrency = 1;
      rig.job('load: in/{d}.csv -> table:raw/{d}');
      rig.job('sum: table:raw/{d} -> table:sum/{d}');
      rig.open();
      rig.look(['1', '2'].map((day) => [idOf(`in/${day}.csv`), { version: 'v1' }]));
      const view = why(rig, 'load[d=2]', { atWork });
      expect(view.next).toEqual({ do: 'start', task: 'load[d=2]', by: [] });
      expect(nextWords(view.next, { atWork })).toContain(words);
      expect(why(rig, 'load[d=2]', { atWork: daemon }).next).toMatchObject({ by: ['load[d=1]'] });
    },
  );

  test('no room in the project, where a daemon is at work; due, where nobody is', () => {
    const rig = new Rig();
    rig.concurrency = 1;
    rig.job('load: in/{d}.csv -> table:raw/{d}');
    rig.open();
    rig.look(['1', '2'].map((day) => [idOf(`in/${day}.csv`), { version: 'v1' }]));
    expect(why(rig, 'load[d=2]', { atWork: daemon }).next).toMatchObject({ by: ['load[d=1]'] });
    const view = why(rig, 'load[d=2]');
    expect(nextWords(view.next, {})).toBe('objflow run');
    rig.exit('load[d=1]', 0, 'new');
    expect(why(rig, 'load[d=2]').next.do).toBe('end');
  });
});

describe('nothing to do', () => {
  test('disabled; then enabled', () => {
    const rig = opened(`${one} ; disabled`);
    land(rig, 'in/a.csv');
    expect(why(rig, 'load')).toMatchObject({
      isUpToDate: false,
      next: { do: 'enable', job: 'load', place: 'objflow.yaml:1' },
    });
    rig.job(one);
    rig.reload();
    expect(why(rig, 'load').next.do).toBe('end');
  });

  test('a disabled job that would have made what is missing', () => {
    const rig = opened(
      'load: in/{d}.csv -> table:raw/{d} ; disabled',
      'other: in2/{d}.csv -> table:other/{d}',
      'mart: table:raw/{d} table:other/{d} -> table:mart/{d}',
    );
    land(rig, 'in2/1.csv');
    rig.exit('other[d=1]', 0, 'new');
    expect(why(rig, 'mart[d=1]').next).toMatchObject({ do: 'enable', job: 'load' });
  });

  test('up to date; a change of a source that triggers nothing; an optional one that is absent, then new', () => {
    const rig = opened('load: in/a.csv in/b.csv(no-trigger) in/c.csv(optional) -> table:raw');
    land(rig, 'in/a.csv');
    land(rig, 'in/b.csv');
    rig.exit('load', 0, 'new');
    const view = why(rig, 'load');
    expect(view).toMatchObject({ isUpToDate: true, next: { do: 'nothing' } });
    expect(sourceOf(view, 2)).toMatchObject({ state: 'absent', optional: true, changed: false });
    land(rig, 'in/b.csv', 'v2');
    const after = why(rig, 'load');
    expect(after.isUpToDate).toBe(true);
    expect(sourceOf(after, 1)).toMatchObject({ changed: true, trigger: false, consumed: 'v1', version: 'v2' });
    land(rig, 'in/c.csv');
    expect(why(rig, 'load').next.do).toBe('end');
  });

  test('`when: all`, and only one has changed: the other is waited for', () => {
    const rig = opened('load: in/a.csv in/b.csv -> table:raw ; when=all');
    land(rig, 'in/a.csv');
    land(rig, 'in/b.csv');
    rig.exit('load', 0, 'new');
    land(rig, 'in/a.csv', 'v2');
    const view = why(rig, 'load');
    expect(view).toMatchObject({ isUpToDate: false, next: { do: 'change', objects: ['file:in/b.csv'] } });
    expect(codes(view)).toContain('when-unsatisfied');
    land(rig, 'in/b.csv', 'v2');
    expect(why(rig, 'load').next.do).toBe('end');
  });

  test('edited since it succeeded: that is said, and it is up to date', () => {
    const rig = opened(one);
    land(rig, 'in/a.csv');
    rig.exit('load', 0, 'new');
    rig.job(`${one} ; definition=2`);
    rig.reload();
    const view = why(rig, 'load');
    expect(view.isUpToDate).toBe(true);
    expect(codes(view)).toContain('definition-changed');
    rig.send({ type: 'asked', at: rig.now, what: 'force', tasks: ['load'] });
    rig.exit('load', 0, 'new');
    expect(codes(why(rig, 'load'))).not.toContain('definition-changed');
  });

  test('of many that a star gathers, those that changed or went are told, the others counted', () => {
    const rig = opened('sum: in/*.csv -> table:sum');
    const names = Array.from({ length: 20 }, (_, at) => `in/${10 + at}.csv`);
    rig.look(names.map((name) => [idOf(name), { version: 'v1' }]));
    rig.exit('sum', 0, 'new');
    expect(taskOf(why(rig, 'sum'))).toMatchObject({ sources: [], gathered: [{ objects: 20, there: 20, told: 0 }] });
    rig.look([
      [idOf('in/15.csv'), { version: 'v2' }],
      [idOf('in/20.csv'), undefined],
    ]);
    land(rig, 'in/16.csv', 'v2'); // while it runs again
    const { sources, gathered } = taskOf(why(rig, 'sum'));
    expect(sources.map(({ object, changed }) => [object, changed])).toEqual([['file:in/16.csv', true]]);
    expect(gathered).toMatchObject([{ pattern: 'in/*.csv', objects: 19, changed: 1, told: 1 }]);
  });
});

describe('objects and jobs', () => {
  test('an object: who made it, who has read which version; then a new one comes', () => {
    const rig = opened(one, 'clean: table:raw -> table:clean');
    land(rig, 'in/a.csv');
    rig.exit('load', 0, 'new');
    const first = why(rig, 'table:raw');
    expect(first).toMatchObject({
      kind: 'object',
      isUpToDate: false,
      object: { state: 'there', version: 's1-1', came: { how: 'made', task: 'load', run: 's1-1' } },
      makers: ['load'],
      readers: [{ task: 'clean', phase: 'running' }],
      next: { do: 'end', task: 'clean' },
    });
    rig.exit('clean', 0, 'new');
    expect(why(rig, 'table:raw')).toMatchObject({ isUpToDate: true, readers: [{ consumed: 's1-1' }] });
    expect(why(rig, 'in/a.csv')).toMatchObject({ isUpToDate: true, object: { came: { how: 'landed' }, size: 10 } });
  });

  test('a landing file that was moved away after it was loaded is no matter; one that never came is', () => {
    const rig = opened('load: in/{d}.csv -> table:raw/{d}');
    land(rig, 'in/1.csv');
    rig.exit('load[d=1]', 0, 'new');
    rig.look([[idOf('in/1.csv'), undefined]]);
    expect(why(rig, 'load[d=1]')).toMatchObject({ isUpToDate: true });
    expect(why(rig, 'in/2.csv')).toMatchObject({ isUpToDate: false, jobs: ['load'], next: { do: 'land' } });
  });

  test('a job with several tasks: those first that need somebody, and the hardest thing to do', () => {
    const rig = opened('load: in/{d}.csv -> table:raw/{d}');
    rig.look(['1', '2', '3', '4'].map((day) => [idOf(`in/${day}.csv`), { version: 'v1' }]));
    rig.exit('load[d=1]', 0, 'new');
    rig.exit('load[d=2]', 0, 'new');
    rig.exit('load[d=4]', 1, 'nothing');
    const view = why(rig, 'load');
    expect(view).toMatchObject({ kind: 'job', phases: { succeeded: 2, running: 1, failed: 1 } });
    expect(view.kind === 'job' && view.tasks.map(({ task }) => task)).toEqual(['load[d=4]', 'load[d=3]']);
    expect(view.next).toMatchObject({ do: 'mend', task: 'load[d=4]' });
    rig.exit('load[d=3]', 0, 'new');
    rig.send({ type: 'asked', at: rig.now, what: 'retry', tasks: ['load[d=4]'] });
    rig.exit('load[d=4]', 0, 'new');
    expect(why(rig, 'load')).toMatchObject({ isUpToDate: true, tasks: [] });
  });

  test('a long chain and a wide star end the tree, and not the truth', () => {
    const chain = Array.from({ length: 200 }, (_, at) => `j${at}: table:t${at} -> table:t${at + 1}`);
    const rig = opened('first: in/a.csv -> table:t0', ...chain);
    land(rig, 'in/a.csv');
    rig.exit('first', 9, 'nothing');
    const view = why(rig, 'j199');
    expect(view.next).toMatchObject({ do: 'mend', task: 'first' });
    let task: WhyTask | undefined = taskOf(view);
    let depth = 0;
    for (; task; task = task.sources[0]?.because[0]) depth += 1;
    expect(depth).toBeLessThan(100);
    expect(taskOf(view).because).toMatchObject([{ task: 'first' }]);
  });
});
