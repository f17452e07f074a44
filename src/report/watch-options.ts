/** What reporters do otherwise for the daemon than for a run. Types only. */
import type { FindingsOptions } from './run-findings.js';

export interface WatchOptions {
  /** Objects that landed are told, also where little is: that is what a daemon waits for. */
  readonly landings?: boolean;
  /** Lines begin with date and time: a daemon runs for months. */
  readonly dates?: boolean;
  /** What it takes to show the findings of a mapping that is refused; without it only their number is told. */
  readonly findings?: FindingsOptions;
  /** The path of a run's log, as the reader can open it. It is named where the run failed. */
  readonly log?: (run: string) => string;
  /** The last lines of a run's output, as they came out. The very last are shown where the run failed. */
  readonly tail?: (run: string) => readonly string[];
}
