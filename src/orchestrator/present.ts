/**
 * The state as it is at this moment, for whoever only reads: what the journal tells, what lies there, what waits in
 * the inbox. Disturbs nobody, whether a daemon lives or not.
 */
import { readdirSync, statSync } from 'node:fs';
import { fileTargets } from '../core/adopt.js';
import { kindOf, type Look, type ObjectId, type Observation } from '../core/object.js';
import { markPaused } from '../core/paused.js';
import type { JournalRecord } from '../core/record.js';
import { err, ok, type Result } from '../core/result.js';
import type { State } from '../core/state.js';
import { step } from '../core/step.js';
import { systemClock } from '../engine/clock.js';
import { unlistedToLookAt } from '../engine/looking.js';
import type { Objects } from '../engine/world.js';
import { inboxOf, peekInbox, peekRequests, type Request } from '../journal/inbox.js';
import { skimJournal } from '../journal/journal.js';
import { holderOf } from '../journal/lock.js';
import type { SetAside } from '../objects/names.js';
import { endWhatHasEnded } from './left.js';
import { type Problem, stateProblem } from './problem.js';
import { type Mapped, openSession } from './session.js';

export interface Present {
  readonly state: State;
  /** All that the journal tells, in its order; then what is to be recorded of runs that have ended since. */
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

/** At most so many times it is read, where others go on recording meanwhile: the last answer is one of that moment, too. */
const most = 3;

/**
 * Reads, looks, and decides what would be decided now; starts nothing. `file`: the state's. `through`: stands in for the
 * objects.
 */
export async function readPresent(
  file: string,
  mapped: Pick<Mapped, 'mapping' | 'graph'>,
  through: (objects: Objects) => Objects = (objects) => objects,
): Promise<Result<Present, Problem>> {
  for (let times = 1; ; times += 1) {
    const before = traceOf(file);
    const present = await readOnce(file, mapped, through);
    // What was recorded and taken out of the inbox in between is in neither of the two as they were read.
    if (!present.ok || times === most || traceOf(file) === before) return present;
  }
}

/** What is different once something was recorded, or left in the inbox, or taken out of it. */
function traceOf(file: string): string {
  const parts = [() => identityOf(file), () => readdirSync(inboxOf(file)).filter((name) => !name.startsWith('.'))];
  const trace = parts.map((read) => {
    try {
      return read();
    } catch {
      return undefined; // whoever reads it has a word for that
    }
  });
  return JSON.stringify(trace);
}

function identityOf(file: string): string {
  const { dev, ino, size } = statSync(file, { bigint: true });
  return `${dev}:${ino}:${size}`;
}

async function readOnce(
  file: string,
  { mapping, graph }: Pick<Mapped, 'mapping' | 'graph'>,
  through: (objects: Objects) => Objects,
): Promise<Result<Present, Problem>> {
  // Before what it has recorded: a run that ends in between has then ended its runs, or still holds what is open.
  const heldBy = holderOf(file);
  const journal = skimJournal(file);
  if (!journal.ok) return err(stateProblem(journal.error));
  const { records } = journal.value;
  const setAside: SetAside[] = [];
  const session = openSession(mapping, {
    records,
    graph,
    // With room for nobody, what is ready stays ready.
    concurrency: 0,
    setAside: (found) => setAside.push(found),
  });
  const { state } = session;
  const objects = through(session.objects);
  // What looks abandoned from here is in good hands as long as somebody holds the state.
  if (heldBy) for (const { run } of state.runs.values()) if (run) run.stage = 'executing';
  markPaused(state, records);
  // What ended while nobody was there to record it has ended all the same.
  const ended = heldBy ? [] : await endWhatHasEnded(state, file, objects);
  const at = systemClock.now();
  const seen = new Map<ObjectId, Observation>();
  /** Gives what only its content tells the version of. */
  const take = (looks: readonly Look[]): readonly ObjectId[] => {
    for (const { object, found } of looks) seen.set(object, found);
    const effects = step(state, { type: 'looked', at, looks });
    return effects.flatMap((effect) => (effect.type === 'look' && effect.content ? effect.objects : []));
  };
  for (const look of [objects.list, () => objects.look(unlistedToLookAt(state))]) {
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
  return ok({
    state,
    records: [...records, ...ended],
    seen,
    setAside,
    isHeld: heldBy !== undefined,
    heldBy,
    look: objects.look,
  });
}

async function grant(state: State, { what, tasks }: Request, at: number, { look }: Objects): Promise<void> {
  if (what === 'adopt') {
    const names = tasks.map(({ task }) => task);
    step(state, { type: 'adopt-asked', at, tasks, targets: await look(fileTargets(state, names), true) });
  } else step(state, { type: 'asked', at, what, tasks });
}
