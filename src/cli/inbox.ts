/** Takes announcements out of the inbox once they are on record: at the start of a run, and as they come to the daemon. */
import path from 'node:path';
import type { Engine } from '../engine/engine.js';
import { makeInbox, readInbox, takeOut } from '../journal/inbox.js';
import { listen } from '../objects/hints.js';
import { exit, UserError } from './exit.js';

/** Announcements that are recorded together. */
const atOnce = 1000;
/** Milliseconds between two looks, where nothing is heard or the last could not be recorded. */
const every = 2000;

/** Records all that waits; gives whether nothing is left that could be. */
export function takeAnnouncements(stateFile: string, engine: Engine, warn: (message: string) => void): void {
  let left: Left = 'more';
  while (left === 'more') left = takeSome(stateFile, engine, warn);
}

/** `later`: nothing can be done about the rest now. */
type Left = 'more' | 'done' | 'later';

/** Records some of what waits. */
function takeSome(stateFile: string, engine: Engine, warn: (message: string) => void): Left {
  const { announcements, refused, more } = readInbox(stateFile, atOnce);
  for (const { name, why } of refused) warn(`an announcement was refused: ${name}: ${why}`);
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
): Promise<InboxWatch> {
  const inbox = makeInbox(stateFile);
  if (!inbox.ok) throw new UserError(inbox.error.message, exit.state);
  let closed = false;
  let scheduled = false;
  let timer: NodeJS.Timeout | undefined;
  let polls = false;
  const take = (): void => {
    scheduled = false;
    clearTimeout(timer);
    if (closed) return;
    const left = takeSome(stateFile, engine, warn);
    if (left === 'more') check();
    else if (polls || left === 'later') timer = setTimeout(take, every);
  };
  const check = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(take);
  };
  let end = (): void => {};
  const listenToIt = async (): Promise<void> => {
    const directory = makeInbox(stateFile);
    if (!directory.ok) {
      warn(directory.error.message);
      polls = true;
      return;
    }
    end = await listen(directory.value, {
      heard(name, moved) {
        check();
        if (!moved || name !== path.basename(directory.value)) return;
        // It was removed, or another has taken its place.
        end();
        void listenToIt().then(check);
      },
      failed() {
        polls = true;
        check();
      },
    });
    if (closed) end();
  };
  await listenToIt();
  take();
  return {
    check,
    close() {
      closed = true;
      clearTimeout(timer);
      end();
    },
  };
}
