/**
 * One job of a manifest, as the core knows jobs. Reports what is wrong within its patterns and names; how jobs fit
 * together is checked elsewhere.
 */
import { resolve } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.js';
import type { Job, Source, Target } from '../core/job.js';
import { type Pattern, parsePattern } from '../core/pattern.js';
import type { DeclaredJob } from './declared.js';
import { definitionOf } from './definition.js';
import {
  boundFindings,
  duration,
  flag,
  type Layer,
  number,
  oneOf,
  pick,
  present,
  text,
  texts,
  words,
} from './fields.js';
import { error } from './finding.js';
import { nameFindings } from './read-names.js';
import { type Data, entries, entry, isMap, type Path, type Tree } from './tree.js';

export interface ReadJob {
  readonly declared: DeclaredJob;
  readonly findings: readonly Diagnostic[];
}

/** A job from its own fields and the layers of defaults below them; `root` is the project's directory. */
export function readJob(own: Layer, defaults: readonly Layer[], name: string, index: number, root: string): ReadJob {
  const { tree, path, data } = own;
  const layers = [own, ...defaults];
  const findings = [...boundFindings(own)];
  const where = readWhere(own, findings);
  const reads = readEntries(own, 'sources');
  const writes = readEntries(own, 'targets');
  const pattern = (written: Written) => readPattern(tree, written, where, findings);
  const sources = reads.flatMap((written): (Written & { readonly as: Source })[] => {
    const parsed = pattern(written);
    if (parsed === undefined) return [];
    const trigger = flag(entry(written.data, 'trigger')) ?? true;
    const optional = flag(entry(written.data, 'optional')) ?? false;
    return [{ ...written, as: { ...named(written), pattern: parsed, trigger, optional } }];
  });
  const targets = writes.flatMap((written): (Written & { readonly as: Target })[] => {
    const parsed = pattern(written);
    return parsed === undefined ? [] : [{ ...written, as: { ...named(written), pattern: parsed } }];
  });

  const cwd = pick(layers, 'cwd', text);
  const env = texts(layers, 'env');
  const parts = {
    sources: sources.map(({ as }) => as),
    targets: targets.map(({ as }) => as),
    run: text(entry(data, 'run')) ?? '',
    shell: pick(layers, 'shell', oneOf('sh', 'bash')) ?? ('sh' as const),
    env,
  };
  const job: Job = {
    ...parts,
    ...present({
      description: text(entry(data, 'description')),
      owner: pick(layers, 'owner', text),
      cwd: cwd === undefined ? undefined : resolve(root, cwd),
      timeout: pick(layers, 'timeout', duration),
      concurrency: pick(layers, 'concurrency', number),
      pool: pick(layers, 'pool', text),
      onSuccess: pick(layers, 'on_success', text),
      onFailure: pick(layers, 'on_failure', text),
    }),
    name,
    index,
    tags: pick(layers, 'tags', words) ?? [],
    captures: [...new Set(parts.sources.flatMap(({ optional, pattern }) => (optional ? [] : pattern.captures)))],
    when: pick(layers, 'when', oneOf('any', 'all')) ?? 'any',
    retries: readRetries(layers),
    priority: pick(layers, 'priority', number) ?? 0,
    enabled: flag(entry(data, 'enabled')) ?? true,
    onUpstreamFailure: pick(layers, 'on_upstream_failure', oneOf('block', 'ignore')) ?? 'block',
    onMissingTarget: pick(layers, 'on_missing_target', oneOf('ignore', 'rerun')) ?? 'ignore',
    sourcesAs: pick(layers, 'sources_as', oneOf('all', 'arguments', 'file')) ?? 'all',
    definition: definitionOf({ ...parts, cwd, where: texts([own], 'where') }),
    place: tree.keyPlace(path),
  };
  const pool = layers.find((layer) => text(entry(layer.data, 'pool')) !== undefined);
  const declared: DeclaredJob = {
    tree,
    path,
    job,
    sources: sources.map((written) => written.path),
    targets: targets.map((written) => written.path),
    whole: sources.length === reads.length && targets.length === writes.length,
    ...(pool === undefined ? {} : { pool: { tree: pool.tree, path: [...pool.path, 'pool'] } }),
  };
  findings.push(...nameFindings(declared, layers));
  return { declared, findings };
}

/** An entry of `sources` or `targets`. */
interface Written {
  readonly path: Path;
  readonly name?: string;
  readonly data: Data;
}

const named = ({ name }: Written) => (name === undefined ? {} : { name });

/** Text stands for a list of one; a map names its entries. */
function readEntries({ data, path }: Layer, field: 'sources' | 'targets'): readonly Written[] {
  const all = entry(data, field);
  const at = [...path, field];
  if (typeof all === 'string') return [{ path: at, data: all }];
  if (Array.isArray(all)) return all.map((item: Data, index) => ({ path: [...at, index], data: item }));
  return entries(all).map(([name, item]) => ({ path: [...at, name], name, data: item }));
}

/** The regular expressions that can be read. What is wrong with the others is said once, however many patterns use them. */
function readWhere({ tree, path, data }: Layer, findings: Diagnostic[]): Readonly<Record<string, string>> {
  const usable = entries(entry(data, 'where')).filter((pair): pair is readonly [string, string] => {
    const [name, expression] = pair;
    if (typeof expression !== 'string') return false;
    const tried = /^[A-Za-z_]\w*$/.test(name) ? parsePattern(`x{${name}}`, { [name]: expression }) : undefined;
    if (tried?.ok === false) {
      const { code, message, hint } = tried.error;
      findings.push(error(code, message, tree.place([...path, 'where', name]), { hint }));
    }
    return tried?.ok !== false;
  });
  return Object.fromEntries(usable);
}

function readPattern(
  tree: Tree,
  { data, path }: Written,
  where: Readonly<Record<string, string>>,
  findings: Diagnostic[],
): Pattern | undefined {
  const written = text(isMap(data) ? entry(data, 'object') : data);
  if (written === undefined) return undefined;
  const parsed = parsePattern(written, where);
  if (parsed.ok) return parsed.value;
  const { code, message, hint } = parsed.error;
  findings.push(error(code, message, tree.place(isMap(data) ? [...path, 'object'] : path), { hint }));
  return undefined;
}

function readRetries(layers: readonly Layer[]): Job['retries'] {
  const retries = layers.map((layer): Layer => ({ ...layer, data: entry(layer.data, 'retries') }));
  return {
    attempts: pick(retries, 'attempts', number) ?? 1,
    delay: pick(retries, 'delay', duration) ?? 10_000,
    backoff: pick(retries, 'backoff', number) ?? 2,
  };
}
