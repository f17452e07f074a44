/**
 * A run, or the daemon, as plain lines, one an event: for logs and CI. Events go to standard error, what it came to to
 * standard output.
 */
import { counted } from './count.js';
import { lineWriter, type Outlet } from './outlet.js';
import { failureLines, summaryLines } from './run-end.js';
import type { Reporter, RunEvent } from './run-event.js';
import { findingLines } from './run-findings.js';
import { stamp } from './run-stamp.js';
import { tailLines } from './run-tail.js';
import { eventWords } from './run-words.js';
import { githubLog, terminal } from './sinks.js';
import { styles } from './styles.js';
import type { WatchOptions } from './watch-options.js';
import { leftWords } from './watch-words.js';

export interface PlainOptions extends WatchOptions {
  readonly out: Outlet;
  readonly err: Outlet;
  readonly color: boolean;
  /** Objects that landed are told too. */
  readonly verbose: boolean;
  /** Under GitHub Actions. */
  readonly github: boolean;
}

/** `10:03:12 load_orders[date=2026-11-20] succeeded in 1.2s` */
export function plainReporter(options: PlainOptions): Reporter {
  const { out, err, color, verbose, github, landings = false, dates = false, findings, log, tail } = options;
  const style = styles(color);
  const say = lineWriter(err, droppedLines);
  return {
    report(event) {
      if (event.event === 'object-landed' && !verbose && !landings) return;
      const { subject, rest, style: meaning } = eventWords(event, log);
      const [about, said] = github ? [githubLog(subject), githubLog(rest)] : [subject, rest];
      const words = `${about} ${event.event === 'run-started' ? said : style[meaning](said)}`.trimEnd();
      const below = findingLines(event, findings, { color: color && !github, width: err.size().columns });
      const lines = [
        `${style.faint(stamp(event.at, dates))} ${words}`,
        ...(github ? below.map(githubLog) : below),
        ...tailLines(event, tail, style, github ? githubLog : terminal),
      ];
      say(`${lines.join('\n')}\n`);
    },
    end(end) {
      say('', true);
      const lines = [...failureLines(end, { style, github }), ...summaryLines(end, style)];
      out.write(`${lines.join('\n')}\n`, true);
    },
    left(end) {
      say('', true);
      out.write(`${(end.failed > 0 ? style.bad : style.good)(leftWords(end))}\n`, true);
    },
  };
}

/** What stands where lines were dropped. */
export const droppedLines = (count: number): string => `… ${counted(count, 'line')} dropped: not read in time\n`;

/** A run's failures at its end, and nothing else. */
export function quietReporter({ out, color, github }: Pick<PlainOptions, 'out' | 'color' | 'github'>): Reporter {
  return {
    report() {},
    end(end) {
      const lines = failureLines(end, { style: styles(color), github });
      if (lines.length > 0) out.write(`${lines.join('\n').trimEnd()}\n`, true);
    },
    left() {},
  };
}

/** What somebody may have to see to. A run that is to be quiet tells its failures when it is over; a daemon never is. */
const grave: ReadonlySet<RunEvent['event']> = new Set(['run-failed', 'reload-refused', 'landed-early', 'warning']);

/** The daemon's failures, refused edits and warnings as they happen, and nothing else. */
export function quietWatchReporter(options: Omit<PlainOptions, 'verbose' | 'landings'>): Reporter {
  const plain = plainReporter({ ...options, verbose: false });
  return {
    report(event) {
      if (grave.has(event.event)) plain.report(event);
    },
    end() {},
    left() {},
  };
}
