/** A run for programs: one JSON document a line on standard output, as schema/events.schema.json says. */
import { counted } from './count.js';
import { isoTime } from './durations.js';
import { lineWriter, type Outlet } from './outlet.js';
import type { Reporter, RunEvent } from './run-event.js';
import { json } from './sinks.js';

/** Times are ISO 8601; the last line is the `summary`. Where lines were dropped, a `warning` says how many. */
export function jsonReporter({ out }: { readonly out: Outlet }): Reporter {
  let last = 0;
  const say = lineWriter(out, (dropped) => {
    const message = `${counted(dropped, 'event')} dropped: not read in time`;
    return line({ event: 'warning', at: last, message });
  });
  return {
    report(event) {
      last = event.at;
      say(line(event));
    },
    end({ at, summary, stopped }) {
      const { succeeded, failed, blocked, waiting, upToDate } = summary;
      const counts = { succeeded, failed, blocked, waiting, upToDate };
      say(
        `${json({ event: 'summary', at: isoTime(at), ...counts, ...(stopped === true ? { stopped } : {}) })}\n`,
        true,
      );
    },
  };
}

function line(event: RunEvent): string {
  const { event: name, at, ...rest } = event;
  const times = {
    ...('startedAt' in rest ? { startedAt: isoTime(rest.startedAt) } : {}),
    ...('nextAt' in rest ? { nextAt: isoTime(rest.nextAt) } : {}),
  };
  return `${json({ event: name, at: isoTime(at), ...rest, ...times })}\n`;
}
