/**
 * Judges how an attempt went: exit status 0 is not enough. Its file targets must be there, and on disk before a success
 * is recorded, so that the record does not outlive what it vouches for.
 */
import type { AttemptOutcome } from '../core/event.js';
import { displayName, type Look } from '../core/object.js';
import type { Outcome } from '../execute/executor.js';
import type { Objects } from './world.js';

/** The outcome, with what was seen of the targets after it. */
export async function judge(
  objects: Pick<Objects, 'sync'>,
  outcome: Outcome,
  targets: readonly Look[],
): Promise<AttemptOutcome> {
  const exitedWell = outcome.exitCode === 0 && outcome.problem === undefined && !outcome.stopped && !outcome.temporary;
  if (!exitedWell) return { ...outcome, well: false, targets };
  const lacking = targets.filter(({ found }) => found.state !== 'present').map(({ object }) => displayName(object));
  if (lacking.length > 0) {
    const problem = `exited with status 0 but did not make ${lacking.join(', ')}`;
    return { ...outcome, well: false, problem, targets };
  }
  const unsynced = await objects.sync(targets.map(({ object }) => object));
  if (unsynced !== undefined)
    return { ...outcome, well: false, problem: `its target could not be put on disk: ${unsynced}`, targets };
  return { ...outcome, well: true, targets };
}
