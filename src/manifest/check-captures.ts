/**
 * What one job's own fields must agree on: captures, `where`, targets and commands.
 */
import type { Diagnostic } from '../core/diagnostic.js';
import type { Job } from '../core/job.js';
import { isDirectory } from '../core/object.js';
import { type DeclaredJob, pathOf } from './declared.js';
import { either, error, quote } from './finding.js';
import { closest } from './suggest.js';
import { type Data, entries, entry, type Path } from './tree.js';

/** All findings about one job alone. */
export function checkCaptures(declared: DeclaredJob): readonly Diagnostic[] {
  const all = [whereFindings(declared), targetFindings(declared), commandFindings(declared)];
  return all.every((findings) => findings === none) ? none : all.flat();
}

/** What nearly every job comes to. */
const none: readonly Diagnostic[] = [];

const braces = (names: readonly string[]): string => either(names.map((name) => quote(`{${name}}`)));

function whereFindings(declared: DeclaredJob): readonly Diagnostic[] {
  const { job, tree, path, data, whole } = declared;
  const where = entry(data, 'where');
  if (where === undefined || !whole) return none;
  const captured = new Set(job.sources.flatMap(({ pattern }) => pattern.captures));
  return entries(where).flatMap(([name]) => {
    if (captured.has(name)) return [];
    const near = closest(name, captured);
    const known =
      captured.size === 0 ? 'its sources capture nothing: remove it' : `its sources capture ${braces([...captured])}`;
    const hint = near === undefined ? known : `did you mean ${quote(near)}?`;
    const message = `\`where\` narrows ${quote(name)}, which no source of job ${quote(job.name)} captures`;
    return [error('unknown-capture', message, tree.keyPlace([...path, 'where', name]), { hint })];
  });
}

/** All sources capture what the job captures, all targets use just that. */
const agrees = ({ sources, targets, captures }: Job): boolean =>
  sources.every(({ pattern }) => pattern.captures === captures) &&
  targets.every(({ pattern }) => pattern.captures === captures && !pattern.gathers);

function targetFindings(declared: DeclaredJob): readonly Diagnostic[] {
  const { job, tree, whole } = declared;
  if (agrees(job)) return none;
  const optional = new Map<string, Path>();
  for (const [at, { pattern }] of job.sources.entries())
    for (const name of pattern.captures)
      if (!job.captures.includes(name)) optional.set(name, pathOf(declared, 'sources', at));

  const findings: Diagnostic[] = [];
  for (const [name, path] of optional) {
    const hint = 'capture it in a source that must exist, or gather with * in the optional one';
    const message = `${quote(`{${name}}`)} is captured only by an optional source: without it, nothing gives it a value`;
    findings.push(error('capture-optional', message, tree.placeWithin(path, `{${name}}`), { hint }));
  }
  for (const [at, { pattern }] of job.targets.entries()) {
    const path = pathOf(declared, 'targets', at);
    const unknown = pattern.captures.filter((name) => !job.captures.includes(name) && !optional.has(name));
    for (const name of whole ? unknown : []) {
      const near = closest(name, job.captures);
      const known =
        job.captures.length === 0 ? 'its sources capture nothing' : `its sources capture ${braces(job.captures)}`;
      const hint = near === undefined ? known : `did you mean ${braces([near])}?`;
      const message = `no source of job ${quote(job.name)} captures ${braces([name])}`;
      findings.push(error('unknown-capture', message, tree.placeWithin(path, `{${name}}`), { hint }));
    }
    const missing = job.captures.filter((name) => !pattern.captures.includes(name));
    if (pattern.gathers) {
      const hint =
        job.captures.length === 0
          ? 'name the object that is written'
          : `use what the sources capture: ${braces(job.captures)}`;
      const message = `the target ${quote(pattern.text)} has a star or a question mark: a job writes objects, not sets of them`;
      findings.push(error('target-gathers', message, tree.place(path), { hint }));
    } else if (pattern.kind === 'file' && missing.length > 0 && unknown.length === 0) {
      const hint = `put ${braces(missing)} into its name, or gather with * in the source, so that there is one task`;
      const message = `every task of job ${quote(job.name)}, one for each ${braces(missing)}, would write the ${isDirectory(pattern.id) ? 'directory' : 'file'} ${quote(pattern.text)}`;
      findings.push(error('target-shared-by-tasks', message, tree.place(path), { hint }));
    }
  }
  return findings;
}

const commands = ['run', 'on_success', 'on_failure'];
const mayBrace = (command: Data | undefined): boolean => typeof command === 'string' && command.includes('{');

/** `{date}` in a command: braces are for the manifest's own fields, the command's text is never changed. */
function commandFindings(declared: DeclaredJob): readonly Diagnostic[] {
  const { job, tree, path, data: written } = declared;
  const braced = commands.filter((field) => mayBrace(entry(written, field)));
  if (braced.length === 0) return none;
  const captured = new Set(job.sources.flatMap(({ pattern }) => pattern.captures));
  return braced.flatMap((field) => {
    const command = entry(written, field);
    if (typeof command !== 'string') return [];
    const names = [...command.matchAll(/(?<!\$)\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
    return [...new Set(names)].flatMap((name) => {
      if (!captured.has(name)) return [];
      const message = `${braces([name])} means nothing in a command: its text is never changed`;
      const hint = `write "$${name}", with the quotes`;
      return [error('braces-in-command', message, tree.placeWithin([...path, field], `{${name}}`), { hint })];
    });
  });
}
