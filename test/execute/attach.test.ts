import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Work } from '../../src/core/effect.js';
import type { Execution, Outcome } from '../../src/execute/executor.js';
import { type Starter, startHere } from '../../src/execute/start.js';
import { readTrace } from '../../src/execute/wrapper.js';
import { living, type Project, project, until, work } from './rig.js';

const parent = path.join(import.meta.dirname, 'parent.js');

let at: Project;
let child: ChildProcess | undefined;
beforeEach(() => {
  at = project();
});
afterEach(() => {
  child?.kill('SIGKILL');
  at.close();
});

const has = (name: string): boolean => existsSync(path.join(at.root, name));
const put = (name: string): void => writeFileSync(path.join(at.root, name), '');
const traceOf = ({ run }: Work): string => path.join(at.directory, 'runs', `${run}.trace`);

/** Or a zombie, which nobody may ever bury. */
const isGone = (pid: number): boolean =>
  !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '';
const leaderOf = (given: Work): number => readTrace(traceOf(given))?.leader ?? Number.NaN;

/** Starts the work in an objflow of its own, and kills that when the command is under way. */
async function orphan(given: Work, how = ''): Promise<void> {
  child = spawn(process.execPath, [parent, at.root, JSON.stringify(given), how], { stdio: 'inherit' });
  const exit = once(child, 'exit');
  await until(() => has('up'));
  child.kill('SIGKILL');
  await exit;
}

const waiting = 'echo before; touch up; until [ -e go ]; do sleep 0.02; done; echo after; ';

function running(found: Execution | Outcome | undefined): Execution {
  if (found === undefined || !('stop' in found)) throw new Error(`not running: ${JSON.stringify(found)}`);
  return found;
}

test.each([
  ['exit 7', '', { exitCode: 7 }],
  ['exit 0', '', { exitCode: 0 }],
  ['kill -9 $$', '', { signal: 'SIGKILL' }],
  ['exit 7', 'kept', { exitCode: 7 }],
  ['kill -9 $$', 'kept', { signal: 'SIGKILL' }],
])('objflow is killed and the command lives: its outcome is known (%s %s)', async (end, how, outcome) => {
  const given = work({ run: waiting + end });
  await orphan(given, how);
  const execution = running(await at.executor.attach(given.run));
  put('go');
  expect(await execution.outcome).toEqual(outcome);
  expect(at.read(path.relative(at.root, execution.log))).toBe('before\nafter\n');
});

test('objflow is killed and the command ends meanwhile: its outcome is known, and what it left behind is ended', async () => {
  const given = work({ run: `sleep 1000 & ${waiting} exit 7` });
  await orphan(given);
  put('go');
  await until(() => readFileSync(traceOf(given), 'utf8').includes('exit 7\n'));
  expect(await at.executor.attach(given.run)).toEqual({
    exitCode: 7,
    endedAt: Math.floor(statSync(traceOf(given)).mtimeMs),
  });
  expect(living(at.root)).toEqual([]);
  at.executor.forget(given.run);
  expect(await at.executor.attach(given.run)).toBeUndefined();
});

test.each(['', 'kept'])(
  'objflow and then the run are killed: it was interrupted, and nothing of it is left %s',
  async (how) => {
    const given = work({ run: `setsid sleep 1000 & ${waiting}` });
    await orphan(given, how);
    const leader = leaderOf(given);
    process.kill(leader, 'SIGKILL');
    await until(() => isGone(leader));
    expect(await at.executor.attach(given.run)).toBeUndefined();
    expect(living(at.root)).toEqual([]);
  },
);

test.each(['', 'kept'])(
  'objflow is killed, and the run when it was taken up: killed, and nothing of it is left %s',
  async (how) => {
    const given = work({ run: `setsid sleep 1000 & ${waiting}` });
    await orphan(given, how);
    const { outcome } = running(await at.executor.attach(given.run));
    process.kill(leaderOf(given), 'SIGKILL');
    expect(await outcome).toEqual({ signal: 'SIGKILL' });
    expect(living(at.root)).toEqual([]);
  },
);

test.each(['', 'kept'])(
  'what was taken up can be stopped, and keeps the timeout that it was started with %s',
  async (how) => {
    const stopped = work({ run: waiting });
    await orphan(stopped, how);
    const execution = running(await at.executor.attach(stopped.run));
    execution.stop('terminate');
    expect(await execution.outcome).toEqual({ signal: 'SIGTERM', stopped: true });

    execFileSync('rm', [path.join(at.root, 'up')]);
    const late = work({ run: waiting, timeout: 1500 });
    await orphan(late, how);
    const { outcome } = running(await at.executor.attach(late.run));
    expect(await outcome).toEqual({ signal: 'SIGTERM', problem: 'timed out after 1s500ms' });
  },
);

test('a run of which nothing is known, or not yet its pid, was interrupted', async () => {
  expect(await at.executor.attach('no-such-run')).toBeUndefined();
  mkdirSync(path.join(at.directory, 'runs'), { recursive: true });
  for (const torn of ['', 'until 1', 'until 1 2\n', '123']) {
    writeFileSync(path.join(at.directory, 'runs', 'torn.trace'), torn);
    expect(await at.executor.attach('torn')).toBeUndefined();
  }
});

test('the machine was started anew: whatever the trace says, what the command wrote may be lost, so it was interrupted', async () => {
  const given = work({ run: 'touch up' });
  await at.executor.start(given).outcome;
  expect(await at.executor.attach(given.run)).toMatchObject({ exitCode: 0 });
  const trace = traceOf(given);
  writeFileSync(trace, readFileSync(trace, 'utf8').replace(/^boot .*/m, 'boot 7e1b0a40-0000-4000-8000-000000000000'));
  expect(await at.executor.attach(given.run)).toBeUndefined();
});

test('another process that has the number by now is neither taken up nor ended', async () => {
  const stranger = spawn('sleep', ['300'], { detached: true, env: { ...process.env, OBJFLOW_RUN: 'mine-2' } });
  await once(stranger, 'spawn');
  mkdirSync(path.join(at.directory, 'runs'), { recursive: true });
  writeFileSync(path.join(at.directory, 'runs', 'mine.trace'), `${stranger.pid}\n`);
  expect(await at.executor.attach('mine')).toBeUndefined();
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  const exit = once(stranger, 'exit');
  stranger.kill('SIGKILL');
  expect((await exit)[1]).toBe('SIGKILL');
});

/** A starter that dies before it has said what it started, when that is as far as `then` waits for. */
const dying = (then: () => Promise<void>, starts = true): Starter => ({
  async start(what) {
    const started = starts && (await startHere(what));
    if (started && !('pid' in started)) throw new Error(started.message);
    await then();
    return { code: 'EAGAIN', message: 'it has ended', unseen: true };
  },
});

test.each([
  ['has hardly begun', async () => {}],
  ['runs', () => until(() => has('up'))],
  ['has ended', () => until(() => has('over'))],
])(
  'whoever starts a command dies before it says so, when that %s: it runs once, and its outcome is known',
  async (_, then) => {
    at.close();
    at = project(300, dying(then));
    const execution = at.run({ run: `trap 'touch over' EXIT; echo once >>ran; touch up; exit 7` });
    expect(await execution.outcome).toEqual({ exitCode: 7 });
    expect(at.read('ran')).toBe('once\n');
  },
);

test('whoever starts a command dies before it does so: for the moment only', async () => {
  at.close();
  at = project(
    300,
    dying(async () => {}, false),
  );
  expect(await at.run({ run: 'touch up' }).outcome).toMatchObject({ temporary: true });
  expect(has('up')).toBe(false);
});

test.each(['exhaust', 'exhaust, kept'])('no descriptor left: for the moment only (%s)', (how) => {
  const script = 'ulimit -n 40; exec "$@"';
  const outcome = execFileSync('sh', [
    '-c',
    script,
    'sh',
    process.execPath,
    parent,
    at.root,
    JSON.stringify(work()),
    how,
  ]);
  expect(JSON.parse(String(outcome))).toEqual({ temporary: true, problem: expect.stringContaining('EMFILE') });
});
