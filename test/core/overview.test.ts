/** Many tasks summed up: what is counted, since when it waits, in which order it is told. */
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/core/object.ts';
import { briefs, jobsView } from '../../src/core/overview.ts';
import type { Phase } from '../../src/core/views.ts';
import { idOf, Rig } from './rig.ts';

const all = () => true;
const phases = new Set<Phase>(['waiting', 'held', 'blocked', 'ready', 'running', 'succeeded', 'failed', 'disabled']);

/** Three days of orders, of which one fails; a day of payments is wanting. Minutes ago: 10, 20, 30. */
function shop() {
  const rig = new Rig();
  rig.job('load: in/{d} -> table:raw/{d}');
  rig.job('pair: table:raw/{d} pay/{d} -> table:pair/{d}');
  rig.job('other: never/{x} table:ref -> table:other/{x}');
  rig.job('off: never/{x} -> ; disabled');
  rig.open();
  const ages: readonly [string, number][] = [
    ['1', 600_000],
    ['2', 1_200_000],
    ['3', 1_800_000],
  ];
  rig.now += 10_000_000;
  for (const [day, age] of ages) rig.look([[idOf(`in/${day}`), { version: 'v', age }]]);
  for (const day of ['1', '3']) {
    rig.exit(`load[d=${day}]`, 0, 'new');
    rig.now += 1000;
  }
  rig.exit('load[d=2]', 1, 'nothing');
  const cameAt = (object: ObjectId): number | undefined => {
    const found = rig.disk.get(object)?.found;
    return found?.state === 'present' ? found.changedAt : object === idOf('table:raw/3') ? 5 : undefined;
  };
  return { rig, times: { cameAt, askedAt: () => undefined } };
}

test('jobs are counted by the phases of their tasks; one without tasks says what it waits for', () => {
  const { rig, times } = shop();
  const [load, pair, other, ...rest] = jobsView(rig.state, all, all, times);
  expect(load).toEqual({
    ...{ job: 'load', enabled: true, partitioned: true, definitionChanged: 0, waitsFor: [] },
    ...{ counts: { succeeded: 2, failed: 1 }, failed: [{ d: '2' }], lastEndedAt: rig.now },
  });
  expect(pair).toMatchObject({ counts: { waiting: 2, blocked: 1 }, waitingSince: 5 });
  expect(other).toMatchObject({ counts: {}, waitsFor: ['file:never/{x}'] });
  expect(rest).toMatchObject([{ job: 'off', counts: {} }]);
  for (const { task, phase } of rig.state.tasks.size > 0 ? rig.status() : [])
    expect(rig.state.tasks.get(task)?.phase).toBe(phase);
});

test('only what was chosen counts', () => {
  const { rig, times } = shop();
  const one = jobsView(
    rig.state,
    ({ task }) => task === 'load[d=2]',
    () => false,
    times,
  );
  expect(one).toMatchObject([{ job: 'load', counts: { failed: 1 } }]);
});

test('those that succeeded before an edit are counted', () => {
  const { rig, times } = shop();
  rig.job('load: in/{d} -> table:raw/{d} ; definition=other');
  rig.reload();
  rig.open();
  expect(jobsView(rig.state, all, all, times)[0]).toMatchObject({ definitionChanged: 2 });
});

test('what ended last comes first, and what has waited longest', () => {
  const { rig, times } = shop();
  const told = briefs(rig.state, phases, all, times);
  const names = (phase: Phase) => told.get(phase)?.map((brief) => brief.whole().task);
  expect(names('succeeded')).toEqual(['load[d=3]', 'load[d=1]']);
  expect(names('waiting')).toEqual(['pair[d=3]', 'pair[d=1]']);
  expect(told.get('waiting')?.map(({ since }) => since)).toEqual([5, undefined]);
  expect(told.get('failed')).toMatchObject([{ job: 'load', since: rig.now }]);
  expect(briefs(rig.state, new Set<Phase>(['failed']), all, times).size).toBe(1);
});
