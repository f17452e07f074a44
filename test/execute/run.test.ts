import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Project, project, until, work } from './rig.js';

let at: Project;
beforeEach(() => {
  at = project();
});
afterEach(() => at.close());

describe('how it ended', () => {
  test.each([
    ['exit 0', { exitCode: 0 }],
    ['exit 7', { exitCode: 7 }],
    ['exit 137', { exitCode: 137 }],
    ['exec sh -c "exit 143"', { exitCode: 143 }],
    ['kill -9 $$', { signal: 'SIGKILL' }],
    ['kill -TERM $$', { signal: 'SIGTERM' }],
    ['kill -SEGV $$', { signal: 'SIGSEGV' }],
    ['exec sleep 300 & kill -TERM $!; wait $!', { exitCode: 143 }],
    ['kill -9 -$PPID; sleep 300', { signal: 'SIGKILL' }],
    ['kill -INT -$PPID; sleep 300', { signal: 'SIGINT' }],
    ['false; exit 0', { exitCode: 1 }],
    ['no-such-command', { exitCode: 127 }],
    ['false | true', { exitCode: 0 }],
    ['if', { exitCode: 2 }],
  ])('sh: %s', async (run, outcome) => {
    expect(await at.run({ run }).outcome).toEqual(outcome);
  });

  test.each([
    ['false | true', { exitCode: 1 }],
    ['false; exit 0', { exitCode: 1 }],
    ['kill -9 $$', { signal: 'SIGKILL' }],
    ['[[ a == a ]]', { exitCode: 0 }],
  ])('bash: %s', async (run, outcome) => {
    expect(await at.run({ run, shell: 'bash' }).outcome).toEqual(outcome);
  });

  test('it tells of the signals that are sent to it: a trap of its own works', async () => {
    const execution = at.run({ run: 'trap "exit 9" TERM; kill -TERM $$; sleep 300' });
    expect(await execution.outcome).toEqual({ exitCode: 9 });
  });
});

describe('its surroundings', () => {
  test('standard input is at its end', async () => {
    expect(await at.run({ run: 'cat >in; read x || exit 3' }).outcome).toEqual({ exitCode: 3 });
    expect(at.read('in')).toBe('');
  });

  test('no descriptor of ours, a session of its own, no signal ignored', async () => {
    await at.run({
      run: 'readlink /proc/$$/fd/* >fds || :; grep SigIgn /proc/self/status >ignored; ps -o tty= $$ >tty',
    }).outcome;
    expect(at.read('fds')).not.toContain('.trace');
    expect(at.read('ignored')).toMatch(/^SigIgn:\t0+$/m);
    expect(at.read('tty').trim()).toBe('?');
  });

  test('output goes to the log, byte for byte, attempts one after another', async () => {
    const first = work({ run: 'printf "a\\377\\000b\\n"; echo err >&2; exit 1' });
    await at.executor.start(first).outcome;
    await at.executor.start({ ...first, attempt: 2 }).outcome;
    const output = 'a\ufffd\0b\nerr\n';
    expect(at.log(first.run)).toBe(`${output}objflow: attempt 2\n${output}`);
    expect(statSync(path.join(at.directory, 'logs', `${first.run}.log`)).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(at.directory, 'runs')).mode & 0o777).toBe(0o700);
  });

  test('200 MB of NUL bytes cost no memory', async () => {
    await at.run({ run: 'true' }).outcome; // loads what is loaded once
    const before = process.memoryUsage().rss;
    const execution = at.run({ run: 'head -c 200000000 /dev/zero; exit 1' });
    expect(await execution.outcome).toEqual({ exitCode: 1 });
    expect(statSync(execution.log).size).toBe(200_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
  });

  test('a job may remove our directory: its exit status is known all the same', async () => {
    expect(await at.run({ run: 'rm -rf .objflow; exit 4' }).outcome).toEqual({ exitCode: 4 });
    expect(await at.run({ run: 'true' }).outcome).toEqual({ exitCode: 0 });
  });
});

describe('what cannot be started', () => {
  test.each([
    ['is not there', () => {}],
    ['is a link to itself', (cwd: string) => symlinkSync(cwd, cwd)],
  ])('a working directory that %s', async (_, make) => {
    const cwd = path.join(at.root, 'gone');
    make(cwd);
    const given = work({ cwd });
    const { problem } = await at.executor.start(given).outcome;
    expect(problem).toBe(`the working directory of job "load" is not there: make ${cwd}, or mend its "cwd"`);
  });

  test('no bash', async () => {
    const outcome = await at.run({ shell: 'bash', env: { PATH: '/nowhere' } }).outcome;
    expect(outcome).toEqual({ problem: 'there is no bash here: install it, or write the job for "shell: sh"' });
  });

  test('a NUL in a variable', async () => {
    expect((await at.run({ env: { X: 'a\0b' } }).outcome).problem).toContain('null bytes');
  });

  test('a file where our directory should be', async () => {
    mkdirSync(at.directory, { recursive: true });
    await at.run({ run: 'rm -rf .objflow/logs && touch .objflow/logs' }).outcome;
    expect((await at.run({ run: 'touch ran' }).outcome).problem).toMatch(/could not be started: E/);
    expect(existsSync(path.join(at.root, 'ran'))).toBe(false);
  });
});

describe('what it leaves behind', () => {
  test.each([
    'sleep 1007 & exit 0',
    'nohup sleep 1007 >/dev/null 2>&1 & exit 0',
    '(trap "" TERM; sleep 1007; sleep 1007) & exit 0',
    'env -i sleep 1007 & exit 0',
  ])('%s: ended with it', async (run) => {
    const given = work({ run });
    expect(await at.executor.start(given).outcome).toEqual({ exitCode: 0 });
    expect(at.log(given.run)).toContain('left processes behind');
    expect(readdirSync('/proc').filter((name) => commandOf(name) === 'sleep 1007 ')).toEqual([]);
  });

  test('what ends by itself may do so', async () => {
    const given = work({ run: '(sleep 0.05; echo last >late) & exit 0' });
    expect(await at.executor.start(given).outcome).toEqual({ exitCode: 0 });
    expect(at.read('late')).toBe('last\n');
    expect(at.log(given.run)).toBe('');
  });

  test('three hundred runs leave no descriptor, and no file but their logs and those that the next will use', async () => {
    await at.run({ run: 'true' }, { run: 'warm' }).outcome;
    at.executor.forget('warm');
    const before = readdirSync('/proc/self/fd').length;
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next++ < 300) {
        const given = work({ run: 'true', timeout: 60_000 });
        expect(await at.executor.start(given).outcome).toEqual({ exitCode: 0 });
        at.executor.forget(given.run);
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
    expect(
      readdirSync(path.join(at.directory, 'runs')).filter((name) => !/^[0-9a-f]+-[0-2]\.spare$/.test(name)),
    ).toEqual([]);
    expect(readdirSync(path.join(at.directory, 'logs'))).toHaveLength(301);
  });
});

describe('hooks', () => {
  test('are given the work and how it ended; their failure is noted and fails nothing', async () => {
    const given = work({ run: 'exit 3' });
    await at.executor.start(given).outcome;
    const command = 'echo "$OBJFLOW_RUN $OBJFLOW_OUTCOME $source" >hook; echo said; exit 2';
    await at.executor.hook(command, given, { OBJFLOW_OUTCOME: 'failed' });
    expect(at.read('hook')).toBe(`${given.run} failed \n`);
    expect(at.log(given.run)).toBe('said\nobjflow: the hook failed: exit status 2\n');
    expect(await at.executor.attach(given.run)).toMatchObject({ exitCode: 3 });
    at.executor.forget(given.run);
    expect(readdirSync(path.join(at.directory, 'runs'))).toEqual([]);
    rmSync(path.join(at.root, 'hook'));
  });

  test('are ended with all that they have started, and not begun, once nobody is to wait for them', async () => {
    const given = work();
    const ended = new AbortController();
    const hook = at.executor.hook('touch up; sleep 300 | sleep 300', given, {}, ended.signal);
    await until(() => existsSync(path.join(at.root, 'up')));
    ended.abort();
    await hook;
    await at.executor.hook('touch more', given, {}, ended.signal);
    expect(existsSync(path.join(at.root, 'more'))).toBe(false);
    const said = 'objflow: the hook was ended, because objflow was told to stop\n';
    expect(at.log(given.run)).toBe(said + said);
    expect(readdirSync(path.join(at.directory, 'runs'))).toEqual([]);
  });
});

function commandOf(name: string): string {
  try {
    return at.read(path.relative(at.root, `/proc/${name}/cmdline`)).replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
