/**
 * No file has two writers. (Any other object may: rows of a table come from many jobs.)
 */
import type { Diagnostic } from '../core/diagnostic.js';
import { displayName, isDirectory } from '../core/object.js';
import { OverlapIndex } from '../core/overlaps.js';
import { isLiteral, type Pattern } from '../core/pattern.js';
import type { DeclaredJob } from './declared.js';
import { error, quote } from './finding.js';

interface Writer {
  readonly declared: DeclaredJob;
  readonly target: number;
  readonly pattern: Pattern;
  readonly index: number;
}

/** For each file target, the first one before it that can name the same file. */
export function checkWriters(jobs: readonly DeclaredJob[]): readonly Diagnostic[] {
  const all = jobs.flatMap((declared) =>
    declared.job.targets.map(({ pattern }, target) => ({ declared, target, pattern })),
  );
  const files = all
    .filter(({ pattern }) => pattern.kind === 'file' && !pattern.gathers)
    .map((writer, index): Writer => ({ ...writer, index }));
  const findings: Diagnostic[] = [];
  // The many writers of one literal are each compared with the first of them, not with one another.
  const firsts = new Map<string, Writer>();
  const distinct = files.filter((writer) => {
    const first = isLiteral(writer.pattern) ? firsts.get(writer.pattern.id) : undefined;
    if (first === undefined) firsts.set(writer.pattern.id, writer);
    else findings.push(twoWriters(first, writer, writer.pattern.id));
    return first === undefined;
  });
  const index = new OverlapIndex(distinct.map((writer) => [writer.pattern, writer] as const));
  for (const writer of distinct) {
    const earlier = index.of(writer.pattern).filter(({ value }) => value.index < writer.index);
    const [first, ...others] = earlier;
    if (first === undefined) continue;
    const { value, witness } = others.reduce(
      (one, other) => (other.value.index < one.value.index ? other : one),
      first,
    );
    findings.push(twoWriters(value, writer, witness));
  }
  return findings;
}

function twoWriters(first: Writer, second: Writer, witness: string): Diagnostic {
  const place = ({ declared, target }: Writer) => declared.tree.place(declared.targets[target] ?? []);
  const [one, other] = [first.declared.job.name, second.declared.job.name];
  const [what, name] = [isDirectory(witness) ? 'directory' : 'file', quote(displayName(witness))];
  const message =
    first.declared === second.declared
      ? `two targets of job ${quote(one)} can be the same ${what}: ${name}`
      : `jobs ${quote(one)} and ${quote(other)} can both write the ${what} ${name}`;
  const bothLiteral = isLiteral(first.pattern) && isLiteral(second.pattern);
  const hint = bothLiteral
    ? `let one of them write another ${what}`
    : 'let one of them write to another directory, or narrow what is captured with `where`';
  return error('two-writers', message, place(second), {
    hint,
    related: [{ message: 'the other target', place: place(first) }],
  });
}
