/** Shells that are kept for one command after the other: what runs in them cannot tell, and nothing of it is lost. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { handedOn } from '../../src/execute/environment.js';
import { servesKept, textForKept } from '../../src/execute/kept.js';
import { openShells, type Shells } from '../../src/execute/shells.js';
import { files, type Project, project, until, work } from './rig.js';

let at: Project;
let shells: Shells;
let env = handedOn(process.env);
/** Starts that no kept shell was told of. */
let started: number;
beforeEach(() => {
  started = 0;
  env = handedOn(process.env);
  at = project(300, (root) => {
    shells = openShells({ cwd: root, env });
    return {
      ...shells,
      start(what) {
        started += 1;
        return shells.start(what);
      },
    };
  });
});
afterEach(async () => {
  await shells.close();
  at.close();
});

const outcome = (run: string, fields = {}) => at.run({ run, ...fields }).outcome;
/** Pid of the shell that a command ran in. */
const shellOf = async (): Promise<number> => {
  await outcome('echo $PPID >shell');
  return Number(at.read('shell'));
};

test('exit status and signal are told apart, and one shell serves them all', async () => {
  const shell = await shellOf();
  for (const status of [0, 1, 127, 130, 137, 141, 143, 147, 255])
    expect(await outcome(`exit ${status}`)).toEqual({ exitCode: status });
  for (const name of ['KILL', 'TERM', 'HUP', 'SEGV', 'USR1', 'INT', 'PIPE'])
    expect(await outcome(`kill -${name} $$`)).toEqual({ signal: `SIG${name}` });
  expect(await outcome('false; echo never')).toEqual({ exitCode: 1 });
  expect(await outcome('false | true; exit 3', { shell: 'bash' })).toEqual({ exitCode: 1 });
  expect(await outcome('kill -9 $$', { shell: 'bash' })).toEqual({ signal: 'SIGKILL' });
  expect(await shellOf()).toBe(shell);
  expect(started).toBe(0);
});

test('a command leads its own group, and is given signals and descriptors as one that is started', async () => {
  const told = async (here: Project) => {
    // The shell reads it by itself: beside a child that it has only just started it may still block signals.
    const run = `echo $$ $(ps -o pgid= -p $$) >ids
      while read -r name value; do case $name in Sig[PBIC]*) echo "$name $value" ;; esac; done </proc/$$/status >status
      ls /proc/$$/fd >>status; umask >>status`;
    await here.run({ run }).outcome;
    return here.read('status');
  };
  const fresh = project();
  expect(await told(at)).toBe(await told(fresh));
  const [own, group] = at.read('ids').trim().split(/ +/);
  expect(group).toBe(own);
  fresh.close();
});

test('what a shell would read otherwise arrives as it is', async () => {
  const value = `a\n'b' "$c" \\x ü 語 \u0001\t!`;
  const run = 'printf %s "$text|$IT" >got; printf "|%s" "$@" >>got';
  const given = work({ run, env: { IT: value } }, { partition: { text: value }, sources: [files(value, '-x', 'ü*')] });
  expect(await at.executor.start(given).outcome).toEqual({ exitCode: 0 });
  expect(at.read('got')).toBe(`${value}|${value}|${value}|./-x|ü*`);
  expect(started).toBe(0);
});

test('what one command is given and leaves does not reach the next', async () => {
  await outcome('umask 0; cd /; export LEFT=1; trap "" INT; exec 5>/tmp/x', { env: { MINE: '1' } });
  await outcome('echo "$MINE$LEFT|$PWD|$(umask)" >got');
  expect(at.read('got')).toBe(`|${at.root}|${String(process.umask().toString(8)).padStart(4, '0')}\n`);
});

test('the environment is that of one which is started, but for what a shell sets for itself', async () => {
  const environment = async (here: Project) => {
    await here.run({ run: 'env -0 >env', env: { LEVEL: 'x' } }).outcome;
    const told = here.read('env').split('\0').sort();
    return told
      .filter((line) => !/^(_|SHLVL)=/.test(line))
      .map((line) => line.replaceAll(here.root, '').replace(/run-[\d-]+/, 'RUN'));
  };
  const fresh = project();
  expect(await environment(at)).toEqual(await environment(fresh));
  fresh.close();
});

test.each([
  ['a pipeline', 'sleep 300 | sleep 300'],
  ['one that ignores TERM', 'trap "" TERM; touch up; sleep 300; sleep 300'],
  ['one in a session of its own', 'setsid sleep 300 & touch up; wait'],
  ['one that is stopped', 'touch up; kill -STOP $$'],
  ['one whose shell is stopped', 'kill -STOP $PPID; touch up; sleep 300'],
])('%s: all of it ends, and its shell goes on', async (_, run) => {
  const shell = await shellOf();
  expect(await outcome(run, { timeout: 200 })).toMatchObject({ problem: 'timed out after 200ms' });
  const execution = at.run({ run: `touch up; ${run}` });
  await until(() => existsSync(path.join(at.root, 'up')));
  execution.stop('terminate');
  expect(await execution.outcome).toMatchObject({ stopped: true });
  expect(await shellOf()).toBe(shell);
});

test('one that is stopped and goes on has not ended in between', async () => {
  expect(await outcome('(sleep 0.1; kill -CONT $$) & kill -STOP $$; wait; exit 4')).toEqual({ exitCode: 4 });
});

test('what asks its shell to end neither ends it nor is taken for the end of its command', async () => {
  const shell = await shellOf();
  for (const name of ['TERM', 'HUP', 'INT', 'CHLD'])
    expect(await outcome(`kill -${name} $PPID; sleep 0.05; exit 5`)).toEqual({ exitCode: 5 });
  expect(await shellOf()).toBe(shell);
});

test('a hundred that are killed at once are told apart from those that only say so', async () => {
  for (let round = 0; round < 50; round += 1) {
    expect(await outcome('kill -TERM $$')).toEqual({ signal: 'SIGTERM' });
    expect(await outcome('exit 143')).toEqual({ exitCode: 143 });
  }
});

test('what a command leaves behind is ended', async () => {
  expect(await outcome('sleep 1011 >/dev/null 2>&1 & exit 0')).toEqual({ exitCode: 0 });
});

test('a shell that is killed takes its command with it, and another takes its place', async () => {
  const shell = await shellOf();
  const execution = at.run({ run: 'touch up; sleep 300' });
  await until(() => existsSync(path.join(at.root, 'up')));
  process.kill(shell, 'SIGKILL');
  expect(await execution.outcome).toEqual({ signal: 'SIGKILL' });
  expect(await shellOf()).not.toBe(shell);
  process.kill(await shellOf(), 'SIGKILL');
  expect(await outcome('exit 3')).toMatchObject({});
  expect(await outcome('exit 3')).toEqual({ exitCode: 3 });
});

test('what cannot be told so is started', async () => {
  mkdirSync(path.join(at.root, 'sub'));
  await outcome('pwd >got', { cwd: path.join(at.root, 'sub') });
  await outcome('exit 0', { env: { PATH: process.env.PATH, UID: '1' } });
  await outcome(`exit 0 # ${'x'.repeat(40_000)}`);
  expect(started).toBe(3);
  for (const name of ['REPLY', 'PATH', 'IFS', 'BASH_ENV', 'a-b', 'SHELLOPTS', 'ENV', 'CDPATH'])
    expect(
      textForKept({ shell: 'sh', trace: 't', log: 'l', command: 'c', arguments: [], variables: { [name]: '1' } }),
    ).toBeUndefined();
  for (const name of ['REPLY', 'BASH_ENV', 'BASH_FUNC_x%%', 'SHELLOPTS', 'POSIXLY_CORRECT', 'a-b'])
    expect(servesKept({ PATH: '/bin', [name]: '1' })).toBe(false);
});

test('another directory in the place of the first is not taken for it', async () => {
  const shell = await shellOf();
  renameSync(at.root, `${at.root}.old`);
  mkdirSync(at.root);
  try {
    await outcome('echo $PPID >there');
    expect(Number(at.read('there'))).not.toBe(shell);
  } finally {
    execFileSync('rm', ['-r', at.root]);
    renameSync(`${at.root}.old`, at.root);
  }
});

test('where there is no bash commands are started, and no process is tried for each', async () => {
  env = { ...env, PATH: at.root };
  await shells.close();
  shells = openShells({ cwd: at.root, env });
  expect(await shells.waitingIn?.(at.root)).toBeUndefined();
  expect(await shells.waitingIn?.(at.root)).toBeUndefined();
});

test('shells that have nothing to do have gone when they are closed; one that stands still is not waited for', async () => {
  const [one, two] = await Promise.all([outcome('echo $PPID >one; sleep 0.1'), outcome('echo $PPID >two; sleep 0.1')]);
  expect([one, two]).toEqual([{ exitCode: 0 }, { exitCode: 0 }]);
  const pids = [Number(at.read('one')), Number(at.read('two'))];
  expect(new Set(pids).size).toBe(2);
  process.kill(pids[1] ?? 0, 'SIGSTOP');
  await shells.close();
  expect(pids.map((pid) => existsSync(`/proc/${pid}`))).toEqual([false, true]);
  process.kill(pids[1] ?? 0, 'SIGCONT');
  await until(() => !existsSync(`/proc/${pids[1]}`));
});

test('one that stands still before it is told goes on when its command is to end', async () => {
  const shell = await shellOf();
  process.kill(shell, 'SIGSTOP');
  const execution = at.run({ run: 'touch up; sleep 300' });
  await until(() => readdirSync(path.join(at.directory, 'runs')).some((name) => name.endsWith('.trace')));
  execution.stop('terminate');
  expect(await execution.outcome).toMatchObject({ stopped: true });
});

test('one that stands still before it is told goes on when its command is taken up', async () => {
  const shell = await shellOf();
  process.kill(shell, 'SIGSTOP');
  const given = work({ run: 'touch up; exit 3' });
  const execution = at.executor.start(given);
  await until(() => existsSync(path.join(at.directory, 'runs', `${given.run}.trace`)));
  await at.executor.attach(given.run);
  expect(await execution.outcome).toEqual({ exitCode: 3 });
});
