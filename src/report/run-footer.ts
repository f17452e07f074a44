/**
 * What stands below the log on a terminal: of a run, each running task and how far it is; of the daemon, one line of
 * what runs and one of how it stands. Text only, escaped and cut to the terminal's width; draws nothing.
 */
import { displayName } from '../core/object.js';
import { formatDuration } from './durations.js';
import { pad, shorten, widthOf } from './measure.js';
import type { Progress, Standing } from './run-event.js';
import { stamp } from './run-stamp.js';
import { terminal } from './sinks.js';

export interface Running {
  readonly since: number;
  /** It waits for its next attempt. */
  readonly nextAt?: number;
}

/** What runs, in the order in which it started, at a time, on a terminal of a size. */
export interface Scene {
  readonly running: ReadonlyMap<string, Running>;
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
}

/** Tasks named by a run, a line each, and by the daemon, in one line. */
const most = 8;
const few = 3;
/** Columns below which a name says nothing. */
const least = 8;

/** `began`, in milliseconds since 1970, is when the run was called. */
export function progressFooter(scene: Scene, progress: Progress, failed: number, began: number): string[] {
  const { running, now, columns, rows } = scene;
  if (running.size === 0) return [];
  const shown = [...running].slice(0, Math.max(1, Math.min(most, rows - 4)));
  const wide = Math.min(columns - 24, Math.max(...shown.map(([task]) => widthOf(terminal(task)))));
  const parts = [`${progress.done} of ${progress.total} done`, ...(failed > 0 ? [`${failed} failed`] : [])];
  const rest = running.size - shown.length;
  return [
    ...shown.map(([task, one]) => `• ${pad(shorten(terminal(task), wide), wide)}  ${timeOf(one, now)}`),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
    `  ${parts.join(', ')}, ${formatDuration(now - began)}`,
  ].map((line) => shorten(line, columns - 1));
}

/** While nothing runs it says the same at any time, so that an idle daemon has nothing to redraw. */
export function standingFooter(scene: Scene, standing: Standing): string[] {
  const { running, columns } = scene;
  const counts = (['running', 'ready', 'held', 'failed', 'blocked'] as const).flatMap((word) =>
    standing[word] > 0 ? [`${standing[word]} ${word}`] : [],
  );
  const line = `  ${counts.length === 0 ? 'idle' : counts.join(', ')}`;
  const landing = landingWords(standing, columns - 1 - widthOf(line));
  return [...(running.size === 0 ? [] : [runningLine(scene)]), `${line}${landing}`].map((one) =>
    shorten(one, columns - 1),
  );
}

/** The name gives way where there is not room for both; where there is room for neither, nothing is said. */
function landingWords({ lastLanding }: Standing, room: number): string {
  if (lastLanding === undefined) return '';
  const [before, after] = [' · last landing ', ` ${stamp(lastLanding.at, true)}`];
  const left = room - widthOf(before) - widthOf(after);
  const name = terminal(displayName(lastLanding.object));
  return left < Math.min(least, widthOf(name)) ? '' : `${before}${shorten(name, left)}${after}`;
}

/** As many as fit on one line. */
function runningLine({ running, now, columns }: Scene): string {
  const shown = [...running].slice(0, few).map(([task, one]) => ({ task: terminal(task), time: timeOf(one, now) }));
  for (let count = shown.length; ; count -= 1) {
    const rest = running.size - count;
    const more = rest > 0 ? ` and ${rest} more` : '';
    const told = shown.slice(0, count);
    const write = (cut: number): string =>
      `• ${told.map(({ task, time }) => `${shorten(task, widthOf(task) - cut)} ${time}`).join(', ')}${more}`;
    const over = widthOf(write(0)) - (columns - 1);
    if (over <= 0) return write(0);
    // The last one's name gives way, its time does not.
    if (count <= 1) return write(over);
  }
}

const timeOf = ({ since, nextAt }: Running, now: number): string =>
  nextAt === undefined ? formatDuration(now - since) : `again in ${formatDuration(nextAt - now)}`;
