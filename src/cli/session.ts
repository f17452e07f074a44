/**
 * A session with a mapping and its state: what `run` and `status` share. Puts the adapters together.
 */
import { createHash, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { JobGraph } from '../core/graph.js';
import type { Mapping } from '../core/mapping.js';
import { fixedPart } from '../core/pattern.js';
import type { JournalRecord } from '../core/record.js';
import { readHistory, restore } from '../core/restore.js';
import type { State } from '../core/state.js';
import { clockOffset } from '../engine/clock.js';
import type { Objects } from '../engine/world.js';
import { type FileWorld, listFiles, lookAtFiles, syncFiles } from '../objects/files.js';
import type { SetAside } from '../objects/names.js';
import type { Context } from './context.js';

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

export interface SessionOptions {
  readonly records: Iterable<JournalRecord>;
  readonly graph: JobGraph;
  readonly concurrency?: number;
  readonly selected?: ReadonlySet<string> | undefined;
  readonly setAside: (found: SetAside) => void;
}

/** The state as the journal left it, and the objects of this mapping. */
export function openSession(mapping: Mapping, options: SessionOptions): Session {
  const { selected } = options;
  const state = restore(mapping, readHistory(options.records), {
    concurrency: options.concurrency ?? mapping.concurrency ?? availableParallelism(),
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 32),
    // Sorts by time, and no two processes share it: a run's name is also how its processes are found.
    session: `${Date.now().toString(36)}${randomBytes(3).toString('hex')}`,
    order: options.graph.order,
    ...(selected ? { selected } : {}),
  });
  const files = fileWorld(mapping, state);
  return {
    state,
    objects: {
      async list() {
        const { looks, setAside } = await listFiles(files);
        for (const found of setAside) options.setAside(found);
        return looks;
      },
      look: (ids) => lookAtFiles(files, ids),
      sync: (ids) => syncFiles(mapping.root, ids),
    },
  };
}

function fileWorld(mapping: Mapping, state: State): FileWorld {
  const fixed = new Set<string>();
  for (const job of mapping.jobs.values())
    for (const { pattern } of job.sources) {
      if (pattern.kind !== 'file') continue;
      for (
        let at = fixedPart(pattern);
        at !== '' && at !== '/' && at !== '.' && !fixed.has(at);
        at = path.posix.dirname(at)
      )
        fixed.add(at);
    }
  return {
    root: mapping.root,
    fixed,
    index: state.sources,
    asksFor: (id, ending) =>
      state.sources.match(id).some(({ value }) => value.job.job.sources[value.source]?.pattern.text.endsWith(ending)),
    byContent: (id) => state.declarations.match(id)[0]?.value.version === 'content',
    clockOffset,
  };
}
