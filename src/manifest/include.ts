/**
 * Which files an entry of `include` names. Looks at the disk, below the project's directory only; reads no manifest.
 */
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.js';
import { fileId, isDirectory } from '../core/object.js';
import { match, type Pattern, parsePattern } from '../core/pattern.js';
import { PatternIndex, type Walk } from '../core/pattern-index.js';
import { err, ok, type Result } from '../core/result.js';
import { error, quote, warning } from './finding.js';
import { entriesIn, listing, standing } from './seen.js';
import { noteNamed, type SourceNotes, type Wildcard } from './sources.js';
import { closest } from './suggest.js';
import { statOf, withoutLinks } from './text.js';
import { entry, type Path, type Tree } from './tree.js';

export interface Included {
  /** Absolute path. */
  readonly file: string;
  /** The entry that names it. */
  readonly path: Path;
  readonly byWildcard: boolean;
}

type Found = Result<readonly Included[], Diagnostic>;

/** The files that a manifest includes, in order; wildcards give theirs sorted by name. */
export function includesOf(tree: Tree, root: string, notes: SourceNotes): readonly Found[] {
  const written = entry(tree.data, 'include');
  const list = Array.isArray(written) ? written : [written];
  return list.flatMap((text, index) => {
    const path = Array.isArray(written) ? ['include', index] : ['include'];
    return typeof text === 'string' ? [filesOf(tree, path, text, root, notes)] : [];
  });
}

function filesOf(tree: Tree, path: Path, text: string, root: string, notes: SourceNotes): Found {
  const place = tree.place(path);
  // As all paths in manifests: relative to the root manifest's directory, whichever manifest they stand in.
  const below = join(text).split(sep).join('/');
  if (isAbsolute(text) || below === '..' || below.startsWith('../')) {
    const hint = "manifests stand in the project's directory or below: copy it there";
    return err(error('outside-project', `${quote(text)} is outside of the project's directory`, place, { hint }));
  }
  if (!/[*?]/.test(text)) {
    const file = join(root, below).replace(/(?<=.)\/$/, '');
    noteNamed(notes, file);
    return literal(tree, path, text, file, root);
  }

  const pattern = parsePattern(`file:${below}`);
  if (!pattern.ok) return err(error('bad-include', pattern.error.message, place, { hint: pattern.error.hint }));
  if (pattern.value.captures.length > 0) {
    const hint = 'use * in place of the braces';
    return err(error('bad-include', `${quote(text)} has braces: an include takes *, ** and ? only`, place, { hint }));
  }
  if (isDirectory(pattern.value.id)) {
    const hint = `include the manifests in them: ${quote(`${below}*.yaml`)}`;
    return err(error('bad-include', `${quote(text)} names directories, not manifests`, place, { hint }));
  }
  const wildcard = glob(pattern.value, root);
  const { files } = wildcard;
  notes.wildcards.push(wildcard);
  if (files.length === 0) {
    const hint = "check the path: it is relative to the root manifest's directory";
    return err(warning('empty-include', `${quote(text)} matches no file`, place, { hint }));
  }
  const outside = files.find((file) => !isInside(file, root));
  if (outside !== undefined) return err(leadsOut(tree, path, relative(root, outside)));
  return ok(files.map((file) => ({ file, path, byWildcard: true })));
}

function literal(tree: Tree, path: Path, text: string, file: string, root: string): Found {
  const place = tree.place(path);
  const stat = statOf(file);
  if (stat === undefined) {
    const near = closest(text, siblings(file, text));
    const hint =
      near === undefined
        ? "check the path: it is relative to the root manifest's directory"
        : `did you mean ${quote(near)}?`;
    return err(error('missing-include', `there is no file ${quote(text)}`, place, { hint }));
  }
  if (stat.isDirectory()) {
    const hint = `include the manifests in it: ${quote(join(text, '*.yaml'))}`;
    return err(error('not-a-file', `${quote(text)} is a directory, not a manifest`, place, { hint }));
  }
  if (!stat.isFile()) {
    return err(error('not-a-file', `${quote(text)} is not a regular file`, place, { hint: 'name a YAML file' }));
  }
  if (!isInside(file, root)) return err(leadsOut(tree, path, text));
  return ok([{ file, path, byWildcard: false }]);
}

const leadsOut = (tree: Tree, path: Path, text: string): Diagnostic => {
  const hint = 'copy the manifest into the project';
  const message = `${quote(text)} is a link that leads out of the project's directory`;
  return error('outside-project', message, tree.place(path), { hint });
};

/** Files beside a missing one, written as it was. */
function siblings(file: string, text: string): readonly string[] {
  return entriesIn(dirname(file)).map(({ name }) => join(dirname(text), name));
}

const isInside = (file: string, root: string): boolean =>
  `${withoutLinks(file)}${sep}`.startsWith(`${withoutLinks(root)}${sep}`.replace(/\/+$/, '/'));

function glob(pattern: Pattern, root: string): Wildcard {
  const index = new PatternIndex<true>();
  index.add(pattern, true);
  const files: string[] = [];
  const directories: string[] = [];
  const seen: [string, string][] = [];
  const visit = (directory: string, walk: Walk): void => {
    directories.push(join(root, directory));
    for (const { name, isFile, isDirectory } of candidates(join(root, directory), walk, seen)) {
      const path = directory === '' ? name : `${directory}/${name}`;
      if (isFile && walk.wants(name) && match(pattern, fileId(path)) !== undefined) files.push(join(root, path));
      if (!isDirectory) continue;
      const further = walk.enter(name);
      if (!further.dead) visit(path, further);
    }
  };
  const walk = index.walk('');
  visit('', walk);
  return { pattern, walk, directories, files, seen, again: () => glob(pattern, root).files };
}

interface Candidate {
  readonly name: string;
  readonly isFile: boolean;
  readonly isDirectory: boolean;
}

/** Entries to look at. Links to directories are followed only where they are named: what wildcards find has an end. */
function candidates(directory: string, walk: Walk, seen: [string, string][]): readonly Candidate[] {
  const look = (name: string): string => {
    const path = join(directory, name);
    const what = standing(path);
    seen.push([path, what]);
    return what;
  };
  const named = walk.literals;
  if (named !== undefined) {
    return named.map((name) => {
      const what = look(name);
      return { name, isFile: what === 'file', isDirectory: what === 'directory' };
    });
  }
  const entries = entriesIn(directory);
  seen.push([directory, listing(entries)]);
  return entries.flatMap((found) => {
    if (found.name === 'node_modules') return [];
    const isFile = found.isSymbolicLink() ? look(found.name) === 'file' : found.isFile();
    return [{ name: found.name, isFile, isDirectory: found.isDirectory() }];
  });
}
