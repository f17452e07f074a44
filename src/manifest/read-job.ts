/**
 * One job of a manifest, as the core knows jobs. Reports what is wrong within its patterns and names; how jobs fit
 * together is checked elsewhere.
 */
import { resolve } from 'node:path';
import type { Source, Target } from '../core/job.js';
import type { DeclaredJob, Step } from './declared.js';
import { boundFindings, flag, keptText, type Layer } from './fields.js';
import { type Inherited, inherit } from './inherit.js';
import { type AsWritten, MappedJob } from './mapped-job.js';
import { type Common, type Entries, JobLayer, readSources, readTargets, readWhere } from './read-entries.js';
import { nameFindings } from './read-names.js';
import type { DataMap, Tree } from './tree.js';

/** What a job is read with. */
export interface Around {
  readonly tree: Tree;
  /** Layers of defaults, the nearest first, and what they come to. */
  readonly defaults: readonly Layer[];
  readonly inherited: Inherited;
  /** The project's directory. */
  readonly root: string;
  readonly common: Common;
}

class ReadJob extends JobLayer implements DeclaredJob {
  readonly job: MappedJob;
  readonly sources: readonly Step[];
  readonly targets: readonly Step[];
  readonly whole: boolean;
  readonly pool: DeclaredJob['pool'];

  constructor(
    { tree, name, data }: JobLayer,
    job: MappedJob,
    sources: Entries<Source>,
    targets: Entries<Target>,
    pool: DeclaredJob['pool'],
  ) {
    super(tree, name, data);
    this.job = job;
    this.sources = sources.steps;
    this.targets = targets.steps;
    this.whole = sources.whole && targets.whole;
    this.pool = pool;
  }
}

const plainly: AsWritten = { cwd: undefined, where: {} };

/** A job from its own fields and the defaults below them; what is wrong with it is added to the findings. */
export function readJob(data: DataMap, around: Around, name: string, index: number): DeclaredJob {
  const { tree, defaults, inherited, root, common } = around;
  const own = new JobLayer(tree, name, data);
  const said = inherit(own, inherited);
  const isPlain = said === inherited; // none of its fields is one that may be inherited
  if (!isPlain) common.findings.push(...boundFindings(own));
  const narrowing = readWhere(own, common);
  const { where } = narrowing;
  const reading = { own, common, narrowing };
  const sources = readSources(reading);
  const targets = readTargets(reading);
  common.places.add(tree.keyPlace(own.path));
  const job = new MappedJob(
    {
      name,
      index,
      sources: sources.read,
      targets: targets.read,
      captures: capturesOf(sources.read),
      run: keptText(data.run) ?? '',
      enabled: flag(data.enabled) ?? true,
    },
    said,
    {
      cwd: said.cwd === undefined ? undefined : resolve(root, said.cwd),
      description: keptText(data.description),
    },
    said.cwd === undefined && data.where === undefined ? plainly : { cwd: said.cwd, where },
    common.places,
  );
  const declared = new ReadJob(own, job, sources, targets, said.poolAt);
  const names = nameFindings(declared, isPlain ? defaults : [own, ...defaults]);
  if (names.length > 0) common.findings.push(...names);
  return declared;
}

/** Each once, in order; the same list as that of a source that has them all, where there is one. */
function capturesOf(sources: readonly Source[]): readonly string[] {
  const [only] = sources;
  if (only !== undefined && sources.length === 1 && !only.optional) return only.pattern.captures;
  const [first, ...others] = sources.filter(({ optional }) => !optional).map(({ pattern }) => pattern.captures);
  if (first === undefined) return [];
  return others.every((captures) => captures === first) ? first : [...new Set([...first, ...others.flat()])];
}
