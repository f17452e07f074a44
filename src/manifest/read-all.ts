/**
 * Reads the root manifest and all that it includes. Each manifest is checked alone here; how they fit together is
 * checked elsewhere.
 */
import { basename, relative } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.js';
import { unsaid } from '../core/mapping.js';
import {
  type Declared,
  type DeclaredJob,
  type DeclaredObject,
  type DeclaredPool,
  type Doubt,
  moreDoubt,
} from './declared.js';
import { boundFindings, type Layer } from './fields.js';
import { error, quote } from './finding.js';
import { includesOf } from './include.js';
import { inherit, nothingSaid } from './inherit.js';
import { parseManifest } from './parse.js';
import { Places } from './places.js';
import type { Common } from './read-entries.js';
import { readJob } from './read-job.js';
import { readObject } from './read-object.js';
import { readSettings, rootOnly, type Settings } from './read-settings.js';
import { contentOf } from './seen.js';
import { checkShape } from './shape.js';
import { noteNamed, type SourceNotes } from './sources.js';
import { beginning, readManifest, withoutLinks } from './text.js';
import { entries, entry, isMap, type Path, type Tree } from './tree.js';

export interface ReadAll {
  readonly rootTree: Tree | undefined;
  readonly manifests: readonly string[];
  readonly declared: Declared;
  readonly settings: Settings;
  readonly findings: readonly Diagnostic[];
}

/** A manifest that is to be read, and by whom it was included: what a loop is told by. */
interface Waiting {
  readonly file: string;
  readonly includer?: Waiting & { readonly tree: Tree };
  readonly path: Path;
  readonly byWildcard: boolean;
}

/** Reads manifests depth first, each once, each before those that it includes; `notes` tell where from. */
export async function readAll(rootFile: string, notes: SourceNotes): Promise<ReadAll> {
  const { root } = notes;
  const jobs: DeclaredJob[] = [];
  const objects: DeclaredObject[] = [];
  const pools: DeclaredPool[] = [];
  const findings: Diagnostic[] = [];
  const seen = new Set<string>();
  const manifests: string[] = [];
  const common: Common = { places: new Places(), narrowings: new Map(), findings };
  let rootTree: Tree | undefined;
  let settings: Settings = unsaid;
  let doubt: Doubt = 'none';

  const stack: Waiting[] = [{ file: rootFile, path: [], byWildcard: false }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const loop = loopOf(next, root);
    if (loop !== undefined) findings.push(...loop);
    const identity = withoutLinks(next.file);
    if (loop !== undefined || seen.has(identity)) continue;
    seen.add(identity);
    manifests.push(next.file);
    const tree = await readTree(next.file, findings, notes);
    if (tree === undefined) {
      doubt = 'all';
      continue;
    }
    const isRoot = rootTree === undefined && next.includer === undefined;
    const shape = checkShape(tree);
    findings.push(...shape.findings, ...misplaced(tree, isRoot));
    if (isRoot) {
      rootTree = tree;
      const read = readSettings(tree);
      settings = read.settings;
      findings.push(...read.findings);
    }
    doubt = moreDoubt(doubt, shape.doubt);

    const own = defaultsOf(tree);
    findings.push(...boundFindings(own));
    const defaults = isRoot || rootTree === undefined ? [own] : [own, defaultsOf(rootTree)];
    const inherited = defaults.reduceRight((below, layer) => inherit(layer, below), nothingSaid);
    const around = { tree, defaults, inherited, root, common };
    const written = entry(tree.data, 'jobs');
    for (const name of isMap(written) ? Object.keys(written) : []) {
      const data = entry(written, name);
      if (!isMap(data)) continue;
      jobs.push(readJob(data, around, name, jobs.length));
    }
    for (const [name, data] of entries(entry(tree.data, 'objects'))) {
      const object = readObject({ tree, path: ['objects', name], data }, name);
      if (object.declared !== undefined) objects.push(object.declared);
      findings.push(...object.findings);
    }
    for (const [name, limit] of entries(entry(tree.data, 'pools')))
      pools.push({ tree, path: ['pools', name], name, limit: typeof limit === 'number' ? limit : 1 });

    const includer = { ...next, tree };
    const included = includesOf(tree, root, notes).flatMap((files) => {
      if (files.ok) return files.value;
      findings.push(files.error);
      if (files.error.severity === 'error') doubt = 'all';
      return [];
    });
    stack.push(...included.map((file): Waiting => ({ ...file, includer })).reverse());
  }
  return { rootTree, manifests, declared: { jobs, objects, pools, doubt }, settings, findings };
}

async function readTree(file: string, findings: Diagnostic[], notes: SourceNotes): Promise<Tree | undefined> {
  noteNamed(notes, file);
  const source = readManifest(file, (what) => notes.read.push([file, contentOf(what)]));
  if (!source.ok) {
    findings.push(source.error);
    return undefined;
  }
  const parsed = await parseManifest(source.value);
  findings.push(...parsed.findings);
  return parsed.tree;
}

const defaultsOf = (tree: Tree): Layer => ({ tree, path: ['defaults'], data: entry(tree.data, 'defaults') });

/** Findings when the manifest is among those that led to it; none, but still a loop, where a wildcard matches its own file. */
function loopOf({ file, includer, path, byWildcard }: Waiting, root: string): readonly Diagnostic[] | undefined {
  const identity = withoutLinks(file);
  const way = [file];
  for (let above = includer; above !== undefined; above = above.includer) {
    way.unshift(above.file);
    if (withoutLinks(above.file) !== identity) continue;
    if (byWildcard && way.length === 2) return [];
    const names = way.map((name) => quote(relative(root, name) || basename(name))).join(' → ');
    const place = includer?.tree.place(path) ?? beginning(file);
    return [
      error('include-loop', `manifests include one another: ${names}`, place, { hint: 'remove one of the includes' }),
    ];
  }
  return undefined;
}

/** `version` must stand in the root manifest, other fields may only stand there. */
function misplaced(tree: Tree, isRoot: boolean): readonly Diagnostic[] {
  const has = (field: string): boolean => entry(tree.data, field) !== undefined;
  if (isRoot && isMap(tree.data) && !has('version')) {
    const hint = 'start with: version: 1';
    return [error('missing-field', 'the manifest has no field `version`', beginning(tree.file), { hint })];
  }
  return (isRoot ? [] : rootOnly.filter(has)).map((field) => {
    const message = `${quote(field)} holds for the whole project: it stands in the root manifest`;
    return error('misplaced-field', message, tree.keyPlace([field]), { hint: 'move it there' });
  });
}
