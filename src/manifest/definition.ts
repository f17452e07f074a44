/**
 * What changes when a job is edited so that its runs differ. Knows nothing of when a job runs: its pool, its retries,
 * what people say of it are not part of its definition.
 */
import { hash } from 'node:crypto';
import type { Job } from '../core/job.js';
import { kept } from './kept.js';

export type Defining = Pick<Job, 'run' | 'shell' | 'env' | 'sources' | 'targets'> & {
  /** As it was written: the same on every machine. */
  readonly cwd: string | undefined;
  readonly where: Readonly<Record<string, string>>;
};

/** 16 hexadecimal digits. */
export function definitionOf({ run, shell, env, cwd, sources, targets, where }: Defining): string {
  const reads = sources.map((source) => `[${named(source)},${source.optional}]`);
  const writes = targets.map((target) => `[${named(target)}]`);
  const all = [json(run), json(shell), sorted(env), json(cwd ?? null), `[${reads}]`, `[${writes}]`, sorted(where)];
  return kept(hash('sha256', `[${all}]`, 'hex').slice(0, 16));
}

// Put together by hand, as JSON.stringify would: a mapping has many jobs, and a list of lists takes it three times as long
const json = (value: unknown): string => JSON.stringify(value);

const named = ({ name, pattern }: { readonly name?: string; readonly pattern: { readonly id: string } }): string =>
  `${json(name ?? null)},${json(pattern.id)}`;

function sorted(record: Readonly<Record<string, string>>): string {
  const entries = Object.entries(record);
  return entries.length === 0 ? '[]' : json(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
