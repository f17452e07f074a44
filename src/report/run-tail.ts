/**
 * The last lines of a failed run's output, below the event that tells of it. For the daemon: a `run` tells its failures
 * with their output when it is over.
 */
import { shorten } from './measure.js';
import type { RunEvent } from './run-event.js';
import type { Styles } from './styles.js';

/** Lines; more are in the log, which the event names. */
const most = 3;
/** Columns of one line at most: a command may print a megabyte without a newline. */
const widest = 400;

/** What stands below an event; nothing below other events. `show` is the way out for the output, one line of it. */
export function tailLines(
  event: RunEvent,
  tail: ((run: string) => readonly string[]) | undefined,
  style: Styles,
  show: (line: string) => string,
): string[] {
  if (event.event !== 'run-failed' || tail === undefined) return [];
  const said = tail(event.run).filter((line) => line.trim() !== '');
  return said
    .slice(-most)
    .map((line) => `  ${style.faint('│')} ${shorten(show(line.slice(0, 4 * widest)), widest)}`.trimEnd());
}
