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

/** An order among names in which `load[d=9]` comes before `load[d=10]`. */
export function naturally(one: string, other: string): number {
  const parts = one.match(/\d+|\D+/g) ?? [];
  const others = other.match(/\d+|\D+/g) ?? [];
  for (const [at, part] of parts.entries()) {
    const against = others[at];
    if (against === undefined) return 1;
    const order = /^\d/.test(part) && /^\d/.test(against) ? byNumber(part, against) : 0;
    if (order !== 0) return order;
    if (part !== against) return part < against ? -1 : 1;
  }
  return parts.length - others.length;
}

/** However many digits there are. */
function byNumber(one: string, other: string): number {
  const [digits, others] = [one.replace(/^0+/, ''), other.replace(/^0+/, '')];
  if (digits.length !== others.length) return digits.length - others.length;
  return digits === others ? 0 : digits < others ? -1 : 1;
}
