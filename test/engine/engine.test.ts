/** The loop: in which order effects are performed, what a full or a failing journal stops, what ends it. */
import { describe, expect, test } from 'vitest';
import type { Work } from '../../src/core/effect.ts';
import type { Look, ObjectId } from '../../src/core/object.ts';
import { err } from '../../src/core/result.ts';
import { idOf } from '../core/rig.ts';
import { broken, FakeObjects, full, Project, patience, type Stage, stage } from './rig.ts';

const stopped = { how: 'stopped' };

test('what is recorded stands before what starts; a success is on disk before what follows it', async () => {
  const p = new Project('a: in/x -> out/x', 'b: out/x -> out/y');
  p.seen('in/x', '1');
  const s = stage(p);
  expect(await s.run()).toEqual(['list', 'append run-started a', 'start a', 'opened']);
  p.seen('out/x', '1');
  expect(await s.exit('a')).toEqual([
    'look into out/x',
    'put on disk out/x',
    'append run-ended, run-started b',
    'sync',
    'forget',
    'start b',
  ]);
  p.seen('out/y', '1');
  const last = ['look into out/y', 'put on disk out/y', 'append run-ended', 'sync', 'forget'];
  expect(await s.exit('b')).toEqual(last);
  expect(s.told).toEqual(['object-landed', 'run-started a', 'run-succeeded a', 'run-started b', 'run-succeeded b']);
  await s.stop();
  expect(s.finished).toEqual(stopped);
});

test('what takes nothing from what has ended starts while that goes to the disk', async () => {
  const p = new Project('a: in/{n} -> out/{n}', 'b: out/{n} ->');
  p.concurrency = 1;
  const s = stage(p);
  p.seen('in/1', '1');
  p.seen('in/2', '1');
  expect(await s.run()).toContain('start a[n=1]');
  p.seen('out/1', '1');
  expect((await s.exit('a[n=1]')).slice(2)).toEqual([
    'append run-ended, run-started a[n=2]',
    'start a[n=2]',
    'sync',
    'forget',
  ]);
  p.seen('out/2', '1');
  expect((await s.exit('a[n=2]')).slice(2)).toEqual([
    'append run-ended, run-started b[n=1]',
    'start b[n=1]',
    'sync',
    'forget',
  ]);
  expect((await s.exit('b[n=1]')).slice(-4)).toEqual([
    'append run-ended, run-started b[n=2]',
    'start b[n=2]',
    'sync',
    'forget',
  ]);
});

test('what could not be put on disk is no success', async () => {
  const p = new Project('a: in/x -> out/x', 'b: out/x ->');
  p.seen('in/x', '1');
  const s = stage(p);
  s.objects.sync = async () => 'out/x: EIO';
  await s.run();
  p.seen('out/x', '1');
  await s.exit('a');
  expect(s.told).toEqual(['object-landed', 'run-started a', 'run-failed a']);
  expect(s.starts()).toEqual(['start a']);
  expect(s.engine.state.tasks.get('a')?.last?.ending.problem).toBe('its target could not be put on disk: out/x: EIO');
});

describe('a journal without room', () => {
  test('stalls: nothing starts and nothing is taken, until there is room; each is told once', async () => {
    const p = new Project('a: in/{n} ->', 't: table:x ->');
    const s = stage(p);
    await s.run();
    s.journal.hasRoom = false;
    expect(await s.look(p.seen('in/1', '1'))).toEqual(['cannot append run-started a[n=1]']);
    expect(await s.look(p.seen('in/2', '1'))).toEqual([]);
    const { length } = s.acts;
    expect(s.announce('table:x', 'in/3')).toBe(false);
    expect(await s.calm()).toEqual([]);
    expect(await s.tick(3 * patience)).toHaveLength(3);
    expect(new Set(s.acts.slice(length))).toEqual(new Set(['cannot append run-started a[n=1]']));
    expect(s.warnings).toEqual(['the state is full; nothing starts until then']);
    expect(s.told).toEqual([]);

    s.journal.hasRoom = true;
    await s.tick(patience);
    expect(s.starts()).toEqual(['start a[n=1]', 'start a[n=2]']);
    expect(s.warnings).toEqual([
      'the state is full; nothing starts until then',
      'there is room for the state again: going on',
    ]);
    // What was refused was not kept for later either.
    expect(s.journal.records.map(({ type }) => type)).toEqual(['run-started', 'run-started']);
    expect(s.announce('table:x')).toBe(true);
    await s.calm();
    expect(s.starts()).toContain('start t');
    s.journal.hasRoom = false;
    await s.look(p.seen('in/4', '1'));
    expect(s.warnings).toHaveLength(3);
  });

  test('keeps what has ended meanwhile, and what comes of it', async () => {
    const p = new Project('a: in/{n} -> table:t/{n}', 'b: table:t/{n} ->');
    const s = stage(p);
    await s.run();
    await s.look(p.seen('in/1', '1'), p.seen('in/2', '1'));
    s.journal.hasRoom = false;
    expect(await s.exit('a[n=1]')).toEqual(['cannot append run-ended, run-started b[n=1]']);
    expect(await s.exit('a[n=2]')).toEqual([]);
    s.journal.hasRoom = true;
    expect(await s.tick(patience)).toEqual([
      'append run-ended, run-started b[n=1]',
      'sync',
      'forget',
      'start b[n=1]',
      'append run-ended, run-started b[n=2]',
      'sync',
      'forget',
      'start b[n=2]',
    ]);
  });

  /** Two have ended, one before and one after it was known that there is no room, and a third still runs. */
  async function stalled() {
    const p = new Project('a: in/{n} -> table:t/{n}', 'b: table:t/{n} ->');
    const s = stage(p);
    await s.run();
    await s.look(p.seen('in/1', '1'), p.seen('in/2', '1'), p.seen('in/3', '1'));
    s.journal.hasRoom = false;
    await s.exit('a[n=1]');
    await s.exit('a[n=2]');
    return { p, s, length: s.starts().length };
  }

  test('and a stop: what ends until then is recorded once there is room, and nothing starts, then or later', async () => {
    const { s, length } = await stalled();
    await s.stop();
    expect(s.finished).toBeUndefined();
    s.journal.hasRoom = true;
    await s.tick(2 * patience);
    await s.exit('a[n=3]');
    expect(s.finished).toEqual(stopped);
    await s.tick(10 * patience);
    expect(s.starts()).toHaveLength(length);
    expect(s.started()).toHaveLength(3);
    const ended = s.journal.records.filter(({ type }) => type === 'run-ended');
    expect(ended).toMatchObject([{ outcome: 'succeeded' }, { outcome: 'succeeded' }, { outcome: 'succeeded' }]);
    expect(s.told.filter((told) => told.startsWith('run-succeeded'))).toHaveLength(3);
  });

  test('and a stop, and still no room: it ends with that, and nothing starts', async () => {
    const { s, length } = await stalled();
    await s.exit('a[n=3]');
    await s.stop();
    expect(s.finished).toEqual({ how: 'journal', problem: full });
    s.journal.hasRoom = true;
    await s.tick(10 * patience);
    expect(s.starts()).toHaveLength(length);
    expect(s.told.filter((told) => told.startsWith('run-succeeded'))).toEqual([]);
  });

  test('and a stop, where nothing has ended: there is nothing to record', async () => {
    const p = new Project('a: in/x ->');
    const s = stage(p);
    await s.run();
    s.journal.hasRoom = false;
    await s.look(p.seen('in/x', '1'));
    await s.stop();
    expect(s.finished).toEqual(stopped);
    s.journal.hasRoom = true;
    await s.tick(10 * patience);
    expect(s.starts()).toEqual([]);
    expect(s.journal.records).toEqual([]);
  });
});

describe('a journal that fails', () => {
  test('in a sync: nothing of that turn happens, what runs is waited for, and nothing is written any more', async () => {
    const p = new Project('a: in/{n} -> table:t/{n}', 'b: table:t/{n} ->');
    const s = stage(p);
    await s.run();
    await s.look(p.seen('in/1', '1'), p.seen('in/2', '1'));
    s.journal.synced = err(broken);
    expect(await s.exit('a[n=1]')).toEqual(['append run-ended, run-started b[n=1]', 'sync']);
    expect(s.finished).toBeUndefined();
    await s.look(p.seen('in/3', '1'));
    expect(await s.exit('a[n=2]')).toEqual([]);
    expect(s.finished).toEqual({ how: 'journal', problem: broken });
    expect(s.told.filter((told) => told.startsWith('run-succeeded'))).toEqual([]);
    expect(s.warnings).toEqual([]);
  });

  test('in a sync: what has started meanwhile is waited for, and not told', async () => {
    const p = new Project('a: in/{n} ->');
    p.concurrency = 1;
    const s = stage(p);
    p.seen('in/1', '1');
    p.seen('in/2', '1');
    await s.run();
    s.journal.synced = err(broken);
    expect(await s.exit('a[n=1]')).toEqual(['append run-ended, run-started a[n=2]', 'start a[n=2]', 'sync']);
    expect(s.finished).toBeUndefined();
    expect(await s.exit('a[n=2]')).toEqual([]);
    expect(s.finished).toEqual({ how: 'journal', problem: broken });
    expect(s.told).toEqual(['object-landed', 'object-landed', 'run-started a[n=1]']);
  });

  test('when something is announced: it is not taken, and the loop ends by itself', async () => {
    const s = stage(new Project('t: table:x ->'));
    await s.run();
    s.journal.synced = err(broken);
    expect(s.announce('table:x')).toBe(false);
    await s.calm();
    expect(s.starts()).toEqual([]);
    expect(s.finished).toEqual({ how: 'journal', problem: broken });
  });

  test('when it is looked at: the loop ends by itself, once what runs has ended', async () => {
    const p = new Project('a: in/{n} ->');
    const s = stage(p);
    await s.run();
    await s.look(p.seen('in/1', '1'));
    expect(s.engine.check()).toBe(true);
    s.journal.checked = err(broken);
    expect(s.engine.check()).toBe(false);
    await s.calm();
    expect(s.finished).toBeUndefined();
    expect(await s.exit('a[n=1]')).toEqual([]);
    expect(s.finished).toEqual({ how: 'journal', problem: broken });
  });

  test('when it is looked at while there is no room in it: the loop waits for what runs, and for nothing else', async () => {
    const p = new Project('a: in/{n} ->');
    const s = stage(p);
    await s.run();
    await s.look(p.seen('in/1', '1'));
    s.journal.hasRoom = false;
    await s.look(p.seen('in/2', '1'));
    await s.stop();
    s.journal.checked = err(broken);
    expect(s.engine.check()).toBe(false);
    await s.calm();
    const { time } = s.clock;
    let asked = 0;
    s.clock.now = () => {
      asked += 1;
      return time;
    };
    await s.calm();
    expect(asked).toBe(0);
    expect(await s.exit('a[n=1]')).toEqual([]);
    expect(s.finished).toEqual({ how: 'journal', problem: broken });
    expect(s.starts()).toEqual(['start a[n=1]']);
  });

  test('when it is compacted: the loop ends by itself; one that could not be for the moment goes on', async () => {
    const p = new Project('a: in/{n} ->');
    const s = stage(p);
    s.journal.compacted = err(full);
    await s.run();
    expect(await s.look(p.seen('in/1', '1'))).toContain('start a[n=1]');
    s.journal.compacted = err(broken);
    await s.exit('a[n=1]');
    expect(s.finished).toEqual({ how: 'journal', problem: broken });
  });
});

test('the journal is looked after when nothing runs, and sometimes when something always does', async () => {
  const p = new Project('a: in/x ->');
  const s = stage(p);
  await s.run();
  expect(s.journal.compactions).toBe(1);
  await s.look(p.seen('in/x', '1'));
  const turns = async (count: number): Promise<number> => {
    for (let turn = 0; turn < count; turn += 1) s.engine.looked([]);
    await s.calm();
    return s.journal.compactions;
  };
  expect(await turns(900)).toBe(1);
  expect(await turns(200)).toBe(2);
  expect(await turns(900)).toBe(2);
  await s.exit('a');
  expect(s.journal.compactions).toBe(3);
});

describe('a look that takes its time', () => {
  test('is out of date for what was looked at since, and good for the rest', async () => {
    const p = new Project('a: in/{n} ->');
    const s = stage(p);
    await s.run();
    const gone = p.seen('in/1', '1', { age: 0 });
    await s.look(gone, p.seen('in/2', '1', { age: 0 }));
    s.objects.looks.hold();
    expect(await s.tick(2000)).toEqual(['look at in/1 in/2']);
    await s.look({ ...gone, found: { state: 'absent' } });
    s.objects.looks.release();
    await s.calm();
    expect(s.starts()).toEqual(['start a[n=2]']);
  });

  test('counts all the same where it was a reading: it is asked for once', async () => {
    const p = new Project('a: in/{n} ->');
    const s = stage(p);
    await s.run();
    s.objects.looks.hold();
    const unread = p.seen('in/1', '1', { unread: true });
    expect(await s.look(unread)).toEqual(['look into in/1']);
    expect(await s.look(unread)).toEqual([]);
    s.objects.looks.release();
    expect(await s.calm()).toContain('start a[n=1]');
  });

  test('but not where the file is gone since, or another', async () => {
    const p = new Project('a: in/{n} ->');
    const s = stage(p);
    await s.run();
    s.objects.looks.hold();
    const [gone, other, same] = ['in/1', 'in/2', 'in/3'].map((name) => p.seen(name, '1', { unread: true }));
    await s.look(gone as Look, other as Look, same as Look);
    await s.look({ object: idOf('in/1'), found: { state: 'absent' } }, p.seen('in/2', '2', { unread: true }));
    s.objects.looks.release();
    await s.calm();
    await s.tick(2000);
    expect(s.started()).toEqual([
      ['a[n=3]', { 'file:in/3': '1' }],
      ['a[n=2]', { 'file:in/2': '2' }],
    ]);
  });
});

test('a target that others write while its run is judged is looked at again', async () => {
  const p = new Project('make: in/a -> out/a', 'read: out/a ->');
  p.seen('in/a', '1');
  const s = stage(p);
  await s.run();
  p.seen('out/a', '1');
  s.objects.looks.hold();
  await s.exit('make');
  await s.look(p.seen('out/a', '2'));
  s.objects.looks.release();
  await s.calm();
  await s.exit('read');
  await s.exit('read');
  expect(s.started().filter(([task]) => task === 'read')).toEqual([
    ['read', { 'file:out/a': '1' }],
    ['read', { 'file:out/a': '2' }],
  ]);
});

describe('another state', () => {
  test('while the first look is going on: it opens once, and not before the new objects were listed', async () => {
    const p = new Project('a: in/x ->', 'gone: in/y ->');
    p.seen('in/x', '1');
    p.seen('in/y', '1');
    const s = stage(p);
    s.objects.lists.hold();
    await s.run();
    const next = new Project('a: in/x ->', 'new: in/z ->');
    next.seen('in/x', '1');
    next.seen('in/z', '1');
    const objects = new FakeObjects(next, (act) => s.note(`then ${act}`));
    objects.lists.hold();
    const replaced = s.engine.replace((state) => ({ state: next.after(state), objects }));
    s.objects.lists.release();
    await s.calm();
    expect(s.acts).toEqual(['list', 'then list']);
    objects.lists.release();
    await replaced;
    await s.calm();
    expect(s.acts.filter((act) => act === 'opened')).toHaveLength(1);
    expect(s.starts()).toEqual(['start a', 'start new']);
    await s.engine.replace((state) => ({ state: next.after(state), objects }));
    await s.calm();
    expect(s.acts.filter((act) => act === 'opened')).toHaveLength(1);
    expect(s.starts()).toHaveLength(2);
  });

  test('after the stop: what is listed late is not told any more', async () => {
    const p = new Project('a: in/x ->');
    const s = stage(p);
    await s.run();
    p.seen('in/x', '1');
    s.objects.lists.hold();
    void s.engine.replace((state) => ({ state: p.after(state), objects: s.objects }));
    await s.stop();
    expect(s.finished).toEqual(stopped);
    s.objects.lists.release();
    await s.calm();
    expect(s.told).toEqual([]);
  });
});

describe('what was read last and is not listed is looked at', () => {
  /** Played again over what this stage remembers: only `listed` is listed, and what is looked at besides is `found`. */
  const again = async (s: Stage, next: Project, listed: readonly Look[], found: Look['found']): Promise<void> => {
    const look = async (ids: readonly ObjectId[]) => ids.map((object) => ({ object, found }));
    const objects = { list: async () => listed, look, sync: async () => undefined };
    await s.engine.replace((state) => ({ state: next.after(state), objects }));
    await s.calm();
  };
  const unknown: Look['found'] = { state: 'unknown', problem: 'EACCES' };

  for (const [what, job] of [
    ['without what cannot be looked at nothing is gathered', 'sum: in/* -> table:sum'],
    ['what need not be there is no less awaited', 'sum: in/a in/b(optional) -> table:sum'],
  ] as const)
    test(what, async () => {
      const p = new Project(job);
      p.seen('in/a', '1');
      p.seen('in/b', '1');
      const s = stage(p);
      await s.run();
      await s.exit('sum');
      const listed = [p.seen('in/a', '2')];
      await again(s, p, listed, unknown);
      expect(s.starts()).toEqual(['start sum']);
      await again(s, p, listed, { state: 'absent' });
      expect(s.starts()).toEqual(['start sum', 'start sum']);
    });

  test('what failed on it stands failed, and blocks', async () => {
    const p = new Project('load: in/{d} -> table:raw/{d}', 'read: table:raw/{d} other/{d} -> table:read/{d}');
    p.seen('in/1', '1');
    p.seen('other/1', '1');
    const s = stage(p);
    await s.run();
    await s.exit('load[d=1]');
    await s.exit('read[d=1]');
    await s.look(p.seen('in/1', '2'));
    await s.exit('load[d=1]', 1);
    const starts = s.starts();
    const listed = [p.seen('other/1', '2')];
    await again(s, p, listed, unknown);
    expect(s.engine.state.tasks.get('read[d=1]')?.phase).toBe('blocked');
    await again(s, p, listed, { state: 'absent' });
    expect(s.starts()).toEqual([...starts, 'start read[d=1]']);
  });
});

test('a run that is found again is judged by what it was started to make, whatever its job makes by now', async () => {
  for (const now of ['a: in -> out/new', 'other: in -> table:other']) {
    const before = new Project('a: in -> out/old');
    before.seen('in', '1');
    before.open();
    const p = new Project(now);
    p.records.push(...before.records);
    p.seen('in', '1');
    p.seen('out/old', '2');
    const s = stage(p);
    s.executor.found = { exitCode: 0 };
    expect(await s.run()).toContain('put on disk out/old');
    expect(s.told).toContain('run-succeeded a');
    expect(s.journal.records[0]).toMatchObject({ outcome: 'succeeded', produced: { 'file:out/old': '2' } });
  }
});

test('a stop waits for what runs, and for hooks', async () => {
  const p = new Project('a: in/x -> ; on_failure=tell');
  p.seen('in/x', '1');
  const s = stage(p);
  await s.run();
  await s.stop();
  await s.look(p.seen('in/x', '2'));
  s.executor.hooks.hold();
  expect(await s.exit('a', 1)).toEqual(['append run-ended', 'sync', 'forget', 'hook tell']);
  expect(s.finished).toBeUndefined();
  s.executor.hooks.release();
  await s.calm();
  expect(s.finished).toEqual(stopped);
  expect(s.starts()).toEqual(['start a']);
});

test('who is to end what runs ends hooks too, and those that come only now', async () => {
  const p = new Project('a: in/{n} -> ; on_failure=tell');
  for (const name of ['in/1', 'in/2']) p.seen(name, '1');
  const s = stage(p);
  await s.run();
  s.executor.hooks.hold();
  await s.exit('a[n=1]', 1);
  s.executor.end('a[n=2]', { exitCode: 1 });
  expect(await s.stop('terminate')).toEqual([
    'end hook tell',
    'append run-ended',
    'sync',
    'forget',
    'hook tell',
    'end hook tell',
  ]);
  expect(s.finished).toEqual(stopped);
});

test('who is to end what runs ends also what is only being found again', async () => {
  const before = new Project('a: in -> out');
  before.seen('in', '1');
  before.open();
  const p = new Project('a: in -> out');
  p.records.push(...before.records);
  p.seen('in', '1');
  const s = stage(p);
  s.executor.attaches.hold();
  s.executor.found = s.executor.start({ task: 'a', run: 'found' } as Work); // that is all a fake asks of it
  await s.run();
  await s.stop('terminate');
  s.executor.attaches.release();
  expect(await s.calm()).toContain('terminate a');
  expect(s.finished).toEqual(stopped);
});

test('a start that the system had no room for is not tried again after a stop: its run ends, and is due again', async () => {
  const p = new Project('a: in/x -> ; on_failure=tell');
  p.seen('in/x', '1');
  const s = stage(p);
  await s.run();
  await s.stop();
  s.executor.end('a', { temporary: true });
  await s.calm();
  expect(s.journal.records.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'interrupted' });
  expect(s.finished).toEqual(stopped);
  expect(s.starts()).toEqual(['start a']);
});

test('what cannot be started again and again is told, once until all of it could be', async () => {
  const p = new Project('a: in/{n} ->');
  const s = stage(p);
  await s.run();
  await s.look(p.seen('in/1', '1'));
  const fail = async (): Promise<void> => {
    s.executor.end('a[n=1]', { temporary: true, problem: 'no room' });
    await s.calm();
    await s.tick(1000);
  };
  await fail();
  expect(s.warnings).toEqual([]);
  await fail();
  await fail();
  await s.look(p.seen('in/2', '1'));
  await s.exit('a[n=2]');
  await fail();
  expect(s.warnings).toEqual(['a[n=1] cannot be started: no room; it is tried again every second']);
  await s.exit('a[n=1]');
  await s.look(p.seen('in/1', '2'));
  await fail();
  await fail();
  expect(s.warnings).toHaveLength(2);
  expect(s.starts()).toHaveLength(9);
});

test('without an end of its own it ends when nothing is left to do', async () => {
  const p = new Project('a: in/x -> out/x');
  p.seen('in/x', '1');
  const s = stage(p, { lasting: false });
  await s.run();
  p.seen('out/x', '1');
  await s.exit('a');
  expect(s.finished).toEqual({ how: 'idle' });
});
