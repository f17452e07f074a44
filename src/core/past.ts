/**
 * Runs, newest first, out of the records of a journal as they come: what is asked for is kept, and nothing else. Needs no
 * mapping, so that runs of jobs that are gone are told as well. A `reset` forgets what a task came to, not that it ran.
 */
import { endingOf, type JournalRecord, type RunStarted } from './record.js';
import type { RunView } from './views.js';

export interface Wanted {
  /** So many at most, the newest; all where it is not said. */
  readonly limit?: number;
  wants(run: RunView): boolean;
}

export interface PastRuns {
  /** Forgets all that it was told. */
  begin(): void;
  take(record: JournalRecord): void;
  /** Those that run first, then by their start. `total`: how many are wanted, shown or not. */
  told(): { readonly runs: readonly RunView[]; readonly total: number };
}

/** A run that has not ended: its first attempt's time, and its latest attempt. */
interface Open {
  readonly since: number;
  readonly latest: RunStarted;
}

/** Collects runs that are wanted. Costs memory for what is shown and for what runs. */
export function pastRuns({ limit = Number.POSITIVE_INFINITY, wants }: Wanted): PastRuns {
  const open = new Map<string, Open>();
  let ended: RunView[] = [];
  let total = 0;

  const keep = (run: RunView): void => {
    if (!wants(run)) return;
    total += 1;
    ended.push(run);
    // Seldom, so that it costs little for each.
    if (ended.length > 2 * limit + 1000) ended = newest(ended).slice(0, limit).reverse();
  };

  return {
    begin() {
      open.clear();
      ended = [];
      total = 0;
    },
    take(record) {
      if (record.type === 'run-started')
        open.set(record.run, { since: open.get(record.run)?.since ?? record.at, latest: record });
      else if (record.type === 'run-ended') {
        const started = open.get(record.run);
        if (started === undefined) return;
        open.delete(record.run);
        const { outcome, produced, at: endedAt } = record;
        keep({ ...viewOf(started), outcome, ...endingOf(record), endedAt, produced });
      } else if (record.type === 'run') {
        const { type: _, key: __, definition: ___, ...run } = record;
        keep(run);
      }
    },
    told() {
      const running = newest([...open.values()].map(viewOf).filter(wants));
      return { runs: [...running, ...newest(ended)].slice(0, limit), total: total + running.length };
    },
  };
}

function viewOf({ since, latest: { run, task, job, partition, attempt, consumed } }: Open): RunView {
  return { run, task, job, partition, outcome: 'running', attempts: attempt, startedAt: since, consumed, produced: {} };
}

/** By their start; of two that started at once, the one that was recorded later comes first. */
const newest = (runs: readonly RunView[]): RunView[] =>
  [...runs].reverse().sort((one, other) => other.startedAt - one.startedAt);
