/**
 * What would run: the engine in a world that only pretends, over the state as it is now. Reads at any time, and disturbs
 * nobody. What is asked twice is answered from the same state and the same objects.
 */
import path from 'node:path';
import type { Report } from '../core/event.js';
import { asVersion, kindOf, type ObjectId } from '../core/object.js';
import { runsInDoubt } from '../core/restore.js';
import type { Selection } from '../core/selector.js';
import type { State } from '../core/state.js';
import type { LeftTask, Reason } from '../core/views.js';
import type { Asking } from '../engine/asking.js';
import { systemClock } from '../engine/clock.js';
import { type Announced, createEngine } from '../engine/engine.js';
import type { Objects } from '../engine/world.js';
import { leads } from '../execute/tree.js';
import { readTrace } from '../execute/wrapper.js';
import { peekInbox, peekRequests } from '../journal/inbox.js';
import { skimJournal } from '../journal/journal.js';
import { isHeld } from '../journal/lock.js';
import { openSession } from '../orchestrator/session.js';
import { type Context, stateFile } from './context.js';
import { exit, UserError } from './exit.js';
import type { Mapped } from './mapping.js';
import { asTheyStand, type Pretence, pretendWorld } from './pretend.js';

/** A task that would start. */
export interface Start {
  readonly task: string;
  /** As the engine says them when it starts. */
  readonly reasons: readonly Reason[];
  /** Which task has made what until then, of the objects that the reasons are about. */
  readonly makers: ReadonlyMap<string, string>;
}

export interface Future {
  /** In their order. */
  readonly starts: readonly Start[];
  /** As all this leaves it. */
  readonly state: State;
  /** Names of the tasks that would have run well. */
  readonly well: ReadonlySet<string>;
  /** Runs that were in progress before; those that are lost run again. */
  readonly left: readonly LeftTask[];
}

export interface Supposed {
  readonly retry: boolean;
  readonly force: boolean;
  readonly announced?: readonly Announced[];
  readonly asked?: readonly Asking[];
}

/** Plays until nothing is left to do. The state is changed. */
export async function foresee(
  pretence: Omit<Pretence, 'tell'>,
  { retry, force, announced = [], asked = [] }: Supposed,
): Promise<Future> {
  const { state, fateOf } = pretence;
  const left = runsInDoubt(state).flatMap((run): LeftTask[] => {
    const fate = fateOf(run);
    const task = state.runs.get(run)?.id;
    return fate && task !== undefined ? [{ task, fate: fate === 'goes on' ? 'running' : 'ended' }] : [];
  });
  const starts: Start[] = [];
  const well = new Set<string>();
  const made = new Map<string, string>();
  const tell = (report: Report): void => {
    if (report.event === 'run-succeeded') {
      well.add(report.task);
      for (const object of Object.keys(report.produced)) made.set(object, report.task);
    }
    if (report.event !== 'run-started') return;
    const { task, reasons } = report;
    const makers = reasons.flatMap(({ object = '' }): [string, string][] => {
      const maker = made.get(object);
      return maker === undefined ? [] : [[object, maker]];
    });
    starts.push({ task, reasons, makers: new Map(makers) });
  };
  const engine = createEngine(state, pretendWorld({ ...pretence, tell }), { retry, force });
  engine.announce(announced);
  for (const asking of asked) void engine.ask(asking);
  await engine.run();
  return { starts, state, well, left };
}

export interface FutureOptions {
  readonly retry: boolean;
  readonly force: boolean;
  readonly selected?: Selection | undefined;
  /** Tasks at a time, where the mapping is not to say it. */
  readonly jobs?: number | undefined;
  /** Objects that change in the same moment: files land, others are announced. */
  readonly landed?: readonly ObjectId[];
}

/** Reads the state once; throws a `UserError` where it cannot be read. */
export function openFuture(context: Context, { mapping, graph }: Mapped): (options: FutureOptions) => Promise<Future> {
  const file = stateFile(context, mapping);
  const isTaken = isHeld(file);
  const journal = skimJournal(file);
  if (!journal.ok) throw new UserError(journal.error.message, exit.state);
  const { records } = journal.value;
  // What is announced and asked, and not yet recorded, has happened all the same.
  const waiting = peekInbox(file);
  const asked = peekRequests(file);
  const directory = path.dirname(file);
  const at = systemClock.now();
  let objects: Pick<Objects, 'list' | 'look'> | undefined;
  return async ({ selected, jobs, landed = [], ...how }) => {
    const session = openSession(mapping, {
      records,
      graph,
      selected,
      ...(jobs === undefined ? {} : { concurrency: jobs }),
      setAside: () => {},
    });
    objects ??= asTheyStand(session.objects);
    const files = landed.filter((object) => kindOf(object) === 'file');
    const others = landed.filter((object) => kindOf(object) !== 'file');
    const now = others.map((object): Announced => ({ object, version: asVersion(`pretended at ${at}`) }));
    const fateOf: Pretence['fateOf'] = (run) => (isTaken ? 'goes on' : fateOfLeft(directory, run));
    return foresee(
      { state: session.state, objects, at, landed: files, fateOf },
      { ...how, announced: [...waiting, ...now], asked },
    );
  };
}

/** What an executor would find of a run that nobody has in his hands; looks at its trace only, and ends nothing. */
function fateOfLeft(directory: string, run: string): ReturnType<Pretence['fateOf']> {
  const trace = path.join(directory, 'runs', `${run}.trace`);
  const found = readTrace(trace);
  return found !== undefined && leads(found.leader, run, trace, found.token) ? 'goes on' : found?.ending;
}
