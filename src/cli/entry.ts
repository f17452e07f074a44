/**
 * Where a call enters: what was answered before, and would be answered the same, is answered at once; everything else is
 * loaded for any other call.
 */
import { callOf } from '../recall/call.js';
import { openOutlet } from '../report/outlet.js';
import { writtenOut } from './written-out.js';

/** Runs the command line; gives the exit status. */
export async function entry(args: readonly string[]): Promise<number> {
  const call = callOf(args);
  const answer = call && (await (await import('./memory.js')).recall(call));
  if (answer === undefined) return (await import('./main.js')).main(args, call);
  const out = openOutlet(process.stdout);
  out.write(answer.output, true);
  return writtenOut(answer.status, out);
}
