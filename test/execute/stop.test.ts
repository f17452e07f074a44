import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { after as callAfter, duration } from '../../src/execute/timer.js';
import { type Project, project, until, work } from './rig.js';

let at: Project;
// Loads what is loaded once: what is timed here is how commands end.
beforeAll(async () => {
  const first = project();
  await first.run({ run: 'true' }).outcome;
  first.close();
});
beforeEach(() => {
  at = project();
});
afterEach(() => at.close());

const shapes = [
  ['a pipeline', 'sleep 300 | sleep 300'],
  ['a subshell', '(sleep 300; sleep 300); sleep 300'],
  ['a background process that it waits for', 'sleep 300 & wait'],
  ['one that ignores TERM', 'trap "" TERM; sleep 300; sleep 300'],
  ['one in a session of its own', 'setsid sleep 300 & setsid -w sh -c "trap \\"\\" TERM; sleep 300; sleep 300"'],
  ['one that is stopped', 'kill -STOP $$'],
] as const;

describe('timeout', () => {
  test.each(shapes)('%s: all of it ends', async (_, run) => {
    const began = performance.now();
    const given = work({ run, timeout: 200 });
    const outcome = await at.executor.start(given).outcome;
    expect(outcome).toMatchObject({ problem: 'timed out after 200ms' });
    expect(outcome.stopped).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(200 + 300 + 1000);
    expect(at.log(given.run)).toBe('objflow: timed out after 200ms\n');
  });

  test('does not touch what is quicker', async () => {
    expect(await at.run({ run: 'true', timeout: 2 ** 40 }).outcome).toEqual({ exitCode: 0 });
  });

  test('what the system does not let end keeps its place until it has ended, or we leave', async () => {
    const { kill } = process;
    onTestFinished(() => {
      process.kill = kill;
    });
    // What would end the whole group reaches its leader alone.
    process.kill = (pid, signal) => (signal === 0 ? kill(pid, signal) : pid > 0 || kill(-pid, signal));
    const given = [1, 2].map(() => work({ run: 'until [ -e go ]; do sleep 0.1; done', timeout: 50 }));
    const [first, second] = given.map((each) => at.executor.start(each));
    let left: unknown;
    void second?.outcome.then((outcome) => {
      left = outcome;
    });
    await until(() => given.every(({ run }) => at.log(run).includes('could not end ')));
    expect(left).toBeUndefined();
    second?.stop('kill');
    expect(await second?.outcome).toMatchObject({ problem: 'timed out after 50ms' });
    writeFileSync(path.join(at.root, 'go'), '');
    expect(await first?.outcome).toMatchObject({ problem: 'timed out after 50ms' });
  }, 30_000);

  test('what has ended while we stood still has not timed out', async () => {
    const execution = at.run({ run: 'touch up; sleep 0.2; exit 3', timeout: 400 });
    await until(() => existsSync(path.join(at.root, 'up')));
    // After this the loop looks at its timers first.
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
    expect(await execution.outcome).toEqual({ exitCode: 3 });
  });

  test('a command that ends well when it is asked has timed out nevertheless', async () => {
    const run = 'trap "exit 0" TERM; sleep 300 & wait';
    expect(await at.run({ run, timeout: 200 }).outcome).toEqual({ exitCode: 0, problem: 'timed out after 200ms' });
  });
});

describe('stop', () => {
  test.each(shapes.filter(([name]) => name !== 'one that is stopped'))('%s: all of it ends', async (_, run) => {
    const execution = at.run({ run: `touch up; ${run}` });
    await until(() => existsSync(path.join(at.root, 'up')));
    execution.stop('terminate');
    expect(await execution.outcome).toMatchObject({ stopped: true });
  });

  test('the command has its grace: it may clean up', async () => {
    const execution = at.run({ run: 'trap "sleep 0.1; touch cleaned; exit 0" TERM; touch up; sleep 300 & wait' });
    await until(() => existsSync(path.join(at.root, 'up')));
    execution.stop('terminate');
    expect(await execution.outcome).toEqual({ exitCode: 0, stopped: true });
    expect(existsSync(path.join(at.root, 'cleaned'))).toBe(true);
  });

  test('kill does not wait for it, nor for the grace of an earlier terminate', async () => {
    const patient = project(600_000);
    const run = 'trap "" TERM; touch up; sleep 300; sleep 300';
    const execution = patient.run({ run });
    await until(() => existsSync(path.join(patient.root, 'up')));
    execution.stop('terminate');
    execution.stop('kill');
    expect(await execution.outcome).toEqual({ signal: 'SIGKILL', stopped: true });
    patient.close();
  });

  test('before it has begun: nothing is started', async () => {
    const execution = at.run({ run: 'touch ran' });
    execution.stop('terminate');
    expect(await execution.outcome).toEqual({ stopped: true });
    expect(existsSync(path.join(at.root, 'ran'))).toBe(false);
  });

  test('after it has ended: nothing changes', async () => {
    const execution = at.run({ run: 'exit 2' });
    const outcome = await execution.outcome;
    execution.stop('kill');
    expect(outcome).toEqual({ exitCode: 2 });
    expect(await execution.outcome).toBe(outcome);
  });
});

describe('time', () => {
  test('durations as a manifest writes them', () => {
    expect([0, 200, 10_000, 90_000, 3_600_000, 90_061_001].map(duration)).toEqual([
      '0s',
      '200ms',
      '10s',
      '1m30s',
      '1h',
      '1d1h1m1s1ms',
    ]);
  });

  test('a timer longer than Node has does not fire at once', async () => {
    let fired = false;
    const callOff = callAfter(2 ** 31 + 10, () => {
      fired = true;
    });
    await new Promise((resolve) => callAfter(30, () => resolve(undefined)));
    callOff();
    expect(fired).toBe(false);
  });
});
