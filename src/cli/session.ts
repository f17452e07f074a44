/**
 * A session with a mapping and its state: what `run`, `watch` and `status` share. Puts the adapters together.
 */
import { createHash, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { JobGraph } from '../core/graph.js';
import { type History, historyOf, readHistory } from '../core/history.js';
import type { Mapping } from '../core/mapping.js';
import type { JournalRecord } from '../core/record.js';
import { restore } from '../core/restore.js';
import type { State } from '../core/state.js';
import type { Objects } from '../engine/world.js';
import { lookAt, syncFiles } from '../objects/files.js';
import { listFiles } from '../objects/list.js';
import type { SetAside } from '../objects/names.js';
import type { FileWorld } from '../objects/world.js';
import type { Context } from './context.js';
import { fileWorld } from './file-world.js';

export interface Session {
  readonly state: State;
  readonly objects: Objects;
}

/** Where the state is kept. */
export const stateFile = (context: Context, mapping: Mapping): string =>
  context.options.state === undefined
    ? path.join(mapping.root, '.objflow', 'state.jsonl')
    : path.resolve(context.cwd, context.options.state);

/** Where a run's output is kept: beside the state. */
export const logFile = (state: string, run: string): string => path.join(path.dirname(state), 'logs', `${run}.log`);

export interface StateOptions {
  readonly graph: JobGraph;
  readonly concurrency?: number;
  readonly selected?: ReadonlySet<string> | undefined;
}

export interface OpenOptions extends StateOptions {
  readonly records: Iterable<JournalRecord>;
}

export interface SessionOptions extends OpenOptions {
  readonly setAside: (found: SetAside) => void;
}

/** The state as the journal left it, and the objects of this mapping. */
export function openSession(mapping: Mapping, options: SessionOptions): Session {
  const state = openState(mapping, options);
  const world = fileWorld(mapping, state);
  const list: Objects['list'] = async () => {
    const { looks, setAside } = await listFiles(world);
    for (const found of setAside) options.setAside(found);
    return looks;
  };
  return { state, objects: objectsOf(world, list) };
}

/** The state as the journal left it. */
export const openState = (mapping: Mapping, options: OpenOptions): State =>
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
