/**
 * Where the program starts: calls whose answer the build prepared are answered from that, and nothing else is loaded.
 */
import { readFileSync } from 'node:fs';
import { openOutlet } from '../report/outlet.js';
import { type Prepared, preparedAnswer } from './prepared.js';
import { writtenOut } from './written-out.js';

/** Runs the command line; gives the exit status. */
export async function start(args: readonly string[]): Promise<number> {
  const answer = preparedAnswer(readPrepared, args, () => process.stdout.columns ?? 80);
  if (answer === undefined) return (await import('./entry.js')).entry(args);
  const out = openOutlet(process.stdout);
  out.write(answer);
  return writtenOut(0, out);
}

/** The build writes it beside the program. */
const readPrepared = (): Prepared => JSON.parse(readFileSync(new URL('prepared.json', import.meta.url), 'utf8'));
