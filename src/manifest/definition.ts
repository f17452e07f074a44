/**
 * What changes when a job is edited so that its runs differ. Knows nothing of when a job runs: its pool, its retries,
 * what people say of it are not part of its definition.
 */
import { createHash } from 'node:crypto';
import type { Job } from '../core/job.js';

export type Defining = Pick<Job, 'run' | 'shell' | 'env' | 'sources' | 'targets'> & {
  /** As it was written: the same on every machine. */
  readonly cwd: string | undefined;
  readonly where: Readonly<Record<string, string>>;
};

/** 16 hexadecimal digits. */
export function definitionOf({ run, shell, env, cwd, sources, targets, where }: Defining): string {
  const named = ({ name, pattern }: { readonly name?: string; readonly pattern: { readonly id: string } }) => [
    name ?? null,
    pattern.id,
  ];
  const reads = sources.map((source) => [...named(source), source.optional]);
  const all = [run, shell, sorted(env), cwd ?? null, reads, targets.map(named), sorted(where)];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16);
}

const sorted = (record: Readonly<Record<string, string>>) =>
  Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1));
