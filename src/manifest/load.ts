/**
 * Loads a mapping: finds the root manifest, reads it and all that it includes, checks everything. The one way in.
 */
import { dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.js';
import type { JobGraph } from '../core/graph.js';
import type { Job } from '../core/job.js';
import type { Mapping } from '../core/mapping.js';
import { err, ok, type Result } from '../core/result.js';
import { checkMapping } from './check.js';
import { error } from './finding.js';
import { readAll } from './read-all.js';
import { type ManifestSources, newNotes, noteNamed, type SourceNotes, sourcesOf } from './sources.js';
import { beginning, statOf } from './text.js';
import { entry } from './tree.js';

/** What `validate` reports beside findings. */
export interface Counted {
  /** Absolute paths of all manifests that could be found, the root manifest first. */
  readonly manifests: readonly string[];
  readonly jobs: number;
  /** Distinct objects that jobs read and write. */
  readonly objects: number;
}

export interface Loaded extends Counted {
  /** What was loaded, absolute: loaded again, it gives the mapping as it is then. */
  readonly path: string;
  readonly mapping: Mapping;
  /** What feeds what, as the checks found it. */
  readonly graph: JobGraph;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ManifestSources;
}

export type LoadFailure =
  | (Counted & { readonly diagnostics: readonly Diagnostic[]; readonly sources: ManifestSources })
  | { readonly problem: 'no-manifest'; readonly message: string };

/**
 * The mapping that a manifest declares, with all that it includes. `path` is the root manifest, or a directory with an
 * `objflow.yaml` or `objflow.yml`. Findings come in the order of the manifests, and of their lines.
 */
export async function loadMapping(path: string): Promise<Result<Loaded, LoadFailure>> {
  const whole = resolve(path);
  const found = findRoot(whole);
  if (!found.ok) return found;
  const { file, notes } = found.value;
  const read = await readAll(file, notes);
  const sources = sourcesOf(notes);
  const { rootTree, manifests, declared, settings } = read;
  if (rootTree === undefined)
    return err({ manifests, jobs: 0, objects: 0, diagnostics: inOrder(read.findings, manifests), sources });

  const checked = checkMapping(declared, rootTree);
  const diagnostics = inOrder([...read.findings, ...checked.findings], manifests);
  const { jobs, graph } = checked;
  const counted = { manifests, jobs: jobs.size, objects: objectsOf(jobs.values()).size };
  if (diagnostics.some(({ severity }) => severity === 'error')) return err({ ...counted, diagnostics, sources });

  const concurrency = entry(rootTree.data, 'concurrency');
  const mapping: Mapping = {
    ...settings,
    root: notes.root,
    manifests,
    ...(typeof concurrency === 'number' ? { concurrency } : {}),
    pools: new Map(declared.pools.map(({ name, limit }) => [name, limit])),
    objects: declared.objects.map(({ object }) => object),
    jobs,
  };
  return ok({ ...counted, path: whole, mapping, graph, diagnostics, sources });
}

function objectsOf(jobs: Iterable<Job>): ReadonlySet<string> {
  const objects = new Set<string>();
  for (const { sources, targets } of jobs) {
    for (const { pattern } of sources) objects.add(pattern.id);
    for (const { pattern } of targets) objects.add(pattern.id);
  }
  return objects;
}

interface Root {
  readonly file: string;
  readonly notes: SourceNotes;
}

function findRoot(path: string): Result<Root, LoadFailure> {
  const none = (message: string) => err({ problem: 'no-manifest', message } as const);
  const stat = statOf(path);
  if (stat === undefined) return none(`there is no ${path}, or it may not be read`);
  if (!stat.isDirectory()) return ok({ file: path, notes: newNotes(dirname(path)) });
  const notes = newNotes(path);
  const [yaml, yml] = [join(path, 'objflow.yaml'), join(path, 'objflow.yml')];
  // The second to come is an error, also where only the first was read
  for (const file of [yaml, yml]) noteNamed(notes, file);
  const there = [yaml, yml].filter((file) => statOf(file) !== undefined);
  if (there.length === 2) {
    const hint = 'keep one of them, or name one with --file';
    const finding = error('two-manifests', 'objflow.yaml and objflow.yml stand side by side', beginning(yml), { hint });
    notes.read.push(...there.map((file) => [file, 'one of two'] as const));
    return err({ manifests: there, jobs: 0, objects: 0, diagnostics: [finding], sources: sourcesOf(notes) });
  }
  const [file] = there;
  return file === undefined ? none(`there is no objflow.yaml in ${path}`) : ok({ file, notes });
}

/** By manifest, then by place; what is said of one place several times is said once. */
function inOrder(findings: readonly Diagnostic[], manifests: readonly string[]): readonly Diagnostic[] {
  const position = new Map(manifests.map((file, index) => [file, index]));
  const unique = new Map(
    findings.map((finding) => [JSON.stringify([finding.code, finding.message, finding.place]), finding]),
  );
  const rank = ({ place }: Diagnostic) => position.get(place.file) ?? manifests.length;
  return [...unique.values()].sort(
    (one, other) =>
      rank(one) - rank(other) || one.place.line - other.place.line || one.place.column - other.place.column,
  );
}
