/** What ends a command, and with which status. */
import { expect, test } from 'vitest';
import { must } from '../../src/cli/exit.js';
import { onSignals } from '../../src/cli/signals.js';
import { err } from '../../src/core/result.js';

test('a command that calls objflow, which runs it, is told that there is nothing to wait for', () => {
  const held = err({ kind: 'state-held', message: 'the state is held' } as const);
  expect(() => must(held, {})).toThrow(/^the state is held$/);
  expect(() => must(held, { OBJFLOW_RUN: 'r-1' })).toThrow(/^the state is held; this is called by a command .* ended$/);
  const gone = err({ kind: 'unknown-selector', message: 'no such job' } as const);
  expect(() => must(gone, { OBJFLOW_RUN: 'r-1' })).toThrow(/^no such job$/);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s asks to stop, and a second one to hurry', (signal, status) => {
  const counts: number[] = [];
  const before = process.listenerCount(signal);
  const signals = onSignals((count) => counts.push(count));
  process.emit(signal);
  process.emit('SIGTERM');
  expect({ counts, status: signals.off() }).toEqual({ counts: [1, 2], status });
  expect(process.listenerCount(signal)).toBe(before);
});
