/** Which run somebody means who names a run, a task or a job. */
import { existsSync } from 'node:fs';
import { pastRuns } from '../core/past.js';
import type { RunView } from '../core/views.js';
import { type Follower, followJournal } from '../journal/follow.js';
import { didYouMean } from '../manifest/suggest.js';
import { logFile } from '../orchestrator/places.js';
import { terminal } from '../report/sinks.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import { mappingOrWhy } from './recorded.js';

export interface Finder {
  /** The run of this name, or the latest run of this task, or of any task of this job; as it is now. */
  look(): RunView | undefined;
  /** Jobs and tasks that have run. */
  readonly names: ReadonlySet<string>;
  /** There are runs, but of such it was only said that they are up to date. */
  readonly onlyAdopted: boolean;
}

/** Finds a run in a state, and again as the state grows. */
export function finderOf(file: string, subject: string): Finder {
  const by = (wants: (run: RunView) => boolean) =>
    pastRuns({ limit: 1, wants: (run) => run.attempts > 0 && wants(run) });
  const all = [by(({ run }) => run === subject), by(({ task }) => task === subject), by(({ job }) => job === subject)];
  const names = new Set<string>();
  let adopted = false;
  const follower: Follower = followJournal(file, {
    begin() {
      for (const runs of all) runs.begin();
      adopted = false;
    },
    take(record) {
      if ('job' in record) {
        names.add(record.job).add(record.task);
        adopted ||=
          record.type === 'run' && record.attempts === 0 && [record.run, record.task, record.job].includes(subject);
      }
      for (const runs of all) runs.take(record);
    },
  });
  return {
    look() {
      const read = follower.read();
      if (!read.ok) throw new UserError(read.error.message, exit.state);
      for (const runs of all) {
        const [found] = runs.told().runs;
        if (found !== undefined) return found;
      }
      return undefined;
    },
    names,
    get onlyAdopted() {
      return adopted;
    },
  };
}

/** An old run is forgotten one day, and its log stays. */
export const hasForgottenLog = (file: string, subject: string): boolean =>
  /^[a-z0-9]+-\d+$/.test(subject) && existsSync(logFile(file, subject));

/**
 * Why there is no run of that name: undefined where there may be one day, because the mapping has such a job. Otherwise
 * says what was meant.
 */
export async function whyNoRun(
  context: Context,
  subject: string,
  names: Iterable<string>,
): Promise<string | undefined> {
  const mapped = await mappingOrWhy(context);
  const job = subject.replace(/\[[^[\]]*\]$/, '');
  if (typeof mapped !== 'string' && mapped.mapping.jobs.has(job)) return undefined;
  const shown = `\`${terminal(subject)}\``;
  const close = didYouMean(subject, [...(typeof mapped === 'string' ? [] : mapped.mapping.jobs.keys()), ...names]);
  if (close === undefined && typeof mapped === 'string')
    return `no run of ${shown} is recorded, and whether there is such a job cannot be told: ${mapped}`;
  return `no job, task or run is called ${shown}; ${close === undefined ? '`objflow history` lists the runs' : terminal(close)}`;
}
