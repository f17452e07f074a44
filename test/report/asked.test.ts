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
  expect(text(view('adopt', { tasks: [], upToDate: ['a'] }))).toBe('nothing to adopt\n1 task was up to date already\n');
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
  expect(JSON.parse(askedDocument(view('retry', { left, asked: true })))).toEqual({
    retried: ['load[d=1]'],
    left,
    asked: true,
  });
  for (const what of ['retry', 'reset', 'adopt'] as const)
    for (const more of [{}, { left, upToDate: ['c'], dryRun: true }])
      expect(faults('asked', JSON.parse(askedDocument(view(what, more))))).toEqual([]);
  expect(faults('asked', { left: [], asked: true })).not.toEqual([]);
});

test('hostile names are shown, not obeyed', () => {
  for (const name of names) {
    const hostile = view('retry', { tasks: [name], left: [{ task: name, reason: name }] });
    for (const said of [text(hostile), askedDocument(hostile)]) expect(obeyed(said), JSON.stringify(name)).toBe(false);
  }
});

test('the daemon tells what it was asked, and of how many tasks it was not done', () => {
  const words = (what: AskedView['what'], tasks: number, left: number): string => {
    const { subject, rest } = eventWords({ event: 'asked', at: 0, what, tasks, left });
    return `${subject}: ${rest}`;
  };
  expect(words('retry', 1, 0)).toBe('retry: 1 task is tried again');
  expect(words('reset', 2, 1)).toBe('reset: 2 tasks are due again; 1 left alone: not known');
  expect(words('adopt', 0, 3)).toBe(
    'adopt: 0 tasks are taken for up to date; 3 left alone: running, up to date already, or not as when it was asked',
  );
});
