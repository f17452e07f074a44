import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTrace, textForWaiting, traceHead, wrap } from '../../src/execute/wrapper.js';
import { project, waiting } from './rig.js';

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
    writeFileSync(trace, traceHead(trace, undefined));
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

test.each([
  ['[1]+  Terminated              become "$@"\n', { signal: 'SIGTERM' }],
  ['[1]+  Exit 143                become "$@"\n', { exitCode: 143 }],
  // bash did not come to say it.
  ['', { signal: 'SIGTERM' }],
])('a kept shell says which it was: %j', (said, ending) => {
  writeFileSync(
    trace,
    `${traceHead(trace, undefined, { pid: 7, token: 'objflow-1', kept: true })}8\n${said}exit 143\n`,
  );
  expect(readTrace(trace)?.ending).toEqual(ending);
});

test('a trace that was cut anywhere says no ending, and never another process', () => {
  writeFileSync(trace, traceHead(trace, { at: 1_700_000_000_000, timeout: 1000 }));
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

describe('a shell that was started ahead', () => {
  test.each([[['/bin/sh']], [['bash', '--posix']]])('is told, and ends, as one that is started: %s', async (shell) => {
    const at = project(300, waiting(shell));
    const ending = async (run: string) => await at.run({ run }).outcome;
    expect(await ending('exit 0')).toEqual({ exitCode: 0 });
    expect(await ending('exit 137')).toEqual({ exitCode: 137 });
    expect(await ending('kill -9 $$')).toEqual({ signal: 'SIGKILL' });
    expect(await ending('kill -TERM $$')).toEqual({ signal: 'SIGTERM' });
    const { outcome, log } = at.run(
      { run: 'echo "$text|$IT|$OBJFLOW_JOB|$# $*"; cat; echo no >&2; false; echo never', env: { IT: "it's" } },
      { partition: { text: `a\n'b' "$c"` } },
    );
    expect(await outcome).toEqual({ exitCode: 1 });
    expect(at.log(path.basename(log, '.log'))).toBe(`a\n'b' "$c"|it's|load|0 \nno\n`);
    at.close();
  });

  test('is given the environment that one is given which is started', async () => {
    const environment = async (at: ReturnType<typeof project>) => {
      await at.run({ run: 'env -0 >env', env: { LEVEL: 'x', PATH: process.env.PATH ?? '' } }).outcome;
      await at.run({ run: 'env -0 >env', env: { LEVEL: 'x' } }).outcome;
      const told = at.read('env').split('\0').sort();
      at.close();
      return told.map((line) => line.replaceAll(at.root, '').replace(/run-[\d-]+/, 'RUN'));
    };
    expect(await environment(project(300, waiting(['/bin/sh'])))).toEqual(await environment(project()));
  });

  test("does nothing at all where it is told only a part, and that is nobody's failure", async () => {
    const run = 'echo ran >>ran';
    for (const part of [0, 0.1, 0.3, 0.5, 0.9, 0.99]) {
      const at = project(
        300,
        waiting(['/bin/sh'], (text) => text.slice(0, (text.length - 2) * part)),
      );
      expect(await at.run({ run }).outcome).toMatchObject({ temporary: true });
      expect(existsSync(path.join(at.root, 'ran'))).toBe(false);
      at.close();
    }
  });

  test('is not told of variables that a shell obeys, refuses or changes', () => {
    const text = (name: string) =>
      textForWaiting({ shell: 'sh', trace: 't', log: 'l', command: 'c', arguments: [], variables: { [name]: '1' } });
    for (const name of ['PATH', 'IFS', 'UID', 'OPTIND', 'BASH_ENV', 'LC_ALL', 'a-b', '1a', ''])
      expect(text(name)).toBeUndefined();
    expect(text('PGHOST')).toContain("export PGHOST='1'");
  });
});
