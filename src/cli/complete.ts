/**
 * `objflow complete`, which the scripts of `objflow completion` call: what may come next in a call. It never fails and
 * makes no noise: where it knows nothing, it answers nothing.
 *
 * The first line of the answer is `words`, `files` or `directories` (the shell knows them better); then a word a line,
 * with a tab and what it is about for the shells that show it.
 */
import type { Command } from 'commander';
import { terminal } from '../report/sinks.js';
import { kindOfPath, readCall } from './call.js';
import { type Candidate, candidatesFor } from './candidates.js';
import type { Shell } from './completion.js';
import type { Context } from './context.js';
import { exit } from './exit.js';
import { readLine, writeWord } from './words.js';

interface Answer {
  readonly kind: 'words' | 'files' | 'directories';
  readonly candidates: readonly Candidate[];
}

/** Characters of what a word is about. */
const aboutLength = 60;

/**
 * Gives the exit status. `words`: from bash the line up to the cursor and `$COMP_WORDBREAKS`; from the others the words
 * after the program's name, up to the one that is being typed.
 */
export async function complete(
  context: Context,
  program: Command,
  shell: Shell,
  words: readonly string[],
): Promise<number> {
  const line = shell === 'bash' ? readLine(words[0] ?? '', words[1] ?? '') : undefined;
  const typed = line ? line.words.slice(1) : words;
  const answer = await answerTo(context, program, typed.length === 0 ? [''] : typed).catch(() => undefined);
  if (!answer) return exit.well;
  const lines = answer.candidates.map(({ text, about = '' }) => {
    if (line) return writeWord(text, line);
    const short = about.length > aboutLength ? `${about.slice(0, aboutLength - 1)}…` : about;
    return short === '' ? text : `${text}\t${terminal(short)}`;
  });
  context.out.write([answer.kind, ...lines, ''].join('\n'));
  return exit.well;
}

async function answerTo(context: Context, program: Command, words: readonly string[]): Promise<Answer> {
  const { options, wanted } = readCall(program, words);
  const last = words.at(-1) ?? '';
  const among = (all: readonly Candidate[]): Answer => ({
    kind: 'words',
    candidates: all.filter(({ text }) => text.startsWith(last)).sort((one, other) => (one.text < other.text ? -1 : 1)),
  });
  switch (wanted.what) {
    case 'command':
      return among(wanted.commands.map((command) => ({ text: command.name(), about: command.description() })));
    case 'option': {
      const all = wanted.options.map((option) => ({ text: option.long ?? option.flags, about: option.description }));
      return among([...all, { text: '--help', about: 'print help' }]);
    }
    case 'choice':
      return among(wanted.choices.map((choice) => ({ text: wanted.before + choice })));
    case 'file':
      return { kind: 'files', candidates: [] };
    case 'directory':
      return { kind: 'directories', candidates: [] };
    case 'nothing':
      return among([]);
    case 'argument': {
      const { argument } = wanted;
      const name = argument.name();
      if (argument.argChoices) return among(argument.argChoices.map((text) => ({ text })));
      if (name === 'command')
        return among(
          program
            .createHelp()
            .visibleCommands(program)
            .map((command) => ({ text: command.name(), about: command.description() })),
        );
      if (kindOfPath(`<${name}>`)) return { kind: 'directories', candidates: [] };
      const answer = among(await candidatesFor(context, options, name, last));
      // One file that lies there is an object too, though only its pattern is written.
      return answer.candidates.length === 0 && name === 'object' ? { kind: 'files', candidates: [] } : answer;
    }
  }
}
