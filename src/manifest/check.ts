/**
 * Checks how all manifests together fit. Everything that is wrong is found at once; what cannot be known because a part
 * could not be read is left unsaid.
 */
import type { Diagnostic } from '../core/diagnostic.js';
import { buildGraph, type JobGraph, targetsOf } from '../core/graph.js';
import type { Job } from '../core/job.js';
import { checkCaptures } from './check-captures.js';
import { checkCycles, checkIdle, checkMarkers, checkProducers } from './check-graph.js';
import { checkInside } from './check-inside.js';
import { checkWriters } from './check-writers.js';
import type { Declared, DeclaredJob, DeclaredPool, Spotted } from './declared.js';
import { declaredTwice, error, quote } from './finding.js';
import { didYouMean } from './suggest.js';
import { entry, type Tree } from './tree.js';

export interface Checked {
  readonly findings: readonly Diagnostic[];
  /** Of several jobs with one name, the first. */
  readonly jobs: ReadonlyMap<string, Job>;
  readonly graph: JobGraph;
}

/** All findings about the mapping; `root` is the root manifest. */
export function checkMapping(declared: Declared, root: Tree): Checked {
  const byName = new Map<string, Job>();
  for (const { job } of declared.jobs) if (!byName.has(job.name)) byName.set(job.name, job);
  const jobs =
    byName.size === declared.jobs.length
      ? { kept: declared.jobs, doubles: [] }
      : firsts(declared.jobs, ({ job }) => job.name);
  const pools = firsts(declared.pools, ({ name }) => name);
  const objects = firsts(declared.objects, ({ object }) => object.pattern.id);
  const targets = targetsOf({ jobs: byName });
  const graph = buildGraph({ jobs: byName }, targets);
  const unique: Declared = { ...declared, jobs: jobs.kept, objects: objects.kept };
  const findings = [
    ...jobs.doubles.map((pair) => twice('job', pair[1].job.name, pair)),
    ...pools.doubles.map((pair) => twice('pool', pair[1].name, pair)),
    ...objects.doubles.map((pair) => twice('object', pair[1].object.pattern.text, pair)),
    ...declared.jobs.flatMap(checkCaptures),
    ...(declared.doubt === 'all' ? [] : poolFindings(jobs.kept, pools.kept)),
    ...checkWriters(jobs.kept, targets),
    ...checkCycles(jobs.kept, graph),
    ...(declared.doubt !== 'none' || jobs.kept.some(({ whole }) => !whole)
      ? []
      : [
          ...noJobs(jobs.kept, root),
          ...checkProducers(unique, graph),
          ...checkInside(jobs.kept, graph),
          ...checkMarkers(unique),
          ...checkIdle(unique),
        ]),
  ];
  return { findings, jobs: byName, graph };
}

/** The first of each name, and the others beside it. */
function firsts<T>(all: readonly T[], nameOf: (item: T) => string) {
  const kept = new Map<string, T>();
  const doubles: (readonly [first: T, second: T])[] = [];
  for (const item of all) {
    const first = kept.get(nameOf(item));
    if (first === undefined) kept.set(nameOf(item), item);
    else doubles.push([first, item]);
  }
  return { kept: doubles.length === 0 ? all : [...kept.values()], doubles };
}

function twice(what: string, name: string, [first, second]: readonly [Spotted, Spotted]): Diagnostic {
  return declaredTwice(what, name, second.tree.keyPlace(second.path), first.tree.keyPlace(first.path));
}

function poolFindings(jobs: readonly DeclaredJob[], pools: readonly DeclaredPool[]): readonly Diagnostic[] {
  const names = new Set(pools.map(({ name }) => name));
  return jobs.flatMap(({ job, pool }) => {
    if (pool === undefined || job.pool === undefined || names.has(job.pool)) return [];
    const hint =
      didYouMean(job.pool, names) ?? `declare it in the root manifest: ${quote(`pools: { ${job.pool}: 2 }`)}`;
    return [error('unknown-pool', `there is no pool ${quote(job.pool)}`, pool.tree.place(pool.path), { hint })];
  });
}

function noJobs(jobs: readonly DeclaredJob[], root: Tree): readonly Diagnostic[] {
  if (jobs.length > 0) return [];
  const place = entry(root.data, 'jobs') === undefined ? root.place([]) : root.keyPlace(['jobs']);
  const hint = 'declare one: jobs: { hello: { run: echo hello } }';
  return [error('no-jobs', 'the mapping has no jobs', place, { hint })];
}
