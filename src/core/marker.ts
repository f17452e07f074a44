/**
 * Which marker says that an object is complete, and which object a marker speaks of. Knows nothing of how either is
 * looked at.
 */
import type { ObjectDeclaration, Rules } from './mapping.js';
import { fileId, nameOf, type ObjectId } from './object.js';
import { fill, match } from './pattern.js';

/** The file that has to be there; undefined for an object without a marker. */
export function markerOf(
  object: ObjectId,
  { marker, pattern }: Pick<Rules, 'marker' | 'pattern'>,
): ObjectId | undefined {
  if (marker?.where === 'inside') return fileId(nameOf(object) + marker.name);
  const values = marker && pattern && match(pattern, object);
  return values && fill(marker.pattern, values);
}

/** The object whose marker this file would be, by this declaration. A marker inside of a directory needs no such way back. */
export function markedBy({ marker, pattern }: ObjectDeclaration, file: ObjectId): ObjectId | undefined {
  const values = marker?.where === 'beside' ? match(marker.pattern, file) : undefined;
  return values && fill(pattern, values);
}
