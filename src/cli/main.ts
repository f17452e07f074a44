/**
 * The command line: enters a call, runs it, and tells what went wrong. The commands stand in `commands.ts`.
 */
import { type Call, here } from '../recall/call.js';
import { terminal } from '../report/sinks.js';
import { createProgram, packageVersion } from './commands.js';
import { type Context, createContext, type GlobalOptions } from './context.js';
import { exit, UserError } from './exit.js';
import { withFollow } from './follow-flag.js';
import { Misuse } from './misuse.js';
import { onTerminal } from './say.js';
import { writtenOut } from './written-out.js';

/**
 * Runs the command line; gives the exit status. Never throws for a mistake of the user's. `call`: as what its answer may be
 * remembered.
 */
export async function main(args: readonly string[], call?: Call): Promise<number> {
  // What is recorded stays true, and what runs is taken up by the next.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error) => process.exit(bug(error)));
  let status: number = exit.well;
  let context: Context | undefined;
  // Commander reads the program's options wherever they stand, and `emit` has a `--version` of its own.
  const versionFlags = args.includes('emit') ? '-V' : '-V, --version';
  const program = createProgram(versionFlags, async (options, act) => {
    context = enter(options, call);
    status = await act(context);
  });
  try {
    await program.parseAsync(withFollow(args), { from: 'user' });
  } catch (error) {
    status = await failed(error, program.opts<GlobalOptions>());
  }
  if (context === undefined) return status;
  await context.err.flush();
  return writtenOut(status, context.out);
}

function enter(options: GlobalOptions, call: Call | undefined): Context {
  if (options.directory !== undefined) {
    try {
      process.chdir(options.directory);
    } catch {
      throw new UserError(`cannot change to the directory \`${terminal(options.directory)}\``);
    }
  }
  if (here() === undefined) throw new UserError('the directory that this is called in is not there any more');
  return createContext(options, call);
}

/** Tells what went wrong. Only a bug of ours shows where. */
async function failed(error: unknown, options: GlobalOptions): Promise<number> {
  if (error instanceof Misuse) {
    // Help and version are no failures.
    if (error.cause.exitCode === 0) return exit.well;
    const { explain } = await import('./explain.js');
    const said = await explain(error, options);
    if (said !== undefined) process.stderr.write(onTerminal(`objflow: ${said}`));
    return exit.usage;
  }
  if (error instanceof UserError) {
    process.stderr.write(onTerminal(`objflow: ${error.message}`));
    return error.status;
  }
  return bug(error);
}

const scarce: Readonly<Record<string, string>> = {
  EMFILE: 'too many files are open; raise `ulimit -n`',
  ENFILE: 'the system has too many files open; end something',
};

function bug(error: unknown): number {
  const wanting = error instanceof Error && 'code' in error ? scarce[String(error.code)] : undefined;
  if (wanting !== undefined) {
    process.stderr.write(`objflow: ${wanting}\n`);
    return exit.bug;
  }
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `objflow: this is a bug in objflow ${packageVersion()}; please report it with what follows\n${told.split('\n').map(terminal).join('\n')}\n`,
  );
  return exit.bug;
}
