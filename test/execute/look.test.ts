/** What a run's trace tells to somebody who only looks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lookAtRun } from '../../src/execute/look.js';

test('a run that has left no trace, one that has ended, one whose process is gone, and one that lives', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'objflow-look-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(path.join(directory, 'runs'));
  const trace = (text: string): void => writeFileSync(path.join(directory, 'runs/r-1.trace'), text);
  const look = () => lookAtRun(directory, 'r-1');

  expect(look()).toEqual({ runs: false });
  trace('12345\nexit 3\n');
  expect(look()).toEqual({ runs: false, ending: { exitCode: 3 } });
  trace(`${process.pid}\n`); // a living process, but not that of the run
  expect(look()).toEqual({ runs: false });

  const child = spawn('cat', {
    env: { PATH: process.env.PATH, OBJFLOW_RUN: 'r-1' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.write('x');
  await once(child.stdout, 'data'); // by then it has its environment
  trace(`${child.pid}\n`);
  expect(look()).toEqual({ runs: true });
  child.stdin.end();
  await once(child, 'close');
  expect(look()).toEqual({ runs: false });
});
