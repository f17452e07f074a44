/** What is asked of tasks: when it is done, in which order, and that it is told as done only once it is on record. */
import { describe, expect, test } from 'vitest';
import { err } from '../../src/core/result.ts';
import { consumable, workKey } from '../../src/core/run.ts';
import { broken, FakeObjects, full, Project, type Stage, stage } from './rig.ts';

/** What was recorded of askings: `reset a`, `adopt b`. */
const recorded = ({ journal }: Stage): string[] =>
  journal.records.flatMap((record) => {
    if (record.type === 'asked') return [`${record.what} ${record.task}`];
    return record.type === 'run' ? [`adopt ${record.task}`] : [];
  });

/** The task with the key of its work as it stands. */
function keyed({ engine }: Stage, name: string) {
  const task = engine.state.tasks.get(name);
  return { task: name, key: task ? workKey(engine.state, task, consumable(task)) : 'none' };
}

test('before everything has been looked at it waits; it is on record before anything starts', async () => {
  const p = new Project('a: in/{n} ->', 'b: other ->');
  p.seen('in/1', '1');
  p.seen('in/2', '1');
  p.seen('other', '1');
  const before = stage(p);
  await before.run();
  const keys = ['a[n=1]', 'a[n=2]', 'b'].map((name) => keyed(before, name));
  await before.stop();

  const later = new Project('a: in/{n} ->', 'b: other ->');
  later.seen('in/1', '1');
  later.seen('in/2', '2');
  later.seen('other', '1');
  const s = stage(later);
  s.objects.lists.hold();
  const answers: (number | undefined)[] = [];
  void s.engine.ask({ what: 'adopt', tasks: keys }).then((count) => answers.push(count));
  void s.engine.ask({ what: 'reset', tasks: ['b', 'nobody'] }).then((count) => answers.push(count));
  await s.run();
  expect(recorded(s)).toEqual([]);
  expect(answers).toEqual([]);
  s.objects.lists.release();
  await s.calm();
  // One has changed since somebody looked, and runs; and what is asked later counts.
  expect(recorded(s)).toEqual(['adopt a[n=1]', 'adopt b', 'reset b']);
  expect(answers).toEqual([2, 1]);
  expect(s.acts.filter((act) => /^(append|sync|start|opened)/.test(act))).toEqual([
    'append run a[n=1], run b',
    'sync',
    'append asked b',
    'sync',
    'append run-started a[n=2], run-started b',
    'start a[n=2]',
    'start b',
    'opened',
  ]);
});

test('a live one does it at once; adopting looks at targets, and what is asked meanwhile waits its turn', async () => {
  const p = new Project('a: in/{n} -> out/{n}', 'b: out/* -> table:b');
  const s = stage(p);
  await s.run();
  p.concurrency = 1;
  await s.look(p.seen('in/1', '1'));
  await s.exit('a[n=1]', 1);
  expect(s.starts()).toEqual(['start a[n=1]']);
  expect(await s.engine.ask({ what: 'retry', tasks: ['a[n=1]'] })).toBe(1);
  expect(await s.engine.ask({ what: 'retry', tasks: ['a[n=1]'] })).toBe(0); // it runs
  expect(s.starts()).toHaveLength(2);
  await s.exit('a[n=1]', 1);

  p.seen('out/1', 'old');
  s.objects.looks.hold();
  const answers: string[] = [];
  const adopted = s.engine.ask({ what: 'adopt', tasks: [keyed(s, 'a[n=1]')] }).then((n) => answers.push(`adopt ${n}`));
  const reset = s.engine.ask({ what: 'reset', tasks: ['a[n=1]'] }).then((n) => answers.push(`reset ${n}`));
  await s.calm();
  expect(answers).toEqual([]);
  s.objects.looks.release();
  await Promise.all([adopted, reset]);
  expect(answers).toEqual(['adopt 1', 'reset 1']);
  expect(recorded(s).slice(-2)).toEqual(['adopt a[n=1]', 'reset a[n=1]']);
  await s.calm();
  // What reads its target has a reason to run in between.
  expect(s.starts().slice(2)).toEqual(['start b', 'start a[n=1]']);
});

test('whoever asks hears of which tasks before anything is told that comes of it', async () => {
  const p = new Project('a: in ->');
  p.seen('in', '1');
  const s = stage(p);
  await s.run();
  await s.exit('a', 1);
  const before = s.told.length;
  const heard: (readonly string[])[] = [];
  const toldBefore: number[] = [];
  const count = await s.engine.ask({ what: 'retry', tasks: ['a', 'nobody'] }, (tasks) => {
    heard.push(tasks);
    toldBefore.push(s.told.length);
  });
  expect({ count, heard, toldBefore }).toEqual({ count: 1, heard: [['a']], toldBefore: [before] });
  expect(s.told.slice(before)).toEqual(['run-started a']);
});

describe('a journal that is full', () => {
  /** A task that has succeeded, and answers to what is asked, in their order. */
  async function succeeded() {
    const p = new Project('a: in ->');
    p.seen('in', '1');
    const s = stage(p);
    await s.run();
    await s.exit('a');
    s.journal.hasRoom = false;
    const answers: (number | undefined)[] = [];
    const reset = () => void s.engine.ask({ what: 'reset', tasks: ['a'] }).then((count) => answers.push(count));
    return { s, answers, reset };
  }

  test('what is asked is answered when there is room again, and done once', async () => {
    const { s, answers, reset } = await succeeded();
    reset();
    await s.tick(3000);
    expect(answers).toEqual([]);
    expect(s.starts()).toHaveLength(1);
    s.journal.hasRoom = true;
    await s.tick(1000);
    expect(answers).toEqual([1]);
    expect(recorded(s)).toEqual(['reset a']);
    expect(s.starts()).toHaveLength(2);
    await s.exit('a');
    expect(s.starts()).toHaveLength(2);
  });

  test('what is asked meanwhile waits its turn', async () => {
    const { s, answers, reset } = await succeeded();
    reset();
    reset();
    await s.calm();
    s.journal.hasRoom = true;
    await s.tick(1000);
    // The second finds the task running, and with nothing to forget but what was before.
    expect(answers).toHaveLength(2);
    expect(recorded(s)).toHaveLength(answers.reduce<number>((sum, count) => sum + (count ?? 0), 0));
  });

  test('at the end it is recorded if there is room by then, and answered so', async () => {
    const { s, answers, reset } = await succeeded();
    reset();
    reset();
    await s.calm();
    s.journal.hasRoom = true;
    await s.stop();
    expect(s.finished).toEqual({ how: 'stopped' });
    expect(recorded(s)).toEqual(['reset a']);
    expect(answers).toHaveLength(2);
    expect(answers).toEqual(expect.arrayContaining([1, undefined]));
  });

  test('otherwise it was not done, and stays where it was asked', async () => {
    const { s, answers, reset } = await succeeded();
    reset();
    await s.calm();
    await s.stop();
    expect(s.finished).toEqual({ how: 'journal', problem: full });
    expect(answers).toEqual([undefined]);
  });

  test('from the start: it is told to stop before there is room, and ends', async () => {
    const p = new Project('a: in ->');
    p.seen('in', '1');
    const before = stage(p);
    await before.run();
    await before.exit('a');
    await before.stop();
    const later = new Project('a: in ->');
    later.seen('in', '1');
    later.records.push(...before.journal.records);
    const s = stage(later);
    s.journal.hasRoom = false;
    const asked = s.engine.ask({ what: 'reset', tasks: ['a'] });
    await s.run();
    s.journal.hasRoom = true;
    await s.stop();
    expect(s.finished).toEqual({ how: 'stopped' });
    expect(await asked).toBe(1);
    expect(recorded(s)).toEqual(['reset a']);
    expect(s.starts()).toEqual([]);
  });
});

test('an edit of the mapping while targets are looked at: done in the new state, once that has been looked at', async () => {
  const p = new Project('a: in -> out ; disabled', 'b: other ->');
  p.seen('in', '1');
  p.seen('out', 'old');
  const s = stage(p);
  await s.run();
  s.objects.looks.hold();
  const asked = s.engine.ask({ what: 'adopt', tasks: [keyed(s, 'a')] });
  await s.calm();
  const objects = new FakeObjects(p, (act) => s.note(`then ${act}`));
  objects.lists.hold();
  const replaced = s.engine.replace((state) => ({ state: p.after(state), objects }));
  s.objects.looks.release();
  await s.calm();
  expect(recorded(s)).toEqual([]);
  objects.lists.release();
  await replaced;
  expect(await asked).toBe(1);
  expect(recorded(s)).toEqual(['adopt a']);
  expect(s.acts.slice(-3)).toEqual(['then look into out', 'append run a', 'sync']);
});

test('at the end nobody is left waiting', async () => {
  const s = stage(new Project('a: in ->'));
  s.objects.lists.hold();
  const asked = s.engine.ask({ what: 'reset', tasks: ['a'] });
  await s.run();
  s.journal.synced = err(broken);
  await s.stop();
  s.objects.lists.release();
  await s.calm();
  expect(s.finished).toEqual({ how: 'journal', problem: broken });
  expect(await asked).toBeUndefined();
  expect(await s.engine.ask({ what: 'reset', tasks: ['a'] })).toBeUndefined();
});

test('taking up records what waits, starts nothing, and ends', async () => {
  const p = new Project('a: in -> out', 'b: other ->');
  p.seen('in', '1');
  p.seen('out', 'old');
  p.seen('other', '1');
  const s = stage(p, { lasting: false });
  const asked = s.engine.ask({ what: 'reset', tasks: ['b'] });
  expect(await s.engine.takeUp()).toEqual({ how: 'idle' });
  expect(await asked).toBe(1);
  expect(recorded(s)).toEqual(['reset b']);
  expect(s.starts()).toEqual([]);
});
