/**
 * What a job reads and writes: its `where`, its sources and targets. What many jobs have in common is read once.
 */
import type { Diagnostic } from '../core/diagnostic.js';
import type { Source, Target } from '../core/job.js';
import { type Pattern, parsePattern } from '../core/pattern.js';
import type { Step } from './declared.js';
import { flag, keptText, type Layer, text } from './fields.js';
import { error } from './finding.js';
import type { Places } from './places.js';
import { type Data, type DataMap, entries, entry, isMap, type Path, type Tree } from './tree.js';

/** What the jobs of all manifests have in common. */
export interface Common {
  readonly places: Places;
  /** What `where` may say, by what it does: the same little stands in most jobs. */
  readonly narrowings: Map<string, Narrowing>;
  readonly findings: Diagnostic[];
}

/** What `where` says, and the patterns that were read under it, by their text: one job's target is the next one's source. */
export interface Narrowing {
  readonly where: Readonly<Record<string, string>>;
  readonly patterns: Map<string, Pattern>;
}

/** A job of one manifest, whose path is made when a finding asks for it. */
export class JobLayer implements Layer {
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

/** What is being read of a job. */
export interface Reading {
  readonly own: JobLayer;
  readonly common: Common;
  readonly narrowing: Narrowing;
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
export interface Entries<T> {
  readonly read: readonly T[];
  readonly steps: readonly Step[];
  readonly whole: boolean;
}

const alone: readonly Step[] = [undefined];

/** What the job reads. */
export const readSources = (reading: Reading): Entries<Source> => readEntries(reading, 'sources', readSource);

/** What the job writes. */
export const readTargets = (reading: Reading): Entries<Target> => readEntries(reading, 'targets', readTarget);

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

/** The regular expressions that can be read. What is wrong with the others is said once, however many patterns use them. */
export function readWhere({ tree, path, data }: JobLayer, { narrowings, findings }: Common): Narrowing {
  const key = data.where === undefined ? '' : JSON.stringify(data.where);
  const known = narrowings.get(key);
  if (known !== undefined) return known;
  const before = findings.length;
  const usable = entries(data.where).flatMap(([name, data]) => {
    const expression = keptText(data);
    if (expression === undefined) return [];
    const tried = /^[A-Za-z_]\w*$/.test(name) ? parsePattern(`x{${name}}`, { [name]: expression }) : undefined;
    if (tried?.ok === false) {
      const { code, message, hint } = tried.error;
      findings.push(error(code, message, tree.place([...path, 'where', name]), { hint }));
    }
    return tried?.ok === false ? [] : [[name, expression] as const];
  });
  const narrowing = { where: Object.fromEntries(usable), patterns: new Map() };
  // What is wrong is to be said of each job
  if (findings.length === before) narrowings.set(key, narrowing);
  return narrowing;
}

function readPattern({ own, common, narrowing }: Reading, field: Field, step: Step, data: Data): Pattern | undefined {
  const written = text(isMap(data) ? data.object : data);
  if (written === undefined) return undefined;
  const known = narrowing.patterns.get(written);
  if (known !== undefined) return known;
  const parsed = parsePattern(written, narrowing.where);
  if (parsed.ok) {
    narrowing.patterns.set(written, parsed.value);
    return parsed.value;
  }
  const { code, message, hint } = parsed.error;
  const at = step === undefined ? [...own.path, field] : [...own.path, field, step];
  common.findings.push(error(code, message, own.tree.place(isMap(data) ? [...at, 'object'] : at), { hint }));
  return undefined;
}
