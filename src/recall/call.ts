/**
 * Which call of the program this is, as far as what it prints depends on it, and where it would have been remembered.
 * Reads only the few options that say where the project is; whatever it does not understand is not remembered.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isatty } from 'node:tty';

/** Commands whose answers are remembered. */
const commands = ['run', 'validate', 'graph'] as const;

export interface Call {
  readonly command: (typeof commands)[number];
  /** Equal: the same words, in the same place, printed for the same reader, by the same objflow. */
  readonly key: string;
  /** The directory of the state. */
  readonly directory: string;
}

/** What else than its words decides what is printed. */
const variables = ['NO_COLOR', 'FORCE_COLOR', 'TERM', 'CI', 'GITHUB_ACTIONS', 'GITHUB_WORKSPACE'];

/** Undefined for calls that are never remembered. */
export function callOf(args: readonly string[]): Call | undefined {
  const read = readWords(args);
  if (read === undefined) return undefined;
  const { command, options } = read;
  const cwd = here();
  if (cwd === undefined) return undefined;
  const from = path.resolve(cwd, options.directory ?? '.');
  const readers = [1, 2].map((descriptor) => isatty(descriptor));
  const about = [
    ...[args, cwd, process.getuid?.(), readers, readers[0] === true ? process.stdout.columns : 0],
    variables.map((name) => process.env[name] ?? null),
    ...[process.version, program()],
  ];
  const directory =
    options.state === undefined
      ? path.join(projectOf(path.resolve(from, options.file ?? '.')), '.objflow')
      : path.dirname(path.resolve(from, options.state));
  return { command, key: JSON.stringify(about), directory };
}

/** Where it is called; undefined in a directory that has been removed. */
export function here(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

const withValue: Readonly<Record<string, 'directory' | 'file' | 'state'>> = {
  '-C': 'directory',
  '--directory': 'directory',
  '-f': 'file',
  '--file': 'file',
  '--state': 'state',
};

type Options = { directory?: string; file?: string; state?: string };

function readWords(args: readonly string[]): { command: Call['command']; options: Options } | undefined {
  const options: Options = {};
  let command: Call['command'] | undefined;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const [name = '', ...values] = word.split('=');
    const option = withValue[name];
    if (option !== undefined && Object.hasOwn(withValue, name))
      options[option] = values.length > 0 ? values.join('=') : (args[++at] ?? '');
    else if (!word.startsWith('-') && command === undefined) {
      command = commands.find((one) => one === word);
      if (command === undefined) return undefined;
    }
  }
  return command && { command, options };
}

/** The directory of a manifest that was named, or that very directory. */
function projectOf(named: string): string {
  try {
    return statSync(named).isFile() ? path.dirname(named) : named;
  } catch {
    return named; // it is not there, or not to be seen: whoever loads it tells
  }
}

/** This very build of objflow. */
function program(): string {
  const { mtimeMs, size } = statSync(import.meta.filename);
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return `${version} ${mtimeMs} ${size}`;
}
