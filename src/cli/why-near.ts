/**
 * What lies where something is missing: the same name that is no file, or is passed over, and names close to it. Lists
 * the directory in which it would be, once, and looks no deeper than the pattern says.
 */
import path from 'node:path';
import { displayName, fileId, isDirectory, kindOf, nameOf, type ObjectId } from '../core/object.js';
import { fixedPart, match, type Pattern } from '../core/pattern.js';
import type { Wanted } from '../core/why-facts.js';
import { apartFrom, apartFromPattern, withoutWhere } from '../core/why-near.js';
import type { Near } from '../core/why-view.js';
import { closest } from '../manifest/suggest.js';
import { type Lying, lyingIn, notWanted } from '../objects/near.js';
import type { FileWorld } from '../objects/world.js';

/** At most so many are named. */
const most = 3;
/** Directories that are listed for one pattern. */
const mostDirectories = 50;

export interface Reading {
  /** Some job reads the file. */
  readonly isRead: (file: ObjectId) => boolean;
  /** Why an object is never a source as it is, in words that follow its name. */
  readonly untaken: (object: ObjectId) => string | undefined;
}

/** What `why` asks about directories; each is listed once. */
export function nearby(
  world: Pick<FileWorld, 'root' | 'ignores'>,
  { isRead, untaken }: Reading,
): (wanted: Wanted) => readonly Near[] {
  const listed = new Map<string, ReturnType<typeof lyingIn>>();
  const list = (directory: string): ReturnType<typeof lyingIn> => {
    const known = listed.get(directory) ?? lyingIn(world, directory);
    listed.set(directory, known);
    return known;
  };
  // What some job reads as it is was meant as it is.
  const isMeant = (one: Lying): boolean =>
    one.passedOver === undefined && one.kind === 'file' && isRead(fileId(one.path));
  return (wanted) => {
    if ('pattern' in wanted) return nearPattern(list, wanted.pattern, isMeant);
    const why = untaken(wanted.object);
    if (why !== undefined) return [{ name: displayName(wanted.object).replace(/\/$/, ''), why }];
    return kindOf(wanted.object) !== 'file' ? [] : nearObject(list, wanted.object, isMeant);
  };
}

type List = (directory: string) => ReturnType<typeof lyingIn>;

function nearObject(list: List, object: ObjectId, isMeant: (one: Lying) => boolean): Near[] {
  const name = nameOf(object).replace(/\/$/, '');
  const directory = directoryOf(name);
  const lying = list(directory);
  if ('problem' in lying) return noListing(list, directory, lying.problem);
  const found: (Near & { readonly rank: number })[] = [];
  for (const one of lying) {
    const bare = unfinished(one, name);
    const apart = apartFrom(object, bare);
    if (apart === undefined) continue;
    const isSame = bare === name;
    if (!isSame && isMeant(one)) continue;
    const why = one.passedOver ?? (isSame ? keepsOut(one, isDirectory(object)) : apart);
    // A digit more or less is another day's; letters are mistyped.
    const rank = isSame ? 0 : digitsOf(one.path) === digitsOf(name) ? 1 : 2;
    if (why !== undefined) found.push({ name: one.path, why, rank });
  }
  return found
    .sort((one, other) => one.rank - other.rank)
    .slice(0, most)
    .map(({ name, why }) => ({ name, why }));
}

/** The name that it may get when it is finished. */
function unfinished({ path: at, passedOver }: Lying, wanted: string): string {
  if (passedOver === undefined) return at;
  const base = path.posix.basename(at);
  const aim = path.posix.basename(wanted);
  return base.includes(aim) ? wanted : at;
}

const digitsOf = (name: string): string => name.replace(/\D/g, '');

/** What keeps something of the right name from being the object; a directory without files is not there yet. */
const keepsOut = (one: Lying, wantsDirectory: boolean): string | undefined =>
  notWanted(one, wantsDirectory) ?? (wantsDirectory ? 'has no file in it yet' : undefined);

function noListing(list: List, directory: string, problem: string): Near[] {
  if (problem !== 'missing') return [{ name: directory || '.', why: `cannot be read: ${problem}` }];
  // The first directory on the way that is not there.
  let at = directory;
  for (let above = directoryOf(at); at !== '' && 'problem' in list(above); above = directoryOf(at)) at = above;
  const beside = list(directoryOf(at));
  const names = 'problem' in beside ? [] : beside.filter(({ kind }) => kind === 'directory').map((one) => one.path);
  const close = closest(at, names);
  const hint = close === undefined ? '' : `; ${close}/ is close to it`;
  return [{ name: `${at}/`, why: `is not there${hint}` }];
}

function nearPattern(list: List, pattern: Pattern, isMeant: (one: Lying) => boolean): Near[] {
  const first = fixedPart(pattern);
  const top = list(first);
  if ('problem' in top) return noListing(list, first, top.problem);
  const depth = nameOf(pattern.id).replace(/\/$/, '').split('/').length;
  const found: Near[] = [];
  const work = [first];
  for (let listed = 0; work.length > 0 && listed < mostDirectories && found.length < most; listed++) {
    const lying = list(work.shift() ?? '');
    if ('problem' in lying) continue;
    for (const one of lying) {
      if (one.kind === 'directory' && one.path.split('/').length < depth) work.push(one.path);
      const why = isMeant(one) ? undefined : whyNot(pattern, one);
      if (why !== undefined && found.length < most) found.push({ name: one.path, why });
    }
  }
  return found;
}

function whyNot(pattern: Pattern, one: Lying): string | undefined {
  const isOfDirectories = isDirectory(pattern.id);
  const at = isOfDirectories ? `${one.path}/` : one.path;
  if (one.passedOver !== undefined) {
    const shown = one.path.replace(/(^|\/)\.(?=[^/]*$)/, '$1');
    const finished = [one.path, shown].flatMap((name) => [name, name.replace(/(\.\w+|~)$/, '')]);
    const free = withoutWhere(pattern) ?? pattern;
    const isMeant = finished.some((name) => match(free, fileId(isOfDirectories ? `${name}/` : name)));
    return isMeant ? one.passedOver : undefined;
  }
  if (match(pattern, fileId(at))) return keepsOut(one, isOfDirectories);
  return apartFromPattern(pattern, at);
}

const directoryOf = (name: string): string => {
  const found = path.posix.dirname(name);
  return found === '.' ? '' : found;
};
