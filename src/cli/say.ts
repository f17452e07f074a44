/** What is said to people beside a result: on standard error, and on a terminal wrapped by words. */
import { wrap } from '../report/measure.js';
import type { Context } from './context.js';

/** Says it, unless it is to be quiet. `text` is escaped, without colour, and without its end. */
export function say(context: Pick<Context, 'err' | 'options'>, text: string): void {
  if (!context.options.quiet) context.err.write(onTerminal(text));
}

/** The text as standard error is to have it, with its end. */
export function onTerminal(text: string, columns = columnsOfErr()): string {
  const lines = text.split('\n').flatMap((line) => (columns === undefined ? line : wrap(line, columns)));
  return `${lines.join('\n')}\n`;
}

/** Undefined where it is no terminal: what reads it breaks lines by itself. A terminal that does not know says 0. */
const columnsOfErr = (): number | undefined => (process.stderr.isTTY ? process.stderr.columns || 80 : undefined);
