/** What `retry`, `reset` and `adopt` say. */
import { expect, test } from 'vitest';
import type { AskedView } from '../../src/core/views.js';
import { askedDocument, renderAsked } from '../../src/report/asked.js';
import { eventWords } from '../../src/report/run-words.js';
import { names, obeyed } from './hostile.js';
import { faults } from './schemas.js';

const view = (what: AskedView['what'], more: Partial<AskedView> = {}): AskedView => ({
  what,
  tasks: ['load[d=1]'],
  left: [],
  asked: false,
  dryRun: false,
  ...more,
});
const text = (shown: AskedView, verbose = false): string => renderAsked(shown, { color: false, verbose });

test('one, many, none', () => {
  expect(text(view('reset'))).toBe('1 task was reset: due again, as if never run\n  load[d=1]\n');
  expect(text(view('reset', { dryRun: true }))).toBe(
    '1 task would be reset: due again, as if never run\n  load[d=1]\n',
  );
  expect(text(view('retry', { tasks: ['a', 'b'] }))).toBe('2 tasks that failed are tried again\n  a\n  b\n');
  expect(text(view('adopt', { tasks: [], already: ['a'] }))).toBe('nothing to adopt\n1 task was up to date already\n');
  const many = Array.from({ length: 12 }, (_, n) => `t${n}`);
  expect(
    text(view('adopt', { tasks: many }))
      .split('\n')
      .slice(-3),
  ).toEqual(['  t9', '  and 2 more (-v names them all)', '']);
  expect(text(view('adopt', { tasks: many }), true)).toMatch(/ {2}t11\n$/);
});

test('what is left is told with why, and fits', () => {
  const left = [{ task: 'report', reason: `its target ${'long/'.repeat(30)}out.csv is not there` }];
  const lines = text(view('adopt', { tasks: [], left })).split('\n');
  expect(lines.slice(0, 3)).toEqual(['nothing to adopt', '1 task could not be adopted:', '  report']);
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

test('documents are as their schema says', () => {
  const left = [{ task: 'b', reason: 'it is running' }];
  const retried = askedDocument(view('retry', { left, asked: true }), 1000);
  expect(retried.split('\n')).toHaveLength(2);
  expect(JSON.parse(retried)).toEqual({
    event: 'retrying',
    at: '1970-01-01T00:00:01.000Z',
    retried: ['load[d=1]'],
    left,
    asked: true,
  });
  for (const what of ['retry', 'reset', 'adopt'] as const)
    for (const more of [{}, { left, already: ['c'], dryRun: true }])
      expect(faults('asked', JSON.parse(askedDocument(view(what, more), 0)))).toEqual([]);
  expect(faults('asked', { left: [], asked: true })).not.toEqual([]);
});

test('hostile names are shown, not obeyed', () => {
  for (const name of names) {
    const hostile = view('retry', { tasks: [name], left: [{ task: name, reason: name }] });
    for (const said of [text(hostile), askedDocument(hostile, 0)])
      expect(obeyed(said), JSON.stringify(name)).toBe(false);
  }
});

test('the daemon tells what it was asked, of which tasks, and of how many it was not done', () => {
  const words = (what: AskedView['what'], tasks: number, left: number): string => {
    const named = ['a', 'b\u001b', 'c', 'd', 'e', 'f'].slice(0, tasks);
    const { subject, rest } = eventWords({ event: 'asked', at: 0, what, tasks, left, named });
    return `${subject} ${rest}`;
  };
  expect(words('retry', 1, 0)).toBe('retry: a is tried again');
  expect(words('reset', 2, 1)).toBe('reset: a, b\\x1b are due again; 1 left alone: not known');
  expect(words('reset', 200, 0)).toBe('reset: a, b\\x1b, c, d, e and 195 more are due again');
  expect(words('adopt', 0, 3)).toBe(
    'adopt: no task is taken for up to date; 3 left alone: running, up to date already, or not as when it was asked',
  );
});
