/**
 * A call of objflow that is still being typed, held against the definitions of commands and options: what is wanted at
 * its end. Knows no mapping.
 */
import type { Argument, Command, Option } from 'commander';
import type { GlobalOptions } from './context.js';

/** What may stand at the end of the call. */
export type Wanted =
  | { readonly what: 'command'; readonly commands: readonly Command[] }
  | { readonly what: 'option'; readonly options: readonly Option[] }
  | { readonly what: 'choice'; readonly choices: readonly string[]; readonly before: string }
  | { readonly what: 'argument'; readonly argument: Argument }
  | { readonly what: 'file' | 'directory' | 'nothing' };

export interface CallSoFar {
  /** Options of the program that were given, as far as they tell where the mapping is. */
  readonly options: Pick<GlobalOptions, 'directory' | 'file' | 'state'>;
  readonly wanted: Wanted;
}

/** Reads the words after the program's name; the last is the one that is being typed. */
export function readCall(program: Command, words: readonly string[]): CallSoFar {
  const options: { directory?: string; file?: string; state?: string } = {};
  const given = new Set<Option>();
  let command: Command | undefined;
  let operands = 0;
  let open: Option | undefined;
  let onlyOperands = false;
  const known = (): readonly Option[] => (command ? [...command.options, ...program.options] : program.options);
  const take = (option: Option, value: string): void => {
    const name = option.attributeName();
    if (name === 'directory' || name === 'file' || name === 'state') options[name] = value;
  };

  for (const word of words.slice(0, -1)) {
    if (open) {
      take(open, word);
      open = undefined;
    } else if (word === '--' && !onlyOperands) onlyOperands = true;
    else if (word.startsWith('-') && word !== '-' && !onlyOperands) {
      const [option, value] = split(word, known());
      if (option) given.add(option);
      if (option?.required && value === undefined) open = option;
      else if (option && value !== undefined) take(option, value);
    } else if (command) operands += 1;
    else {
      command = program.commands.find((one) => one.name() === word);
      if (!command) return { options, wanted: { what: 'nothing' } };
    }
  }

  const last = words.at(-1) ?? '';
  const wanted = (): Wanted => {
    if (open) return atValue(open, '');
    if (last.startsWith('-') && !onlyOperands) {
      const [option, value] = split(last, known());
      if (option?.required && value !== undefined) return atValue(option, last.slice(0, last.length - value.length));
      return { what: 'option', options: known().filter((one) => !one.hidden && !given.has(one)) };
    }
    if (!command) return { what: 'command', commands: program.createHelp().visibleCommands(program) };
    const all = command.registeredArguments;
    const argument = all[operands] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
    return argument ? { what: 'argument', argument } : { what: 'nothing' };
  };
  return { options, wanted: wanted() };
}

/** The option that a word names, and the value that stands in the same word. */
function split(word: string, known: readonly Option[]): readonly [Option | undefined, string | undefined] {
  const long = /^(--[^=]+)(?:=(.*))?$/s.exec(word);
  if (long) return [known.find((option) => option.long === long[1]), long[2]];
  const option = known.find((one) => one.short === word.slice(0, 2));
  return [option, option?.required && word.length > 2 ? word.slice(2) : undefined];
}

/** `before`: what stands before the value in its word. */
function atValue(option: Option, before: string): Wanted {
  if (option.argChoices) return { what: 'choice', choices: option.argChoices, before };
  return { what: kindOfPath(option.flags) ?? 'nothing' };
}

/** What an argument's name, such as `<file|dir>`, says of paths. */
export function kindOfPath(text: string): 'file' | 'directory' | undefined {
  const [, names = ''] = /[<[]([^>\]]*)[>\]]/.exec(text) ?? [];
  const all = names.split('|');
  return all.includes('file') ? 'file' : all.includes('dir') ? 'directory' : undefined;
}
