/**
 * Takes announcements and requests out of the inbox once they are on record: at the start of a run, and as they come to
 * the daemon. A request is done when everything has been looked at, so it may stay there for a while.
 */
import path from 'node:path';
import { err, ok, type Result } from '../core/result.js';
import type { Engine } from '../engine/engine.js';
import { identityOf } from '../execute/start.js';
import { makeInbox, type Request, readInbox, takeOut } from '../journal/inbox.js';
import { listen } from '../objects/hints.js';
import type { AskedEvent, Timeless } from '../report/run-event.js';
import { type Problem, stateProblem } from './problem.js';

/** Announcements that are recorded together. */
const atOnce = 1000;
/** Milliseconds between two looks, where nothing is heard or the last could not be recorded. */
const every = 2000;

/** So many tasks are named when it is told what was done. */
const mostNamed = 100;

/** Told of what was asked, once it is on record, and before what comes of it. */
type Asked = (event: Timeless<AskedEvent>) => void;

/** Records all that waits, and has the engine do what is asked. */
export function takeAnnouncements(
  stateFile: string,
  engine: Engine,
  warn: (message: string) => void,
  asked: Asked = () => {},
): void {
  const requests = requestTaker(stateFile, engine, asked, () => {});
  let left: Left = 'more';
  while (left === 'more') left = takeSome(stateFile, engine, warn, requests);
}

/** `later`: nothing can be done about the rest now. */
type Left = 'more' | 'done' | 'later';

interface RequestTaker {
  take(request: Request): void;
  /** In the engine's hands, or done and not to be had out of the inbox: neither is to be asked again. */
  readonly taken: ReadonlySet<string>;
}

/** Hands requests to the engine; `later` is told when one could not be recorded. */
function requestTaker(stateFile: string, engine: Engine, asked: Asked, later: () => void): RequestTaker {
  const taken = new Set<string>();
  return {
    taken,
    take(request) {
      const { file, what, tasks } = request;
      taken.add(file);
      const told = (done: readonly string[]): void => {
        const left = tasks.length - done.length;
        asked({ event: 'asked', what, tasks: done.length, left, named: done.slice(0, mostNamed) });
      };
      void engine.ask(request, told).then((count) => {
        if (count === undefined) {
          taken.delete(file);
          later();
          return;
        }
        if (takeOut(stateFile, [file])) taken.delete(file);
      });
    },
  };
}

/** Records some of what waits. */
function takeSome(
  stateFile: string,
  engine: Engine,
  warn: (message: string) => void,
  { take, taken }: RequestTaker,
): Left {
  const { announcements, requests, refused, more } = readInbox(stateFile, atOnce, taken);
  for (const { name, why } of refused) warn(`an announcement was refused: ${name}: ${why}`);
  for (const request of requests) take(request);
  const names = announcements.map(({ file }) => file);
  if (names.length > 0 && !engine.announce(announcements)) return 'later';
  // What cannot be taken out would be taken again and again.
  if (!takeOut(stateFile, names)) return 'later';
  return more ? 'more' : 'done';
}

export interface InboxWatch {
  /** Something may have come unheard. */
  check(): void;
  close(): void;
}

/** Takes what waits, and from now on what comes. */
export async function watchInbox(
  stateFile: string,
  engine: Engine,
  warn: (message: string) => void,
  asked: Asked = () => {},
): Promise<Result<InboxWatch, Problem>> {
  const made = makeInbox(stateFile);
  if (!made.ok) return err(stateProblem(made.error));
  const inbox = made.value;
  let closed = false;
  let scheduled = false;
  let timer: NodeJS.Timeout | undefined;
  let polls = false;
  /** Ends listening; there is none while the inbox is not there. */
  let end: (() => void) | undefined;
  let beginning = false;
  const take = (): void => {
    scheduled = false;
    clearTimeout(timer);
    if (closed) return;
    const left = takeSome(stateFile, engine, warn, requests);
    if (left === 'more') check();
    else if (!end || left === 'later') again();
    // It may have gone with the whole project.
    if (!end && engine.check() && !polls) void listenToIt();
  };
  const again = (): void => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(take, every);
  };
  const requests = requestTaker(stateFile, engine, asked, again);
  const check = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(take);
  };
  const deaf = (): void => {
    end?.();
    end = undefined;
    check();
  };
  /** One that is not there is not made here: nobody could remove the project. Whoever announces makes it. */
  const listenToIt = async (): Promise<void> => {
    const place = identityOf(inbox);
    if (place === undefined || beginning) return;
    beginning = true;
    const ends = await listen(inbox, {
      heard(name, moved) {
        if (moved && name === path.basename(inbox)) deaf();
        else check();
      },
      failed() {
        polls = true;
        deaf();
      },
    });
    beginning = false;
    // That it goes while it begins to be listened to is not heard.
    if (closed || polls || identityOf(inbox) !== place) ends();
    else end = ends;
    check();
  };
  await listenToIt();
  take();
  return ok({
    check,
    close() {
      closed = true;
      clearTimeout(timer);
      end?.();
    },
  });
}
