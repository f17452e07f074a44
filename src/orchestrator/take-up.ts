/**
 * Leaves a request in the inbox, and where nobody holds the state records at once what waits there. So whatever dies in
 * between, it was asked; and what is asked before it is done before it. Two that do so at once need one another: whoever
 * finds the state held has left its request before it looked, and whoever gives it free looks into the inbox afterwards.
 */
import { err, ok, type Result } from '../core/result.js';
import { systemClock } from '../engine/clock.js';
import { createEngine } from '../engine/engine.js';
import type { Executor } from '../execute/executor.js';
import { peekRequests, request } from '../journal/inbox.js';
import { isHeld } from '../journal/lock.js';
import type { Requested } from '../journal/request.js';
import type { AskedEvent, Timeless } from '../report/run-event.js';
import { takeAnnouncements } from './inbox.js';
import { type Problem, stateProblem } from './problem.js';
import { type Mapped, objectsThere, takeState } from './session.js';

/** What may be asked. */
export type Wanted = Requested extends infer R ? (R extends unknown ? Omit<R, 'at'> : never) : never;

/** What is told meanwhile: of what waited there, and what is not as it should be. */
export type Told = Timeless<AskedEvent> | { readonly event: 'warning'; readonly message: string };

/** Gives whether somebody else was asked; otherwise it is on record. `file`: the state's. */
export async function askOf(
  file: string,
  mapped: Mapped,
  wanted: Wanted,
  tell: (told: Told) => void,
): Promise<Result<'asked' | 'done', Problem>> {
  if (wanted.tasks.length === 0) return ok('done');
  const left = request(file, { ...wanted, at: Date.now() });
  if (!left.ok) return err(stateProblem(left.error));
  if (isHeld(file)) return ok('asked');
  const done = await takeUp(file, mapped, tell);
  if (done.ok) await takeUpLater(file, mapped, tell);
  return done;
}

/** What others have asked of us who hold the state no more. It is theirs: where it cannot be recorded, it waits on. */
async function takeUpLater(file: string, mapped: Mapped, tell: (told: Told) => void): Promise<void> {
  const waiting = (): string[] => peekRequests(file).map((each) => each.file);
  // What stays although it was recorded is not taken up again.
  const known = new Set<string>();
  for (let names = waiting(); names.some((name) => !known.has(name)); names = waiting()) {
    for (const name of names) known.add(name);
    if (isHeld(file)) return;
    const done = await takeUp(file, mapped, tell);
    if (!done.ok) tell({ event: 'warning', message: done.error.message });
    if (!done.ok || done.value === 'asked') return;
  }
}

/** Nothing starts here, and what still runs is left to the next. */
const nobody: Executor = {
  start() {
    throw new Error('nothing was to start');
  },
  attach: async () => undefined,
  forget() {},
  hook: async () => {},
};

/** Records what waits in the inbox, unless somebody has taken the state in the meantime. */
async function takeUp(
  file: string,
  mapped: Mapped,
  tell: (told: Told) => void,
): Promise<Result<'asked' | 'done', Problem>> {
  const taken = takeState(mapped, file, { role: 'take-up' });
  if (!taken.ok) return taken.error.kind === 'state-held' ? ok('asked') : taken;
  const { journal, state, warnings } = taken.value;
  const warn = (message: string): void => tell({ event: 'warning', message });
  for (const message of warnings) warn(message);
  try {
    const objects = objectsThere(mapped.mapping, state, () => {});
    const world = { objects, executor: nobody, journal, clock: systemClock, tell: () => {} };
    const engine = createEngine(state, world, { retry: false, force: false });
    takeAnnouncements(file, engine, warn, (event) => {
      if (event.left > 0) tell(event);
    });
    const finished = await engine.takeUp();
    if (finished.how !== 'journal') return ok('done');
    const problem = stateProblem(finished.problem);
    return err({ ...problem, message: `${problem.message}; what was asked waits for the next run or watch` });
  } finally {
    journal.close();
  }
}
