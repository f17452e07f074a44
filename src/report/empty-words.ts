/** Why a call of `run`, or its dry run, found nothing to do. Its text is escaped, and not yet coloured. */
import type { EmptyView } from '../core/views.js';
import { terminal } from './sinks.js';

/** So many jobs are named. */
const most = 3;

/** `upToDate`: how many tasks have nothing to do. `empty`: what there is where there are none. */
export function nothingWords(upToDate: number, empty: EmptyView | undefined): string {
  if (upToDate > 1) return `nothing to do: all ${upToDate} tasks are up to date`;
  if (upToDate === 1) return 'nothing to do: the only task is up to date';
  if (empty?.isPart && empty.jobs.length === 0) return 'nothing to do: there is no task that was selected';
  return `nothing to do: ${empty === undefined ? landed('a job reads') : emptyWords(empty)}`;
}

const landed = (which: string): string => `nothing has landed that ${which}`;

function emptyWords({ isPart, jobs, disabled }: EmptyView): string {
  if (disabled.length > 0 && disabled.length === jobs.length) {
    const named = disabled.slice(0, most).map(({ job, place }) => `${terminal(job)} (${terminal(place)})`);
    const more = disabled.length > most ? ` and ${disabled.length - most} more` : '';
    if (disabled.length > 1)
      return `all jobs${isPart ? ' that were selected' : ''} are disabled: ${named.join(', ')}${more}`;
    return `${terminal(disabled[0]?.job ?? '')} is disabled (${terminal(disabled[0]?.place ?? '')})`;
  }
  if (!isPart) return landed('a job reads');
  return landed(jobs.length === 1 ? `${terminal(jobs[0] ?? '')} reads` : 'the jobs that were selected read');
}
