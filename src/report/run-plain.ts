/** A run as plain lines, one an event: for logs and CI. Events go to standard error, what it came to to standard output. */
import { counted } from './count.js';
import { formatTime } from './durations.js';
import { lineWriter, type Outlet } from './outlet.js';
import { failureLines, summaryLines } from './run-end.js';
import type { Reporter } from './run-event.js';
import { eventWords } from './run-words.js';
import { githubLog } from './sinks.js';
import { styles } from './styles.js';

export interface PlainOptions {
  readonly out: Outlet;
  readonly err: Outlet;
  readonly color: boolean;
  /** Objects that landed are told too. */
  readonly verbose: boolean;
  /** Under GitHub Actions. */
  readonly github: boolean;
}

/** `10:03:12 load_orders[date=2026-11-20] succeeded in 1.2s` */
export function plainReporter({ out, err, color, verbose, github }: PlainOptions): Reporter {
  const style = styles(color);
  const say = lineWriter(err, droppedLines);
  return {
    report(event) {
      if (event.event === 'object-landed' && !verbose) return;
      const { subject, rest, style: meaning } = eventWords(event);
      const [about, said] = github ? [githubLog(subject), githubLog(rest)] : [subject, rest];
      say(
        `${style.faint(formatTime(event.at))} ${about} ${event.event === 'run-started' ? said : style[meaning](said)}\n`,
      );
    },
    end(end) {
      say('', true);
      const lines = [...failureLines(end, { style, github }), ...summaryLines(end, style)];
      out.write(`${lines.join('\n')}\n`, true);
    },
  };
}

/** What stands where lines were dropped. */
export const droppedLines = (count: number): string => `… ${counted(count, 'line')} dropped: not read in time\n`;

/** Failures at the end, and nothing else. */
export function quietReporter({ out, color, github }: Pick<PlainOptions, 'out' | 'color' | 'github'>): Reporter {
  return {
    report() {},
    end(end) {
      const lines = failureLines(end, { style: styles(color), github });
      if (lines.length > 0) out.write(`${lines.join('\n').trimEnd()}\n`, true);
    },
  };
}
