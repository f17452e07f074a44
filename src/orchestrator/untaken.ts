/**
 * Why an object of some name is never a source: `where` excludes it, its name is passed over, or what stands there is
 * no file. The one place that says it, for whoever is given the name of an object.
 */

import type { Mapping } from '../core/mapping.js';
import { displayName, fileId, isDirectory, kindOf, nameOf, type ObjectId } from '../core/object.js';
import { match, type Pattern } from '../core/pattern.js';
import { PatternIndex } from '../core/pattern-index.js';
import { isHidden } from '../core/segment.js';
import { refusedByWhere, withoutWhere } from '../core/why-near.js';
import { unfinishedEnding } from '../objects/names.js';
import { kindAt, notWanted, passedOver, setAsideAs } from '../objects/near.js';
import { terminal } from '../report/sinks.js';
import { ignored } from './file-world.js';

/** Why it is never a source as it is, in words that follow its name; undefined where nothing keeps it from being one. */
export function whyUntaken({ jobs, ignore, root }: Mapping): (object: ObjectId) => string | undefined {
  const all = [...jobs.values()];
  const sources = all.flatMap((job) => job.sources.map(({ pattern }) => pattern));
  const targets = all.flatMap((job) => job.targets.map(({ pattern }) => pattern));
  const [reading, making] = [indexOf(sources), indexOf(targets)];
  const ignores = ignored(ignore);
  return (object) => {
    const read = reading.match(object).map(({ value }) => value);
    // What a job makes is looked at by its name, and nobody asks whether it is finished.
    const isMade = making.match(object).length > 0;
    const isKnown = isMade || read.length > 0;
    if (kindOf(object) !== 'file') return isKnown ? undefined : refusedBy(sources.concat(targets), object);
    const aside = setAsideAs({ root, ignores }, object);
    if (aside !== undefined) return aside;
    const wrong = isMade ? undefined : whyPassedOver(object, read, { sources, ignores });
    if (wrong !== undefined) return wrong;
    if (!isKnown) return refusedBy(sources.concat(targets), object);
    const kind = kindAt({ root }, nameOf(object).replace(/\/$/, ''));
    return kind === 'nothing' || kind === 'unknown' ? undefined : notWanted({ kind }, isDirectory(object));
  };
}

function indexOf(patterns: readonly Pattern[]): PatternIndex<Pattern> {
  const index = new PatternIndex<Pattern>();
  for (const pattern of patterns) index.add(pattern, pattern);
  return index;
}

const refusedBy = (patterns: readonly Pattern[], object: ObjectId): string | undefined => {
  for (const pattern of patterns) {
    const refused = refusedByWhere(pattern, object);
    if (refused !== undefined) return refused;
  }
  return undefined;
};

interface Passing {
  readonly sources: readonly Pattern[];
  readonly ignores: (path: string) => boolean;
}

/** `read`: the sources that match the name as it is. */
function whyPassedOver(object: ObjectId, read: readonly Pattern[], { sources, ignores }: Passing): string | undefined {
  const slash = isDirectory(object) ? '/' : '';
  const name = nameOf(object).replace(/\/$/, '');
  const parts = name.split('/');
  if (parts.some((_, at) => ignores(parts.slice(0, at + 1).join('/')))) return passedOver.ignored;
  const ending = unfinishedEnding(name);
  const isAskedFor = ending === undefined || read.some(({ text }) => text.endsWith(ending));
  if (read.length > 0) return isAskedFor ? undefined : passedOver.unfinished(ending);
  const hidden = parts.some(isHidden);
  if (ending === undefined && !hidden) return undefined;
  const shown = name.replace(/(^|\/)\.(?=[^/])/g, '$1');
  const finished = [shown, ending === undefined ? shown : shown.slice(0, -ending.length)];
  const isMeant = sources.some((pattern) => {
    const free = withoutWhere(pattern) ?? pattern;
    return finished.some((one) => match(free, fileId(one + slash)) !== undefined);
  });
  if (!isMeant) return undefined;
  return ending === undefined ? passedOver.hidden : passedOver.unfinished(ending);
}

/** It cannot be looked at as a source, in a sentence. */
export const noJobCanRead = (object: ObjectId, why: string): string =>
  `no job can read \`${terminal(displayName(object))}\`: it ${terminal(why)}`;

/** A file or directory that does not stand where its name leads. */
export const isMissing = ({ root }: Pick<Mapping, 'root'>, object: ObjectId): boolean =>
  kindOf(object) === 'file' && kindAt({ root }, nameOf(object).replace(/\/$/, '')) === 'nothing';
