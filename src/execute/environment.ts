/**
 * What a command is told, and how: objects come to it as data, in its environment and as arguments. Pure: knows
 * nothing of processes or of the disk.
 */
import path from 'node:path';
import type { Given, Work } from '../core/effect.js';
import { kindOf, nameOf, type ObjectId } from '../core/object.js';
import { err, ok, type Result } from '../core/result.js';
import { systemdNames } from './systemd.js';

/** Where a command runs. */
export interface Surroundings {
  /** Absolute path of the project's root. */
  readonly root: string;
  /** Absolute path at which the list of sources will be written, where there is one. */
  readonly sourcesFile: string;
  /** The environment that objflow hands on. */
  readonly inherited: Readonly<Record<string, string>>;
}

export interface Environment {
  /** Variables, besides or in place of those that objflow hands on. */
  readonly own: Readonly<Record<string, string>>;
  /** The command's `"$@"`. */
  readonly arguments: readonly string[];
  /** What the sources file has to hold; absent where no such file was promised. */
  readonly list?: string;
}

/** Bytes that one `NAME=value` or one argument may take, its final NUL included (Linux's MAX_ARG_STRLEN). */
const longestString = 128 * 1024;
/** Bytes of all arguments and variables, less some room for what the shells in between add. */
const largestSum = 2 * 1024 * 1024 - 64 * 1024;
/** Every string also costs a pointer. */
const pointer = 8;

const listNames = ['source', 'target', 'sources', 'targets', 'sources_file'];
const kept = new Set([...listNames, ...systemdNames]);

/**
 * What is handed on of the environment that objflow was given. Lists of an objflow around this one would otherwise shine
 * through where a command is given none; and a command that spoke to systemd would be taken for objflow itself.
 */
export const handedOn = (given: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined || kept.has(name) ? [] : [[name, value]])),
  );

/**
 * The environment and arguments of a command: this one, or a hook of the same work. Fails, with a sentence that says
 * what to do, where a list is longer than the system lets a command be given: a part is never given in silence.
 */
export function environmentOf(work: Work, command: string, surroundings: Surroundings): Result<Environment> {
  const { job } = work;
  const tell = (object: ObjectId): string => told(object, job.cwd === undefined ? undefined : surroundings.root);
  const sources = work.sources.flatMap((given) => given.objects).map(tell);
  const targets = work.targets.flatMap((given) => given.objects).map(tell);
  const gathers = work.sources.some((given) => given.gathers);
  const all = job.sourcesAs === 'all';

  const variables = new Map<string, string>();
  /** Variables that `sources_as` can spare. */
  const spare = new Set<string>();
  for (const [name, value] of Object.entries(job.env)) variables.set(name, value);
  for (const [name, value] of Object.entries(work.partition)) variables.set(name, value);
  const setNamed = (given: Given): void => {
    if (given.name === undefined || (given.gathers && !all)) return;
    variables.set(given.name, given.objects.map(tell).join('\n'));
    if (given.gathers) spare.add(given.name);
  };
  work.sources.forEach(setNamed);
  work.targets.forEach(setNamed);
  variables.set('source', sources[0] ?? '');
  variables.set('target', targets[0] ?? '');
  variables.set('targets', targets.join('\n'));
  if (all) {
    variables.set('sources', sources.join('\n'));
    spare.add('sources');
  }
  const withFile = job.sourcesAs === 'file' || (all && gathers);
  if (withFile) variables.set('sources_file', surroundings.sourcesFile);
  variables.set('OBJFLOW_JOB', job.name);
  variables.set('OBJFLOW_TASK', work.task);
  variables.set('OBJFLOW_RUN', work.run);
  variables.set('OBJFLOW_ATTEMPT', String(work.attempt));
  variables.set('OBJFLOW_PROJECT', surroundings.root);
  variables.set('OBJFLOW_KEY', work.key);

  const given = job.sourcesAs === 'file' ? [] : sources;
  const whole = new Map([...Object.entries(surroundings.inherited), ...variables]);
  const problem = tooLong(work, command, whole, given, spare);
  if (problem !== undefined) return err(problem);
  return ok({
    // Object.fromEntries defines properties: a capture named __proto__ is a variable like any other.
    own: Object.fromEntries(variables),
    arguments: given,
    ...(withFile ? { list: sources.map((source) => `${source}\0`).join('') } : {}),
  });
}

/** An object as a command is given it. `root` is there when the command does not run in it: files become absolute. */
function told(object: ObjectId, root: string | undefined): string {
  const name = nameOf(object);
  if (kindOf(object) !== 'file') return name;
  if (root !== undefined && !path.isAbsolute(name)) return path.join(root, name);
  // A leading dash would make an option of it.
  return name.startsWith('-') ? `./${name}` : name;
}

function tooLong(
  { job }: Work,
  command: string,
  variables: ReadonlyMap<string, string>,
  given: readonly string[],
  spare: ReadonlySet<string>,
): string | undefined {
  if (cost(command) > longestString) {
    return `the command of job "${job.name}" is ${size(cost(command))} long, and the system takes ${size(longestString)}: move it into a script`;
  }
  const listSize = given.reduce((sum, argument) => sum + cost(argument) + pointer, cost(command));
  let sum = listSize;
  let spared = 0;
  let longest: string | undefined;
  for (const [name, value] of variables) {
    const bytes = cost(name) + cost(value);
    sum += bytes + pointer;
    if (spare.has(name)) spared += bytes + pointer;
    if (bytes > longestString && (longest === undefined || !spare.has(name))) longest = name;
  }
  if (longest === undefined && sum <= largestSum) return undefined;
  const what =
    longest === undefined
      ? `the sources and the environment of job "${job.name}" come to ${size(sum)}, and the system gives a command ${size(largestSum)} at most`
      : `$${longest} of job "${job.name}" is ${size(cost(variables.get(longest) ?? ''))} long, and the system takes ${size(longestString)} in a variable`;
  if (longest !== undefined && !spare.has(longest)) return `${what}: make it shorter`;
  if (job.sourcesAs === 'file') return `${what}: make its environment smaller`;
  if (job.sourcesAs === 'all' && sum - spared <= largestSum) {
    return `${what}: set "sources_as: arguments" on the job and read "$@", or "sources_as: file" and read "$sources_file"`;
  }
  return `${what}: set "sources_as: file" on the job and read "$sources_file" (NUL between names)`;
}

const cost = (text: string): number => Buffer.byteLength(text) + 1;

const size = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
