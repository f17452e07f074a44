/**
 * One entry of `objects`, as the core knows declarations.
 */
import type { Diagnostic } from '../core/diagnostic.js';
import { undeclared } from '../core/mapping.js';
import { parsePattern } from '../core/pattern.js';
import type { DeclaredObject } from './declared.js';
import { boundFindings, duration, flag, keptText, type Layer, oneOf, present, size, text, words } from './fields.js';
import { error, quote, warning } from './finding.js';
import { readMarker } from './read-marker.js';
import { bytesOf, greatest } from './size.js';
import { entry } from './tree.js';

const ofFiles = ['settle', 'strict', 'version', 'marker', 'min_size'];

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
  const findings = [...boundFindings(own), ...sizeFindings(own)];
  const has = (field: string) => entry(data, field) !== undefined;
  const idle = (field: string, message: string) =>
    warning('no-effect', `${quote(field)} ${message}`, tree.keyPlace([...path, field]), { hint: 'remove it' });
  const isFile = pattern.kind === 'file';
  for (const field of isFile ? [] : ofFiles.filter(has))
    findings.push(idle(field, `says nothing of ${quote(name)}, which is not a file`));
  for (const field of isFile && has('marker') ? ['settle', 'strict'].filter(has) : [])
    findings.push(idle(field, `says nothing of ${quote(name)}, which lands when its marker is there`));
  const marker = isFile ? readMarker(own, pattern) : undefined;
  if (marker?.ok === false) findings.push(marker.error);
  const object = {
    ...undeclared,
    ...present({
      description: keptText(entry(data, 'description')),
      owner: keptText(entry(data, 'owner')),
      tags: words(entry(data, 'tags')),
      external: flag(entry(data, 'external')),
      settle: duration(entry(data, 'settle')),
      strict: flag(entry(data, 'strict')),
      version: oneOf('stat', 'content')(entry(data, 'version')),
      marker: marker?.ok ? marker.value : undefined,
      minSize: size(entry(data, 'min_size')),
      concurrentWriters: flag(entry(data, 'concurrent_writers')),
    }),
    pattern,
  };
  return { declared: { tree, path, object }, findings };
}

/** The schema bounds plain numbers; a text is one that is too great. */
function sizeFindings({ tree, path, data }: Layer): readonly Diagnostic[] {
  const written = text(entry(data, 'min_size'));
  const bytes = written === undefined ? undefined : bytesOf(written);
  if (written === undefined || bytes === undefined || bytes <= greatest) return [];
  const message = `\`min_size\` is ${quote(written)}, but may be from 0 to 1000TB`;
  return [error('out-of-range', message, tree.place([...path, 'min_size']), { hint: 'write 1000TB at most' })];
}
