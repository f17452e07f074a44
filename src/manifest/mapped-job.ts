/**
 * A job as a mapping keeps it. What is seldom asked for is worked out then, so that a hundred thousand jobs are small and
 * soon read. Knows nothing of how manifests are written.
 */
import type { Place } from '../core/diagnostic.js';
import type { Job } from '../core/job.js';
import { definitionOf } from './definition.js';
import type { Inherited } from './inherit.js';
import type { Places } from './places.js';

/** What a job says for itself alone. */
export type Itself = Pick<Job, 'name' | 'index' | 'sources' | 'targets' | 'captures' | 'run' | 'enabled'>;

/** What belongs to its definition, and is not kept as the manifest has it. */
export interface AsWritten {
  readonly cwd: string | undefined;
  readonly where: Readonly<Record<string, string>>;
}

// Fields are declared and not defined: one store each, and those that nobody gave are not there at all
export class MappedJob implements Job {
  declare readonly name: string;
  declare readonly index: number;
  declare readonly description?: string;
  declare readonly owner?: string;
  declare readonly tags: Job['tags'];
  declare readonly sources: Job['sources'];
  declare readonly targets: Job['targets'];
  declare readonly captures: Job['captures'];
  declare readonly when: Job['when'];
  declare readonly run: string;
  declare readonly shell: Job['shell'];
  declare readonly env: Job['env'];
  declare readonly cwd?: string;
  declare readonly timeout?: number;
  declare readonly retries: Job['retries'];
  declare readonly concurrency?: number;
  declare readonly pool?: string;
  declare readonly priority: number;
  declare readonly enabled: boolean;
  declare readonly onUpstreamFailure: Job['onUpstreamFailure'];
  declare readonly onMissingTarget: Job['onMissingTarget'];
  declare readonly onSuccess?: string;
  declare readonly onFailure?: string;
  declare readonly sourcesAs: Job['sourcesAs'];
  readonly #places: Places;
  readonly #written: AsWritten;
  #definition: string | undefined;

  /** `cwd`: absolute; `places`: those of all jobs, numbered as jobs are. */
  constructor(
    { name, index, sources, targets, captures, run, enabled }: Itself,
    said: Inherited,
    { cwd, description }: { readonly cwd: string | undefined; readonly description: string | undefined },
    written: AsWritten,
    places: Places,
  ) {
    this.#places = places;
    this.#written = written;
    this.name = name;
    this.index = index;
    this.tags = said.tags;
    this.sources = sources;
    this.targets = targets;
    this.captures = captures;
    this.when = said.when;
    this.run = run;
    this.shell = said.shell;
    this.env = said.env;
    this.retries = said.retries;
    this.priority = said.priority;
    this.enabled = enabled;
    this.onUpstreamFailure = said.onUpstreamFailure;
    this.onMissingTarget = said.onMissingTarget;
    this.sourcesAs = said.sourcesAs;
    if (description !== undefined) this.description = description;
    if (said.owner !== undefined) this.owner = said.owner;
    if (cwd !== undefined) this.cwd = cwd;
    if (said.timeout !== undefined) this.timeout = said.timeout;
    if (said.concurrency !== undefined) this.concurrency = said.concurrency;
    if (said.pool !== undefined) this.pool = said.pool;
    if (said.onSuccess !== undefined) this.onSuccess = said.onSuccess;
    if (said.onFailure !== undefined) this.onFailure = said.onFailure;
  }

  get definition(): string {
    const { run, shell, env, sources, targets } = this;
    this.#definition ??= definitionOf({ run, shell, env, sources, targets, ...this.#written });
    return this.#definition;
  }

  get place(): Place {
    return this.#places.at(this.index);
  }
}
