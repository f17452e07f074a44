/** Takes announcements out of the inbox once they are on record: at the start of a run, and as they come to the daemon. */
import type { Engine } from '../engine/engine.js';
import { makeInbox, readInbox, takeOut } from '../journal/inbox.js';
import { listen } from '../objects/hints.js';
import { exit, UserError } from './exit.js';

/** Announcements that are recorded together. */
const atOnce = 1000;
/** Milliseconds between two looks, where nothing is heard or the last could not be recorded. */
const every = 2000;

/** Records all that waits; gives whether nothing is left that could be. */
export function takeAnnouncements(stateFile: string, engine: Engine, warn: (message: string) => void): boolean {
  for (;;) {
    const { announcements, refused, more } = readInbox(stateFile, atOnce);
    for (const { name, why } of refused) warn(`an announcement was refused: ${name}: ${why}`);
    if (announcements.length > 0) {
      if (!engine.announce(announcements)) return false;
      takeOut(
        stateFile,
        announcements.map(({ file }) => file),
      );
    }
    if (!more) return true;
  }
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
    const all = takeAnnouncements(stateFile, engine, warn);
    if (polls || !all) timer = setTimeout(take, every);
  };
  const check = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(take);
  };
  const end = await listen(inbox.value, {
    heard: check,
    failed() {
      polls = true;
      check();
    },
  });
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
