/**
 * What `why` answers: a tree from the thing that was asked for down to the root cause. Only its shapes. Times are in
 * milliseconds since 1970.
 */
import type { Phase, Reason, RunView } from './views.js';

/** What stands where, or nearly where, something is missing. */
export interface Near {
  /** Path of what is there. */
  readonly name: string;
  /** What it is, or what keeps it from being wanted, in words that follow its name: `is a directory`. */
  readonly why: string;
}

/** Which run made a version, or left it without succeeding; or when it was announced. */
export interface Came {
  /** `landed`: a file that nobody here made. */
  readonly how: 'landed' | 'made' | 'adopted' | 'announced';
  /** For a file that landed: when it last changed, as far as its own times tell. */
  readonly at?: number;
  readonly run?: string;
  readonly task?: string;
}

/**
 * `landing`: it is there, and has not landed. `left`: a run that did not succeed left it, and nobody may consume it.
 * `unknown`: it cannot be looked at.
 */
export type ObjectState = 'there' | 'absent' | 'landing' | 'left' | 'unknown';

/** What an object lacks that is there and has not landed. */
export type Lacks =
  | { readonly what: 'time'; readonly since: number; readonly until: number }
  | { readonly what: 'content' }
  | { readonly what: 'size'; readonly least: number }
  | { readonly what: 'marker'; readonly marker: string; readonly older: boolean };

/** An object as it is now. */
export interface ObjectFacts {
  /** An object's id; a pattern's where nothing is there that it matches. */
  readonly object: string;
  readonly state: ObjectState;
  readonly version?: string;
  /** Bytes, of a file. */
  readonly size?: number;
  readonly came?: Came;
  readonly lacks?: Lacks;
  /** Why it cannot be looked at. */
  readonly problem?: string;
  readonly near: readonly Near[];
}

/** A source of a task: one of its objects. */
export interface WhySource extends ObjectFacts {
  /** The name that the manifest gives the source. */
  readonly name?: string;
  /** Version in the run that it is compared with: the one in progress, else a failed last one, else the last success. */
  readonly consumed?: string;
  /** It is not as that run consumed it. False where there is no such run. */
  readonly changed: boolean;
  readonly trigger: boolean;
  readonly optional: boolean;
  /** Tasks that make it; not all, where there are many. */
  readonly makers: readonly string[];
  /** Tasks that make it, where they are part of the cause. */
  readonly because: readonly WhyTask[];
}

/** A source with more objects than are told one by one. */
export interface WhyGathered {
  readonly pattern: string;
  readonly objects: number;
  readonly there: number;
  readonly changed: number;
  /** How many of them are told one by one. */
  readonly told: number;
}

/** A task; or one that would be known if its sources were. */
export interface WhyTask {
  readonly task: string;
  readonly job: string;
  readonly partition: Readonly<Record<string, string>>;
  /** Absent for a task that is not known. */
  readonly phase?: Phase;
  readonly reasons: readonly Reason[];
  readonly lastRun?: RunView;
  readonly sources: readonly WhySource[];
  readonly gathered: readonly WhyGathered[];
  /** What holds or blocks it, or takes its room, and is not told at its sources. */
  readonly because: readonly WhyTask[];
  /** `told`: in full elsewhere in this tree. `cut`: the tree ends here. */
  readonly ends?: 'told' | 'cut';
  readonly next: Next;
}

/** The one thing that would make it go. */
export type Next =
  | { readonly do: 'nothing' }
  /** A run is in progress. */
  | { readonly do: 'end'; readonly task: string; readonly run: string }
  /** It is between two attempts. */
  | { readonly do: 'attempt'; readonly task: string; readonly attempt: number; readonly at: number }
  /** It was running when objflow ended. */
  | { readonly do: 'take-up'; readonly task: string; readonly run: string }
  | { readonly do: 'settle'; readonly object: string; readonly until: number }
  | { readonly do: 'read'; readonly object: string }
  /** It is due. `by`: who takes the room that it needs. */
  | { readonly do: 'start'; readonly task: string; readonly by: readonly string[] }
  | { readonly do: 'change'; readonly objects: readonly string[] }
  | { readonly do: 'land'; readonly object: string; readonly near?: Near }
  | { readonly do: 'announce'; readonly object: string }
  | { readonly do: 'agree'; readonly job: string }
  | { readonly do: 'marker'; readonly object: string; readonly marker: string; readonly older: boolean }
  | { readonly do: 'grow'; readonly object: string; readonly size: number; readonly least: number }
  | { readonly do: 'remake'; readonly object: string; readonly task: string }
  | { readonly do: 'look'; readonly object: string; readonly problem: string }
  /** `place`: where the job stands, `jobs/load.yaml:12`. */
  | { readonly do: 'enable'; readonly job: string; readonly place: string }
  /** It failed; `task` is the job where several of its tasks did. `more`: as many others block the same thing. */
  | { readonly do: 'mend'; readonly task: string; readonly job: string; readonly more: number }
  /** The tree ended before it. */
  | { readonly do: 'ask'; readonly task: string };

/** A task that reads an object. */
export interface WhyReader {
  readonly task: string;
  readonly phase: Phase;
  /** Version that its last success consumed. */
  readonly consumed?: string;
}

export type WhyView = {
  /** What was asked for, by its full name. */
  readonly subject: string;
  readonly isUpToDate: boolean;
  readonly next: Next;
} & (
  | { readonly kind: 'task'; readonly task: WhyTask }
  | {
      readonly kind: 'job';
      readonly phases: Readonly<Partial<Record<Phase, number>>>;
      /** Those that matter most. */
      readonly tasks: readonly WhyTask[];
    }
  | {
      readonly kind: 'object';
      readonly object: ObjectFacts;
      /** Tasks that make it. */
      readonly makers: readonly string[];
      readonly readers: readonly WhyReader[];
      /** How many tasks read it: not all of them are told. */
      readonly readersInAll: number;
      /** Jobs that read it, whether or not they have a task that does. */
      readonly jobs: readonly string[];
      readonly because: readonly WhyTask[];
    }
);
