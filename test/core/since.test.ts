/** Since when a task is where it is: not since something older happened that has nothing to do with it. */
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/core/object.ts';
import { sinceWhen } from '../../src/core/since.ts';
import { idOf, Rig } from './rig.ts';

/** What a table's version says of when it came: at the end of the run that made it. */
function watched() {
  const rig = new Rig();
  rig.job('load: in.csv -> table:raw');
  rig.job('check: in.csv -> table:checked');
  rig.job('mart: table:raw table:checked table:ref(no-trigger) -> table:mart');
  rig.job('sink: table:mart -> table:sunk');
  const came = new Map<ObjectId, number>();
  const asked = new Map<string, number>();
  const land = (age: number, version: string): void => {
    rig.look([[idOf('in.csv'), { version, age }]]);
    came.set(idOf('in.csv'), rig.now - age);
  };
  const ends = (task: string, exitCode: number): void => {
    rig.now += 1000;
    const targets = exitCode === 0 ? (rig.state.tasks.get(task)?.targets ?? []) : [];
    rig.exit(task, exitCode, 'nothing');
    for (const { id } of targets) came.set(id, rig.now);
  };
  const since = (task: string): number | undefined => {
    const found = rig.state.tasks.get(task);
    return found && sinceWhen({ cameAt: (id) => came.get(id), askedAt: (name) => asked.get(name) })(found);
  };
  const phase = (task: string) => rig.state.tasks.get(task)?.phase;
  rig.open();
  rig.send({ type: 'announced', at: rig.now, object: idOf('table:ref'), version: 'v1' as never }); // any text is one
  came.set(idOf('table:ref'), rig.now);
  rig.now += 1_000_000;
  return { rig, land, ends, since, phase, came, asked };
}

/** All have succeeded once, and a new file has come. */
function again() {
  const w = watched();
  w.land(5000, 'v1');
  for (const task of ['load', 'check', 'mart', 'sink']) w.ends(task, 0);
  w.rig.now += 1_000_000;
  w.land(3000, 'v2');
  return w;
}

test('blocked since the failure that blocks it, though its sources are older', () => {
  const { rig, ends, since, phase } = again();
  ends('load', 0);
  ends('check', 1);
  const failed = rig.now;
  rig.now += 60_000;
  expect([phase('mart'), since('mart')]).toEqual(['blocked', failed]);
  expect([phase('check'), since('check')]).toEqual(['failed', failed]);
});

test('blocked since its own news, where that is the later', () => {
  const { rig, ends, since, phase, asked } = again();
  ends('check', 1);
  ends('load', 0);
  const news = rig.now;
  expect([phase('mart'), since('mart')]).toEqual(['blocked', news]);
  rig.now += 60_000;
  rig.send({ type: 'asked', at: rig.now, what: 'reset', tasks: ['mart'] });
  asked.set('mart', rig.now);
  expect([phase('mart'), since('mart')]).toEqual(['blocked', rig.now]);
  // Of a reset that is not on record nothing is known but what its sources say.
  rig.send({ type: 'asked', at: rig.now, what: 'reset', tasks: ['sink'] });
  asked.set('sink', rig.now + 5);
  expect([phase('sink'), since('sink')]).toEqual(['blocked', rig.now + 5]);
});

test('held since its own news; its first time since the last that it takes has come', () => {
  const { rig, ends, since, phase } = again();
  ends('load', 0);
  expect([phase('mart'), since('mart')]).toEqual(['held', rig.now]);

  const first = watched();
  first.land(5000, 'v1');
  first.ends('load', 0);
  // The table that starts nothing came long ago, and is no news.
  expect([first.phase('mart'), first.since('mart')]).toEqual(['waiting', first.rig.now]);
  expect([first.phase('sink'), first.since('sink')]).toEqual(['waiting', undefined]);
});

test('where the time of what is new is not known, nothing is said', () => {
  const { ends, since, phase, came } = again();
  ends('load', 0);
  came.delete(idOf('table:raw'));
  expect([phase('mart'), since('mart')]).toEqual(['held', undefined]);
});
