/**
 * The program of a shell that is kept, and how it is told of a command. It is bash: no other gives a command a process group of its own
 * without a terminal. It stands in for the wrapper (wrapper.ts) and keeps its promises; the command's shell is the one that the job asks for.
 */
import { quoted, settable, shellsOwn, type Told } from './wrapper.js';

/**
 * It reads the length of a text, then the text, and does what it says once all of it is there. In order, for each command:
 * - what leads the command's group says so in the trace before it becomes the command, and then to whoever listens, who may
 *   ask it to end from then on;
 * - it begins only when its shell waits, where the system tells: of what ends just before that, `jobs` says nothing;
 * - a command that is stopped has not ended: without job control nobody hears of it;
 * - `jobs` says in the trace how it ended, `Killed` or `Exit 137`, and the ending follows; then whoever listens is told.
 * What asks processes to end does not end it. It sets no variable that it hands on, and goes when its input ends.
 */
export const keptProgram = `[ "$BASHPID" ] && set -m || exit
trap '' HUP INT QUIT TERM PIPE
trap 'jobs >&2' CHLD
become() {
  trap - HUP INT QUIT TERM
  echo "$BASHPID" >&2 || exit
  echo "begun $BASHPID" 2>&-
  trap - PIPE
  while read -r </proc/$$/stat && [[ $REPLY == *') R '* ]]; do :; done 2>&-
  exec </dev/null >>"$3" 2>&1
  eval "$4"
  case $1 in
    sh) shift 4; exec /bin/sh -e -c -- "$@" ;;
    bash) shift 4; exec bash -eo pipefail -c -- "$@" ;;
  esac
}
run() {
  {
    become "$@" &
    set +m
    wait "$!"
    set -- "$?"
    set -m
    echo "exit $1" >&2
  } 2>>"$2"
  echo "ended $1"
}
echo ready
while read -r && read -r -N "$REPLY"; do eval "$REPLY"; done`;

/** What the shell is to read; undefined where it would take a variable otherwise than one of its environment. */
export function textForKept({ shell, trace, log, command, arguments: given, variables }: Told): string | undefined {
  const names = Object.keys(variables);
  if (!names.every(serves)) return undefined;
  const exports = names.map((name) => `${name}=${plain(variables[name] ?? '')}`).join(' ');
  const told = [trace, log, exports === '' ? '' : `export ${exports}`, command, 'objflow', ...given];
  const text = `run ${shell} ${told.map(plain).join(' ')}`;
  return `${text.length}\n${text}`;
}

/** Whether a shell that is started with this environment hands it on as it is. */
export const servesKept = (environment: Readonly<Record<string, string>>): boolean =>
  Object.keys(environment).every((name) => serves(name) || /^(?:_|LANG|LC_.*|OLDPWD|PATH|PWD|SHLVL)$/.test(name));

const serves = (name: string): boolean =>
  settable.test(name) && !shellsOwn.test(name) && !/^(?:REPLY|CDPATH|GLOBIGNORE|ENV|SHELLOPTS)$/.test(name);

/** One word, in characters of one byte each: a locale must not count otherwise than we do. */
const plain = (text: string): string =>
  /^[\n -~]*$/.test(text)
    ? quoted(text)
    : `$'${Array.from(Buffer.from(text), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`;
