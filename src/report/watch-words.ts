/** What only the daemon tells, in words. Its text is escaped, and not yet coloured. */
import { unreachable } from '../core/result.js';
import { counted } from './count.js';
import { formatDuration } from './durations.js';
import type { EventWords, WatchEnd, WatchEvent } from './run-event.js';
import { terminal } from './sinks.js';

/** So many jobs are named in one line. */
const most = 5;

/** An event of the daemon as a subject and what is said of it. */
export function watchWords(event: WatchEvent): EventWords {
  switch (event.event) {
    case 'watching': {
      const { jobs, directories, objects } = event;
      const watched = `${directories} ${directories === 1 ? 'directory' : 'directories'}`;
      const rest = `${counted(jobs, 'job')}, ${watched}, ${counted(objects, 'object')}`;
      return { symbol: '•', style: 'active', subject: 'watching', rest };
    }
    case 'polling': {
      const rest = `is listed every ${whole(event.every)}: ${terminal(event.why)}`;
      return { symbol: '!', style: 'warning', subject: directoryWords(event.directory), rest };
    }
    case 'reloaded': {
      const parts = [
        `reloaded: ${counted(event.jobs, 'job')}`,
        ...namedJobs('added', event.added),
        ...namedJobs('changed', event.changed),
        ...namedJobs('removed', event.removed),
      ];
      return { symbol: '↻', style: 'good', subject: 'mapping', rest: parts.join('; ') };
    }
    case 'reload-refused': {
      const errors = event.diagnostics.filter(({ severity }) => severity === 'error').length;
      const rest = `has ${counted(errors, 'error')}; the one before it goes on`;
      return { symbol: '✗', style: 'bad', subject: 'the edited mapping', rest };
    }
    case 'stopping': {
      const words = { symbol: '■', style: 'warning' } as const;
      if (event.running === 0) return { ...words, subject: 'stopping', rest: '' };
      const [they, them] =
        event.running === 1 ? ['the running task has', 'it'] : [`${event.running} running tasks have`, 'them'];
      return { ...words, subject: 'stopping:', rest: `${they} ${whole(event.grace)}; again ends ${them} now` };
    }
    default:
      return unreachable(event);
  }
}

/** A directory by its path from the project's root, which itself is `''`. */
export const directoryWords = (directory: string): string =>
  directory === '' ? './' : terminal(directory.endsWith('/') ? directory : `${directory}/`);

/** A duration that somebody has set: `2s`, where one that was measured is `2.0s`. */
const whole = (milliseconds: number): string =>
  milliseconds === 0 ? '0s' : formatDuration(milliseconds).replace('.0s', 's');

function namedJobs(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const rest = names.length > most ? ` and ${names.length - most} more` : '';
  return [`${what} ${names.slice(0, most).map(terminal).join(', ')}${rest}`];
}

/** `stopped after 3h 02m: 120 runs succeeded, 1 failed`; what is none is not said. */
export function leftWords({ took, succeeded, failed }: WatchEnd): string {
  const [runs, wrong] = [counted(succeeded, 'run'), counted(failed, 'run')];
  const parts =
    succeeded === 0
      ? [failed === 0 ? 'nothing ran' : `${wrong} failed`]
      : [`${runs} succeeded`, ...(failed > 0 ? [`${failed} failed`] : [])];
  return `stopped after ${formatDuration(took)}: ${parts.join(', ')}`;
}
