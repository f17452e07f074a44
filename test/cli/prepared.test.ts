/** What the build prepares is what commander would answer, and is printed also where it cannot be. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createProgram } from '../../src/cli/commands.js';
import { Misuse } from '../../src/cli/misuse.js';
import { prepare, preparedAnswer } from '../../src/cli/prepared.js';

const create = () => createProgram('-V, --version', async () => {});
const prepared = prepare(create());

/** What commander prints for a call, in so many columns; undefined where it prints nothing. */
function said(args: readonly string[], width: number): string | undefined {
  const program = create();
  let text = '';
  const writeOut = (piece: string): void => {
    text += piece;
  };
  const output = { writeOut, getOutHelpWidth: () => width };
  for (const each of [program, ...program.commands]) each.configureOutput(output);
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
  }
  return text === '' ? undefined : text;
}

const names = create().commands.map((command) => command.name());

test('help and version are as commander prints them, in every width', () => {
  const calls = [['-V'], ['--version'], ['-h'], ['--help'], ['help'], ['graph', '-h'], ['help', 'graph']];
  for (const name of names) calls.push([name, '--help']);
  for (const args of calls)
    for (const width of [80, 82, 110, 1000])
      expect({
        args,
        width,
        text: preparedAnswer(
          () => prepared,
          args,
          () => width,
        ),
      }).toEqual({ args, width, text: said(args, width) });
});

test('any other call is left to commander', () => {
  const read = () => prepared;
  const others = [
    [],
    ['run'],
    ['run', 'help'],
    ['help', 'rum'],
    ['rum', '--help'],
    ['', '--help'],
    ['constructor', '-h'],
  ];
  others.push(
    ['emit', '--version'],
    ['-f', '--help'],
    ['--help', '-q'],
    ['run', '--help', '-q'],
    ['help', 'run', '-q'],
  );
  for (const args of others)
    expect({ args, text: preparedAnswer(read, args, () => 80) }).toEqual({ args, text: undefined });
  expect(preparedAnswer(read, ['--help'], () => 79)).toBeUndefined();
});

test('nothing is read for a call that cannot be one', () => {
  const never = () => expect.unreachable();
  for (const args of [['run'], ['status', '--check'], ['logs', '-f'], ['run', 'a', 'b']])
    expect(preparedAnswer(never, args, never)).toBeUndefined();
});

const bin = path.join(import.meta.dirname, '../../bin/objflow.js');

/** Status and standard error of the built program, which writes to this descriptor. */
const into = (output: number, ...args: readonly string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [bin, ...args], { stdio: ['ignore', output, 'pipe'] });
  closeSync(output);
  return { status, stderr: stderr.toString() };
};

/** A pipe whose reader is gone. */
function deserted(): number {
  const directory = mkdtempSync(path.join(tmpdir(), 'objflow-pipe-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const pipe = path.join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(pipe, constants.O_WRONLY);
  closeSync(reader);
  return writer;
}

test.each([[['--help']], [['--version']], [['-q', 'run', '--help']]])(
  '%j for a reader that is gone is no failure',
  (args) => {
    expect(into(deserted(), ...args)).toEqual({ status: 0, stderr: '' });
  },
);

test('help for which there is no room says so', () => {
  expect(into(openSync('/dev/full', 'w'), '--help')).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^objflow: .*no space left.*\n$/),
  });
});
