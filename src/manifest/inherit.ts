/**
 * Fields of a job that `defaults` may set: a job's own count first, then those of its manifest, then those of the root.
 * What a thousand jobs inherit is worked out once.
 */
import type { Job } from '../core/job.js';
import type { Spotted } from './declared.js';
import { duration, keptText, type Layer, number, oneOf, texts, words } from './fields.js';
import { entry, isMap } from './tree.js';

type Said = Pick<Job, 'tags' | 'when' | 'shell' | 'env' | 'retries' | 'priority'> &
  Pick<Job, 'onUpstreamFailure' | 'onMissingTarget' | 'sourcesAs'>;

type MaySay = Pick<Job, 'owner' | 'cwd' | 'timeout' | 'concurrency' | 'pool' | 'onSuccess' | 'onFailure'>;

export type Inherited = Said & { readonly [K in keyof MaySay]-?: Exclude<MaySay[K], undefined> | undefined } & {
  /** Where the pool is named. */
  readonly poolAt: Spotted | undefined;
};

/** What holds for a job of which nobody says anything. */
export const nothingSaid: Inherited = {
  owner: undefined,
  /** As it was written. */
  cwd: undefined,
  timeout: undefined,
  concurrency: undefined,
  pool: undefined,
  poolAt: undefined,
  onSuccess: undefined,
  onFailure: undefined,
  tags: [],
  when: 'any',
  shell: 'sh',
  env: {},
  retries: { attempts: 1, delay: 10_000, backoff: 2 },
  priority: 0,
  onUpstreamFailure: 'block',
  onMissingTarget: 'ignore',
  sourcesAs: 'all',
};

/** Fields of which nothing is inherited: a job that has no others takes what stands below it as it is. */
const own = new Set(['description', 'sources', 'targets', 'where', 'run', 'enabled']);

/** What holds under this layer, given what holds below it. */
export function inherit(layer: Layer, below: Inherited): Inherited {
  const { data } = layer;
  if (!isMap(data) || Object.keys(data).every((field) => own.has(field))) return below;
  const pool = keptText(data.pool);
  return {
    owner: keptText(data.owner) ?? below.owner,
    cwd: keptText(data.cwd) ?? below.cwd,
    timeout: duration(data.timeout) ?? below.timeout,
    concurrency: number(data.concurrency) ?? below.concurrency,
    pool: pool ?? below.pool,
    poolAt: pool === undefined ? below.poolAt : { tree: layer.tree, path: [...layer.path, 'pool'] },
    onSuccess: keptText(data.on_success) ?? below.onSuccess,
    onFailure: keptText(data.on_failure) ?? below.onFailure,
    tags: words(data.tags) ?? below.tags,
    when: oneOf('any', 'all')(data.when) ?? below.when,
    shell: oneOf('sh', 'bash')(data.shell) ?? below.shell,
    env: data.env === undefined ? below.env : { ...below.env, ...texts(layer, 'env') },
    retries: retriesOf(layer, below.retries),
    priority: number(data.priority) ?? below.priority,
    onUpstreamFailure: oneOf('block', 'ignore')(data.on_upstream_failure) ?? below.onUpstreamFailure,
    onMissingTarget: oneOf('ignore', 'rerun')(data.on_missing_target) ?? below.onMissingTarget,
    sourcesAs: oneOf('all', 'arguments', 'file')(data.sources_as) ?? below.sourcesAs,
  };
}

function retriesOf({ data }: Layer, below: Job['retries']): Job['retries'] {
  const retries = entry(data, 'retries');
  if (retries === undefined) return below;
  return {
    attempts: number(entry(retries, 'attempts')) ?? below.attempts,
    delay: duration(entry(retries, 'delay')) ?? below.delay,
    backoff: number(entry(retries, 'backoff')) ?? below.backoff,
  };
}
