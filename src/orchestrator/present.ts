/**
 * The state as it is at this moment, for whoever only reads: what the journal tells, what lies there, what waits in
 * the inbox. Disturbs nobody, whether a daemon lives or not.
 */
import { fileTargets } from '../core/adopt.js';
import { kindOf, type Look, type ObjectId, type Observation } from '../core/object.js';
import { markPaused } from '../core/paused.js';
import type { JournalRecord } from '../core/record.js';
import { err, ok, type Result } from '../core/result.js';
import type { State } from '../core/state.js';
import { step } from '../core/step.js';
import { systemClock } from '../engine/clock.js';
import { targetsToLookAt } from '../engine/engine.js';
import type { Objects } from '../engine/world.js';
import { peekInbox, peekRequests, type Request } from '../journal/inbox.js';
import { readJournal } from '../journal/journal.js';
import { holderOf } from '../journal/lock.js';
import type { SetAside } from '../objects/names.js';
import type { Mapped } from './mapped.js';
import { type Problem, stateProblem } from './problem.js';
import { openSession } from './session.js';

export interface Present {
  readonly state: State;
  /** All that the journal tells, in its order. */
  readonly records: readonly JournalRecord[];
  /** What was found of each file that was looked at. */
  readonly seen: ReadonlyMap<ObjectId, Observation>;
  readonly setAside: readonly SetAside[];
  /** A `run` or a daemon is at work on this state. */
  readonly isHeld: boolean;
  /** Who that is; `unknown`: who does not say who it is. */
  readonly heldBy: ReturnType<typeof holderOf>;
  /** Looks at more, as `objects` do. */
  readonly look: Objects['look'];
}

/** Reads, looks, and decides what would be decided now; starts nothing. `file`: the state's. */
export async function readPresent(
  file: string,
  { mapping, graph }: Pick<Mapped, 'mapping' | 'graph'>,
): Promise<Result<Present, Problem>> {
  const journal = readJournal(file);
  if (!journal.ok) return err(stateProblem(journal.error));
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
  const heldBy = holderOf(file);
  if (heldBy) for (const { run } of state.runs.values()) if (run) run.stage = 'executing';
  markPaused(state, records);
  const at = systemClock.now();
  const seen = new Map<ObjectId, Observation>();
  /** Gives what only its content tells the version of. */
  const take = (looks: readonly Look[]): readonly ObjectId[] => {
    for (const { object, found } of looks) seen.set(object, found);
    const effects = step(state, { type: 'looked', at, looks });
    return effects.flatMap((effect) => (effect.type === 'look' && effect.content ? effect.objects : []));
  };
  for (const look of [objects.list, () => objects.look(targetsToLookAt(state))]) {
    const unread = take(await look());
    // Once: what changes while it is read has not landed.
    if (unread.length > 0) take(await objects.look(unread, true));
  }
  // What is announced and not yet recorded has happened all the same.
  for (const { object, version, key } of peekInbox(file))
    if (kindOf(object) !== 'file')
      step(state, { type: 'announced', at, object, version, ...(key === undefined ? {} : { key }) });
  // So is what is asked.
  for (const request of peekRequests(file)) await grant(state, request, at, objects);
  step(state, { type: 'opened', at });
  return ok({ state, records, seen, setAside, isHeld: heldBy !== undefined, heldBy, look: objects.look });
}

async function grant(state: State, { what, tasks }: Request, at: number, { look }: Objects): Promise<void> {
  if (what === 'adopt') {
    const names = tasks.map(({ task }) => task);
    step(state, { type: 'adopt-asked', at, tasks, targets: await look(fileTargets(state, names), true) });
  } else step(state, { type: 'asked', at, what, tasks });
}
