/**
 * What `why` is told besides the state: what was seen of files, how versions came about, what lies near what is
 * missing. And how an object stands, put together from these. Explains nothing.
 */
import type { JobGraph } from './graph.js';
import { eachProduced } from './history.js';
import { markerOf } from './marker.js';
import { displayName, kindOf, type ObjectId, type Observation } from './object.js';
import type { Pattern } from './pattern.js';
import { PatternIndex } from './pattern-index.js';
import type { JournalRecord, RunEnded, RunKept } from './record.js';
import type { JobNode, ObjectNode, State, Task } from './state.js';
import type { AtWork } from './views.js';
import type { Came, Lacks, Near, Next, ObjectFacts } from './why-view.js';

/** An object, or a pattern, of which nothing is there. */
export type Wanted = { readonly object: ObjectId } | { readonly pattern: Pattern };

export interface Facts {
  readonly graph: JobGraph;
  readonly records: Iterable<JournalRecord>;
  /** What was found of each file that was looked at. */
  readonly seen: ReadonlyMap<ObjectId, Observation>;
  /** Who is at work on the state: only a daemon surely starts what is ready. */
  readonly atWork?: AtWork | undefined;
  /** What lies where it is wanted, or nearly there. */
  readonly near: (wanted: Wanted) => readonly Near[];
}

/** An answer in the making. */
export interface Asking {
  readonly state: State;
  readonly facts: Facts;
  /** By object, by version. */
  readonly came: ReadonlyMap<string, ReadonlyMap<string, Came>>;
  readonly targets: PatternIndex<JobNode>;
  /** What would make the tasks go that are told already. */
  readonly told: Map<Task, Next>;
  /** So many more tasks are told in full. */
  left: number;
}

/** Tasks that one answer tells in full. */
const mostTasks = 60;

export function ask(state: State, facts: Facts): Asking {
  const targets = new PatternIndex<JobNode>();
  for (const node of state.jobs.values()) for (const { pattern } of node.job.targets) targets.add(pattern, node);
  return { state, facts, came: cameOf(facts.records), targets, told: new Map(), left: mostTasks };
}

/** How each version came about that the records tell of. */
function cameOf(records: Iterable<JournalRecord>): Map<string, Map<string, Came>> {
  const found = new Map<string, Map<string, Came>>();
  const tasks = new Map<string, string>();
  const note = (object: string, version: string, came: Came): void => {
    const versions = found.get(object);
    if (versions) versions.set(version, came);
    else found.set(object, new Map([[version, came]]));
  };
  const made = (record: RunEnded | RunKept, how: Came['how'], at: number, task: string): void => {
    const { run } = record;
    eachProduced(record, (object, version) => note(object, version, { how, at, run, task }));
  };
  for (const record of records) {
    if (record.type === 'run-started') tasks.set(record.run, record.task);
    else if (record.type === 'run-ended') made(record, 'made', record.at, tasks.get(record.run) ?? '');
    else if (record.type === 'run')
      made(record, record.attempts === 0 ? 'adopted' : 'made', record.endedAt, record.task);
    else if (record.type === 'announced') note(record.object, record.version, { how: 'announced', at: record.at });
  }
  return found;
}

/** How the object stands. `node` is absent where nobody knows it. */
export function objectFacts(asking: Asking, id: ObjectId, node: ObjectNode | undefined): ObjectFacts {
  const { facts, came } = asking;
  const seen = facts.seen.get(id);
  const present = seen?.state === 'present' ? seen : undefined;
  const size = present === undefined ? {} : { size: present.size };
  if (node?.trouble !== undefined) return { object: id, state: 'unknown', problem: node.trouble, near: [] };
  if (node?.settling) return { object: id, state: 'landing', ...size, lacks: lacksOf(node, node.settling), near: [] };
  // A target that nobody reads has no version in the state: it is only looked at.
  const version = node?.version ?? (node && node.inputs.length > 0 ? undefined : present?.version);
  const how = (of: string): { came?: Came } => {
    const told = came.get(id)?.get(of);
    if (told) return { came: told };
    return present ? { came: { how: 'landed', at: present.changedAt } } : kindOf(id) === 'file' ? {} : announced;
  };
  // What a run left may be gone since: a record outlives the file.
  if (node?.leftover !== undefined && version === undefined && present)
    return { object: id, state: 'left', version: node.leftover, ...size, ...how(node.leftover), near: [] };
  if (version !== undefined) return { object: id, state: 'there', version, ...size, ...how(version), near: [] };
  return { object: id, state: 'absent', near: facts.near({ object: id }) };
}

/** Something that is no file and that no run made: what waits to be recorded has no time yet. */
const announced = { came: { how: 'announced' } } as const;

function lacksOf({ id, rules }: ObjectNode, settling: NonNullable<ObjectNode['settling']>): Lacks {
  const { lacks: what, since, deadline, last } = settling;
  if (what === 'time') return { what, since, until: deadline };
  if (what === 'size') return { what, least: rules.minSize };
  if (what === 'marker')
    return { what, marker: displayName(markerOf(id, rules) ?? ''), older: last.marker === 'older' };
  return { what };
}

/** Is it declared, or does a job read or write it? */
export function isAbout({ state, targets }: Asking, id: ObjectId): boolean {
  if (state.objects.has(id) || targets.match(id).length > 0) return true;
  return state.sources.match(id).length > 0 || state.declarations.match(id).length > 0;
}
