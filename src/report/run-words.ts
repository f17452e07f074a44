/** What happens in a run, in words: the sentences that all reporters share. Its text is escaped, and not yet coloured. */
import { displayName } from '../core/object.js';
import type { Ending } from '../core/record.js';
import { unreachable } from '../core/result.js';
import type { SummaryView } from '../core/views.js';
import { formatDuration } from './durations.js';
import { nothingWords } from './empty-words.js';
import type { EventWords, RunEnd, RunEvent } from './run-event.js';
import { terminal } from './sinks.js';
import { directoryWords, watchWords } from './watch-words.js';

/** How an attempt or a run ended that did not end well: `exit status 1`, `killed by SIGKILL`, or the problem. */
export function endingWords({ exitCode, signal, problem }: Ending): string {
  const status = exitCode === undefined || exitCode === 0 ? undefined : `exit status ${exitCode}`;
  if (problem !== undefined) return status === undefined ? terminal(problem) : `${terminal(problem)} (${status})`;
  return signal === undefined ? (status ?? 'it did not end well') : `killed by ${terminal(signal)}`;
}

/** An event as a subject and what is said of it; `log` gives the path of a run's log, for the reader of a failure. */
export function eventWords(event: RunEvent, log?: (run: string) => string): EventWords {
  switch (event.event) {
    case 'object-landed':
      return { symbol: '↓', style: 'note', subject: terminal(displayName(event.object)), rest: 'landed' };
    case 'run-started': {
      const attempt = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
      return { symbol: '•', style: 'active', subject: terminal(event.task), rest: `started${attempt}` };
    }
    case 'run-adopted': {
      const rest = `goes on: objflow found it running, for ${formatDuration(event.at - event.startedAt)}`;
      return { symbol: '•', style: 'active', subject: terminal(event.task), rest };
    }
    case 'landed-early': {
      const again = 'was still being written when it was taken; it is taken again when it has landed';
      const rest =
        event.distrusted === undefined
          ? again
          : `${again}, and files in ${directoryWords(event.distrusted)} now wait for their settle time`;
      return { symbol: '!', style: 'warning', subject: terminal(displayName(event.object)), rest };
    }
    case 'attempt-failed': {
      const next = `next in ${formatDuration(event.nextAt - event.at)}`;
      const rest = `attempt ${event.attempt} failed: ${endingWords(event)}; ${next}`;
      return { symbol: '↻', style: 'warning', subject: terminal(event.task), rest };
    }
    case 'run-succeeded': {
      const rest = `succeeded in ${formatDuration(event.at - event.startedAt)}`;
      return { symbol: '✓', style: 'good', subject: terminal(event.task), rest };
    }
    case 'run-failed': {
      const where = log === undefined ? '' : `; its log is ${terminal(log(event.run))}`;
      const rest = `failed after ${formatDuration(event.at - event.startedAt)}: ${endingWords(event)}${where}`;
      return { symbol: '✗', style: 'bad', subject: terminal(event.task), rest };
    }
    case 'run-interrupted': {
      const rest = `stopped after ${formatDuration(event.at - event.startedAt)}; it is due again`;
      return { symbol: '■', style: 'warning', subject: terminal(event.task), rest };
    }
    case 'warning':
      return { symbol: '!', style: 'warning', subject: 'warning:', rest: terminal(event.message) };
    case 'set-aside':
      return {
        symbol: '!',
        style: 'warning',
        subject: terminal(event.name),
        rest: `set aside: ${terminal(event.why)}`,
      };
    case 'asked':
      return { symbol: '•', style: 'active', subject: `${event.what}:`, rest: askedWords(event) };
    case 'watching':
    case 'polling':
    case 'reloaded':
    case 'reload-refused':
    case 'stopping':
      return watchWords(event);
    default:
      return unreachable(event);
  }
}

/** So many tasks are named in one line. */
const mostNamed = 5;

/** What came of a request: why tasks are left is for each of them, and `status` says how it stands. */
function askedWords({ what, tasks, left, named }: Extract<RunEvent, { event: 'asked' }>): string {
  const done = { retry: 'tried again', reset: 'due again', adopt: 'taken for up to date' }[what];
  const shown = named.slice(0, mostNamed).map(terminal);
  const more = tasks - shown.length;
  const those = shown.length === 0 ? 'no task' : `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const words = `${those} ${tasks > 1 ? 'are' : 'is'} ${done}`;
  if (left === 0) return words;
  const why = {
    retry: 'did not fail',
    reset: 'not known',
    adopt: 'running, up to date already, or not as when it was asked',
  }[what];
  return `${words}; ${left} left alone: ${why}`;
}

/** `12 succeeded, 1 failed, 3 blocked, 2 waiting, 40 up to date in 3.4s`; what is none is not said. */
export function summaryWords({ summary, empty, took, stopped }: RunEnd): string {
  const parts = summaryParts(summary);
  const ran = summary.succeeded + summary.failed + summary.blocked + summary.waiting > 0;
  if (stopped === true) return `stopped after ${formatDuration(took)}${parts === '' ? '' : `: ${parts}`}`;
  return ran ? `${parts} in ${formatDuration(took)}` : nothingWords(summary.upToDate, empty);
}

const summaryParts = (summary: SummaryView): string =>
  (
    [
      [summary.succeeded, 'succeeded'],
      [summary.failed, 'failed'],
      [summary.blocked, 'blocked'],
      [summary.waiting, 'waiting'],
      [summary.upToDate, 'up to date'],
    ] as const
  )
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
