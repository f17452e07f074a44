/**
 * What commands and options there are: the one place where they are defined. Each command's code is loaded when it is
 * called. Shell completion and `--help` read what stands here; the name of an argument says what completes it
 * (`candidates.ts`).
 */
import { readFileSync } from 'node:fs';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { openOutlet } from '../report/outlet.js';
import type { Context, GlobalOptions } from './context.js';
import { Misuse } from './misuse.js';

export type Act = (context: Context) => number | Promise<number>;

const manifestFlags = '-f, --file <file|dir>';
const selectorHelp = 'x, +x, x+, load_*, tag:nightly, state:failed, an object';

/** The program; a command that is called hands `call` what it does. Throws a `Misuse` where it is called wrongly. */
export function createProgram(
  versionFlags: string,
  call: (options: GlobalOptions, act: Act) => Promise<void>,
): Command {
  const program = new Command('objflow')
    .usage('[options] <command>')
    .description('Runs jobs when the objects they read are there.')
    .option(manifestFlags, 'the manifest, or the directory with its objflow.yaml')
    .option('--state <file>', 'the state file (default: .objflow/state.jsonl)')
    .option('-C, --directory <dir>', 'change to this directory first')
    .option('-q, --quiet', 'say only what went wrong')
    .option('-v, --verbose', 'say more')
    .option('--color', 'colour, also where there is no terminal')
    .option('--no-color', 'no colour')
    .version(packageVersion(), versionFlags, 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      // That there are options goes without saying.
      subcommandTerm: (one) => `${one.name()} ${one.usage().replace(/^\[options\] ?/, '')}`.trim(),
    })
    // What was wrong is told by whoever catches it; help for a reader that is gone is nothing wrong.
    .configureOutput({ outputError: () => {}, writeOut: (text) => openOutlet(process.stdout).write(text) })
    .addHelpText('after', '\nExamples:\n  objflow init shop && cd shop && objflow run\n  objflow run --help');
  // `--color` alone says nothing unless it is given: commander's default would be true.
  program.setOptionValue('color', undefined);
  const command = (name: string, description: string, example: string): Command => {
    const made = program.command(name).description(description).addHelpText('after', `\nExample:\n  ${example}`);
    return made.exitOverride((error) => {
      throw new Misuse(error, made.name(), example);
    });
  };
  program.exitOverride((error) => {
    throw new Misuse(error, undefined, undefined);
  });
  const act = (then: Act) => call(program.opts<GlobalOptions>(), then);

  program.commandsGroup('Begin:');
  command('init', 'write a small mapping that works at once, with sample data', 'objflow init shop')
    .argument('[dir]', 'where', '.')
    .action((dir: string) => act(async (context) => (await import('./init.js')).init(context, dir)));
  command('validate', 'check the mapping', 'objflow validate --strict')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(['text', 'json', 'github', 'sarif']))
    .option('--strict', 'warnings are errors')
    .action((options) => act(async (context) => (await import('./validate.js')).validate(context, options)));

  program.commandsGroup('Run:');
  command('run', 'run everything that is due, until nothing is', 'objflow run load_orders+ --dry-run')
    .argument('[selector...]', selectorHelp)
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
  command('emit', 'announce that objects have changed', 'objflow emit table:raw.customers --key load-4711')
    .argument('<object...>', 'written as in the mapping: table:raw.customers, landing/orders_2026-11-20.csv')
    .addOption(formatOption(['text', 'json']))
    .option('--version <version>', 'what the version is called (default: a new one); not for files')
    .option('--key <key>', 'the same key counts once, for ever; with several objects once for each')
    .action((objects, options) => act(async (context) => (await import('./emit.js')).emit(context, objects, options)));
  command('retry', 'run failed tasks again, and what they then make due', 'objflow retry --failed')
    .argument('[selector...]', selectorHelp)
    .addOption(formatOption(['text', 'json']))
    .option('--failed', 'all tasks that failed; of those that are selected, if any are')
    .option('-j, --jobs <n>', 'tasks at a time, where no daemon runs them', count)
    .action((selectors, options) =>
      act(async (context) => (await import('./retry.js')).retry(context, selectors, options)),
    );
  command('reset', 'forget that tasks ran: they are due again', "objflow reset 'load_orders[date=2026-11-20]'")
    .argument('[selector...]', `${selectorHelp}; '*' for all`)
    .addOption(formatOption(['text', 'json']))
    .option('--dry-run', 'print which; forget nothing')
    .action((selectors, options) =>
      act(async (context) => (await import('./reset.js')).reset(context, selectors, options)),
    );
  command('adopt', 'take everything as it stands for up to date; run nothing', 'objflow adopt --dry-run')
    .argument('[selector...]', selectorHelp)
    .addOption(formatOption(['text', 'json']))
    .option('--dry-run', 'print which tasks, and why others not; record nothing')
    .action((selectors, options) =>
      act(async (context) => (await import('./adopt.js')).adopt(context, selectors, options)),
    );

  program.commandsGroup('See:');
  command('graph', 'print the graph of jobs and objects', 'objflow graph --status --format html >graph.html')
    .argument('[selector...]', selectorHelp)
    .addOption(formatOption(['text', 'table', 'dot', 'mermaid', 'json', 'svg', 'html']))
    .option('--status', 'colour it with the present state')
    .addOption(new Option('--jobs', 'jobs alone, joined where one feeds another').conflicts('objects'))
    .option('--objects', 'objects alone, joined through jobs; with --status, also jobs without targets')
    .action((selectors, options) =>
      act(async (context) => (await import('./graph.js')).graph(context, selectors, options)),
    );
  command('status', "show each task's state, and what it waits for", 'objflow status --check')
    .argument('[selector...]', selectorHelp)
    .addOption(formatOption(['text', 'json']))
    .addOption(new Option('--check', 'exit with status 1 when a task stands failed or blocked').conflicts('watch'))
    .option('--watch', 'keep it live, until Ctrl-C; with json a document a line, whenever it changes')
    .action((selectors, options) =>
      act(async (context) => (await import('./status.js')).status(context, selectors, options)),
    );
  command(
    'why',
    'why it ran, or why it did not, and what it waits for next',
    "objflow why 'load_orders[date=2026-11-20]'",
  )
    .argument('<job|task|object>', 'written as in `status` and in the mapping')
    .addOption(formatOption(['text', 'json']))
    .action((subject, options) => act(async (context) => (await import('./why.js')).why(context, subject, options)));
  command('history', 'past runs: when, how long, how they ended', 'objflow history load_orders --since 2d --failed')
    .argument('[selector...]', selectorHelp)
    .addOption(formatOption(['text', 'json']))
    .option('--since <when>', 'what ran since then: 2h, 2026-11-20, 2026-11-20T08:00')
    .option('--failed', 'what failed')
    .option('--limit <n>', 'at most so many (default: 20 in text without --since)', number(1))
    .action((selectors, options) =>
      act(async (context) => (await import('./history.js')).history(context, selectors, options)),
    );
  command('logs', "print a run's output", 'objflow logs load_orders --lines 20 --follow')
    .configureHelp({
      ...program.configureHelp(),
      // Its own `-f` is another (`follow-flag.ts`).
      optionTerm: ({ flags }) => (flags === manifestFlags ? manifestFlags.replace('-f, ', '    ') : flags),
    })
    .argument('<job|task|run>', 'of a job or a task the run that started last')
    .addOption(formatOption(['text', 'json']))
    .option('-f, --follow', 'until the run has ended; where there is none yet, the first')
    .option('-n, --lines <n>', 'only the last lines, and what follows', number(0))
    .option('--path', 'only where the log is')
    .option('--raw', 'as it is to a terminal too, which may obey it')
    .action((subject, options) => act(async (context) => (await import('./logs.js')).logs(context, subject, options)));
  command(
    'simulate',
    'print what would run if objects landed now; run nothing',
    'objflow simulate landing/orders_2026-11-20.csv',
  )
    .argument('<object...>', 'written as in the mapping; files need not be there')
    .addOption(formatOption(['text', 'json']))
    .action((objects, options) =>
      act(async (context) => (await import('./simulate.js')).simulate(context, objects, options)),
    );

  program.commandsGroup('Help:');
  command('help', 'what commands there are, or how one is called', 'objflow help why')
    .argument('[command]', 'which')
    .action((name?: string) => {
      const found = name === undefined ? program : program.commands.find((one) => one.name() === name);
      if (found === undefined) return program.error(`unknown command '${name}'`, { code: 'commander.unknownCommand' });
      return found.outputHelp();
    });

  program.commandsGroup('Shell:');
  const shells = ['bash', 'zsh', 'fish'];
  command(
    'completion',
    'print what makes a shell complete commands, jobs, objects',
    'source <(objflow completion bash)',
  )
    .addArgument(new Argument('<shell>', 'whose script').choices(shells))
    .action((shell) => act(async (context) => (await import('./completion.js')).completion(context, shell)));
  program
    .command('complete', { hidden: true })
    .addArgument(new Argument('<shell>').choices(shells))
    .argument('[word...]')
    .action((shell, words) =>
      act(async (context) => (await import('./complete.js')).complete(context, program, shell, words)),
    );
  for (const each of [program, ...program.commands]) refuseTwice(each);
  return program;
}

/** Of two values one would be dropped in silence. */
function refuseTwice(command: Command): void {
  for (const option of command.options.filter(({ required }) => required)) {
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given) command.error(`option '${option.flags}' is given twice, and takes one value`);
      given = true;
    });
  }
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

/** A whole number, from `least` on. */
const number =
  (least: number) =>
  (text: string): number => {
    const read = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(read) || read < least)
      throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    return read;
  };

let version: string | undefined;

export function packageVersion(): string {
  version ??= readVersion();
  return version;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
}
