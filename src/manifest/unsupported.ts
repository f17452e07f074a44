/**
 * What is promised and cannot be done yet. It is refused by name, so that nobody takes it for ignored or misspelt.
 */
import type { Path } from './tree.js';

const fields: Readonly<Record<'object' | 'source', readonly string[]>> = {
  object: ['follow_symlinks', 'probe', 'every', 'expect'],
  source: ['complete', 'expires'],
};

/** Is the field, in the map at this path, one that is not supported yet. */
export function notYet(path: Path, field: string): boolean {
  if (path[0] === 'objects') return path.length === 2 && fields.object.includes(field);
  return path[0] === 'jobs' && path[2] === 'sources' && path.length === 4 && fields.source.includes(field);
}

/** Does a job's `when` read as an expression over its sources, which is not supported yet. */
export function isExpression(when: string, sourceNames: readonly string[]): boolean {
  return /[\s()]/.test(when.trim()) || sourceNames.includes(when);
}
