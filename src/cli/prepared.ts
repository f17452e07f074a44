/**
 * Answers that are the same for everybody, `--version` and help: made from the definitions of commands when objflow is
 * built, found when it is called. Loads nothing.
 */
import type { Command } from 'commander';

/** A text for terminals of so many columns and more, the widest last. */
type Texts = readonly (readonly [columns: number, text: string])[];

export interface Prepared {
  readonly version: string;
  readonly program: Texts;
  readonly commands: Readonly<Record<string, Texts>>;
}

/** Narrower terminals are left to commander; in wider ones no line is broken. */
const columns = { least: 80, most: 200 };

/** What the build keeps of a program whose `--version` and `--help` have their usual flags. */
export const prepare = (program: Command): Prepared => ({
  version: program.version() ?? '',
  program: textsOf(program),
  commands: Object.fromEntries(program.commands.map((command) => [command.name(), textsOf(command)])),
});

function textsOf(command: Command): Texts {
  const texts: [number, string][] = [];
  for (let width = columns.least; width <= columns.most; width++) {
    let text = '';
    const writeOut = (piece: string): void => {
      text += piece;
    };
    command.configureOutput({ writeOut, getOutHelpWidth: () => width, getOutHasColors: () => false });
    command.outputHelp();
    if (text !== texts.at(-1)?.[1]) texts.push([width, text]);
  }
  return texts;
}

/**
 * The answer to a call of one or two words; undefined: it is none that was prepared. Reads what was prepared, and asks how
 * wide it may be, only where it may be one.
 */
export function preparedAnswer(read: () => Prepared, args: readonly string[], width: () => number): string | undefined {
  const [first = '', second] = args;
  if (args.length > 2) return undefined;
  if (second === undefined) {
    if (first === '--version' || first === '-V') return `${read().version}\n`;
    return isHelp(first) || first === 'help' ? fitting(read().program, width()) : undefined;
  }
  const command = isHelp(second) ? first : first === 'help' ? second : undefined;
  if (command === undefined) return undefined;
  const { commands } = read();
  return Object.hasOwn(commands, command) ? fitting(commands[command], width()) : undefined;
}

const isHelp = (word: string): boolean => word === '-h' || word === '--help';

const fitting = (texts: Texts = [], width: number): string | undefined =>
  texts.findLast(([from]) => from <= width)?.[1];
