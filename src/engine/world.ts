/**
 * The world as the engine sees it: adapters by interface only.
 */
import type { Event, Report } from '../core/event.js';
import type { Look, ObjectId } from '../core/object.js';
import type { State } from '../core/state.js';
import type { Executor } from '../execute/executor.js';
import type { Journal } from '../journal/writer.js';

export interface Objects {
  /** Everything that is there and wanted. Where it is watched, what happens from the call on is told too. */
  list(): Promise<readonly Look[]>;
  /** Looks at these; with `content` also into what only its content tells the version of. */
  look(ids: readonly ObjectId[], content?: boolean): Promise<readonly Look[]>;
  /** Puts files on disk; gives what went wrong. */
  sync(ids: readonly ObjectId[]): Promise<string | undefined>;
}

export interface Clock {
  /** Milliseconds since 1970 as they were at the start, and never backwards since. */
  now(): number;
  /** Calls back at that time, unless it is cancelled first. */
  at(time: number, then: () => void): () => void;
}

/** The state that is decided on, and the objects that it is about: an edited mapping replaces both. */
export interface Present {
  readonly state: State;
  readonly objects: Objects;
}

/** The loop, as its parts see it. */
export interface Loop {
  /** Something has happened: it is decided on in its turn. */
  post(event: Event): void;
  /** Something has changed that the loop may be waiting for. */
  wakeUp(): void;
  /** Until one of both. */
  something(): Promise<void>;
  now: Clock['now'];
}

export interface World {
  readonly objects: Objects;
  readonly executor: Executor;
  readonly journal: Pick<Journal, 'append' | 'sync' | 'compactIfWorthwhile' | 'check'>;
  readonly clock: Clock;
  /** Told everything that happens; must not throw. */
  readonly tell: (report: Report) => void;
  /** Told when what has happened has been dealt with. */
  readonly turned?: () => void;
  /** Told that something is not as it should be, and that objflow goes on. */
  readonly warn?: (message: string) => void;
}
