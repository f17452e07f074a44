/**
 * The state as it is at this moment, for commands that only read: what the journal tells, what lies there, what waits in
 * the inbox. Disturbs nobody, whether a daemon lives or not.
 */
import { kindOf, type ObjectId, type Observation } from '../core/object.js';
import type { JournalRecord } from '../core/record.js';
import type { State } from '../core/state.js';
import { step } from '../core/step.js';
import { systemClock } from '../engine/clock.js';
import { targetsToLookAt } from '../engine/engine.js';
import { peekInbox } from '../journal/inbox.js';
import { readJournal } from '../journal/journal.js';
import { isHeld } from '../journal/lock.js';
import type { SetAside } from '../objects/names.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import type { Mapped } from './mapping.js';
import { openSession, stateFile } from './session.js';

export interface Present {
  readonly state: State;
  /** All that the journal tells, in its order. */
  readonly records: readonly JournalRecord[];
  /** What was found of each file that was looked at. */
  readonly seen: ReadonlyMap<ObjectId, Observation>;
  readonly setAside: readonly SetAside[];
  /** A `run` or a daemon is at work on this state. */
  readonly isHeld: boolean;
}

/** Reads, looks, and decides what would be decided now; starts nothing. Throws a `UserError` where the state cannot be read. */
export async function presentState(context: Context, { mapping, graph }: Mapped): Promise<Present> {
  const file = stateFile(context, mapping);
  const journal = readJournal(file);
  if (!journal.ok) throw new UserError(journal.error.message, exit.state);
  const { records } = journal.value;
  const setAside: SetAside[] = [];
  const { state, objects } = openSession(mapping, {
    records,
    graph,
    // With room for nobody, what is ready stays ready.
    concurrency: 0,
    setAside: (found) => setAside.push(found),
  });
  // What looks abandoned from here is in good hands as long as somebody holds the state.
  const held = isHeld(file);
  if (held) for (const { run } of state.runs.values()) if (run) run.stage = 'executing';
  const at = systemClock.now();
  const seen = new Map<ObjectId, Observation>();
  for (const look of [objects.list, () => objects.look(targetsToLookAt(state))]) {
    const looks = await look();
    for (const { object, found } of looks) seen.set(object, found);
    step(state, { type: 'looked', at, looks });
  }
  // What is announced and not yet recorded has happened all the same.
  for (const { object, version, key } of peekInbox(file))
    if (kindOf(object) !== 'file')
      step(state, { type: 'announced', at, object, version, ...(key === undefined ? {} : { key }) });
  step(state, { type: 'opened', at });
  return { state, records, seen, setAside, isHeld: held };
}
