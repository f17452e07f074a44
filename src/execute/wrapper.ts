/**
 * The shell that stands between objflow and a command, and the trace that it leaves: who it is, and how the command
 * ended. It outlives objflow, and with its trace a later objflow takes the run up again. Its text is fixed: the
 * command and the objects come to it as arguments.
 */
import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import type { Job } from '../core/job.js';
import type { Ending } from '../core/record.js';
import { bootId } from './boot.js';
import type { Waiting } from './start.js';

const inner: Readonly<Record<Job['shell'], string>> = {
  sh: '/bin/sh -e -c',
  bash: 'bash -eo pipefail -c',
};

/**
 * Called with the trace's path, the command, `objflow`, and the command's arguments; it sets no variable, so that none
 * of the command's is touched. In order:
 * - its own errors go to the trace, and first of all its pid, which also takes the disk block that the last line needs;
 * - in bash's POSIX mode nothing is said of a death by signal, so that is left;
 * - what ends the group must not end it before it has written the trace. Until here it may;
 * - the subshell becomes the command's shell: no process more, but the message "Killed" goes to the trace, which is
 *   what tells a death by signal from an exit status above 128;
 * - one short write is whole or absent; its newline says which.
 */
const text = (shell: Job['shell']): string => `exec 3>&2 2>>"$1"
shift
${rest(shell, '')}`;

/** From here on it is the same for one that was started ahead; `before` is done by the shell that becomes the command's. */
const rest = (shell: Job['shell'], before: string): string => `echo $$ >&2
${shell === 'bash' ? 'command -v bash >/dev/null || exit 127\n' : ''}command set +o posix 2>/dev/null
trap 'echo caught >&2' HUP INT QUIT TERM
(${before}exec ${inner[shell]} -- "$@" 2>&3 3>&-)
set -- $?
echo "exit $1" >&2
exit $1`;

const texts = { sh: text('sh'), bash: text('bash') };

/** Arguments for `/bin/sh`. */
export const wrap = (
  shell: Job['shell'],
  trace: string,
  command: string,
  given: readonly string[],
): readonly string[] => ['-c', texts[shell], 'objflow', trace, command, 'objflow', ...given];

/** What a waiting shell is to do: the same, with the variables that the command gets besides those of the shell. */
export interface Told {
  readonly shell: Job['shell'];
  readonly trace: string;
  readonly log: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The text for a shell that waits for it on its standard input; undefined where that shell would take a variable otherwise than
 * one of its environment. It is one compound command: a shell that was given only part of it does nothing.
 */
export function textForWaiting({ shell, trace, log, command, arguments: given, variables }: Told): string | undefined {
  const names = Object.keys(variables);
  if (names.some((name) => !settable.test(name) || shellsOwn.test(name))) return undefined;
  const exports = names.map((name) => `${name}=${quoted(variables[name] ?? '')}`).join(' ');
  return `{
exec >>${quoted(log)} 3>&1 2>>${quoted(trace)}
set -- ${[command, 'objflow', ...given].map(quoted).join(' ')}
${rest(shell, `exec </dev/null\n${exports === '' ? '' : `export ${exports}\n`}`)}
}
`;
}

/** Nothing has a meaning between these quotes but the quote itself. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const settable = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Variables that a shell refuses to set, gives a value of its own, or obeys. */
export const shellsOwn =
  /^(?:_|BASH.*|DIRSTACK|EPOCH.*|EUID|FUNCNAME|GROUPS|HISTCMD|IFS|LANG|LC_.*|LINENO|OLDPWD|OPT.*|PATH|PIPESTATUS|POSIX.*|PPID|PWD|RANDOM|SECONDS|SHELLOPTS|SHLVL|SRANDOM|UID)$/;

/** Until when an attempt may run. */
export interface Deadline {
  /** Milliseconds since 1970: another objflow may have to keep it. */
  readonly at: number;
  /** Milliseconds that the attempt was given. */
  readonly timeout: number;
}

/**
 * What an attempt's trace holds before it begins: whose it is, for the file may have been another's. Where a shell that waits
 * is to run it, that is known before it is told.
 */
export function traceHead(
  trace: string,
  deadline: Deadline | undefined,
  waiting?: Pick<Waiting, 'pid' | 'token' | 'kept'>,
): string {
  const boot = bootId() === '' ? '' : `boot ${bootId()}\n`;
  const until = deadline ? `until ${deadline.at} ${deadline.timeout}\n` : '';
  const told = waiting ? `${waiting.kept ? 'kept' : 'waiting'} ${waiting.pid} ${waiting.token}\n` : '';
  return `of ${ownerOf(trace)}\n${boot}${until}${told}`;
}

const ownerOf = (trace: string): string => path.basename(trace, '.trace');

export interface Trace {
  /** Pid of the shell that will say how it ended. */
  readonly leader: number;
  /** The run's process group: its leader's own, unless that shell is kept. */
  readonly group: number;
  /** What its leader is known by, where that was started ahead. */
  readonly token?: string;
  /** Its leader has been told what to run, and has begun. */
  readonly begun: boolean;
  readonly deadline?: Deadline;
  /** What the wrapper had to say, its own failures among it. */
  readonly said: string;
  /** Absent while the command runs, and for ever where the wrapper was killed. */
  readonly ending?: Ending;
}

/** How and when a command ended: its ending is the last thing that is written to a trace. Undefined where it has none. */
export function readEnding(file: string): (Ending & { readonly endedAt: number }) | undefined {
  const ending = readTrace(file)?.ending;
  const stat = ending && statSync(file, { throwIfNoEntry: false });
  return ending && stat && { ...ending, endedAt: Math.floor(stat.mtimeMs) };
}

/**
 * Reads a trace; undefined where there is none, or no process has begun to write it. Nor is one of an earlier start of the
 * machine any: the disk may have kept it and lost what the command wrote before.
 */
export function readTrace(file: string): Trace | undefined {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const [, owner = ownerOf(file), boot, at, timeout, kept, waiting, token, begun, said = '', status] =
    layout.exec(content) ?? [];
  const group = begun ?? waiting;
  // Whoever made it did not come to give it this name before the machine died.
  if (group === undefined || owner !== ownerOf(file)) return undefined;
  if (boot !== undefined && boot !== bootId()) return undefined;
  return {
    leader: Number(kept === 'kept' ? waiting : group),
    group: Number(group),
    ...(token === undefined ? {} : { token }),
    begun: begun !== undefined,
    said: said.trim(),
    ...(at === undefined ? {} : { deadline: { at: Number(at), timeout: Number(timeout) } }),
    ...(status === undefined ? {} : { ending: endingOf(Number(status), wasKilled(said, kept, status)) }),
  };
}

const layout =
  /^(?:of (\S+)\n)?(?:boot (\S+)\n)?(?:until (\d+) (\d+)\n)?(?:(waiting|kept) (\d+) (\S+)\n)?(?:(\d+)\n([\s\S]*?)(?:exit (\d+)\n)?)?$/;

/**
 * A kept shell says either of both, `Killed` or `Exit 137`, in the words of its locale but with that number. Where it says
 * neither, as it may where there is no /proc, its command has ended just as bash began to wait for it: hardly any exits so by
 * itself.
 */
const wasKilled = (said: string, kept: string | undefined, status: string): boolean =>
  kept === 'kept' ? !said.includes(status) : said !== '';

/**
 * A shell gives 128 + n for what signal n ended, and for `exit 137`. With the first a wrapper also says a word, but for
 * SIGINT and SIGPIPE: those two, sent to the command's shell alone, read as exit status 130 and 141 (which is also what
 * `pipefail` gives for `yes | head -1`, where nothing was killed from outside).
 */
function endingOf(status: number, killed: boolean): Ending {
  const signal = status > 128 && killed ? signalName(status - 128) : undefined;
  return signal === undefined ? { exitCode: status } : { signal };
}

const signalName = (number: number): string | undefined =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
