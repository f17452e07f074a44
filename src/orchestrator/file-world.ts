/**
 * What the adapter of files has to know of a mapping: where it leads, what says something of what, what is passed over.
 */
import path from 'node:path';
import { type Mapping, type ObjectDeclaration, undeclared } from '../core/mapping.js';
import { markedBy } from '../core/marker.js';
import { fileId, type ObjectId } from '../core/object.js';
import { fixedPart, match, type Pattern } from '../core/pattern.js';
import { PatternIndex, together } from '../core/pattern-index.js';
import type { State } from '../core/state.js';
import { clockOffset } from '../engine/clock.js';
import type { FileWorld } from '../objects/world.js';

/** Files that are wanted besides sources: markers, and targets that are made again when they are gone. */
type Extra = { readonly marks: ObjectDeclaration } | { readonly target: true };

/** The world of a mapping's files; `contents` may be those of the world that this one replaces. */
export function fileWorld(
  mapping: Mapping,
  state: State,
  { contents = new Map(), asked }: Partial<Pick<FileWorld, 'contents' | 'asked'>> = {},
): FileWorld {
  const sources = state.sources;
  const extras = extrasOf(mapping);
  return {
    root: mapping.root,
    fixed: fixedDirectories(mapping),
    isMade: (id) => {
      for (const { targets } of mapping.jobs.values())
        if (targets.some(({ pattern }) => match(pattern, id) !== undefined)) return true;
      return false;
    },
    walk: (root) => together([sources.walk(root), ...(extras ? [extras.walk(root)] : [])]),
    objectsOf: extras ? (file) => objectsOf(state, extras, file) : (file) => [file],
    asksFor: (id, ending) =>
      sources.match(id).some(({ value }) => value.job.job.sources[value.source]?.pattern.text.endsWith(ending)),
    ignores: ignored(mapping.ignore),
    rulesOf:
      mapping.objects.length === 0 ? () => undeclared : (id) => state.declarations.match(id)[0]?.value ?? undeclared,
    contents,
    clockOffset,
    asked,
  };
}

function extrasOf(mapping: Mapping): PatternIndex<Extra> | undefined {
  const extras: [Pattern, Extra][] = [];
  for (const declaration of mapping.objects)
    if (declaration.marker?.where === 'beside') extras.push([declaration.marker.pattern, { marks: declaration }]);
  for (const job of mapping.jobs.values())
    for (const { pattern } of job.onMissingTarget === 'rerun' ? job.targets : [])
      if (pattern.kind === 'file') extras.push([pattern, { target: true }]);
  if (extras.length === 0) return undefined;
  const index = new PatternIndex<Extra>();
  for (const [pattern, extra] of extras) index.add(pattern, extra);
  return index;
}

function objectsOf(state: State, extras: PatternIndex<Extra>, file: ObjectId): ObjectId[] {
  const found = new Set<ObjectId>();
  if (state.sources.match(file).length > 0) found.add(file);
  for (const { value } of extras.match(file)) {
    const object = 'marks' in value ? markedBy(value.marks, file) : file;
    if (object !== undefined) found.add(object);
  }
  return [...found];
}

function fixedDirectories({ jobs }: Mapping): ReadonlySet<string> {
  const fixed = new Set<string>();
  const add = (pattern: Pattern): void => {
    let at = fixedPart(pattern);
    for (; at !== '' && at !== '/' && at !== '.' && !fixed.has(at); at = path.posix.dirname(at)) fixed.add(at);
  };
  for (const job of jobs.values()) for (const { pattern } of job.sources) if (pattern.kind === 'file') add(pattern);
  return fixed;
}

/** A name without a slash is passed over wherever it stands, anything else where its path leads. */
export function ignored(patterns: readonly Pattern[]): FileWorld['ignores'] {
  if (patterns.length === 0) return () => false;
  const names = patterns.filter(({ text }) => !text.includes('/'));
  const paths = patterns.filter(({ text }) => text.includes('/'));
  return (file) => {
    const name = fileId(path.posix.basename(file));
    return (
      names.some((pattern) => match(pattern, name) !== undefined) ||
      paths.some((pattern) => match(pattern, fileId(file)) !== undefined)
    );
  };
}

/** Every how many milliseconds a directory is to be listed, by what the mapping says of it or of what it is in. */
export function pollingOf({ watch }: Mapping): (directory: string) => number | undefined {
  const holds = (above: string, directory: string): boolean => {
    if (above === '' || above === '/') return directory.startsWith('/') === (above === '/');
    return directory === above || directory.startsWith(`${above}/`);
  };
  // The longest comes first.
  return (at) => watch.polling.find(({ directory }) => holds(directory, at))?.every;
}
