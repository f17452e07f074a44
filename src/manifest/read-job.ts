/**
 * One job of a manifest, as the core knows jobs. Reports what is wrong within its patterns and names; how jobs fit
 * together is checked elsewhere.
 */
import { resolve } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.js';
import type { Source, Target } from '../core/job.js';
import { type Pattern, parsePattern } from '../core/pattern.js';
import type { DeclaredJob, Step } from './declared.js';
import { boundFindings, flag, keptText, type Layer, text } from './fields.js';
import { error } from './finding.js';
import { type Inherited, inherit } from './inherit.js';
import { type AsWritten, MappedJob } from './mapped-job.js';
import type { Places } from './places.js';
import { nameFindings } from './read-names.js';
import { type Data, type DataMap, entries, entry, isMap, type Path, type Tree } from './tree.js';

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

/** What the jobs of all manifests have in common. */
export interface Common {
  readonly places: Places;
  /** Patterns that nothing narrows, by their text: one job's target is the next one's source. */
  readonly patterns: Map<string, Pattern>;
  readonly findings: Diagnostic[];
}

/** A job of one manifest, whose path is made when a finding asks for it. */
class JobLayer implements Layer {
  readonly tree: Tree;
  readonly name: string;
  readonly data: DataMap;

  constructor(tree: Tree, name: string, data: DataMap) {
    this.tree = tree;
    this.name = name;
    this.data = data;
  }

  get path(): Path {
    return ['jobs', this.name];
  }
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

/** What is being read of a job. */
interface Reading {
  readonly own: JobLayer;
  readonly common: Common;
  readonly where: Readonly<Record<string, string>>;
}

/** A job from its own fields and the defaults below them; what is wrong with it is added to the findings. */
export function readJob(data: DataMap, around: Around, name: string, index: number): DeclaredJob {
  const { tree, defaults, inherited, root, common } = around;
  const own = new JobLayer(tree, name, data);
  const said = inherit(own, inherited);
  const isPlain = said === inherited; // none of its fields is one that may be inherited
  if (!isPlain) common.findings.push(...boundFindings(own));
  const where = data.where === undefined ? nowhere : readWhere(own, common.findings);
  const reading = { own, common, where };
  const sources = readEntries(reading, 'sources', readSource);
  const targets = readEntries(reading, 'targets', readTarget);
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
    said.cwd === undefined && where === nowhere ? plainly : { cwd: said.cwd, where },
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

type Field = 'sources' | 'targets';

/** Reads an entry of `sources` or `targets`. */
type ReadOne<T> = (reading: Reading, step: Step, data: Data) => T | undefined;

function readSource(reading: Reading, step: Step, data: Data): Source | undefined {
  const pattern = readPattern(reading, 'sources', step, data);
  if (pattern === undefined) return undefined;
  const trigger = flag(entry(data, 'trigger')) ?? true;
  const optional = flag(entry(data, 'optional')) ?? false;
  return typeof step === 'string' ? { name: step, pattern, trigger, optional } : { pattern, trigger, optional };
}

function readTarget(reading: Reading, step: Step, data: Data): Target | undefined {
  const pattern = readPattern(reading, 'targets', step, data);
  if (pattern === undefined) return undefined;
  return typeof step === 'string' ? { name: step, pattern } : { pattern };
}

/** What is read of `sources` or `targets`, with where each of them stands; `whole`: nothing that was written is missing. */
interface Entries<T> {
  readonly read: readonly T[];
  readonly steps: readonly Step[];
  readonly whole: boolean;
}

const alone: readonly Step[] = [undefined];

/** Text stands for a list of one; a map names its entries. */
function readEntries<T>(reading: Reading, field: Field, readOne: ReadOne<T>): Entries<T> {
  const all = reading.own.data[field];
  if (typeof all === 'string') {
    const one = readOne(reading, undefined, all);
    return one === undefined ? { read: [], steps: [], whole: false } : { read: [one], steps: alone, whole: true };
  }
  const written: readonly (readonly [Step, Data])[] = Array.isArray(all) ? [...all.entries()] : entries(all);
  const read: T[] = [];
  const steps: Step[] = [];
  for (const [step, data] of written) {
    const one = readOne(reading, step, data);
    if (one === undefined) continue;
    read.push(one);
    steps.push(step);
  }
  return { read, steps, whole: read.length === written.length };
}

const nowhere: Readonly<Record<string, string>> = {};
const plainly: AsWritten = { cwd: undefined, where: nowhere };

/** The regular expressions that can be read. What is wrong with the others is said once, however many patterns use them. */
function readWhere({ tree, path, data }: Layer, findings: Diagnostic[]): Readonly<Record<string, string>> {
  const usable = entries(entry(data, 'where')).flatMap(([name, data]) => {
    const expression = keptText(data);
    if (expression === undefined) return [];
    const tried = /^[A-Za-z_]\w*$/.test(name) ? parsePattern(`x{${name}}`, { [name]: expression }) : undefined;
    if (tried?.ok === false) {
      const { code, message, hint } = tried.error;
      findings.push(error(code, message, tree.place([...path, 'where', name]), { hint }));
    }
    return tried?.ok === false ? [] : [[name, expression] as const];
  });
  return Object.fromEntries(usable);
}

function readPattern({ own, common, where }: Reading, field: Field, step: Step, data: Data): Pattern | undefined {
  const written = text(isMap(data) ? data.object : data);
  if (written === undefined) return undefined;
  const known = where === nowhere ? common.patterns.get(written) : undefined;
  if (known !== undefined) return known;
  const parsed = parsePattern(written, where);
  if (parsed.ok) {
    if (where === nowhere) common.patterns.set(written, parsed.value);
    return parsed.value;
  }
  const { code, message, hint } = parsed.error;
  const at = step === undefined ? [...own.path, field] : [...own.path, field, step];
  common.findings.push(error(code, message, own.tree.place(isMap(data) ? [...at, 'object'] : at), { hint }));
  return undefined;
}
