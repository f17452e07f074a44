/** What an edit of the mapping changed, job by job. */
import type { Job } from './job.js';
import type { Mapping } from './mapping.js';

/** Names of jobs. */
export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What is different in `after`; where a job stands in its manifest does not count. */
export function changesBetween(before: Pick<Mapping, 'jobs'>, after: Pick<Mapping, 'jobs'>): Changes {
  const names = (from: Pick<Mapping, 'jobs'>, where: (job: Job) => boolean): string[] =>
    [...from.jobs.values()].filter(where).map(({ name }) => name);
  return {
    added: names(after, ({ name }) => !before.jobs.has(name)),
    changed: names(after, (job) => {
      const old = before.jobs.get(job.name);
      return old !== undefined && (old.definition !== job.definition || textOf(old) !== textOf(job));
    }),
    removed: names(before, ({ name }) => !after.jobs.has(name)),
  };
}

const textOf = (job: Job): string =>
  JSON.stringify({
    ...job,
    sources: job.sources.map((source) => ({ ...source, pattern: source.pattern.id })),
    targets: job.targets.map((target) => ({ ...target, pattern: target.pattern.id })),
    index: 0,
    place: undefined,
  });
