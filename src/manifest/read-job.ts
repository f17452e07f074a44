/**
 * One job of a manifest, as the core knows jobs. Reports what is wrong within its patterns and names; how jobs fit
 * together is checked elsewhere.
 */
import { resolve } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.js';
import type { Job, Source, Target } from '../core/job.js';
import { type Pattern, parsePattern } from '../core/pattern.js';
import type { DeclaredJob, Step } from './declared.js';
import { definitionOf } from './definition.js';
import { boundFindings, flag, keptText, type Layer, text } from './fields.js';
import { error } from './finding.js';
import { type Inherited, inherit } from './inherit.js';
import { nameFindings } from './read-names.js';
import { type Data, entries, entry, isMap } from './tree.js';

export interface ReadJob {
  readonly declared: DeclaredJob;
  readonly findings: readonly Diagnostic[];
}

/** What a job is read with. */
export interface Around {
  /** Layers of defaults, the nearest first, and what they come to. */
  readonly defaults: readonly Layer[];
  readonly inherited: Inherited;
  /** The project's directory. */
  readonly root: string;
}

/** A job from its own fields and the defaults below them. */
export function readJob(own: Layer, { defaults, inherited, root }: Around, name: string, index: number): ReadJob {
  const { tree, path, data } = own;
  const findings = [...boundFindings(own)];
  const where = readWhere(own, findings);
  const sources = readEntries(own, 'sources', (written): Source | undefined => {
    const pattern = readPattern(own, written, where, findings);
    const trigger = flag(entry(written.data, 'trigger')) ?? true;
    const optional = flag(entry(written.data, 'optional')) ?? false;
    if (pattern === undefined) return undefined;
    const name = nameOf(written);
    return name === undefined ? { pattern, trigger, optional } : { name, pattern, trigger, optional };
  });
  const targets = readEntries(own, 'targets', (written): Target | undefined => {
    const pattern = readPattern(own, written, where, findings);
    if (pattern === undefined) return undefined;
    const name = nameOf(written);
    return name === undefined ? { pattern } : { name, pattern };
  });
  const said = inherit(own, inherited);
  const { cwd, shell, env } = said;
  const run = keptText(entry(data, 'run')) ?? '';
  const defining = { run, shell, env, sources: sources.read, targets: targets.read, cwd, where };
  // One literal, so that a hundred thousand of them are laid out alike and without room to spare
  const job: { -readonly [K in keyof Job]: Job[K] } = {
    name,
    index,
    tags: said.tags,
    sources: sources.read,
    targets: targets.read,
    captures: capturesOf(sources.read),
    when: said.when,
    run,
    shell,
    env,
    retries: said.retries,
    priority: said.priority,
    enabled: flag(entry(data, 'enabled')) ?? true,
    onUpstreamFailure: said.onUpstreamFailure,
    onMissingTarget: said.onMissingTarget,
    sourcesAs: said.sourcesAs,
    definition: definitionOf(defining),
    place: tree.keyPlace(path),
  };
  const description = keptText(entry(data, 'description'));
  if (description !== undefined) job.description = description;
  if (said.owner !== undefined) job.owner = said.owner;
  if (cwd !== undefined) job.cwd = resolve(root, cwd);
  if (said.timeout !== undefined) job.timeout = said.timeout;
  if (said.concurrency !== undefined) job.concurrency = said.concurrency;
  if (said.pool !== undefined) job.pool = said.pool;
  if (said.onSuccess !== undefined) job.onSuccess = said.onSuccess;
  if (said.onFailure !== undefined) job.onFailure = said.onFailure;
  const declared: DeclaredJob = {
    tree,
    path,
    data,
    job,
    sources: sources.steps,
    targets: targets.steps,
    whole: sources.whole && targets.whole,
    pool: said.poolAt,
  };
  findings.push(...nameFindings(declared, [own, ...defaults]));
  return { declared, findings };
}

/** Each once, in order; the same list as that of a source that has them all, where there is one. */
function capturesOf(sources: readonly Source[]): readonly string[] {
  const [first, ...others] = sources.filter(({ optional }) => !optional).map(({ pattern }) => pattern.captures);
  if (first === undefined) return [];
  return others.every((captures) => captures === first) ? first : [...new Set([...first, ...others.flat()])];
}

/** An entry of `sources` or `targets`. */
interface Written {
  readonly field: 'sources' | 'targets';
  readonly step: Step;
  readonly data: Data;
}

const nameOf = ({ step }: Written): string | undefined => (typeof step === 'string' ? step : undefined);

/** What is read of `sources` or `targets`, with where each of them stands; `whole`: nothing that was written is missing. */
interface Entries<T> {
  readonly read: readonly T[];
  readonly steps: readonly Step[];
  readonly whole: boolean;
}

const alone: readonly Step[] = [undefined];

/** Text stands for a list of one; a map names its entries. */
function readEntries<T>(
  { data }: Layer,
  field: Written['field'],
  readOne: (written: Written) => T | undefined,
): Entries<T> {
  const all = entry(data, field);
  if (typeof all === 'string') {
    const one = readOne({ field, step: undefined, data: all });
    return one === undefined ? { read: [], steps: [], whole: false } : { read: [one], steps: alone, whole: true };
  }
  const written = Array.isArray(all)
    ? all.map((item: Data, step): Written => ({ field, step, data: item }))
    : entries(all).map(([step, item]): Written => ({ field, step, data: item }));
  const found = written.flatMap((each) => {
    const one = readOne(each);
    return one === undefined ? [] : [{ one, step: each.step }];
  });
  return {
    read: found.map(({ one }) => one),
    steps: found.map(({ step }) => step),
    whole: found.length === written.length,
  };
}

const nowhere: Readonly<Record<string, string>> = {};

/** The regular expressions that can be read. What is wrong with the others is said once, however many patterns use them. */
function readWhere({ tree, path, data }: Layer, findings: Diagnostic[]): Readonly<Record<string, string>> {
  const written = entry(data, 'where');
  if (written === undefined) return nowhere;
  const usable = entries(written).flatMap(([name, data]) => {
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

function readPattern(
  { tree, path }: Layer,
  { field, step, data }: Written,
  where: Readonly<Record<string, string>>,
  findings: Diagnostic[],
): Pattern | undefined {
  const written = text(isMap(data) ? entry(data, 'object') : data);
  if (written === undefined) return undefined;
  const parsed = parsePattern(written, where);
  if (parsed.ok) return parsed.value;
  const { code, message, hint } = parsed.error;
  const at = step === undefined ? [...path, field] : [...path, field, step];
  findings.push(error(code, message, tree.place(isMap(data) ? [...at, 'object'] : at), { hint }));
  return undefined;
}
