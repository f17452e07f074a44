/**
 * Events as programs are given them, as lines of JSON or as objects: schema/events.schema.json. Times are ISO 8601, and
 * findings are as `validate` shows them.
 */
import type { SummaryView } from '../core/views.js';
import { findingDocument } from './diagnostics.js';
import { isoTime } from './durations.js';
import type { RunEnd, RunEvent, WatchEnd } from './run-event.js';

/** A finding; its `file` is relative to some directory, lines and columns count from 1. */
export type FindingDocument = ReturnType<typeof findingDocument>;

/** An event of which times are texts. */
type Documented<E> = E extends unknown
  ? {
      readonly [K in keyof E]: K extends 'at' | 'startedAt' | 'nextAt'
        ? string
        : K extends 'diagnostics'
          ? readonly FindingDocument[]
          : E[K];
    }
  : never;

/** What a run came to: its last event. */
export interface SummaryDocument extends SummaryView {
  readonly event: 'summary';
  readonly at: string;
  /** It was told to stop before it was through. */
  readonly stopped?: true;
}

/** What a daemon came to, runs that ended well and that did not: its last event. */
export interface StoppedDocument extends Pick<WatchEnd, 'succeeded' | 'failed'> {
  readonly event: 'stopped';
  readonly at: string;
}

export type EventDocument = Documented<RunEvent> | SummaryDocument | StoppedDocument;

/** Findings name files relative to `cwd`. */
export function eventDocument(event: RunEvent, cwd: string): EventDocument {
  const { event: name, at, ...rest } = event;
  const times = {
    ...('startedAt' in rest ? { startedAt: isoTime(rest.startedAt) } : {}),
    ...('nextAt' in rest ? { nextAt: isoTime(rest.nextAt) } : {}),
  };
  const findings =
    'diagnostics' in rest ? { diagnostics: rest.diagnostics.map((finding) => findingDocument(finding, cwd)) } : {};
  // The type says of each event what is done here with all of them.
  return { event: name, at: isoTime(at), ...rest, ...times, ...findings } as EventDocument;
}

export function summaryDocument({ at, summary, stopped }: Pick<RunEnd, 'at' | 'summary' | 'stopped'>): SummaryDocument {
  const { succeeded, failed, blocked, waiting, upToDate } = summary;
  const counts = { succeeded, failed, blocked, waiting, upToDate };
  return { event: 'summary', at: isoTime(at), ...counts, ...(stopped === true ? { stopped } : {}) };
}

export const stoppedDocument = ({ at, succeeded, failed }: Omit<WatchEnd, 'took'>): StoppedDocument => ({
  event: 'stopped',
  at: isoTime(at),
  succeeded,
  failed,
});
