/**
 * That the program was called wrongly. `explain.ts` says what was wrong, and is loaded only then.
 */
import type { CommanderError } from 'commander';

/** The program was called wrongly; or it was asked for its help or version, which is no error. */
export class Misuse extends Error {
  override readonly cause: CommanderError;
  /** The command that was called, and a good call of it. */
  readonly command: string | undefined;
  readonly example: string | undefined;

  constructor(cause: CommanderError, command: string | undefined, example: string | undefined) {
    super(cause.message);
    this.cause = cause;
    this.command = command;
    this.example = example;
  }
}
