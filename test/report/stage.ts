/** The live view on a terminal and a clock that the test moves, and events for it. */
import type { RunEvent } from '../../src/report/run-event.js';
import type { Clock } from '../../src/report/run-live.js';
import { type PrettyOptions, prettyReporter } from '../../src/report/run-pretty.js';
import { Screen } from './screen.js';
import { KeptOutlet, start } from './story.js';

type Options = Partial<Pick<PrettyOptions, 'verbose' | 'landings' | 'dates' | 'findings' | 'log' | 'tail'>> & {
  readonly columns?: number;
  readonly rows?: number;
};

/** A clock that stands until it is moved. */
export class ManualClock implements Clock {
  private time = start;
  private calls: { at: number; call: () => void }[] = [];
  now(): number {
    return this.time;
  }
  after(milliseconds: number, call: () => void): () => void {
    const entry = { at: this.time + milliseconds, call };
    this.calls.push(entry);
    return () => {
      this.calls = this.calls.filter((other) => other !== entry);
    };
  }
  moveTo(time: number): void {
    for (;;) {
      const next = this.calls.filter(({ at }) => at <= time).sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.calls = this.calls.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.call();
    }
    this.time = time;
  }
  get pending(): number {
    return this.calls.length;
  }
}

/** A terminal of a size, and a reporter that draws on it. */
export function stage({ columns = 80, rows = 24, ...options }: Options = {}) {
  const clock = new ManualClock();
  const out = new KeptOutlet();
  const err = new KeptOutlet();
  err.columns = columns;
  err.rows = rows;
  const reporter = prettyReporter({ out, err, color: false, verbose: false, clock, ...options });
  const screen = (): string => {
    const terminal = new Screen(err.columns);
    for (const text of err.writes) terminal.write(text);
    return `\n${terminal.text}`;
  };
  return { clock, out, err, reporter, screen };
}

export const started = (task: string, at = start): RunEvent => ({
  event: 'run-started',
  reasons: [],
  at,
  task,
  job: task,
  run: 'r',
  attempt: 1,
});
export const ended = (task: string, at: number): RunEvent => ({
  event: 'run-succeeded',
  at,
  task,
  job: task,
  run: 'r',
  attempt: 1,
  startedAt: start,
  produced: {},
});
