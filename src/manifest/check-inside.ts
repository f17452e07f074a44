/**
 * Directories are objects of their own: what lies in them is not connected with them. Says where a mapping reads as if
 * it were.
 */
import type { Diagnostic, Place } from '../core/diagnostic.js';
import type { JobGraph } from '../core/graph.js';
import { isDirectory } from '../core/object.js';
import { OverlapIndex } from '../core/overlaps.js';
import { asFiles, contentsOf, type Pattern } from '../core/pattern.js';
import { type DeclaredJob, pathOf } from './declared.js';
import { quote, warning } from './finding.js';

interface Use {
  readonly declared: DeclaredJob;
  readonly role: 'source' | 'target';
  readonly pattern: Pattern;
  /** Its position among the sources or targets. */
  readonly at: number;
}

const placeOf = ({ declared, role, at }: Use): Place => declared.tree.place(pathOf(declared, `${role}s`, at));

/** Files that lie in another job's directory, and names that are a directory here and a file there; warnings. */
export function checkInside(jobs: readonly DeclaredJob[], graph: JobGraph): readonly Diagnostic[] {
  const isThere = ({ pattern }: { readonly pattern: Pattern }) => pattern.kind === 'file' && isDirectory(pattern.id);
  if (!jobs.some(({ job }) => job.sources.some(isThere) || job.targets.some(isThere))) return [];
  const files = jobs.flatMap(usesOf).filter(({ pattern }) => pattern.kind === 'file');
  const directories = files.filter(({ pattern }) => isDirectory(pattern.id));
  const contents = new OverlapIndex(directories.map((use) => [contentsOf(use.pattern), use] as const));
  const named = new Map(directories.map((use) => [shapeOf(use.pattern), use]));
  return files.flatMap((use) => {
    const around = contents
      .of(asFiles(use.pattern))
      .map(({ value }) => value)
      .filter((directory) => isApart(use, directory, graph))
      .reduce<Use | undefined>(earlier, undefined);
    if (around !== undefined) return [inside(use, around)];
    const other = isDirectory(use.pattern.id) ? undefined : named.get(shapeOf(use.pattern));
    return other !== undefined && use.role !== other.role && isApart(use, other, graph) ? [unlike(use, other)] : [];
  });
}

const usesOf = (declared: DeclaredJob): readonly Use[] => {
  const { sources, targets } = declared.job;
  return [
    ...sources.map(({ pattern }, at): Use => ({ declared, role: 'source', pattern, at })),
    ...targets.map(({ pattern }, at): Use => ({ declared, role: 'target', pattern, at })),
  ];
};

/** Is one of the two written, and do the jobs know nothing of one another. */
function isApart(use: Use, directory: Use, { consumers }: JobGraph): boolean {
  const [one, other] = [use.declared.job.name, directory.declared.job.name];
  if (one === other) return use.role === 'target' && directory.role === 'source';
  const feeds = (from: string, to: string) => consumers.get(from)?.some((edge) => edge.to === to) ?? false;
  return (use.role === 'target' || directory.role === 'target') && !feeds(one, other) && !feeds(other, one);
}

const earlier = (first: Use | undefined, use: Use): Use =>
  first === undefined || use.declared.job.index < first.declared.job.index ? use : first;

/** Its name, whatever its captures are called. */
const shapeOf = ({ id }: Pattern): string => id.replace(/\{\w+\}/g, '{}').replace(/\/$/, '');

function inside(use: Use, around: Use): Diagnostic {
  const [file, directory] = [quote(use.pattern.text), quote(around.pattern.text)];
  const { name } = around.declared.job;
  if (use.declared === around.declared) {
    const message = `job ${quote(name)} writes ${file} into the directory ${directory} that it reads, which makes it due again`;
    return finding('inside-directory', message, 'write to another directory', use, around);
  }
  const does = around.role === 'source' ? 'reads' : 'writes';
  const message = `${file} lies in the directory ${directory} that job ${quote(name)} ${does}, and nothing connects the two`;
  const hint =
    use.role === 'source'
      ? `read the directory, or name the file among the targets of ${quote(name)}`
      : around.role === 'source'
        ? 'let the job write the directory as a whole, or write to another one'
        : 'write to another directory';
  return finding('inside-directory', message, hint, use, around);
}

function unlike(use: Use, directory: Use): Diagnostic {
  const does = directory.role === 'source' ? 'reads' : 'writes';
  const message = `${quote(use.pattern.text)} is a file, and job ${quote(directory.declared.job.name)} ${does} a directory of that name: two objects`;
  return finding('file-or-directory', message, 'write the slash at its end in both places, or in none', use, directory);
}

function finding(code: string, message: string, hint: string, use: Use, other: Use): Diagnostic {
  const related = [{ message: 'the directory', place: placeOf(other) }];
  return warning(code, message, placeOf(use), { hint, related });
}
