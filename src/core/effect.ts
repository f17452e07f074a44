/**
 * What is to be done about it: imperatives, performed in their order. An `append` stands before the act that it
 * announces, and is written before the next effect is performed.
 */
import type { Report } from './event.js';
import type { Job } from './job.js';
import type { ObjectId } from './object.js';
import type { JournalRecord } from './record.js';

/** One object that a command is given. */
export interface Given {
  /** Name of the source or target, where the manifest names it. */
  readonly name?: string;
  /** Several for a source that gathers, sorted by name; one otherwise; none for an optional source that is absent. */
  readonly objects: readonly ObjectId[];
  readonly gathers: boolean;
}

/** Everything that an executor needs to know of an attempt. */
export interface Work {
  readonly run: string;
  readonly task: string;
  readonly job: Job;
  readonly partition: Readonly<Record<string, string>>;
  readonly attempt: number;
  readonly key: string;
  readonly sources: readonly Given[];
  readonly targets: readonly Given[];
}

export type Effect =
  /** Write it to the journal. */
  | { readonly type: 'append'; readonly record: JournalRecord }
  /** Start an attempt; answered by `attempt-ended`. */
  | { readonly type: 'start'; readonly work: Work }
  /** Run a hook; nobody waits for its answer. */
  | {
      readonly type: 'hook';
      readonly which: 'on_success' | 'on_failure';
      readonly command: string;
      readonly work: Work;
    }
  /** Look at these objects, with `content` also into them; answered by `looked`. */
  | { readonly type: 'look'; readonly objects: readonly ObjectId[]; readonly content?: true }
  /** Send `woke` at this time. Only the earliest counts; each `step` that needs one says it again. */
  | { readonly type: 'wake-at'; readonly at: number }
  /** Tell the reporters. */
  | { readonly type: 'report'; readonly report: Report };
