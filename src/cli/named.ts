/** Objects that a command names. */
import type { Mapping } from '../core/mapping.js';
import type { ObjectId } from '../core/object.js';
import { namedObjects } from '../orchestrator/named.js';
import { userError } from './exit.js';

/** The objects that the texts name; throws a `UserError` where one is none of the mapping's. */
export function requireObjects(
  mapping: Mapping,
  texts: readonly string[],
  cwd: string,
  deed: 'announced' | 'simulated',
): readonly ObjectId[] {
  const objects = namedObjects(mapping, texts, cwd, deed, '\nobjflow: ');
  if (!objects.ok) throw userError(objects.error);
  return objects.value;
}
