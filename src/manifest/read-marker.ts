/**
 * The marker of an object: the file that says that the object is complete. Knows nothing of when anything lands.
 */
import type { Diagnostic } from '../core/diagnostic.js';
import type { Marker } from '../core/mapping.js';
import { isDirectory, nameOf } from '../core/object.js';
import { type Pattern, type PatternProblem, parsePattern } from '../core/pattern.js';
import { err, ok, type Result } from '../core/result.js';
import { type Layer, text } from './fields.js';
import { error, quote } from './finding.js';
import { entry } from './tree.js';

/** The marker of a file or directory object, if it has one; the error is a finding. */
export function readMarker({ tree, path, data }: Layer, object: Pattern): Result<Marker | undefined, Diagnostic> {
  const written = text(entry(data, 'marker'));
  if (written === undefined) return ok(undefined);
  const marker = markerOf(written, object);
  if (marker.ok) return marker;
  const { code, message, hint } = marker.error;
  return err(error(code, message, tree.place([...path, 'marker']), { hint }));
}

const problem = (message: string, hint: string): Result<never, PatternProblem> =>
  err({ code: 'bad-marker', message, hint });

function markerOf(written: string, object: Pattern): Result<Marker, PatternProblem> {
  const parsed = parsePattern(written);
  if (!parsed.ok) return parsed;
  const pattern = parsed.value;
  const marker = `the marker ${quote(written)}`;
  if (pattern.kind !== 'file' || isDirectory(pattern.id)) {
    const hint = isDirectory(pattern.id) ? 'name a file in it' : 'name a file';
    return problem(`${marker} is not a file`, hint);
  }
  const directory = isDirectory(object.id);
  if (directory && !/[/{*?]/.test(written)) return ok({ where: 'inside', name: nameOf(pattern.id) });
  if (pattern.id === object.id) {
    return problem(`${marker} is the object itself`, `name another file, such as ${quote(`${written}.done`)}`);
  }
  if (object.gathers) {
    const hint = directory
      ? 'write the plain name of a file in it, such as `_SUCCESS`'
      : `capture instead: a declaration of ${quote(capturing(object.text))} holds for all that ${quote(object.text)} gathers`;
    return problem(`${quote(object.text)} has stars, so that nothing tells which object ${marker} belongs to`, hint);
  }
  if (pattern.gathers) {
    return problem(`${marker} has a star or a question mark: it is one file for each object`, 'write its whole name');
  }
  if (!sameCaptures(pattern, object)) {
    const captured = object.captures.map((name) => `{${name}}`);
    const hint =
      captured.length === 0
        ? "write it without braces: the object's name captures nothing"
        : `put ${quote(captured.join(', '))} into its name, and no other braces`;
    return problem(`${marker} does not have the captures of ${quote(object.text)}`, hint);
  }
  const name = directory && pattern.id.startsWith(object.id) ? pattern.id.slice(object.id.length) : '/';
  return ok(/[/{]/.test(name) ? { where: 'beside', pattern } : { where: 'inside', name });
}

const sameCaptures = (one: Pattern, other: Pattern): boolean =>
  one.captures.length === other.captures.length && one.captures.every((name) => other.captures.includes(name));

/** The same with a capture for each hole: `landing/{name}.csv` for `landing/*.csv`. */
function capturing(written: string): string {
  let count = 0;
  const name = () => `{name${count++ === 0 ? '' : count}}`;
  return written.replace(/\*+|\?+/g, name);
}
