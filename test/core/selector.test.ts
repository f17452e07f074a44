/** Selectors: what they are written like, what they stand for in a mapping, and which tasks of a state they select. */
import { expect, test } from 'vitest';
import { buildGraph } from '../../src/core/graph.ts';
import { readSelectors } from '../../src/core/select.ts';
import { matchesGlob, partsOf, readTerm } from '../../src/core/selector.ts';
import { idOf, Rig } from './rig.ts';

const all = Number.POSITIVE_INFINITY;

/** A chain with a side, two days of it: the second one failed. */
function shop(): Rig {
  const rig = new Rig();
  rig.job('load: landing/orders_{d}.csv -> table:raw/{d}');
  rig.job('clean: table:raw/{d} -> clean/{d}.csv');
  rig.job('total: clean/{d}.csv -> totals/{d}.csv');
  rig.job('report: totals/*.csv -> report.csv');
  rig.job('load_side: landing/side.csv -> table:side');
  rig.job('side: table:side -> side.csv');
  for (const name of ['load', 'clean']) tag(rig, name, 'nightly');
  tag(rig, 'load', 'raw');
  for (const day of ['1', '2']) rig.put(idOf(`landing/orders_${day}.csv`), { version: 'v1' });
  rig.put(idOf('landing/side.csv'), { version: 'v1' });
  rig.open();
  rig.exit('load[d=1]', 0, 'new');
  rig.exit('load[d=2]', 1, 'nothing');
  return rig;
}

function tag(rig: Rig, name: string, word: string): void {
  const job = rig.jobs.get(name);
  if (job) rig.jobs.set(name, { ...job, tags: [...job.tags, word] });
}

/** What is selected among the tasks that are known, or what is wrong. */
function select(rig: Rig, ...selectors: string[]): readonly string[] | string {
  const read = readSelectors(rig.mapping, buildGraph(rig.mapping), selectors);
  if (!read.ok) return `${read.error.what}: ${read.error.name}`;
  const selected = read.value.select(read.value.needState ? rig.state : undefined);
  if (!selected.ok) return `${selected.error.what}: ${selected.error.name}`;
  const tasks = [...rig.state.tasks.values()].filter((task) =>
    selected.value.has({ job: task.job.job.name, task: task.id }),
  );
  expect([...selected.value.jobs].sort()).toEqual([...new Set(tasks.map((task) => task.job.job.name))].sort());
  return tasks.map(({ id }) => id).sort();
}

/** Both days of a job. */
const days = (...jobs: string[]): string[] => jobs.flatMap((job) => [`${job}[d=1]`, `${job}[d=2]`]).sort();

test('pluses and commas', () => {
  expect(readTerm('a')).toEqual({ name: 'a', up: 0, down: 0 });
  expect(readTerm('+a+')).toEqual({ name: 'a', up: all, down: all });
  expect(readTerm('2+a')).toEqual({ name: 'a', up: 2, down: 0 });
  expect(readTerm('a+1')).toEqual({ name: 'a', up: 0, down: 1 });
  expect(readTerm('2024.csv')).toEqual({ name: '2024.csv', up: 0, down: 0 });
  expect(partsOf('tag:a,state:failed')).toEqual(['tag:a', 'state:failed']);
  expect(partsOf('job[a=1,b=2]+,x')).toEqual(['job[a=1,b=2]+', 'x']);
});

test('stars in names', () => {
  for (const [glob, name] of [
    ['load_*', 'load_x'],
    ['*', ''],
    ['a*b*c', 'a_b_b_c'],
    ['*[d=2]', 'x[d=2]'],
  ] as const)
    expect(matchesGlob(glob, name)).toBe(true);
  for (const [glob, name] of [
    ['load_*', 'xload_x'],
    ['ab*b', 'ab'],
    ['a*b*c', 'acb'],
    ['a', 'ab'],
  ] as const)
    expect(matchesGlob(glob, name)).toBe(false);
});

test('jobs, with what is upstream and downstream of them', () => {
  const rig = shop();
  expect(select(rig, 'clean')).toEqual(days('clean'));
  expect(select(rig, 'load*')).toEqual([...days('load'), 'load_side']);
  expect(select(rig, '+clean')).toEqual(days('load', 'clean').sort());
  expect(select(rig, 'total+')).toEqual(['report', ...days('total')]);
  expect(select(rig, '1+total')).toEqual(days('clean', 'total'));
  expect(select(rig, '0+total')).toEqual(days('total'));
  expect(select(rig, 'load+1')).toEqual(days('clean', 'load'));
  expect(select(rig, '1+clean+1')).toEqual(days('clean', 'load', 'total'));
  expect(select(rig, 'report', 'side')).toEqual(['report', 'side']);
});

test('tags, and what has both', () => {
  const rig = shop();
  expect(select(rig, 'tag:nightly')).toEqual(days('clean', 'load'));
  expect(select(rig, 'tag:nightly,tag:raw')).toEqual(days('load'));
  expect(select(rig, 'tag:raw,side')).toEqual([]);
  expect(select(rig, 'tag:raw+,+report,tot*')).toEqual(days('total'));
});

test('phases, as they are now', () => {
  const rig = shop();
  expect(select(rig, 'state:failed')).toEqual(['load[d=2]']);
  expect(select(rig, 'state:blocked')).toEqual(['clean[d=2]', 'report', 'total[d=2]']);
  expect(select(rig, 'state:disabled')).toEqual([]);
  expect(select(rig, 'tag:nightly,state:blocked')).toEqual(['clean[d=2]']);
  expect(select(rig, 'state:blocked,tag:nightly')).toEqual(['clean[d=2]']);
});

test('tasks, and the tasks around them', () => {
  const rig = shop();
  expect(select(rig, 'clean[d=2]')).toEqual(['clean[d=2]']);
  expect(select(rig, '*[d=2]')).toEqual(['clean[d=2]', 'load[d=2]', 'total[d=2]']);
  expect(select(rig, '+clean[d=2]')).toEqual(['clean[d=2]', 'load[d=2]']);
  expect(select(rig, 'state:failed+')).toEqual(['clean[d=2]', 'load[d=2]', 'report', 'total[d=2]']);
  expect(select(rig, 'state:failed+1')).toEqual(['clean[d=2]', 'load[d=2]']);
  expect(select(rig, '+report,total')).toEqual(days('total'));
  expect(select(rig, '+report,total[d=1]')).toEqual(['total[d=1]']);
});

test('a task whose own name holds a star is that task', () => {
  const rig = new Rig();
  rig.job('load: landing/{d}.csv -> raw/{d}.csv');
  for (const name of ['a*', 'ab', '*']) rig.put(idOf(`landing/${name}.csv`), { version: 'v1' });
  rig.open();
  expect(select(rig, 'load[d=a*]')).toEqual(['load[d=a*]']);
  expect(select(rig, 'load[d=*]+')).toEqual(['load[d=*]']);
  expect(select(rig, 'load[d=*b]')).toEqual(['load[d=ab]']);
});

test('of a job all tasks are selected, those too that become known later; of a task its own', () => {
  const rig = shop();
  const select = (selector: string) => {
    const read = readSelectors(rig.mapping, buildGraph(rig.mapping), [selector]);
    const selected = read.ok ? read.value.select(rig.state) : read;
    return selected.ok ? selected.value.has({ job: 'clean', task: 'clean[d=3]' }) : selected.error;
  };
  expect(select('load+')).toBe(true);
  expect(select('load[d=1]+')).toBe(false);
});

test('an object: what writes it, or else what reads it', () => {
  const rig = shop();
  expect(select(rig, 'table:raw/{d}')).toEqual(days('load'));
  expect(select(rig, './clean/{d}.csv')).toEqual(days('clean'));
  expect(select(rig, 'totals/*.csv')).toEqual(days('total')); // under another pattern
  expect(select(rig, 'landing/orders_{d}.csv')).toEqual(days('load'));
  expect(select(rig, 'landing/side.csv+')).toEqual(['load_side', 'side']);
  expect(select(rig, 'table:raw/2')).toEqual(['load[d=2]']);
  expect(select(rig, 'landing/orders_2.csv+1')).toEqual(['clean[d=2]', 'load[d=2]']);
  expect(select(rig, 'landing/*')).toEqual([...days('load'), 'load_side']);
  expect(select(rig, 'landing/orders_9.csv')).toBe('absent: landing/orders_9.csv');
});

test('a comma or a plus that belongs to the name of an object', () => {
  const rig = new Rig();
  rig.job('one: a,b.csv -> 1');
  rig.job('each: in/{f} -> out/{f}');
  for (const name of ['in/x', 'in/c++', 'in/y,z']) rig.put(idOf(name), { version: 'v1' });
  rig.open();
  expect(select(rig, 'a,b.csv')).toEqual(['one']);
  expect(select(rig, 'in/c++')).toEqual(['each[f=c++]']);
  expect(select(rig, 'in/x+')).toEqual(['each[f=x]']);
  expect(select(rig, 'in/y,z')).toEqual(['each[f=y,z]'.replace('y,z', 'y%2Cz')]);
});

test('names that stand for nothing are told', () => {
  const rig = shop();
  for (const [selector, wrong] of [
    ['', 'nothing: '],
    ['+', 'nothing: '],
    ['clean,', 'nothing: '],
    ['+cleen+', 'job: cleen'],
    ['tag:nope', 'tag: nope'],
    ['state:fail', 'phase: fail'],
    ['clean[d=9]', 'task: clean[d=9]'],
    ['cleen[d=1]', 'task: cleen[d=1]'],
    ['table:rew/1', 'object: table:rew/1'],
    ['clean,load,nope', 'job: nope'],
    ['\u001b[2Jx', 'job: \u001b[2Jx'],
  ])
    expect(select(rig, selector as string)).toBe(wrong);
});

test('tasks that all read what all write', () => {
  const rig = new Rig();
  rig.job('write: in/{n} -> table:all');
  rig.job('read: table:all in/{n} -> out/{n}');
  for (let n = 0; n < 100; n += 1) rig.put(idOf(`in/${n}`), { version: 'v1' });
  rig.concurrency = 0;
  rig.open();
  expect(select(rig, 'in/1')).toHaveLength(2);
  expect(select(rig, 'write[n=1]+')).toHaveLength(101);
  expect(select(rig, '+read[n=*')).toBe('job: read[n=*');
  expect(select(rig, '+read[n=*]')).toHaveLength(200);
});
