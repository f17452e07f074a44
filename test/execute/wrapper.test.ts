import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginTrace, readTrace, wrap } from '../../src/execute/wrapper.js';

let directory: string;
let trace: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'objflow-wrapper-'));
  trace = path.join(directory, 'x.trace');
});
afterEach(() => rmSync(directory, { recursive: true }));

// /bin/sh is dash here and bash in its POSIX mode there.
test.each([
  ['/bin/sh', []],
  ['bash', ['--posix']],
])('under %s, death by signal and exit status are told apart', (shell, options) => {
  const ending = (command: string) => {
    beginTrace(trace, undefined);
    const { pid } = spawnSync(shell, [...options, ...wrap('sh', trace, command, [])]);
    const found = readTrace(trace);
    expect(found?.leader).toBe(pid);
    return found?.ending;
  };
  expect(ending('exit 0')).toEqual({ exitCode: 0 });
  expect(ending('exit 137')).toEqual({ exitCode: 137 });
  expect(ending('kill -9 $$')).toEqual({ signal: 'SIGKILL' });
  expect(ending('exit 143')).toEqual({ exitCode: 143 });
  expect(ending('kill -TERM $$')).toEqual({ signal: 'SIGTERM' });
  expect(ending('exit 255')).toEqual({ exitCode: 255 });
});

test('a trace that was cut anywhere says no ending, and never another process', () => {
  beginTrace(trace, { at: 1_700_000_000_000, timeout: 1000 });
  spawnSync('/bin/sh', [...wrap('sh', trace, 'exit 13', [])]);
  const whole = readFileSync(trace, 'utf8');
  const { leader, deadline } = readTrace(trace) ?? {};
  expect(deadline).toEqual({ at: 1_700_000_000_000, timeout: 1000 });
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(trace, whole.slice(0, length));
    const found = readTrace(trace);
    expect(found?.ending).toBeUndefined();
    expect([undefined, leader]).toContain(found?.leader);
  }
});
