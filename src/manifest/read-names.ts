/**
 * The names that a job's command is given as variables: captures, named sources and targets, `env`. Each must be one
 * that means nothing else, and mean one thing only.
 */
import type { Diagnostic, Place } from '../core/diagnostic.js';
import { type DeclaredJob, pathOf } from './declared.js';
import type { Layer } from './fields.js';
import { error, quote } from './finding.js';
import { nameProblem, variableProblem } from './names.js';
import { entries, entry } from './tree.js';

interface Given {
  readonly name: string;
  readonly what: 'capture' | 'source' | 'target' | 'variable of `env`';
  readonly place: () => Place;
}

/** Names that are refused, and names that stand for two things. */
export function nameFindings(declared: DeclaredJob, layers: readonly Layer[]): readonly Diagnostic[] {
  if (isFine(declared, layers)) return [];
  const findings: Diagnostic[] = [];
  const seen = new Map<string, Given>();
  for (const given of namesOf(declared, layers)) {
    const { name, what, place } = given;
    const problem = what === 'variable of `env`' ? variableProblem(name) : nameProblem(name);
    if (problem !== undefined) {
      const message = `${quote(name)} cannot be the name of a ${what}: ${problem}`;
      findings.push(
        error('reserved-name', message, place(), { hint: `choose another name, such as ${suggestion(name)}` }),
      );
      continue;
    }
    const first = seen.get(name);
    if (first === undefined) seen.set(name, given);
    else {
      const both = first.what === what ? `two of the job's: a ${what} and another` : `a ${first.what} and a ${what}`;
      const related = [{ message: `the ${first.what}`, place: first.place() }];
      const message = `${quote(name)} names ${both}, and the command has one variable $${name}`;
      findings.push(error('name-taken', message, place(), { hint: 'rename one of them', related }));
    }
  }
  return findings;
}

/** Only captures, and none of them is refused: what most jobs have. */
function isFine({ job }: DeclaredJob, layers: readonly Layer[]): boolean {
  return (
    layers.every(({ data }) => entry(data, 'env') === undefined) &&
    job.sources.every(({ name, pattern }) => name === undefined && pattern.captures === job.captures) &&
    job.targets.every(({ name }) => name === undefined) &&
    job.captures.every((name) => nameProblem(name) === undefined)
  );
}

const suggestion = (name: string): string => {
  const cleaned = name
    .replace(/\W+/g, '_')
    .replace(/^(?=\d)/, '_')
    .toLowerCase();
  return quote(nameProblem(cleaned) === undefined ? cleaned : `the_${cleaned.replace(/^_+|_+$/g, '')}`);
};

function* namesOf(declared: DeclaredJob, layers: readonly Layer[]): Iterable<Given> {
  const { job, tree } = declared;
  const captures = new Set<string>();
  for (const [at, { pattern }] of job.sources.entries()) {
    for (const name of pattern.captures) {
      if (captures.has(name)) continue;
      captures.add(name);
      yield { name, what: 'capture', place: () => tree.placeWithin(pathOf(declared, 'sources', at), `{${name}}`) };
    }
  }
  for (const [at, { name }] of job.sources.entries())
    if (name !== undefined) yield { name, what: 'source', place: () => tree.keyPlace(pathOf(declared, 'sources', at)) };
  for (const [at, { name }] of job.targets.entries())
    if (name !== undefined) yield { name, what: 'target', place: () => tree.keyPlace(pathOf(declared, 'targets', at)) };
  const variables = new Set<string>();
  for (const { data, tree, path } of layers) {
    for (const [name] of entries(entry(data, 'env'))) {
      if (variables.has(name)) continue;
      variables.add(name);
      yield { name, what: 'variable of `env`', place: () => tree.keyPlace([...path, 'env', name]) };
    }
  }
}
