/** A run, or the daemon, for programs: one JSON document a line on standard output, as schema/events.schema.json says. */
import { counted } from './count.js';
import { eventDocument, stoppedDocument, summaryDocument } from './event-document.js';
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
    end: (end) => say(`${json(summaryDocument(end))}\n`, true),
    left: (end) => say(`${json(stoppedDocument(end))}\n`, true),
  };
}

const line = (event: RunEvent, cwd: string): string => `${json(eventDocument(event, cwd))}\n`;
