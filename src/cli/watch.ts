/** `objflow watch`: the daemon. Runs what can run as soon as it can, for as long as it lives. */
import path from 'node:path';
import type { Report } from '../core/event.js';
import type { State } from '../core/state.js';
import { systemClock } from '../engine/clock.js';
import { createEngine } from '../engine/engine.js';
import type { Objects } from '../engine/world.js';
import { handedOn } from '../execute/environment.js';
import { openLauncher } from '../execute/launcher.js';
import { localExecutor } from '../execute/local.js';
import { systemdNotifier } from '../execute/systemd.js';
import { openJournal } from '../journal/journal.js';
import { listen } from '../objects/hints.js';
import { type Watching, watchFiles } from '../objects/watch.js';
import type { FileWorld } from '../objects/world.js';
import { counted } from '../report/count.js';
import type { RunEvent, Standing, Timeless, WatchEnd, WatchEvent } from '../report/run-event.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import { fileWorld, pollingOf } from './file-world.js';
import { type InboxWatch, watchInbox } from './inbox.js';
import { type Mapped, requireMapping } from './mapping.js';
import { type MappingWatch, watchMapping } from './reload.js';
import { watchReporter } from './reporters.js';
import { objectsOf, openState, remappedState, stateFile } from './session.js';
import { onSignals } from './signals.js';
import { stopper } from './stopper.js';

export interface WatchOptions {
  readonly format: 'text' | 'json';
  readonly jobs?: number;
}

/** Gives the exit status, once it is told to stop. */
export async function watch(context: Context, { format, jobs }: WatchOptions): Promise<number> {
  const began = performance.now();
  const mapped = await requireMapping(context);
  const file = stateFile(context, mapped.mapping);
  const room = jobs === undefined ? {} : { concurrency: jobs };
  const { journal, state, warnings } = takeState(mapped, file, room);
  const reporter = watchReporter(context, format, file);
  const report = (event: RunEvent): void => reporter.report(event);
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
  let watching: Watching | undefined;
  let manifests: MappingWatch | undefined;
  let inbox: InboxWatch | undefined;
  const told = new Set<string>();
  const contents: FileWorld['contents'] = new Map();
  const watchedObjects = (state: State): Objects => {
    watching?.close();
    const world = fileWorld(mapping, state, contents);
    const now = watchFiles(world, {
      listen,
      rescan: mapping.watch.rescan,
      polling: pollingOf(mapping),
      own: path.dirname(file),
      looked: (looks) => engine.looked(looks),
      setAside: ({ name, why }) => report({ event: 'set-aside', at: Date.now(), name, why }),
      told,
      polled: (directory, every, why) => tell({ event: 'polling', directory, every, why }),
      relisted: () => {
        inbox?.check();
        manifests?.check();
      },
    });
    watching = now;
    const objects = objectsOf(world, () => now.open());
    const look: Objects['look'] = async (ids, content) => {
      const looks = await objects.look(ids, content);
      now.note(looks.flatMap(({ object, found }) => (found.state === 'present' ? [object] : [])));
      return looks;
    };
    return { ...objects, look };
  };

  const launcher = openLauncher({ cwd: mapping.root, env: handedOn(process.env) });
  const notifier = systemdNotifier(process.env, warn);
  const world = {
    objects: watchedObjects(state),
    executor: localExecutor({ root: mapping.root, directory: path.dirname(file), starter: launcher }),
    journal,
    clock: systemClock,
    tell: note,
    turned: () => reporter.standing?.(standingOf(engine.state, lastLanding)),
    warn,
  };
  const engine = createEngine(state, world, {
    retry: false,
    force: false,
    lasting: true,
    opened() {
      const objects = objectsThere(engine.state);
      tell({ event: 'watching', jobs: mapping.jobs.size, directories: watching?.directories ?? 0, objects });
      // What was edited since it was loaded.
      manifests?.check();
      notifier?.ready(`watching ${counted(mapping.jobs.size, 'job')}`);
    },
  });
  let endWatchdog: (() => void) | undefined;
  try {
    manifests = await watchMapping(context, mapped, {
      async edited(next) {
        mapping = next.mapping;
        await engine.replace((from) => {
          const remapped = remappedState(mapping, from, { graph: next.graph, ...room });
          return { state: remapped, objects: watchedObjects(remapped) };
        });
      },
      tell,
      warn,
    });
    inbox = await watchInbox(file, engine, warn);
    const stop = stopper(engine, () => mapping.grace, tell, warn);
    const signals = onSignals((times) => {
      if (times === 1) notifier?.stopping();
      stop(times);
    });
    endWatchdog = notifier?.watchdog(() => journal.check().ok);
    const finished = await engine.run();
    if (finished.how === 'journal') throw new UserError(finished.problem.message, exit.state);
    const end: WatchEnd = { at: Date.now(), took: performance.now() - began, ...count };
    reporter.left(end);
    return signals.off() ?? exit.well;
  } finally {
    endWatchdog?.();
    launcher.close();
    watching?.close();
    manifests?.close();
    inbox?.close();
    journal.close();
  }
}

/** The state, held from now on. Its records are many, and not needed once they are told. */
function takeState({ mapping, graph }: Mapped, file: string, room: { readonly concurrency?: number }) {
  const opened = openJournal(file);
  if (!opened.ok) throw new UserError(opened.error.message, exit.state);
  const { journal, records, warnings } = opened.value;
  return { journal, warnings, state: openState(mapping, { records, graph, ...room }) };
}

function standingOf({ counts }: State, lastLanding: Standing['lastLanding']): Standing {
  const { running, ready, held, blocked, failed } = counts;
  return { running, ready, held, blocked, failed, ...(lastLanding ? { lastLanding } : {}) };
}

function objectsThere({ objects }: State): number {
  let there = 0;
  for (const { version } of objects.values()) if (version !== undefined) there += 1;
  return there;
}
