/** Brings everything up to date once: puts an engine over a state that was taken, and sums up. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { emptyView, summaryView, taskView } from '../core/answers.js';
import type { Report } from '../core/event.js';
import { err, ok, type Result } from '../core/result.js';
import type { State } from '../core/state.js';
import { systemClock } from '../engine/clock.js';
import { createEngine } from '../engine/engine.js';
import { handedOn } from '../execute/environment.js';
import type { Executor } from '../execute/executor.js';
import { localExecutor } from '../execute/local.js';
import { tailOfLog } from '../execute/log.js';
import { openShells } from '../execute/shells.js';
import { removeSpares } from '../execute/traces.js';
import type { FileWorld } from '../objects/world.js';
import type { Failure, Progress, RunEnd, RunEvent } from '../report/run-event.js';
import { takeAnnouncements } from './inbox.js';
import { logFile, runsDirectory } from './places.js';
import { type Problem, stateProblem } from './problem.js';
import { type Mapped, objectsThere, type Taken } from './session.js';
import { type StopBy, stopWhenTold } from './stopper.js';

export interface OnceOptions {
  /** The state's file. */
  readonly file: string;
  /** Runs the commands; this machine where it is not said. */
  readonly executor?: Executor | undefined;
  readonly force: boolean;
  /** Try once more what stands failed. */
  readonly retry: boolean;
  /** Names of tasks whose failure is tried again. */
  readonly retried?: readonly string[];
  readonly report: (event: RunEvent) => void;
  readonly progress?: (progress: Progress) => void;
  readonly stopBy: StopBy;
  /** Hears what the disk is asked about files. */
  readonly asked?: FileWorld['asked'];
  /** All is done, and the state is still held. */
  readonly leaving?: () => void;
}

/** What it came to. Logs are absolute paths. */
export type Ran = Pick<RunEnd, 'summary' | 'empty' | 'failures' | 'blocked' | 'stopped'>;

/** Lines of a failed task's output that are shown at the end. */
const tailLines = 10;

/** Runs what is due until nothing is, or it is told to stop; then gives the state free. */
export async function runOnce(
  { mapping }: Mapped,
  { journal, state, warnings }: Taken,
  { file, executor, force, retry, retried = [], report, progress, stopBy, asked, leaving }: OnceOptions,
): Promise<Result<Ran, Problem>> {
  const warn = (message: string): void => report({ event: 'warning', at: Date.now(), message });
  for (const message of warnings) warn(message);
  const shells = executor ? undefined : openShells({ cwd: mapping.root, env: handedOn(process.env) });
  try {
    const well = new Set<string>();
    let done = 0;
    const tell = (event: Report): void => {
      if (event.event === 'run-succeeded') well.add(event.task);
      if (event.event === 'run-succeeded' || event.event === 'run-failed') done += 1;
      report(event);
      progress?.({ done, total: done + state.pending });
    };
    const world = {
      objects: objectsThere(
        mapping,
        state,
        ({ name, why }) => report({ event: 'set-aside', at: Date.now(), name, why }),
        asked,
      ),
      executor:
        executor ??
        localExecutor({ root: mapping.root, directory: path.dirname(file), ...(shells ? { starter: shells } : {}) }),
      journal,
      clock: systemClock,
      tell,
      warn,
    };
    const engine = createEngine(state, world, { retry, force });
    takeAnnouncements(file, engine, warn, (event) => report({ ...event, at: Date.now() }));
    if (retried.length > 0) void engine.ask({ what: 'retry', tasks: retried });
    const end = stopWhenTold(
      stopBy,
      engine,
      () => mapping.grace,
      (event) => report({ ...event, at: Date.now() }),
      warn,
    );
    const finished = await engine.run().finally(end);
    if (finished.how === 'journal') return err(stateProblem(finished.problem));
    leaving?.();
    const logOf = (run: string): string | undefined => {
      const log = logFile(file, run);
      // What runs elsewhere need not keep it here.
      return executor === undefined || existsSync(log) ? log : undefined;
    };
    const summary = summaryView(state, well);
    const isEmpty = Object.values(summary).every((count) => count === 0);
    const came = { summary, ...(isEmpty ? { empty: emptyView(state) } : {}), ...standing(state, logOf) };
    return ok(finished.how === 'stopped' ? { ...came, stopped: true } : came);
  } finally {
    await shells?.close();
    removeSpares(runsDirectory(file));
    journal.close();
  }
}

/** What stands failed and blocked, with what a person needs to go on. */
function standing(state: State, logOf: (run: string) => string | undefined): Pick<RunEnd, 'failures' | 'blocked'> {
  const failures: Failure[] = [];
  const blocked: RunEnd['blocked'][number][] = [];
  for (const task of state.tasks.values()) {
    if (!task.selected) continue;
    if (task.phase === 'failed' && task.last) {
      const { run, attempts, ending } = task.last;
      const log = logOf(run);
      failures.push({
        task: task.id,
        attempts,
        ...ending,
        output: log === undefined ? [] : tailOfLog(log, tailLines),
        ...(log === undefined ? {} : { log }),
      });
    }
    if (task.phase === 'blocked') {
      const by = taskView(state, task).reasons.flatMap((reason) =>
        reason.code === 'blocked-by' && reason.task !== undefined ? [reason.task] : [],
      );
      blocked.push({ task: task.id, by });
    }
  }
  return { failures, blocked };
}
