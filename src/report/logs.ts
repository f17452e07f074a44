/** A run's output and what is said around it. What commands print is hostile: a terminal gets it escaped, and otherwise whole. */
import type { Ending } from '../core/record.js';
import type { RunView } from '../core/views.js';
import { formatAgo, formatDuration } from './durations.js';
import { outcomeOf, runDocument } from './history.js';
import { endingWords } from './run-words.js';
import { json, terminal } from './sinks.js';

/** A log, and the run that it is of, where that is known: an old run may be forgotten while its log is there. */
export interface LogView {
  readonly run: string;
  readonly view?: RunView;
  /** Absolute. */
  readonly path: string;
  /** Absent where there is no log. */
  readonly bytes?: number;
  /** There was one. */
  readonly gone?: true;
}

/** Which run it is, how it stands, and where its log is: `load: run x-1, failed 2m 03s ago, exit status 1: .objflow/…`. */
export function logHead({ run, view }: LogView, path: string, now: number): string {
  if (view === undefined) return `run ${terminal(run)}, no longer recorded: ${terminal(path)}`;
  const { word } = outcomeOf(view);
  const when =
    view.endedAt === undefined ? `for ${formatDuration(now - view.startedAt)}` : formatAgo(view.endedAt, now);
  const how = view.outcome === 'failed' ? `, ${endingWords(view)}` : '';
  const attempts =
    view.attempts < 2 ? '' : view.endedAt === undefined ? `, attempt ${view.attempts}` : `, ${view.attempts} attempts`;
  return `${terminal(view.task)}: run ${terminal(run)}, ${word} ${when}${how}${attempts}: ${terminal(path)}`;
}

/** How a run that was followed ended. */
export function logEnd(view: RunView): string {
  const took = view.endedAt === undefined ? '' : ` after ${formatDuration(view.endedAt - view.startedAt)}`;
  const how = view.outcome === 'failed' ? `: ${endingWords(view)}` : '';
  return `${terminal(view.task)} ${outcomeOf(view).word}${took}${how}`;
}

/** How a run that was followed ended while no objflow saw to it; `ending` where that is known. */
export function logLeft({ task }: RunView, ending: Ending | undefined): string {
  const how =
    ending === undefined
      ? 'its command is gone'
      : `its command has ended (${ending.exitCode === 0 ? 'exit status 0' : endingWords(ending)})`;
  return `${terminal(task)}: ${how}, and no objflow was there to record it; the next run or watch does`;
}

/** The document that `logs --format json` prints; ends with a newline. */
export function logDocument({ run, view, path, bytes, gone }: LogView): string {
  const { task, job, partition, outcome, exitCode, signal, problem, attempts, startedAt, endedAt } =
    view === undefined ? {} : runDocument(view);
  const document = {
    run,
    task,
    job,
    partition,
    path,
    bytes,
    gone,
    outcome,
    exitCode,
    signal,
    problem,
    attempts,
    startedAt,
    endedAt,
  };
  return `${json(document, 2)}\n`;
}

/**
 * Makes output, piece by piece, text for a terminal: lines stay lines, and all else that a terminal would obey is shown as
 * `\x1b`. What is not UTF-8 becomes U+FFFD. The last call says that it is the last.
 */
export function forTerminal(): (bytes: Uint8Array, last?: boolean) => string {
  const decoder = new TextDecoder();
  let held = '';
  return (bytes, last = false) => {
    const text = held + decoder.decode(bytes, { stream: !last });
    // A line may end with both, and the newline may come with the next piece.
    held = !last && text.endsWith('\r') ? '\r' : '';
    const whole = held === '' ? text : text.slice(0, -1);
    return whole.split(/\r?\n/).map(terminal).join('\n');
  };
}
