/**
 * One entry of `objects`, as the core knows declarations.
 */
import type { Diagnostic } from '../core/diagnostic.js';
import { undeclared } from '../core/mapping.js';
import { parsePattern } from '../core/pattern.js';
import type { DeclaredObject } from './declared.js';
import { boundFindings, duration, flag, type Layer, oneOf, present, text, words } from './fields.js';
import { error, quote, warning } from './finding.js';
import { entry } from './tree.js';

export interface ReadObject {
  /** Absent where its name is no pattern. */
  readonly declared?: DeclaredObject;
  readonly findings: readonly Diagnostic[];
}

/** What is said about the objects that the name matches. */
export function readObject(own: Layer, name: string): ReadObject {
  const { tree, path, data } = own;
  const parsed = parsePattern(name);
  if (!parsed.ok) {
    const { code, message, hint } = parsed.error;
    return { findings: [error(code, message, tree.keyPlace(path), { hint })] };
  }
  const pattern = parsed.value;
  const findings = [...boundFindings(own)];
  for (const field of pattern.kind === 'file' ? [] : ['settle', 'strict', 'version']) {
    if (entry(data, field) === undefined) continue;
    const message = `${quote(field)} says nothing of ${quote(name)}, which is not a file`;
    findings.push(warning('no-effect', message, tree.keyPlace([...path, field]), { hint: 'remove it' }));
  }
  const object = {
    ...undeclared,
    ...present({
      description: text(entry(data, 'description')),
      owner: text(entry(data, 'owner')),
      tags: words(entry(data, 'tags')),
      external: flag(entry(data, 'external')),
      settle: duration(entry(data, 'settle')),
      strict: flag(entry(data, 'strict')),
      version: oneOf('stat', 'content')(entry(data, 'version')),
      concurrentWriters: flag(entry(data, 'concurrent_writers')),
    }),
    pattern,
  };
  return { declared: { tree, path, object }, findings };
}
