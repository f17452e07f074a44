/**
 * Errors of use: what was wrong in the call, and what was meant. Commander finds them; the words are ours, one line each.
 */
import path from 'node:path';
import { buildGraph } from '../core/graph.js';
import { readSelectors } from '../core/select.js';
import { loadMapping } from '../manifest/load.js';
import { didYouMean } from '../manifest/suggest.js';
import { terminal } from '../report/sinks.js';
import type { GlobalOptions } from './context.js';
import type { Misuse } from './misuse.js';

/** What is said about it, one line without its end; undefined where all has been said. */
export async function explain(misuse: Misuse, options: GlobalOptions): Promise<string | undefined> {
  const { cause, command, example } = misuse;
  if (cause.exitCode === 0 || cause.code === 'commander.help') return undefined;
  const message = cause.message.replace(/^error: /, '');
  const call = command === undefined ? 'objflow' : `objflow ${command}`;
  switch (cause.code) {
    case 'commander.unknownCommand':
      return terminal(await unknownCommand(message, options));
    case 'commander.missingArgument':
      return `${command} needs ${oneOf(/'(.*)'/.exec(message)?.[1] ?? 'argument')}; for example: \`${example}\``;
    case 'commander.excessArguments':
      return terminal(
        command === 'logs'
          ? `${tooMany(message)}; after it \`-f\` means --follow, and \`--file\` names a manifest`
          : `${tooMany(message)}; \`${call} --help\` shows how it is called`,
      );
    case 'commander.unknownOption':
      return terminal(withHint(message, `\`${call} --help\` lists the options`));
    default:
      return terminal(withHint(message, undefined));
  }
}

/** The message with commander's suggestion in our words, or else with this hint. */
function withHint(message: string, hint: string | undefined): string {
  const [, text = message, meant] = /^(.*)\n\(Did you mean (.*)\?\)$/s.exec(message) ?? [];
  const said = quotedAlike(
    text.replace(/\. (?:Allowed choices|It must)/, (found) => (found.endsWith('choices') ? '; choices' : '; it must')),
  );
  const further = meant === undefined ? hint : `did you mean \`${meant.replace(/^one of /, '')}\`?`;
  return further === undefined ? said.replace(/\.$/, '') : `${said}; ${further}`;
}

/** With what was typed between backticks, as in all other messages; options stand for themselves. */
const quotedAlike = (message: string): string =>
  message
    .replace(/^command-argument value '(.*)' is invalid for argument '(.*?)'/s, '`$1` is no $2')
    .replace(/^option '([^']*)' argument '(.*)' is invalid/s, 'option `$1`: `$2` is invalid')
    .replace(/^((?:unknown )?(?:option|command)) '(.*?)'(?=$| argument| is given)/s, '$1 `$2`');

/** `job|object`: “a job or object”. */
function oneOf(names: string): string {
  const words = names.split('|').join(' or ');
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}

function tooMany(message: string): string {
  const [, command, expected = '0'] = /'(.*)'\. Expected (\d+)/s.exec(message) ?? [];
  const many = expected === '0' ? 'no arguments' : expected === '1' ? 'one argument' : `${expected} arguments`;
  return command === undefined ? message : `${command} takes ${many}`;
}

/** A job or a selector in place of a command was meant for `run`. */
async function unknownCommand(message: string, options: GlobalOptions): Promise<string> {
  const name = /^unknown command '(.*?)'(?:\n\(Did you mean .*\))?$/s.exec(message)?.[1] ?? '';
  const help = '`objflow --help` lists the commands';
  const jobs = await readJobs(options);
  if (jobs?.has(name)) return `unknown command \`${name}\`; to run the job: \`objflow run ${name}\``;
  if (jobs && readSelectors({ jobs }, buildGraph({ jobs }), [name]).ok)
    return `unknown command \`${name}\`; to run what it selects: \`objflow run '${name}'\``;
  const close = message.includes('\n') ? undefined : jobs && didYouMean(name, jobs.keys());
  return withHint(message, close?.replace('`', '`objflow run ') ?? help);
}

/** The jobs of the mapping at hand, if there is one. */
async function readJobs({ directory = '.', file = '.' }: GlobalOptions) {
  const loaded = await loadMapping(path.resolve(directory, file));
  return loaded.ok ? loaded.value.mapping.jobs : undefined;
}
