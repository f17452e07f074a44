import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeSpares, type Traces, tracesIn } from '../../src/execute/traces.js';
import { readTrace, traceHead } from '../../src/execute/wrapper.js';

let directory: string;
let traces: Traces;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'objflow-traces-'));
  traces = tracesIn(path.join(directory, 'runs'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (run: string): string => path.join(directory, 'runs', `${run}.trace`);
const begin = (run: string): void => traces.begin(at(run), traceHead(at(run), undefined));
const inode = (run: string): number => statSync(at(run)).ino;

test('the file of a run that is over serves the next, and holds nothing of it', () => {
  begin('a');
  writeFileSync(at('a'), '12\nexit 0\n', { flag: 'a' });
  const file = inode('a');
  traces.end(at('a'), true);
  expect(readTrace(at('a'))).toBeUndefined();
  begin('b');
  expect(inode('b')).toBe(file);
  expect(statSync(at('b')).mode & 0o777).toBe(0o600);
  expect(readFileSync(at('b'), 'utf8')).toBe(traceHead(at('b'), undefined));
  begin('c');
  expect(inode('c')).not.toBe(file);
  expect(readdirSync(path.join(directory, 'runs')).sort()).toEqual(['b.trace', 'c.trace']);
});

test('one that may be written to, or is long, is removed', () => {
  begin('a');
  traces.end(at('a'), false);
  begin('b');
  writeFileSync(at('b'), 'x'.repeat(600), { flag: 'a' });
  traces.end(at('b'), true);
  expect(readdirSync(path.join(directory, 'runs'))).toEqual([]);
  traces.end(at('never-was'), true);
});

test('somebody cleans up: another file is made', () => {
  begin('a');
  traces.end(at('a'), true);
  expect(readdirSync(path.join(directory, 'runs'))).toEqual([expect.stringMatching(/^[0-9a-f]+-0\.spare$/)]);
  removeSpares(path.join(directory, 'runs'));
  expect(readdirSync(path.join(directory, 'runs'))).toEqual([]);
  begin('b');
  expect(readFileSync(at('b'), 'utf8')).toBe(traceHead(at('b'), undefined));
});

test('a machine that dies between a new name and its content: the ending of an earlier run is not taken for this one', () => {
  begin('a');
  writeFileSync(at('a'), '12\nexit 0\n', { flag: 'a' });
  expect(readTrace(at('a'))?.ending).toEqual({ exitCode: 0 });
  writeFileSync(at('b'), readFileSync(at('a')));
  expect(readTrace(at('b'))).toBeUndefined();
});
