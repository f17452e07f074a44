/**
 * What jobs and objects must agree on: every source comes from somewhere, nothing feeds itself, no declaration is idle.
 */
import type { Diagnostic } from '../core/diagnostic.js';
import type { Edge, JobGraph } from '../core/graph.js';
import { displayName } from '../core/object.js';
import { overlaps } from '../core/overlap.js';
import { OverlapIndex } from '../core/overlaps.js';
import { isLiteral, type Pattern } from '../core/pattern.js';
import { type Declared, type DeclaredJob, pathOf } from './declared.js';
import { error, quote, warning } from './finding.js';
import { closest } from './suggest.js';

/** Beyond these, misspelt names get no suggestion: each is compared with every other name. */
const mostSuggestions = 20;

/** Sources that are not files, that nothing produces, and that nobody declared external. */
export function checkProducers({ jobs, objects }: Declared, graph: JobGraph): readonly Diagnostic[] {
  const external = objects
    .filter(({ object }) => object.external)
    .map(({ object }) => [object.pattern, object] as const);
  const outside = new OverlapIndex(external);
  let known: ReadonlySet<string> | undefined;
  const findings: Diagnostic[] = [];
  for (const declared of jobs) {
    const { job, tree } = declared;
    for (let at = 0; at < job.sources.length; at++) {
      const pattern = job.sources[at]?.pattern;
      if (pattern === undefined || pattern.kind === 'file') continue;
      const feeding = graph.producers.get(job.name)?.[at]?.length ?? 0;
      if (feeding > 0 || outside.of(pattern).length > 0) continue;
      const name = displayName(pattern.id);
      known ??= namesOf([
        ...jobs.flatMap((other) => other.job.targets.map((target) => target.pattern)),
        ...external.map(([declaration]) => declaration),
      ]);
      const near = findings.length < mostSuggestions ? related(name, known) : undefined;
      const declare = `if it comes from outside, declare it under objects: ${quote(`"${name}": { external: true }`)}`;
      const hint = near === undefined ? declare : `${near}${near.endsWith('?') ? ' Or,' : ';'} ${declare}`;
      findings.push(
        error('nothing-produces', `nothing produces ${quote(name)}`, tree.place(pathOf(declared, 'sources', at)), {
          hint,
        }),
      );
    }
  }
  return findings;
}

const namesOf = (patterns: readonly Pattern[]): ReadonlySet<string> =>
  new Set(patterns.map(({ id }) => displayName(id)));

/** A name that was most likely meant. */
function related(name: string, known: ReadonlySet<string>): string | undefined {
  const all = [...known];
  const parts = all.find((other) => other.startsWith(`${name}/`));
  if (parts !== undefined)
    return `${quote(parts)} is produced, which is another object: read ${quote(parts.replace(/\{\w+\}/g, '*'))} to gather all of them`;
  const whole = all.find((other) => name.startsWith(`${other}/`));
  if (whole !== undefined) return `${quote(whole)} is produced, which is another object`;
  const near = closest(name, known);
  return near === undefined ? undefined : `did you mean ${quote(near)}?`;
}

/** Declared objects that no job reads or writes: most often a misspelt name. */
export function checkIdle({ jobs, objects }: Declared): readonly Diagnostic[] {
  if (objects.length === 0) return [];
  const used = jobs.flatMap(({ job }) =>
    [...job.sources, ...job.targets].map(({ pattern }) => [pattern, pattern] as const),
  );
  const index = new OverlapIndex(used);
  const findings: Diagnostic[] = [];
  for (const { object, tree, path } of objects) {
    if (index.of(object.pattern).length > 0) continue;
    const names = new Set(used.map(([pattern]) => displayName(pattern.id)));
    const name = displayName(object.pattern.id);
    const near = findings.length < mostSuggestions ? closest(name, names) : undefined;
    const hint = near === undefined ? 'remove it, or use it in a job' : `did you mean ${quote(near)}?`;
    findings.push(warning('unused-object', `no job reads or writes ${quote(name)}`, tree.keyPlace(path), { hint }));
  }
  return findings;
}

/** Markers that a job reads along with the objects that they are for: most often a name that is too wide. */
export function checkMarkers({ jobs, objects }: Declared): readonly Diagnostic[] {
  const marked = objects.flatMap(({ object, tree, path }) =>
    object.marker?.where === 'beside' ? [{ pattern: object.pattern, marker: object.marker.pattern, tree, path }] : [],
  );
  if (marked.length === 0) return [];
  const sources = jobs.flatMap(({ job }) => job.sources.map(({ pattern }) => [pattern, { job, pattern }] as const));
  const index = new OverlapIndex(sources);
  return marked.flatMap(({ pattern, marker, tree, path }) => {
    const read = index.of(marker).find(({ value }) => overlaps(value.pattern, pattern));
    if (read === undefined) return [];
    const { job, pattern: source } = read.value;
    const message = `job ${quote(job.name)} reads the markers too: its source ${quote(source.text)} can be ${quote(displayName(read.witness))}`;
    const hint = 'narrow the source, so that markers are not among what it matches: `landing/{name}.csv`';
    return [warning('reads-marker', message, tree.place([...path, 'marker']), { hint })];
  });
}

/** Jobs that feed themselves, at once or by way of others: one finding for each circle. */
export function checkCycles(jobs: readonly DeclaredJob[], graph: JobGraph): readonly Diagnostic[] {
  if (graph.cycles.length === 0) return [];
  const byName = new Map(jobs.map((declared) => [declared.job.name, declared]));
  return graph.cycles.flatMap((cycle) => {
    const steps = cycle.flatMap((edge) => step(byName, edge) ?? []);
    const [first, ...rest] = steps;
    const edge = cycle[0];
    if (first === undefined || edge === undefined) return [];
    const path = [edge.from, ...cycle.map(({ to }) => to)].map(quote).join(' → ');
    const alone = cycle.length === 1;
    const message = alone
      ? `job ${quote(edge.from)} feeds itself: it writes ${quote(displayName(edge.witness))}, which it also reads`
      : `these jobs feed one another in a circle: ${path}`;
    const hint = first.literal
      ? 'let one of them read or write another object'
      : 'write to another directory, or narrow what is captured with `where`';
    const related = [...first.related.slice(1), ...rest.flatMap((further) => further.related)];
    return [error('cycle', message, first.related[0].place, { hint, related })];
  });
}

function step(jobs: ReadonlyMap<string, DeclaredJob>, { from, to, target, source, witness }: Edge) {
  const [writer, reader] = [jobs.get(from), jobs.get(to)];
  const written = writer?.job.targets[target]?.pattern;
  const read = reader?.job.sources[source]?.pattern;
  if (writer === undefined || reader === undefined || written === undefined || read === undefined) return undefined;
  const writes = { message: `${quote(from)} writes here`, place: writer.tree.place(pathOf(writer, 'targets', target)) };
  const reads = {
    message: `${quote(to)} reads ${quote(displayName(witness))} here`,
    place: reader.tree.place(pathOf(reader, 'sources', source)),
  };
  return { literal: isLiteral(written) && isLiteral(read), related: [writes, reads] as const };
}
