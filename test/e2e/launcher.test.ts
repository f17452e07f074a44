/** The small process that starts a daemon's commands: it may be killed, and nothing that it has started is lost. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bin, type Call, type Line, type Project, project, started, stop, those, until } from './rig.ts';

/** Pid of the parent of a process, and whether it lives; nothing of one that is gone. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

const lives = (pid: number): boolean => parentOf(pid) !== undefined;

/** The launcher of this daemon: its child that runs the launcher's program. */
const launchersOf = ({ child }: Call): number[] => childrenOf(child.pid ?? 0, 'launcher-main.js');

/** Children of a process whose arguments hold this text. */
const childrenOf = (parent: number, text: string): number[] =>
  fs.readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || parentOf(pid) !== parent) return [];
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text) ? [pid] : [];
    } catch {
      return []; // it has just gone
    }
  });

/**
 * Each run tells its number, and its wrapper's, waits where its name says so, and ends with the status in its file. There is
 * room for all that waits until a launcher has started, however slow the machine.
 */
const manifest = `version: 1
concurrency: 1000
jobs:
  work:
    sources: in/{n}
    run: |
      read status <"$source"
      echo "$n $PPID" >>../started
      case $n in slow*) read x <../gate ;; last) read x <../last ;; esac
      echo "$n" >>../ended
      exit "$status"
`;

const ended = (call: Call, task: string): Promise<Line> =>
  call.line((line) => /^run-(succeeded|failed|interrupted)$/.test(line.event) && line.task === task);

/** The wrapper of a run that has said that it has started. */
async function wrapperOf(p: Project, n: string): Promise<number> {
  const told = (): string | undefined => p.told('started').find((line) => line.startsWith(`${n} `));
  await until(() => told() !== undefined);
  return Number(told()?.split(' ')[1]);
}

/** Lands files until one is started by the launcher: until then, while that is starting, the daemon does it itself. */
async function launcherOf(p: Project, call: Call): Promise<number> {
  await until(() => launchersOf(call).length === 1);
  const [launcher = 0] = launchersOf(call);
  for (let count = 1; ; count += 1) {
    const n = `slow-first-${count}`;
    p.land(`in/${n}`, '0\n');
    if (parentOf(await wrapperOf(p, n)) === launcher) return launcher;
  }
}

/** Lets all go that wait, and those that will. */
const open = (p: Project, letThrough: () => void): void => {
  for (let count = p.told('started').length; count > 0; count -= 1) letThrough();
};

test('it is killed while commands run: they are not lost, end as they end, run once; and what lands next runs too', async () => {
  const p = project(manifest);
  const letThrough = p.gate('gate');
  const call = await p.watch();
  const launcher = await launcherOf(p, call);
  p.land('in/slow-well', '0\n');
  p.land('in/slow-7', '7\n');
  const wrappers = [await wrapperOf(p, 'slow-well'), await wrapperOf(p, 'slow-7')];
  expect(wrappers.map(parentOf)).toEqual([launcher, launcher]);
  process.kill(launcher, 'SIGKILL');
  await until(() => !lives(launcher));
  expect(wrappers.map(lives)).toEqual([true, true]);
  p.land('in/next', '0\n');
  expect(await ended(call, 'work[n=next]')).toMatchObject({ event: 'run-succeeded', exitCode: 0 });
  p.land('in/next-3', '3\n');
  expect(await ended(call, 'work[n=next-3]')).toMatchObject({ event: 'run-failed', exitCode: 3 });
  expect(those(call, 'run-failed')).toHaveLength(1);
  open(p, letThrough);
  expect(await ended(call, 'work[n=slow-well]')).toMatchObject({ event: 'run-succeeded', exitCode: 0, attempt: 1 });
  expect(await ended(call, 'work[n=slow-7]')).toMatchObject({ event: 'run-failed', exitCode: 7, attempt: 1 });
  await call.when(() => those(call, 'run-succeeded').length === p.told('started').length - 2);
  await stop(call);
  // A start that the launcher did not live to make is told, and told again when it is made: what counts is what ran.
  const tasks = [...new Set(started(call))];
  expect(p.told('ended').toSorted()).toEqual(tasks.map((task) => task?.slice(7, -1)).toSorted());
  expect(p.told('started')).toHaveLength(tasks.length);
  p.nothingRuns();
});

/**
 * Has the launcher stand still, and then two runs begin: a shell that waited is told of the first; the second is for the
 * launcher to start, and once it is told, the first has been asked for. Gives the launcher.
 */
async function stillBefore(p: Project, call: Call, ...names: readonly [string, string]): Promise<number> {
  const launcher = await launcherOf(p, call);
  process.kill(launcher, 'SIGSTOP');
  for (const n of names) {
    p.land(`in/${n}`, '0\n');
    await call.line(({ event, task }) => event === 'run-started' && task === `work[n=${n}]`);
  }
  return launcher;
}

test('it is stopped, and killed, before it has read what it was asked: that is started all the same, once', async () => {
  const p = project(manifest);
  const letThrough = p.gate('gate');
  const call = await p.watch();
  const launcher = await stillBefore(p, call, 'asked', 'after');
  process.kill(launcher, 'SIGKILL');
  expect(await ended(call, 'work[n=asked]')).toMatchObject({ event: 'run-succeeded', exitCode: 0 });
  expect(await ended(call, 'work[n=after]')).toMatchObject({ event: 'run-succeeded', exitCode: 0 });
  open(p, letThrough);
  await call.when(() => those(call, 'run-succeeded').length === p.told('started').length);
  await stop(call);
  expect(p.told('started').filter((line) => line.startsWith('asked '))).toHaveLength(1);
});

test('it stands still when the daemon is to end what runs: it goes on, and the daemon ends', async () => {
  const p = project(manifest);
  p.gate('gate');
  const call = await p.watch();
  await stillBefore(p, call, 'slow-asked', 'slow-after');
  call.child.kill('SIGINT');
  await call.line(({ event }) => event === 'stopping');
  call.child.kill('SIGINT');
  expect((await call.ended).status).toBe(130);
  p.nothingRuns();
});

test.each(['goes on', 'stands still'])(
  'the daemon is killed before it has read what it was asked, and it %s: that is left to the next daemon',
  async (how) => {
    const p = project(manifest);
    const letThrough = p.gate('gate');
    const first = await p.watch();
    const launcher = await launcherOf(p, first);
    process.kill(launcher, 'SIGSTOP');
    for (const n of ['asked', 'after']) {
      p.land(`in/${n}`, '0\n');
      await first.line(({ event, task }) => event === 'run-started' && task === `work[n=${n}]`);
    }
    const before = p.told('started');
    first.child.kill('SIGKILL');
    await first.ended;
    const goOn = async (): Promise<void> => {
      process.kill(launcher, 'SIGCONT');
      await until(() => !lives(launcher));
    };
    if (how === 'goes on') await goOn();
    expect(p.told('started')).toEqual(before);
    const second = await p.watch();
    open(p, letThrough);
    for (const n of ['asked', 'after'])
      await second.line(({ event, task }) => event === 'run-succeeded' && task === `work[n=${n}]`);
    await second.when(() => those(second, 'run-succeeded').length === p.told('started').length);
    if (how === 'stands still') await goOn();
    await stop(second);
    const names = p.told('started').map((line) => line.split(' ')[0]);
    expect(names.filter((name) => name === 'asked' || name === 'after').toSorted()).toEqual(['after', 'asked']);
  },
);

test('the daemon is killed: it ends by itself, and what it has started lives on and is taken up', async () => {
  const p = project(manifest);
  const letThrough = p.gate('gate');
  const first = await p.watch();
  const launcher = await launcherOf(p, first);
  p.land('in/slow-7', '7\n');
  const wrapper = await wrapperOf(p, 'slow-7');
  expect(parentOf(wrapper)).toBe(launcher);
  first.child.kill('SIGKILL');
  await first.ended;
  await until(() => !lives(launcher));
  expect(lives(wrapper)).toBe(true);
  const second = await p.watch();
  expect(those(second, 'run-adopted').map(({ task }) => task)).toContain('work[n=slow-7]');
  open(p, letThrough);
  expect(await ended(second, 'work[n=slow-7]')).toMatchObject({ event: 'run-failed', exitCode: 7, attempt: 1 });
  await second.when(() => those(second, 'run-succeeded').length === those(second, 'run-adopted').length - 1);
  await until(() => launchersOf(second).length === 1);
  const [other = 0] = launchersOf(second);
  await stop(second);
  expect(lives(other)).toBe(false);
  expect(started(second)).toEqual([]);
});

test('a shell that waits stays the next one to be told when a start comes to nothing before it is', async () => {
  const p = project(manifest);
  const letThrough = p.gate('gate');
  const call = await p.watch();
  await launcherOf(p, call);
  const runs = p.at('.objflow/runs');
  fs.renameSync(runs, `${runs}.away`);
  fs.writeFileSync(runs, '');
  p.land('in/in-vain', '0\n');
  expect(await ended(call, 'work[n=in-vain]')).toMatchObject({ event: 'run-failed' });
  fs.rmSync(runs);
  fs.renameSync(`${runs}.away`, runs);
  p.land('in/slow-after', '0\n');
  const wrapper = await wrapperOf(p, 'slow-after');
  expect(fs.readFileSync(`/proc/${wrapper}/cmdline`, 'utf8')).toContain('\0-s\0objflow-');
  open(p, letThrough);
  await call.when(() => those(call, 'run-succeeded').length === p.told('started').length);
  await stop(call);
});

test('it lives on where no shell can be kept waiting, and starts what it is asked to', async () => {
  const p = project(manifest);
  const launcher = fork(path.join(path.dirname(bin), '../dist/execute/launcher-main.js'), { stdio: 'ignore' });
  const heard: unknown[] = [];
  launcher.on('message', (message) => heard.push(message));
  await until(() => heard.includes('ready'));
  launcher.send({ keep: { cwd: p.at('objflow.yaml'), env: {} } });
  const start = { arguments: ['-c', 'exit 3'], cwd: p.at('.'), env: {}, log: p.at('log') };
  launcher.send({ id: 1, start });
  await until(() => heard.length === 3);
  expect(heard.slice(1)).toEqual([
    { id: 1, pid: expect.any(Number) },
    { id: 1, gone: { exitCode: 3 } },
  ]);
  launcher.disconnect();
  await once(launcher, 'exit');
});

test('Ctrl-C, which a terminal sends to all processes of the daemon, lets commands finish', async () => {
  const p = project(manifest);
  const letThrough = p.gate('gate');
  const letLastThrough = p.gate('last');
  // A terminal gives what it starts a process group of its own.
  const call = p.startWith({ program: ['setsid', process.execPath, bin] }, 'watch', '--format', 'json');
  await call.line(({ event }) => event === 'watching');
  const launcher = await launcherOf(p, call);
  p.land('in/slow-7', '7\n');
  p.land('in/last', '0\n');
  expect(parentOf(await wrapperOf(p, 'last'))).toBe(launcher);
  expect(parentOf(await wrapperOf(p, 'slow-7'))).toBe(launcher);
  process.kill(-(call.child.pid ?? 0), 'SIGINT');
  const { running } = await call.line(({ event }) => event === 'stopping');
  expect(running).toBe(p.told('started').length);
  open(p, letThrough);
  expect(await ended(call, 'work[n=slow-7]')).toMatchObject({ event: 'run-failed', exitCode: 7 });
  // It has told how that ended, and is still there for the last.
  expect(lives(launcher)).toBe(true);
  letLastThrough();
  expect((await call.ended).status).toBe(130);
  expect(those(call, 'run-interrupted')).toEqual([]);
  expect(lives(launcher)).toBe(false);
  p.nothingRuns();
});

test('what it cannot start fails as elsewhere, and costs it nothing', async () => {
  const lines = Array.from({ length: 6 }, (_, n) => `      V${n}: ${'x'.repeat(100_000)}`).join('\n');
  const bad = `${manifest}  lost: { sources: 'bad/{n}', cwd: nowhere, run: 'true' }
  long:
    sources: bad/{n}
    env:
${lines}
    run: 'true'
`;
  const p = project(bad);
  const letThrough = p.gate('gate');
  // A quarter of the stack is what a command may be given: 512 KiB.
  const program = ['sh', '-c', 'ulimit -s 2048; exec "$@"', 'sh', process.execPath, bin];
  const call = p.startWith({ program }, 'watch', '--format', 'json');
  await call.line(({ event }) => event === 'watching');
  const launcher = await launcherOf(p, call);
  const descriptors = (): number => fs.readdirSync(`/proc/${launcher}/fd`).length;
  const wrappers = (): number[] => p.told('started').map((line) => Number(line.split(' ')[1]));
  await until(() => childrenOf(launcher, '\0-s\0objflow-').some((pid) => !wrappers().includes(pid)));
  const before = descriptors();
  const problem = async (task: string): Promise<string | undefined> => (await ended(call, task)).problem;
  for (const n of ['1', '2', '3']) {
    p.land(`bad/${n}`, 'x');
    expect(await problem(`lost[n=${n}]`)).toBe(
      `the working directory of job "lost" is not there: make ${p.at('nowhere')}, or mend its "cwd"`,
    );
    expect(await problem(`long[n=${n}]`)).toBe(
      'the arguments and environment of job "long" are more than this system takes: set "sources_as: file" on the job',
    );
  }
  expect(lives(launcher)).toBe(true);
  await until(() => descriptors() <= before);
  open(p, letThrough);
  await call.when(() => those(call, 'run-succeeded').length === p.told('started').length);
  await stop(call);
  const again = await p.startWith({ program }, 'run', '--format', 'json', 'lost', 'long').ended;
  const problems = ({ lines }: { readonly lines: readonly Line[] }): (string | undefined)[] =>
    those({ lines }, 'run-failed').map((line) => line.problem);
  expect(problems(again).toSorted()).toEqual(problems(call).toSorted());
});
