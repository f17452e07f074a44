/**
 * What can go wrong where an orchestrator is called, as a value: of which kind it is, and a sentence for a person. A bug
 * is not among them: that is thrown.
 */
import type { JournalProblem, ProblemCode } from '../journal/problem.js';

export type ProblemKind =
  /** The state cannot be used: it is held by another, damaged, newer than this objflow, … */
  | `state-${ProblemCode}`
  /** A selector names nothing that there is. */
  | 'unknown-selector'
  /** No job reads or writes an object, and none is declared so. */
  | 'unknown-object'
  /** A version or a key that no announcement may have. */
  | 'bad-version'
  | 'bad-key';

export interface Problem {
  readonly kind: ProblemKind;
  /** What happened, where, and what to do; without a final full stop. What could steer a terminal is escaped. */
  readonly message: string;
  /** Who holds the state, as far as its lock tells. `since`: ISO 8601. */
  readonly holder?: { readonly pid: number; readonly host: string; readonly since: string };
}

/** What is wrong with a state. */
export const stateProblem = ({ code, message, holder }: JournalProblem): Problem => ({
  kind: `state-${code}`,
  message,
  ...(holder === undefined ? {} : { holder }),
});
