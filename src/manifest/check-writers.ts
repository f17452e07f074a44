/**
 * No file has two writers. (Any other object may: rows of a table come from many jobs.)
 */
import type { Diagnostic } from '../core/diagnostic.js';
import type { Written } from '../core/graph.js';
import { displayName, isDirectory } from '../core/object.js';
import type { OverlapIndex } from '../core/overlaps.js';
import { isLiteral, type Pattern } from '../core/pattern.js';
import { type DeclaredJob, pathOf } from './declared.js';
import { error, quote } from './finding.js';

interface Writer {
  readonly declared: DeclaredJob;
  /** Position among the targets of the job. */
  readonly target: number;
}

/** For each file target, the first one before it that can name the same file; `targets`: those of all these jobs. */
export function checkWriters(jobs: readonly DeclaredJob[], targets: OverlapIndex<Written>): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  // The many writers of one literal are each compared with the first of them, not with one another.
  const firsts = new Map<string, Writer>();
  for (const declared of jobs) {
    const { job } = declared;
    for (let target = 0; target < job.targets.length; target++) {
      const pattern = job.targets[target]?.pattern;
      if (pattern === undefined || !isWritten(pattern) || targets.isAlone(pattern)) continue;
      const writer = { declared, target };
      if (isLiteral(pattern)) {
        const first = firsts.get(pattern.id);
        if (first !== undefined) {
          findings.push(twoWriters(first, writer, pattern.id));
          continue;
        }
        firsts.set(pattern.id, writer);
      }
      const earlier = targets.of(pattern, (other) => isBefore(other, { job, target }) && isWritten(patternOf(other)));
      if (earlier.length === 0) continue;
      const first = earlier.reduce((one, other) => (isBefore(other.value, one.value) ? other : one));
      const other = jobs.find((each) => each.job === first.value.job);
      if (other === undefined) throw new Error(`${first.value.job.name} is not among the jobs`);
      findings.push(twoWriters({ declared: other, target: first.value.target }, writer, first.witness));
    }
  }
  return findings;
}

/** A file, or several of which each task writes its own. */
const isWritten = (pattern: Pattern | undefined): boolean => pattern?.kind === 'file' && !pattern.gathers;

const isBefore = (one: Written, other: Pick<Written, 'job' | 'target'>): boolean =>
  one.job === other.job ? one.target < other.target : one.job.index < other.job.index;

const patternOf = ({ job, target }: Written): Pattern | undefined => job.targets[target]?.pattern;

function isFixed({ declared, target }: Writer): boolean {
  const pattern = declared.job.targets[target]?.pattern;
  return pattern !== undefined && isLiteral(pattern);
}

function twoWriters(first: Writer, second: Writer, witness: string): Diagnostic {
  const place = ({ declared, target }: Writer) => declared.tree.place(pathOf(declared, 'targets', target));
  const [one, other] = [first.declared.job.name, second.declared.job.name];
  const [what, name] = [isDirectory(witness) ? 'directory' : 'file', quote(displayName(witness))];
  const message =
    first.declared === second.declared
      ? `two targets of job ${quote(one)} can be the same ${what}: ${name}`
      : `jobs ${quote(one)} and ${quote(other)} can both write the ${what} ${name}`;
  const bothLiteral = isFixed(first) && isFixed(second);
  const hint = bothLiteral
    ? `let one of them write another ${what}`
    : 'let one of them write to another directory, or narrow what is captured with `where`';
  return error('two-writers', message, place(second), {
    hint,
    related: [{ message: 'the other target', place: place(first) }],
  });
}
