/**
 * What the root manifest alone says of the whole project: how to watch, what to ignore, how long to wait at the end.
 */
import { posix } from 'node:path';
import { hasUnprintable } from '../core/charset.js';
import type { Diagnostic } from '../core/diagnostic.js';
import { type Mapping, unsaid, type WatchSettings } from '../core/mapping.js';
import { type Pattern, type PatternProblem, parsePattern } from '../core/pattern.js';
import { err, type Result } from '../core/result.js';
import { type Bound, boundFindings, duration, text } from './fields.js';
import { declaredTwice, error, quote } from './finding.js';
import { entries, entry, type Path, type Tree } from './tree.js';

export type Settings = Pick<Mapping, 'watch' | 'ignore' | 'grace'>;

/** Fields that may stand in the root manifest only. */
export const rootOnly = ['concurrency', 'watch', 'ignore', 'grace'];

const pollingBounds = { least: '100ms', most: '1d' };

/** Settings of the project, and what is wrong with them. */
export function readSettings(tree: Tree): { readonly settings: Settings; readonly findings: readonly Diagnostic[] } {
  const watch = entry(tree.data, 'watch');
  const perDirectory = entries(entry(watch, 'polling'));
  const bounds: readonly Bound[] = [
    { fields: ['watch', 'rescan'], least: '1s', most: '1d' },
    { fields: ['watch', 'polling'], ...pollingBounds },
    ...perDirectory.map(([directory]) => ({ fields: ['watch', 'polling', directory], ...pollingBounds })),
    { fields: ['grace'], least: '0s', most: '1d' },
  ];
  const findings = [...boundFindings({ tree, path: [], data: tree.data }, bounds)];
  const settings = {
    watch: { rescan: duration(entry(watch, 'rescan')) ?? unsaid.watch.rescan, polling: readPolling(tree, findings) },
    ignore: readIgnore(tree, findings),
    grace: duration(entry(tree.data, 'grace')) ?? unsaid.grace,
  };
  return { settings, findings };
}

/** The longest path first. */
function readPolling(tree: Tree, findings: Diagnostic[]): WatchSettings['polling'] {
  const polling = entry(entry(tree.data, 'watch'), 'polling');
  const all = duration(polling);
  // Together they are above every file: paths are relative to the root, or absolute
  if (all !== undefined) return ['/', ''].map((directory) => ({ directory, every: all }));
  const found = new Map<string, { readonly path: Path; readonly every: number }>();
  for (const [written, value] of entries(polling)) {
    const path = ['watch', 'polling', written];
    const every = duration(value);
    if (written === '' || hasUnprintable(written) || /[{}*?]/.test(written)) {
      const message = `${quote(written)} is no directory that could be polled`;
      const hint = 'name it without braces and stars, all below it is meant; `.` is the project';
      findings.push(error('bad-directory', message, tree.keyPlace(path), { hint }));
      continue;
    }
    const directory = normalised(written);
    const first = found.get(directory);
    if (first !== undefined)
      findings.push(declaredTwice('directory', directory || '.', tree.keyPlace(path), tree.keyPlace(first.path)));
    else if (every !== undefined) found.set(directory, { path, every });
  }
  return [...found]
    .map(([directory, { every }]) => ({ directory, every }))
    .sort((one, other) => other.directory.length - one.directory.length);
}

/** As paths of objects are: `''` is the project's directory. */
function normalised(path: string): string {
  const whole = posix.normalize(path).replace(/(?<=.)\/$/, '');
  return whole === '.' ? '' : whole;
}

function readIgnore(tree: Tree, findings: Diagnostic[]): readonly Pattern[] {
  const written = entry(tree.data, 'ignore');
  const list = Array.isArray(written) ? written : [written];
  return list.flatMap((item, index) => {
    const name = text(item);
    if (name === undefined) return [];
    const pattern = ignored(name);
    if (pattern.ok) return [pattern.value];
    const { code, message, hint } = pattern.error;
    findings.push(error(code, message, tree.place(Array.isArray(written) ? ['ignore', index] : ['ignore']), { hint }));
    return [];
  });
}

/** A directory may be written with a slash at its end: it is ignored by its name all the same. */
function ignored(written: string): Result<Pattern, PatternProblem> {
  const parsed = parsePattern(written.replace(/(?<=[^/])\/+$/, ''));
  const refuse = (message: string, hint: string) => err({ code: 'bad-ignore', message, hint });
  if (!parsed.ok) return parsed;
  if (parsed.value.kind !== 'file') {
    return refuse(`${quote(written)} is not a file`, `for a file of that name write ${quote(`file:${written}`)}`);
  }
  if (parsed.value.captures.length > 0) {
    const message = `${quote(written)} has braces: what is ignored is told by *, ** and ? only`;
    return refuse(message, 'use * in place of the braces');
  }
  return parsed;
}
