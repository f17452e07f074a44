/**
 * Selectors, as dbt users know them: `job`, `load_*`, `tag:nightly`, an object; with `+` before it all that is upstream,
 * with `+` after it all that is downstream. They name jobs; tasks follow.
 */
import type { JobGraph } from './graph.js';
import type { Job } from './job.js';
import type { Mapping } from './mapping.js';
import { err, ok, type Result } from './result.js';

/** Jobs that the selectors name, together; or the first selector that names none. */
export function selectJobs(
  mapping: Mapping,
  graph: JobGraph,
  selectors: readonly string[],
): Result<ReadonlySet<string>> {
  const selected = new Set<string>();
  for (const selector of selectors) {
    const [, up, name = '', down] = /^(\+?)(.*?)(\+?)$/s.exec(selector) ?? [];
    const named = [...mapping.jobs.values()].filter((job) => isNamed(job, name)).map((job) => job.name);
    if (named.length === 0) return err(selector);
    const upstream = (job: string) => (graph.producers.get(job) ?? []).flat().map(({ from }) => from);
    const downstream = (job: string) => (graph.consumers.get(job) ?? []).map(({ to }) => to);
    for (const job of named) selected.add(job);
    if (up) for (const job of reach(named, upstream)) selected.add(job);
    if (down) for (const job of reach(named, downstream)) selected.add(job);
  }
  return ok(selected);
}

function isNamed(job: Job, name: string): boolean {
  if (name.startsWith('tag:')) return job.tags.includes(name.slice(4));
  return matchesGlob(name, job.name) || job.targets.some(({ pattern }) => pattern.text === name || pattern.id === name);
}

/** A job's name against a text with stars: each part at the first place where it fits. */
function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

function reach(from: readonly string[], next: (job: string) => readonly string[]): Set<string> {
  const reached = new Set<string>();
  const work = [...from];
  for (let job = work.pop(); job !== undefined; job = work.pop())
    for (const other of next(job))
      if (!reached.has(other)) {
        reached.add(other);
        work.push(other);
      }
  return reached;
}
