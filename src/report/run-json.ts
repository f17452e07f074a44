/** A run, or the daemon, for programs: one JSON document a line on standard output, as schema/events.schema.json says. */
import { counted } from './count.js';
import { findingDocument } from './diagnostics.js';
import { isoTime } from './durations.js';
import { lineWriter, type Outlet } from './outlet.js';
import type { Reporter, RunEvent } from './run-event.js';
import { json } from './sinks.js';

export interface JsonOptions {
  readonly out: Outlet;
  /** Findings name files relative to it; absent: to where the program was called. */
  readonly cwd?: string;
}

/**
 * Times are ISO 8601; the last line is the `summary` of a run, `stopped` of the daemon. Where lines were dropped, a
 * `warning` says how many.
 */
export function jsonReporter({ out, cwd = process.cwd() }: JsonOptions): Reporter {
  let last = 0;
  const say = lineWriter(out, (dropped) => {
    const message = `${counted(dropped, 'event')} dropped: not read in time`;
    return line({ event: 'warning', at: last, message }, cwd);
  });
  return {
    report(event) {
      last = event.at;
      say(line(event, cwd));
    },
    end({ at, summary, stopped }) {
      const { succeeded, failed, blocked, waiting, upToDate } = summary;
      const counts = { succeeded, failed, blocked, waiting, upToDate };
      say(
        `${json({ event: 'summary', at: isoTime(at), ...counts, ...(stopped === true ? { stopped } : {}) })}\n`,
        true,
      );
    },
    left({ at, succeeded, failed }) {
      say(`${json({ event: 'stopped', at: isoTime(at), succeeded, failed })}\n`, true);
    },
  };
}

function line(event: RunEvent, cwd: string): string {
  const { event: name, at, ...rest } = event;
  const times = {
    ...('startedAt' in rest ? { startedAt: isoTime(rest.startedAt) } : {}),
    ...('nextAt' in rest ? { nextAt: isoTime(rest.nextAt) } : {}),
  };
  const findings =
    'diagnostics' in rest ? { diagnostics: rest.diagnostics.map((finding) => findingDocument(finding, cwd)) } : {};
  return `${json({ event: name, at: isoTime(at), ...rest, ...times, ...findings })}\n`;
}
