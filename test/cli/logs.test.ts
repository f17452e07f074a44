/** `objflow logs`, in process: which run it finds, and how it follows one. */
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exit, UserError } from '../../src/cli/exit.js';
import { withFollow } from '../../src/cli/follow-flag.js';
import { type LogsOptions, logs, type Sink } from '../../src/cli/logs.js';
import { endedWell, keptRun, open, record, started } from '../journal/fixtures.js';
import { faults } from '../report/schemas.js';
import { projectOf } from './context.js';

const manifest = 'version: 1\njobs: { load: { sources: "in/{d}.csv", run: "true" }, unrun: { run: "true" } }\n';

/** Keeps what it is given, and tells when it is given something. */
function keeping() {
  let text = '';
  const waiting = new Set<() => void>();
  const sink: Sink = async (bytes) => {
    text += Buffer.from(bytes).toString('latin1');
    for (const look of waiting) look();
    return true;
  };
  const has = (part: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!text.includes(part)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { sink, has, text: () => text };
}

const run = (name: string, task: string, startedAt: number, attempts = 1) => ({
  ...keptRun(name, task),
  ...{ job: task.replace(/\[.*/, ''), startedAt, endedAt: startedAt + 1000, attempts },
});

const past = [
  run('a-1', 'load[d=1]', 1000),
  run('a-2', 'load[d=2]', 3000),
  run('a-3', 'load[d=1]', 2000),
  run('a-4', 'load[d=3]', 9000, 0), // adopted
  run('a-5', 'other', 1, 0),
];

function pastProject() {
  const project = projectOf(manifest);
  record(project.state, past);
  for (const name of ['a-1', 'a-2', 'a-3', 'b-7']) writeFileSync(project.log(name), `one\nof ${name}\n`);
  return project;
}

async function printed(subject: string, options: Partial<LogsOptions> = {}, project = pastProject()) {
  const context = project.call();
  const kept = keeping();
  expect(await logs(context, subject, { format: 'text', ...options }, kept.sink)).toBe(exit.well);
  return { text: kept.text(), out: context.out.text, err: context.err.text };
}

test.each([
  ['load', 'a-2'],
  ['load[d=1]', 'a-3'],
  ['a-1', 'a-1'],
  ['b-7', 'b-7'], // nothing is recorded of it any more
])('%s means run %s', async (subject, name) => {
  const { text, err } = await printed(subject);
  expect(text).toBe(`one\nof ${name}\n`);
  expect(err).toContain(`run ${name}, `);
  expect(err).toMatch(new RegExp(`: \\.objflow/logs/${name}\\.log\n$`));
});

test('only the last lines, only the path, and the document', async () => {
  const project = pastProject();
  expect((await printed('load', { lines: 1 }, project)).text).toBe('of a-2\n');
  expect((await printed('load', { lines: 0 }, project)).text).toBe('');
  expect(await printed('load', { path: true }, project)).toEqual({ text: '', out: `${project.log('a-2')}\n`, err: '' });
  const document = JSON.parse((await printed('load', { format: 'json' }, project)).out);
  expect(faults('logs', document)).toEqual([]);
  expect(document).toMatchObject({
    run: 'a-2',
    task: 'load[d=2]',
    path: project.log('a-2'),
    bytes: 11,
    outcome: 'failed',
  });
});

test('bytes are not touched, and a run whose command never started says that it left none', async () => {
  const project = pastProject();
  writeFileSync(project.log('a-2'), Buffer.from([0x1b, 0xff, 0x00]));
  expect((await printed('load', {}, project)).text).toBe('\x1b\xff\0');
  const { signal: _, ...unstarted } = run('a-6', 'unstarted', 1);
  record(project.state, [{ ...unstarted, problem: 'there is no such directory' }]);
  const { text, err } = await printed('unstarted', { follow: true }, project);
  expect(text).toBe('');
  expect(err).toContain('it has left no output\n');
});

test('a log that somebody removed is gone, and one that cannot be read is told as such', async () => {
  const project = pastProject();
  rmSync(project.log('a-2'));
  const refused = async (options: Partial<LogsOptions>): Promise<[number, string]> => {
    const error: unknown = await printed('load', options, project).catch((thrown: unknown) => thrown);
    if (!(error instanceof UserError)) throw error;
    return [error.status, error.message];
  };
  const gone = `the log of \`load\` is gone: there is no ${project.log('a-2')}`;
  for (const options of [{}, { follow: true }, { path: true }])
    expect(await refused(options)).toEqual([exit.unwell, gone]);
  const context = project.call();
  expect(await logs(context, 'load', { format: 'json' })).toBe(exit.unwell);
  const document = JSON.parse(context.out.text);
  expect(faults('logs', document)).toEqual([]);
  expect(document).toMatchObject({ path: project.log('a-2'), gone: true });

  rmSync(path.dirname(project.log('a-2')), { recursive: true });
  writeFileSync(path.dirname(project.log('a-2')), 'no directory');
  expect(await refused({})).toEqual([
    exit.state,
    `cannot read the log ${project.log('a-2')}: a part of its path is not a directory`,
  ]);
});

test('what cannot be printed, and why', async () => {
  const refused = async (subject: string, options: Partial<LogsOptions> = {}): Promise<[number, string]> => {
    const error: unknown = await printed(subject, options).catch((thrown: unknown) => thrown);
    if (!(error instanceof UserError)) throw error;
    return [error.status, error.message];
  };
  expect(await refused('unrun')).toEqual([1, '`unrun` has not run yet; `objflow status` says what it waits for']);
  expect(await refused('other')).toEqual([1, '`other` was adopted and has not run since: there is no output']);
  expect(await refused('loaad')).toEqual([2, 'no job, task or run is called `loaad`; did you mean `load`?']);
  expect(await refused('xyz')).toEqual([2, 'no job, task or run is called `xyz`; `objflow history` lists the runs']);
  expect(await refused('../x')).toEqual([2, 'no job, task or run is called `../x`; `objflow history` lists the runs']);
  expect(await refused('load', { follow: true, path: true })).toEqual([
    ...[2, '--follow and --path do not go together; ask for the one or the other'],
  ]);
});

/** A state that is held, in which a run has begun. */
function runningProject() {
  const project = projectOf(manifest);
  const { journal } = open(project.state);
  journal.append([started('c-1', 'load[d=1]', { job: 'load', at: Date.now() })]);
  const context = project.call();
  const kept = keeping();
  const follow = (subject = 'load', lines?: number): Promise<number> => {
    const options = { format: 'text', follow: true, ...(lines === undefined ? {} : { lines }) } as const;
    return logs(context, subject, options, kept.sink);
  };
  return { ...project, journal, kept, follow, said: () => context.err.text };
}

test('a run is followed to its end, as the state tells it', async () => {
  const { journal, kept, follow, log, said } = runningProject();
  const followed = follow(); // there is no log yet
  appendFileSync(log('c-1'), 'one\ntw');
  await kept.has('tw');
  appendFileSync(log('c-1'), 'o\n');
  await kept.has('two\n');
  journal.append([{ type: 'attempt-failed', at: Date.now(), run: 'c-1', attempt: 1, exitCode: 1 }]);
  journal.append([started('c-1', 'load[d=1]', { job: 'load', attempt: 2 })]);
  appendFileSync(log('c-1'), 'again\n');
  await kept.has('again\n');
  writeFileSync(log('c-1'), 'cut\n');
  await kept.has('cut\n');
  // Written and ended at once: nothing is lost.
  appendFileSync(log('c-1'), 'last\n');
  journal.append([{ ...endedWell('c-1'), at: Date.now() }]);
  expect(await followed).toBe(exit.well);
  expect(kept.text()).toBe('one\ntwo\nagain\ncut\nlast\n');
  expect(said()).toMatch(/^load\[d=1\]: run c-1, running for .*\nload\[d=1\] succeeded after \w+\n$/);
});

test('from its last lines on', async () => {
  const { journal, kept, follow, log } = runningProject();
  writeFileSync(log('c-1'), 'one\ntwo\n');
  const followed = follow('c-1', 1);
  await kept.has('two\n');
  appendFileSync(log('c-1'), 'three\n');
  journal.append([endedWell('c-1')]);
  await followed;
  expect(kept.text()).toBe('two\nthree\n');
});

test('a job that has not run is waited for', async () => {
  const { journal, kept, follow, log, said } = runningProject();
  const followed = follow('unrun');
  await expect.poll(said, { interval: 5 }).toBe('waiting for the first run of `unrun`\n');
  writeFileSync(log('c-2'), 'here\n');
  journal.append([started('c-2', 'unrun')]);
  await kept.has('here\n');
  journal.append([endedWell('c-2')]);
  expect(await followed).toBe(exit.well);
});

test('a run whose objflow has died ends with its process', async () => {
  const { journal, follow, said, log } = runningProject();
  writeFileSync(log('c-1'), 'one\n');
  journal.close();
  expect(await follow()).toBe(exit.well);
  expect(said()).toContain('load[d=1]: its command is gone, and no objflow was there to record it');
});

test('nobody reads it any more: it ends', async () => {
  const project = runningProject();
  writeFileSync(project.log('c-1'), 'one\n');
  const options = { format: 'text', follow: true } as const;
  expect(await logs(project.call(), 'load', options, async () => false)).toBe(exit.well);
});

test('-f follows after logs, and names a manifest anywhere else', () => {
  const read = (line: string): string => withFollow(line.split(' ')).join(' ');
  expect(read('logs load -f')).toBe('logs load --follow');
  expect(read('-f other -C logs logs -n 3 -f load')).toBe('-f other -C logs logs -n 3 --follow load');
  expect(read('-C logs run -f other')).toBe('-C logs run -f other');
  expect(read('run logs -f other')).toBe('run logs -f other');
});
