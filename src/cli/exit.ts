/** Exit statuses, and mistakes that end a command with one. */
import type { Result } from '../core/result.js';
import type { Problem } from '../orchestrator/problem.js';

export const exit = {
  well: 0,
  /** A selected task stands failed or blocked, or `validate` found errors. */
  unwell: 1,
  /** Wrong usage, no manifest, a mapping with errors. */
  usage: 2,
  /** The state is held, damaged, newer, or cannot be written. */
  state: 3,
  bug: 4,
} as const;

/** The exit status of a program that a signal ended, by the shells' convention. */
export const exitOfSignal: Readonly<Record<'SIGINT' | 'SIGTERM' | 'SIGHUP', number>> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
};

/** A mistake of the user's: said in its own words, with its exit status; never with a stack trace. */
export class UserError extends Error {
  readonly status: number;

  constructor(message: string, status: number = exit.usage) {
    super(message);
    this.status = status;
  }
}

/** The value; what went wrong where the state, a selector or an object was wanted is thrown as a `UserError`. */
export function must<T>(result: Result<T, Problem>, { OBJFLOW_RUN }: NodeJS.ProcessEnv = process.env): T {
  if (result.ok) return result.value;
  const { kind } = result.error;
  // Waiting for it would be waiting for oneself.
  const isOwn = kind === 'state-held' && OBJFLOW_RUN !== undefined;
  const hint =
    '; this is called by a command that objflow runs: what that makes due starts by itself when it has ended';
  const message = isOwn ? `${result.error.message}${hint}` : result.error.message;
  throw new UserError(message, kind.startsWith('state-') ? exit.state : exit.usage);
}
