/**
 * A session with a mapping and its state: what running, watching and reading share. Puts the adapters together.
 */
import { createHash, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { JobGraph } from '../core/graph.js';
import { type History, historyOf, readHistory } from '../core/history.js';
import type { Mapping } from '../core/mapping.js';
import type { JournalRecord } from '../core/record.js';
import { restore } from '../core/restore.js';
import { err, ok, type Result } from '../core/result.js';
import type { Selection } from '../core/selector.js';
import type { State } from '../core/state.js';
import type { Purpose, Role } from '../core/views.js';
import type { Objects } from '../engine/world.js';
import { removeSpares } from '../execute/traces.js';
import { type Journal, openJournal } from '../journal/journal.js';
import type { Loaded } from '../manifest/load.js';
import { lookAt, syncFiles } from '../objects/files.js';
import { listFiles } from '../objects/list.js';
import type { SetAside } from '../objects/names.js';
import type { FileWorld } from '../objects/world.js';
import { fileWorld } from './file-world.js';
import { removeLeftovers, removeLogs } from './leftover.js';
import { runsDirectory } from './places.js';
import { type Problem, stateProblem } from './problem.js';

/** A mapping without errors, and what feeds what in it: all that an orchestrator needs of what was loaded. */
export type Mapped = Pick<Loaded, 'mapping' | 'graph' | 'sources' | 'path'>;

export interface Session {
  readonly state: State;
  readonly objects: Objects;
}

export interface StateOptions {
  readonly graph: JobGraph;
  /** Tasks at a time, where the mapping is not to say it. */
  readonly concurrency?: number | undefined;
  readonly selected?: Selection | undefined;
}

interface OpenOptions extends StateOptions {
  readonly records: Iterable<JournalRecord>;
}

export interface SessionOptions extends OpenOptions {
  readonly setAside: (found: SetAside) => void;
}

/** The state as the journal left it, and the objects of this mapping. */
export function openSession(mapping: Mapping, options: SessionOptions): Session {
  const state = openState(mapping, options);
  return { state, objects: objectsThere(mapping, state, options.setAside) };
}

/** The objects of this mapping, as they are when they are looked at; `asked` hears what the disk is asked. */
export function objectsThere(
  mapping: Mapping,
  state: State,
  setAside: (found: SetAside) => void,
  asked?: FileWorld['asked'],
): Objects {
  const world = fileWorld(mapping, state, { asked });
  return objectsOf(world, async () => {
    const listed = await listFiles(world);
    for (const found of listed.setAside) setAside(found);
    return listed.looks;
  });
}

/** A state that this process holds, until its journal is closed. */
export interface Taken {
  readonly journal: Journal;
  readonly state: State;
  /** What was mended, in sentences. */
  readonly warnings: readonly string[];
}

interface TakeOptions extends Omit<StateOptions, 'graph'> {
  /** As what it is taken: others are told. */
  readonly role: Role;
}

/** Takes the state. Its records are many, and not kept once they are told. */
export function takeState(
  { mapping, graph }: Pick<Mapped, 'mapping' | 'graph'>,
  file: string,
  { role, ...options }: TakeOptions,
): Result<Taken, Problem> {
  const purpose: Purpose = { role, ...(options.selected ? { selected: true } : {}) };
  const opened = openJournal(file, { purpose, forget: (runs) => void removeLogs(file, runs) });
  if (!opened.ok) return err(stateProblem(opened.error));
  const { journal, records, warnings } = opened.value;
  const state = openState(mapping, { ...options, graph, records });
  removeLeftovers(file, state);
  removeSpares(runsDirectory(file));
  return ok({ journal, warnings, state });
}

/** The state as the journal left it. */
const openState = (mapping: Mapping, options: OpenOptions): State =>
  stateOf(mapping, readHistory(options.records), options);

/** The state under an edited mapping, in place of the one before. */
export const remappedState = (mapping: Mapping, from: State, options: StateOptions): State =>
  stateOf(mapping, historyOf(from), options, from);

function stateOf(mapping: Mapping, history: History, options: StateOptions, from?: State): State {
  const { selected, graph } = options;
  const whole = {
    concurrency: options.concurrency ?? mapping.concurrency ?? availableParallelism(),
    digest: (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32),
    // Sorts by time, and no two processes share it: a run's name is also how its processes are found.
    session: from?.session ?? `${Date.now().toString(36)}${randomBytes(3).toString('hex')}`,
    order: graph.order,
    ...(selected ? { selected } : {}),
  };
  return restore(mapping, history, whole, from);
}

/** Objects of this world, listed in this way. */
export const objectsOf = (world: FileWorld, list: Objects['list']): Objects => ({
  list,
  look: (ids, content = false) => lookAt(world, ids, { content }),
  sync: (ids) => syncFiles(world, ids),
});
