/**
 * Names of tasks: `job`, or `job[date=2026-11-23,region=eu]`.
 */
import type { Job } from './job.js';
import type { Partition } from './pattern.js';

/** What would read as part of the notation is percent-encoded, so that two partitions never share a name. */
const escaped = (value: string): string =>
  /[%,=[\]]/.test(value) ? value.replace(/[%,=[\]]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`) : value;

/** The task of a job for one partition: captures in the order in which the sources name them. */
export function taskName(job: Pick<Job, 'name' | 'captures'>, partition: Partition): string {
  if (job.captures.length === 0) return job.name;
  return `${job.name}[${job.captures.map((name) => `${name}=${escaped(partition[name] ?? '')}`).join(',')}]`;
}
