import { expect, test } from 'vitest';
import { must } from '../../src/cli/exit.js';
import { err } from '../../src/core/result.js';

test('a command that calls objflow, which runs it, is told that there is nothing to wait for', () => {
  const held = err({ kind: 'state-held', message: 'the state is held' } as const);
  expect(() => must(held, {})).toThrow(/^the state is held$/);
  expect(() => must(held, { OBJFLOW_RUN: 'r-1' })).toThrow(/^the state is held; this is called by a command .* ended$/);
  const gone = err({ kind: 'unknown-selector', message: 'no such job' } as const);
  expect(() => must(gone, { OBJFLOW_RUN: 'r-1' })).toThrow(/^no such job$/);
});
