/** Where everything stands, and why, for programs. Its schema: schema/status.schema.json. */
import type { JobView, RunView, TaskView } from '../core/views.js';
import { isoTime } from './durations.js';
import { json } from './sinks.js';
import type { SetAside, StatusView } from './status.js';

/** What stands beside the tasks and the jobs; what is absent or empty is left out. */
export type StatusAround = Partial<
  Pick<StatusView, 'heldBy' | 'lastLandingAt'> & {
    readonly setAside: readonly SetAside[];
    readonly polled: StatusView['polled'];
  }
>;

/** The document that `status --format json` prints; ends with a newline. `indent`: 0 makes it one line. */
export function statusDocument(
  tasks: readonly TaskView[],
  jobs: readonly JobView[],
  { setAside = [], polled = [], heldBy, lastLandingAt }: StatusAround = {},
  indent = 2,
): string {
  const document = {
    tasks: tasks.map(taskDocument),
    jobs: jobs.map(jobDocument),
    ...(setAside.length === 0 ? {} : { setAside }),
    ...(heldBy === undefined ? {} : { heldBy: heldBy === 'unknown' ? {} : heldBy }),
    ...(polled.length === 0
      ? {}
      : { polled: polled.map(({ directory, every }) => ({ directory: directory === '' ? '.' : directory, every })) }),
    ...(lastLandingAt === undefined ? {} : { lastLandingAt: isoTime(lastLandingAt) }),
  };
  return `${json(document, indent)}\n`;
}

const jobDocument = ({ job, enabled, counts, definitionChanged, lastEndedAt, waitingSince, waitsFor }: JobView) => ({
  ...{ job, enabled, counts },
  ...(definitionChanged === 0 ? {} : { definitionChanged }),
  ...(lastEndedAt === undefined ? {} : { lastEndedAt: isoTime(lastEndedAt) }),
  ...(waitingSince === undefined ? {} : { waitingSince: isoTime(waitingSince) }),
  ...(waitsFor.length === 0 ? {} : { waitsFor }),
});

/** A run whose times are ISO 8601. */
export interface RunDocument extends Omit<RunView, 'startedAt' | 'endedAt'> {
  readonly startedAt: string;
  readonly endedAt?: string;
}

/** How a task stands, and why; the run that it is in, or was in last. */
export interface TaskDocument extends Omit<TaskView, 'lastRun'> {
  readonly lastRun?: RunDocument;
}

/** One task of the document. */
export const taskDocument = ({ task, job, partition, phase, reasons, lastRun }: TaskView): TaskDocument => ({
  ...{ task, job, partition, phase, reasons },
  ...(lastRun === undefined ? {} : { lastRun: runDocument(lastRun) }),
});

const runDocument = ({ startedAt, endedAt, ...run }: RunView): RunDocument => ({
  ...run,
  startedAt: isoTime(startedAt),
  ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt) }),
});
