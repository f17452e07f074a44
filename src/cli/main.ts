/**
 * The command line: what commands and options there are. Each command's code is loaded when it is called.
 */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Context, createContext, type GlobalOptions } from './context.js';
import { exit, UserError } from './exit.js';

/** Runs the command line; gives the exit status. Never throws for a mistake of the user's. */
export async function main(args: readonly string[]): Promise<number> {
  // What is recorded stays true, and what runs is taken up by the next.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error) => process.exit(bug(error)));
  let status: number = exit.well;
  let context: Context | undefined;
  // Commander reads the program's options wherever they stand, and `emit` has a `--version` of its own.
  const versionFlags = args.includes('emit') ? '-V' : '-V, --version';
  const program = createProgram(versionFlags, async (options, act) => {
    context = enter(options);
    status = await act(context);
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    status = await failed(error);
  }
  await context?.out.flush();
  await context?.err.flush();
  if (status === exit.well && context?.out.failure === 'ENOSPC') {
    process.stderr.write('objflow: standard output could not be written: no space left on the device\n');
    return exit.unwell;
  }
  return status;
}

type Act = (context: Context) => number | Promise<number>;

function createProgram(versionFlags: string, call: (options: GlobalOptions, act: Act) => Promise<void>): Command {
  const program = new Command('objflow')
    .description('Runs jobs when the objects they read are there.')
    .option('-f, --file <file|dir>', 'the manifest, or the directory with its objflow.yaml')
    .option('--state <file>', 'the state file (default: .objflow/state.jsonl beside the manifest)')
    .option('-C, --directory <dir>', 'change to this directory first')
    .option('-q, --quiet', 'say only what went wrong')
    .option('-v, --verbose', 'say more')
    .option('--color', 'colour, also where there is no terminal')
    .option('--no-color', 'no colour')
    .version(packageVersion(), versionFlags)
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', '\nExample:\n  objflow init shop && cd shop && objflow run');
  // `--color` alone says nothing unless it is given: commander's default would be true.
  program.setOptionValue('color', undefined);
  const command = (name: string, description: string, example: string): Command =>
    program.command(name).description(description).addHelpText('after', `\nExample:\n  ${example}`);
  const act = (then: Act) => call(program.opts<GlobalOptions>(), then);

  command('init', 'write a small mapping that works at once, with sample data', 'objflow init shop')
    .argument('[dir]', 'where', '.')
    .action((dir: string) => act(async (context) => (await import('./init.js')).init(context, dir)));
  command('validate', 'check the mapping', 'objflow validate --strict')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(['text', 'json', 'github', 'sarif']))
    .option('--strict', 'warnings are errors')
    .action((options) => act(async (context) => (await import('./validate.js')).validate(context, options)));
  command('graph', 'print the graph of jobs and objects', 'objflow graph --format mermaid')
    .argument('[selector...]', 'jobs: name, +name, name+, load_*, tag:nightly')
    .addOption(formatOption(['text', 'table', 'dot', 'mermaid', 'json']))
    .action((selectors, options) =>
      act(async (context) => (await import('./graph.js')).graph(context, selectors, options)),
    );
  command('run', 'run everything that is due, until nothing is', 'objflow run load_orders+ --dry-run')
    .argument('[selector...]', 'jobs: name, +name, name+, load_*, tag:nightly')
    .addOption(formatOption(['text', 'json']))
    .option('--dry-run', 'print what would run, in order and with reasons; run nothing')
    .option('--force', 'run what is selected, due or not')
    .option('--no-retry', 'leave alone what stands failed')
    .option('-j, --jobs <n>', 'tasks at a time', count)
    .action((selectors, options) =>
      act(async (context) => (await import('./run.js')).run(context, selectors, options)),
    );
  command('watch', 'the daemon: run what can run as soon as it can', 'objflow watch')
    .addOption(formatOption(['text', 'json']))
    .option('-j, --jobs <n>', 'tasks at a time', count)
    .action((options) => act(async (context) => (await import('./watch.js')).watch(context, options)));
  command('status', "show each task's state, and what it waits for", 'objflow status --check')
    .argument('[selector...]', 'jobs: name, +name, name+, load_*, tag:nightly')
    .addOption(formatOption(['text', 'json']))
    .option('--check', 'exit with status 1 when a task stands failed or blocked')
    .action((selectors, options) =>
      act(async (context) => (await import('./status.js')).status(context, selectors, options)),
    );
  command('emit', 'announce that objects have changed', 'objflow emit table:raw.customers --key load-4711')
    .argument('<object...>', 'written as in the mapping: table:raw.customers, landing/orders_2026-11-20.csv')
    .addOption(formatOption(['text', 'json']))
    .option('--version <version>', 'what the version is called (default: a new one); not for files')
    .option('--key <key>', 'the same key counts once, for ever; with several objects once for each')
    .action((objects, options) => act(async (context) => (await import('./emit.js')).emit(context, objects, options)));
  return program;
}

const formatOption = (formats: readonly string[]): Option =>
  new Option('--format <format>', 'how it is printed').choices(formats).default(formats[0]);

/** Tasks at a time: 1 to 1024, as everywhere. */
function count(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 1024)
    throw new InvalidArgumentError('It must be a number from 1 to 1024.');
  return number;
}

function enter(options: GlobalOptions): Context {
  if (options.directory !== undefined) {
    try {
      process.chdir(options.directory);
    } catch {
      throw new UserError(`cannot change to the directory ${JSON.stringify(options.directory)}`);
    }
  }
  return createContext(options);
}

/** Tells what went wrong. Only a bug of ours shows where. */
async function failed(error: unknown): Promise<number> {
  // Commander has said what it had to say; help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.well : exit.usage;
  if (error instanceof UserError) {
    process.stderr.write(`objflow: ${error.message}\n`);
    return error.status;
  }
  return bug(error);
}

function bug(error: unknown): number {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `objflow: this is a bug in objflow ${packageVersion()}; please report it with what follows\n${told}\n`,
  );
  return exit.bug;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
}
