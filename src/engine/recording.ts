/**
 * Records, then acts: what a batch of effects is to record is written before the first of them happens, and what others
 * build on is on disk. Without room for the state nothing happens until there is some. Knows no queue and decides nothing.
 */
import type { Effect } from '../core/effect.js';
import type { ObjectId } from '../core/object.js';
import type { JournalRecord } from '../core/record.js';
import type { JournalProblem } from '../journal/problem.js';
import type { World } from './world.js';

export interface Recording {
  /**
   * Performs a batch: all records are written before the first act, and what must be on disk is synced. `first` is called
   * when it happens, before anything is told of it.
   */
  perform(effects: readonly Effect[], first?: () => void): void;
  /** What could not be recorded for want of room, and so has not happened. */
  readonly stalled: readonly Effect[] | undefined;
  /** From now on nothing can be recorded, and so nothing happens. */
  readonly problem: JournalProblem | undefined;
  /** There may be room by now for what has ended; what was to start does not. */
  recordEnds(): void;
  /** Makes the journal shorter where it pays. */
  compact(): void;
  /** Finds out whether the journal can still be written to; gives whether it can. */
  check(): boolean;
}

interface Hands {
  /** A daemon waits for room; whoever is told to stop does not. */
  readonly waits: () => boolean;
  readonly act: (effect: Effect) => void;
  readonly lookAt: (ids: readonly ObjectId[], content: boolean) => void;
  /** Called when what was stalled has happened, or has not been possible. */
  readonly wakeUp: () => void;
}

/** Milliseconds between two tries to write to a journal that has no room. */
const patience = 1000;

/** Records in the journal of this world. */
export function createRecording(
  { journal, executor, clock, tell, warn = () => {} }: World,
  { waits, act, lookAt, wakeUp }: Hands,
): Recording {
  let stalled: readonly Effect[] | undefined;
  let problem: JournalProblem | undefined;
  /** The want of room was told. */
  let isFull = false;

  function perform(effects: readonly Effect[], first = (): void => {}): void {
    const records = effects.flatMap((effect) => (effect.type === 'append' ? [effect.record] : []));
    if (records.length > 0 && !problem) {
      const appended = journal.append(records);
      if (!appended.ok && appended.error.retryable && waits()) {
        stall(effects, appended.error, first);
        return;
      }
      // The disk takes its time, and what does not build on these records need not wait for it.
      if (appended.ok) for (const effect of effects) if (startsApart(effect, records)) act(effect);
      const synced = appended.ok && records.some(mustBeOnDisk) ? journal.sync() : appended;
      if (!synced.ok) problem = synced.error;
    }
    // What could not be recorded must neither happen nor be told.
    if (problem) return;
    // Once an attempt's end is on record, what would tell of it again must not outlive it into the next attempt.
    for (const record of records)
      if (record.type === 'run-ended' || record.type === 'attempt-failed') executor.forget(record.run);
    for (const effect of effects) if (!startsApart(effect, records)) act(effect);
    for (const content of [false, true]) {
      const asked = effects.flatMap((effect) =>
        effect.type === 'look' && (effect.content === true) === content ? effect.objects : [],
      );
      if (asked.length > 0) lookAt(asked, content);
    }
    // What is told can wait for what is done: nothing that comes of it is told before.
    first();
    for (const effect of effects) if (effect.type === 'report') tell(effect.report);
  }

  /** Nothing happens until there is room again; what runs goes on, and what it does is kept. */
  function stall(effects: readonly Effect[], { message }: JournalProblem, first: () => void): void {
    if (!isFull) warn(`${message}; nothing starts until then`);
    isFull = true;
    stalled = effects;
    clock.at(clock.now() + patience, () => {
      // It is for the end to say what of it still happens.
      if (!waits()) return;
      stalled = undefined;
      perform(effects, first);
      isFull = stalled !== undefined;
      if (!isFull && !problem) warn('there is room for the state again: going on');
      wakeUp();
    });
  }

  return {
    get stalled() {
      return stalled;
    },
    get problem() {
      return problem;
    },
    perform,
    recordEnds() {
      const effects = stalled ?? [];
      stalled = undefined;
      perform(
        effects.filter((effect) => {
          if (effect.type === 'append') return effect.record.type !== 'run-started';
          return effect.type === 'report' && effect.report.event !== 'run-started';
        }),
      );
    },
    compact() {
      const compacted = journal.compactIfWorthwhile();
      // A journal that could not be made shorter for want of room is as good as before.
      if (!compacted.ok && !compacted.error.retryable) problem = compacted.error;
    },
    check() {
      const checked = journal.check();
      if (!checked.ok) problem ??= checked.error;
      // There will be no room any more for what waits for it.
      if (problem) stalled = undefined;
      return problem === undefined;
    },
  };
}

/** A success must be on disk before what depends on it starts; so must an announcement. A start need not: a crash of the
 *  machine ends the job as well. */
const mustBeOnDisk = (record: JournalRecord): boolean =>
  record.type !== 'run-started' && record.type !== 'attempt-failed';

/**
 * Whether it starts something that takes nothing from what these records vouch for. Should they be lost with the machine, their runs
 * run again, and so does this one; it has not been given anything that nobody remembers.
 */
function startsApart(effect: Effect, records: readonly JournalRecord[]): boolean {
  if (effect.type !== 'start') return false;
  const { run, sources } = effect.work;
  return records.every((record) => {
    if (record.type === 'run-started') return true;
    if (record.type !== 'run-ended' || record.run === run) return false;
    return !sources.some(({ objects }) => objects.some((object) => object in record.produced));
  });
}
