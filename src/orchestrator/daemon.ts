/** Runs what can run as soon as it can, for as long as it lives: puts an engine over a state that was taken, and listens. */
import path from 'node:path';
import type { Report } from '../core/event.js';
import { err, ok, type Result } from '../core/result.js';
import type { State } from '../core/state.js';
import { systemClock } from '../engine/clock.js';
import { createEngine } from '../engine/engine.js';
import { handedOn } from '../execute/environment.js';
import type { Executor } from '../execute/executor.js';
import { type Launcher, openLauncher } from '../execute/launcher.js';
import { localExecutor } from '../execute/local.js';
import { removeSpares } from '../execute/traces.js';
import type { RunEvent, Standing, Timeless, WatchEnd, WatchEvent } from '../report/run-event.js';
import { collectLater } from './garbage.js';
import { type InboxWatch, watchInbox } from './inbox.js';
import { runsDirectory } from './places.js';
import { type Problem, stateProblem } from './problem.js';
import { type MappingWatch, watchMapping } from './reload.js';
import { type Mapped, remappedState, type Taken } from './session.js';
import { type StopBy, stopWhenTold } from './stopper.js';
import { watchedObjects } from './watched-objects.js';

export interface DaemonOptions {
  /** The state's file. */
  readonly file: string;
  /** Tasks at a time, where the mapping is not to say it. */
  readonly concurrency?: number | undefined;
  /** Runs the commands; this machine where it is not said. */
  readonly executor?: Executor | undefined;
  readonly report: (event: RunEvent) => void;
  readonly standing?: (standing: Standing) => void;
  /** Told of an edited mapping before it holds. */
  readonly edited?: (next: Mapped) => void;
  readonly stopBy: StopBy;
}

/** What it came to: runs that ended well, and that did not. */
export type Lived = Pick<WatchEnd, 'succeeded' | 'failed'>;

/** Goes on until it is told to stop; then gives the state free. */
export async function runDaemon(
  mapped: Mapped,
  { journal, state, warnings }: Taken,
  { file, concurrency, executor, report, standing, edited, stopBy }: DaemonOptions,
): Promise<Result<Lived, Problem>> {
  const tell = (event: Timeless<WatchEvent>): void => report({ ...event, at: Date.now() });
  const warn = (message: string): void => report({ event: 'warning', at: Date.now(), message });
  for (const message of warnings) warn(message);

  const count = { succeeded: 0, failed: 0 };
  let lastLanding: Standing['lastLanding'];
  const note = (event: Report): void => {
    if (event.event === 'run-succeeded') count.succeeded += 1;
    if (event.event === 'run-failed') count.failed += 1;
    if (event.event === 'object-landed') lastLanding = { at: event.at, object: event.object };
    report(event);
  };
  let { mapping } = mapped;
  let manifests: MappingWatch | undefined;
  let inbox: InboxWatch | undefined;
  const objects = watchedObjects({
    file,
    looked: (looks) => engine.looked(looks),
    relisted() {
      if (!engine.check()) return;
      inbox?.check();
      manifests?.check();
    },
    report,
  });
  const launcher = executor ? undefined : openLauncher({ cwd: mapping.root, env: handedOn(process.env) });
  const world = {
    objects: objects.of(mapping, state),
    executor: executor ?? here(mapping.root, file, launcher),
    journal,
    clock: systemClock,
    tell: note,
    turned: () => standing?.(standingOf(engine.state, lastLanding)),
    warn,
  };
  const engine = createEngine(state, world, {
    retry: false,
    force: false,
    lasting: true,
    opened() {
      const { directories } = objects;
      tell({ event: 'watching', jobs: mapping.jobs.size, directories, objects: countThere(engine.state) });
      // What was edited since it was loaded.
      manifests?.check();
      collectLater();
    },
  });
  let end: (() => void) | undefined;
  try {
    manifests = await watchMapping(mapped, {
      async edited(next) {
        mapping = next.mapping;
        edited?.(next);
        await engine.replace((from) => {
          const remapped = remappedState(mapping, from, { graph: next.graph, concurrency });
          return { state: remapped, objects: objects.of(mapping, remapped) };
        });
        collectLater();
      },
      tell,
      warn,
    });
    const listening = await watchInbox(file, engine, warn, (event) => report({ ...event, at: Date.now() }));
    if (!listening.ok) return listening;
    inbox = listening.value;
    const toldTo: StopBy = (stop) =>
      stopBy((times) => {
        launcher?.goOn();
        stop(times);
      });
    end = stopWhenTold(toldTo, engine, () => mapping.grace, tell, warn);
    const finished = await engine.run();
    return finished.how === 'journal' ? err(stateProblem(finished.problem)) : ok(count);
  } finally {
    end?.();
    launcher?.close();
    objects.close();
    manifests?.close();
    inbox?.close();
    removeSpares(runsDirectory(file));
    journal.close();
  }
}

const here = (root: string, file: string, starter: Launcher | undefined): Executor =>
  localExecutor({ root, directory: path.dirname(file), ...(starter ? { starter } : {}) });

function standingOf({ counts }: State, lastLanding: Standing['lastLanding']): Standing {
  const { running, ready, held, blocked, failed } = counts;
  return { running, ready, held, blocked, failed, ...(lastLanding ? { lastLanding } : {}) };
}

function countThere({ objects }: State): number {
  let there = 0;
  for (const { version } of objects.values()) if (version !== undefined) there += 1;
  return there;
}
