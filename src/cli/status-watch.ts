/**
 * `objflow status --watch`: tells the state again whenever it may have changed, until it is told to stop or nobody reads
 * it any more. What changes the journal, its lock or the inbox is heard of; for files that land while no daemon lives it
 * looks once in a while. Reading all again costs in proportion to what there is, so it is given its share of time, and no
 * more.
 */
import { statSync } from 'node:fs';
import { inboxOf } from '../journal/inbox.js';
import { holderOf } from '../journal/lock.js';
import { listen } from '../objects/hints.js';
import { systemClock } from '../report/run-live.js';
import { jsonStatus, liveStatus, plainStatus, type StatusTeller } from '../report/status-live.js';
import { type Changes, changesOf } from './changes.js';
import { type Context, stateFile } from './context.js';
import { exit } from './exit.js';
import { checkMapping, type Mapped, requireMapping } from './mapping.js';
import { onSignals } from './signals.js';
import { readStatus } from './status-view.js';

/** Milliseconds between two readings, at least: between those that something was heard for, and the others. */
const soonest = 200;
const seldom = 5000;
/** And at least so many times what the last one took. */
const share = { heard: 3, unheard: 10 };

/** Gives the exit status: that of the signal that ended it. */
export async function watchStatus(
  context: Context,
  selectors: readonly string[],
  format: 'text' | 'json',
): Promise<number> {
  let mapped = await requireMapping(context);
  const file = stateFile(context, mapped.mapping);
  const teller = tellerOf(context, format);
  const resized = (): void => teller.tick();
  process.stdout.on('resize', resized);
  let stop = (): void => {};
  const stopped = new Promise<'stopped'>((resolve) => {
    stop = () => resolve('stopped');
  });
  const signals = onSignals(stop);
  let changes: Changes | undefined;
  try {
    changes = await changesOf([file, `${file}.lock`, inboxOf(file)], listen);
    for (let quiet = context; ; quiet = { ...context, options: { ...context.options, quiet: true } }) {
      const before = traceOf(file);
      const began = performance.now();
      mapped = await mappingNow(context, mapped);
      teller.tell(await readStatus(quiet, mapped, selectors));
      const took = performance.now() - began;
      if ((await untilNews(before, performance.now(), took)) === 'stopped') break;
    }
  } finally {
    process.stdout.off('resize', resized);
    changes?.close();
    teller.close();
  }
  return signals.off() ?? exit.well;

  /** Resolves when it is worth while to read again. */
  async function untilNews(before: string, ended: number, took: number): Promise<'stopped' | 'news'> {
    if ((await pause(Math.max(soonest, share.heard * took))) === 'stopped') return 'stopped';
    for (;;) {
      if (context.out.failure !== undefined) return 'stopped';
      const waited = performance.now() - ended;
      if (traceOf(file) !== before || waited >= Math.max(seldom, share.unheard * took)) return 'news';
      if ((await Promise.race([changes?.next(), stopped])) === 'stopped') return 'stopped';
      teller.tick();
    }
  }

  /** Once in a second time goes on meanwhile. */
  async function pause(milliseconds: number): Promise<'stopped' | 'over'> {
    const until = performance.now() + milliseconds;
    for (let left = milliseconds; left > 0; left = until - performance.now()) {
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<'over'>((resolve) => {
        timer = setTimeout(resolve, Math.min(left, 1000), 'over');
      });
      const how = await Promise.race([over, stopped]);
      clearTimeout(timer);
      if (how === 'stopped') return how;
      teller.tick();
    }
    return 'over';
  }
}

function tellerOf(context: Context, format: 'text' | 'json'): StatusTeller {
  const { out, colorOut: color, width, options } = context;
  if (format === 'json') return jsonStatus({ out });
  const common = { out, color, verbose: options.verbose === true, clock: systemClock };
  return process.stdout.isTTY && process.env.TERM !== 'dumb' ? liveStatus(common) : plainStatus({ ...common, width });
}

/** What is different once something was recorded, somebody took or left the state, or something waits in the inbox. */
function traceOf(file: string): string {
  const traces = [file, inboxOf(file)].map((path) => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? '' : `${found.ino}:${found.size}:${found.mtimeNs}`;
  });
  return JSON.stringify([...traces, holderOf(file)]);
}

/** The mapping as it is by now; one with errors is no mapping, and the one before it goes on. */
async function mappingNow(context: Context, before: Mapped): Promise<Mapped> {
  if (before.sources.isAsRead()) return before;
  const { loaded } = await checkMapping(context);
  return loaded ?? before;
}
