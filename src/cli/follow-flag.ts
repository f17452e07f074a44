/** `-f` names a manifest, but after `logs` it follows, as it does elsewhere: commander knows only one of the two. */

/** Options of the program that are followed by a value. */
const valued = new Set(['-f', '--file', '--state', '-C', '--directory']);

/** The arguments with that `-f` written in full. */
export function withFollow(args: readonly string[]): string[] {
  const at = args.findIndex((arg, index) => !arg.startsWith('-') && !valued.has(args[index - 1] ?? ''));
  if (args[at] !== 'logs') return [...args];
  return args.map((arg, index) => (index > at && arg === '-f' ? '--follow' : arg));
}
