/**
 * Temporary directories, records to write, and a file system of which one call can be made to fail.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, onTestFinished } from 'vitest';
import type { Announced, JournalRecord, RunEnded, RunKept, RunStarted } from '../../src/core/record.js';
import { ok, type Result } from '../../src/core/result.js';
import { type Files, realFiles } from '../../src/journal/files.js';
import { type JournalOptions, type Opened, openJournal } from '../../src/journal/journal.js';
import type { JournalProblem } from '../../src/journal/problem.js';

/** A new directory, removed after the test. */
export function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'objflow-journal-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** The value of a result that must be one. */
export function good<T>(result: Result<T, { readonly message: string }>): T {
  assert(result.ok, result.ok ? '' : result.error.message);
  return result.value;
}

/** The problem of a result that must be one. */
export function problemOf(result: Result<unknown, JournalProblem>): JournalProblem {
  assert(!result.ok, 'expected a problem');
  return result.error;
}

/** With records that can be compared: those that are still text are read. */
const compared = (result: Opened): Opened => ({
  ...result,
  records: result.records.map((record) =>
    'toJSON' in record ? (record as { toJSON(): JournalRecord }).toJSON() : record,
  ), // what is written has it
});

/** Opens a journal that must open, and closes it after the test. */
export function open(stateFile: string, options: JournalOptions = {}): Opened {
  const result = good(openJournal(stateFile, options));
  onTestFinished(() => result.journal.close());
  return compared(result);
}

/** Opens, appends, syncs, closes. */
export function record(stateFile: string, records: readonly JournalRecord[], files = realFiles): void {
  const { journal } = good(openJournal(stateFile, { files }));
  good(journal.append(records));
  good(journal.sync());
  journal.close();
}

/** Opens as a writer and closes again: what it found. */
export function reopen(stateFile: string, options: JournalOptions = {}): Result<Opened, JournalProblem> {
  const result = openJournal(stateFile, options);
  if (!result.ok) return result;
  result.value.journal.close();
  return ok(compared(result.value));
}

export const announced = (n: number): Announced => ({
  type: 'announced',
  at: 1_700_000_000_000 + n,
  object: `table:t${n}`,
  version: `v${n}`,
});

export const started = (run: string, task: string, more: Partial<RunStarted> = {}): RunStarted => ({
  type: 'run-started',
  at: 1_700_000_000_000,
  run,
  task,
  job: task,
  partition: {},
  attempt: 1,
  key: `key-${run}`,
  definition: 'd1',
  consumed: { 'file:landing/ä "quoted"\n.csv': '1:2:3' },
  ...more,
});

export const endedWell = (run: string, produced: Record<string, string> = {}): RunEnded => ({
  type: 'run-ended',
  at: 1_700_000_000_500,
  run,
  outcome: 'succeeded',
  exitCode: 0,
  produced,
});

export const keptRun = (run: string, task: string): RunKept => ({
  type: 'run',
  run,
  task,
  job: task,
  partition: { date: '2026-11-23' },
  attempts: 2,
  key: 'k',
  definition: 'd1',
  consumed: {},
  startedAt: 1,
  endedAt: 2,
  outcome: 'failed',
  signal: 'SIGKILL',
  problem: 'timed out after 10s',
  produced: {},
});

/** One of each type, and text that is hard to carry. */
export const oneOfEach: readonly JournalRecord[] = [
  started('r1', 'load'),
  { type: 'attempt-failed', at: 1.5, run: 'r1', attempt: 1, exitCode: 7 },
  started('r1', 'load', { attempt: 2, partition: { __proto__x: '', date: '\u2028\ud800\u0000' } }),
  endedWell('r1', { 'table:raw': 'r1' }),
  keptRun('r0', 'extract'),
  { type: 'announced', at: 3, object: 'table:x', version: '1', key: 'k1' },
  { type: 'asked', at: 4, what: 'reset', task: 'load' },
  { type: 'asked', at: 5, what: 'retry', task: 'extract' },
];

export const systemError = (code: string): Error => Object.assign(new Error(code), { code });

/** The real file system, with some calls replaced. */
export const filesWith = (replaced: Partial<Files>): Files => ({ ...realFiles, ...replaced });

/**
 * The real file system, of which the n-th call (from 1) fails: `before` it does anything, or `after` it did it. Counts
 * all calls that change something.
 */
export function failingAt(n: number, when: 'before' | 'after', code = 'EIO'): { files: Files; calls: string[] } {
  const calls: string[] = [];
  const tap =
    <A extends unknown[], R>(name: string, call: (...given: A) => R) =>
    (...given: A): R => {
      calls.push(name);
      if (calls.length !== n) return call(...given);
      if (when === 'after') call(...given);
      throw systemError(code);
    };
  const files = filesWith({
    write: tap('write', realFiles.write),
    sync: tap('sync', realFiles.sync),
    datasync: tap('datasync', realFiles.datasync),
    truncate: tap('truncate', realFiles.truncate),
    rename: tap('rename', realFiles.rename),
    open: tap('open', realFiles.open),
  });
  return { files, calls };
}
