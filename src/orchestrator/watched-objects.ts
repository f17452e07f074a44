/** The objects of a mapping while they are watched; of its edits too, each of which takes the place of the one before. */
import path from 'node:path';
import type { Mapping } from '../core/mapping.js';
import type { Look } from '../core/object.js';
import type { State } from '../core/state.js';
import type { Objects } from '../engine/world.js';
import { listen } from '../objects/hints.js';
import { type Watching, watchFiles } from '../objects/watch.js';
import type { FileWorld } from '../objects/world.js';
import type { RunEvent } from '../report/run-event.js';
import { fileWorld, pollingOf } from './file-world.js';
import { objectsOf } from './session.js';

export interface WatchedObjects {
  /** Those of this mapping, in place of those before. */
  of(mapping: Mapping, state: State): Objects;
  /** How many directories are watched. */
  readonly directories: number;
  close(): void;
}

export interface WatchedOptions {
  /** The state's file. */
  readonly file: string;
  readonly looked: (looks: readonly Look[]) => void;
  /** Everything has been listed again, because hints may have been lost. */
  readonly relisted: () => void;
  readonly report: (event: RunEvent) => void;
}

export function watchedObjects({ file, looked, relisted, report }: WatchedOptions): WatchedObjects {
  const told = new Set<string>();
  const contents: FileWorld['contents'] = new Map();
  let watching: Watching | undefined;
  return {
    of(mapping, state) {
      watching?.close();
      const world = fileWorld(mapping, state, { contents });
      const now = watchFiles(world, {
        listen,
        rescan: mapping.watch.rescan,
        polling: pollingOf(mapping),
        own: path.dirname(file),
        looked,
        setAside: ({ name, why }) => report({ event: 'set-aside', at: Date.now(), name, why }),
        told,
        polled: (directory, every, why) => report({ event: 'polling', at: Date.now(), directory, every, why }),
        relisted,
      });
      watching = now;
      const objects = objectsOf(world, () => now.open());
      const look: Objects['look'] = async (ids, content) => {
        const looks = await objects.look(ids, content);
        now.note(looks.flatMap(({ object, found }) => (found.state === 'absent' ? [] : [object])));
        return looks;
      };
      return { ...objects, look };
    },
    get directories() {
      return watching?.directories ?? 0;
    },
    close: () => watching?.close(),
  };
}
