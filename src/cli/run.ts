/** `objflow run`: brings everything up to date once, and exits. */
import path from 'node:path';
import { summaryView, taskView } from '../core/answers.js';
import type { Report } from '../core/event.js';
import type { JobGraph } from '../core/graph.js';
import type { Mapping } from '../core/mapping.js';
import type { State } from '../core/state.js';
import type { PlanView } from '../core/views.js';
import { systemClock } from '../engine/clock.js';
import { createEngine } from '../engine/engine.js';
import { localExecutor } from '../execute/local.js';
import { tailOfLog } from '../execute/log.js';
import { peekInbox } from '../journal/inbox.js';
import { openJournal, readJournal } from '../journal/journal.js';
import { isHeld } from '../journal/lock.js';
import { planDocument, renderPlan } from '../report/plan.js';
import type { Failure, RunEnd } from '../report/run-event.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import { takeAnnouncements } from './inbox.js';
import { requireMapping, requireSelected } from './mapping.js';
import { runReporter } from './reporters.js';
import { logFile, openSession, stateFile } from './session.js';
import { onSignals } from './signals.js';
import { stopper } from './stopper.js';

export interface RunOptions {
  readonly format: 'text' | 'json';
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly retry: boolean;
  readonly jobs?: number;
}

/** Lines of a failed task's output that are shown at the end. */
const tailLines = 10;

/** Gives the exit status. */
export async function run(context: Context, selectors: readonly string[], options: RunOptions): Promise<number> {
  const mapped = await requireMapping(context);
  const { mapping, graph } = mapped;
  const selected = requireSelected(mapped, selectors);
  return options.dryRun
    ? plan(context, mapping, graph, selected, options)
    : runAll(context, mapping, graph, selected, options);
}

async function plan(
  context: Context,
  mapping: Mapping,
  graph: JobGraph,
  selected: ReadonlySet<string> | undefined,
  { format, force = false, retry }: RunOptions,
): Promise<number> {
  const { pretendWorld } = await import('./pretend.js');
  const file = stateFile(context, mapping);
  const journal = readJournal(file);
  if (!journal.ok) throw new UserError(journal.error.message, exit.state);
  const { records } = journal.value;
  const { state, objects } = openSession(mapping, { records, graph, selected, setAside: () => {} });
  const tasks: PlanView['tasks'][number][] = [];
  const note = (report: Report): void => {
    if (report.event === 'run-started') tasks.push({ task: report.task, reasons: report.reasons });
  };
  const isTaken = isHeld(file);
  const world = pretendWorld(objects, note, (run) => {
    const task = isTaken ? state.runs.get(run) : undefined;
    return task?.run?.targets.map(({ id }) => id);
  });
  const engine = createEngine(state, world, { retry, force });
  engine.announce(peekInbox(file));
  await engine.run();
  context.out.write(
    format === 'json'
      ? planDocument({ tasks })
      : renderPlan({ tasks }, { color: context.colorOut, width: context.width }),
  );
  return exit.well;
}

async function runAll(
  context: Context,
  mapping: Mapping,
  graph: JobGraph,
  selected: ReadonlySet<string> | undefined,
  { format, force = false, retry, jobs }: RunOptions,
): Promise<number> {
  const began = performance.now();
  const file = stateFile(context, mapping);
  const opened = openJournal(file);
  if (!opened.ok) throw new UserError(opened.error.message, exit.state);
  const { journal, records, warnings } = opened.value;
  const reporter = runReporter(context, format);
  const warn = (message: string): void => reporter.report({ event: 'warning', at: Date.now(), message });
  for (const message of warnings) warn(message);
  try {
    const { state, objects } = openSession(mapping, {
      records,
      graph,
      selected,
      ...(jobs === undefined ? {} : { concurrency: jobs }),
      setAside: ({ name, why }) => reporter.report({ event: 'set-aside', at: Date.now(), name, why }),
    });
    const well = new Set<string>();
    let done = 0;
    const tell = (report: Report): void => {
      if (report.event === 'run-succeeded') well.add(report.task);
      if (report.event === 'run-succeeded' || report.event === 'run-failed') done += 1;
      reporter.report(report);
      reporter.progress?.({ done, total: done + state.pending });
    };
    const executor = localExecutor({ root: mapping.root, directory: path.dirname(file) });
    const engine = createEngine(state, { objects, executor, journal, clock: systemClock, tell }, { retry, force });
    takeAnnouncements(file, engine, warn);
    const stop = stopper(
      engine,
      () => mapping.grace,
      (event) => reporter.report({ ...event, at: Date.now() }),
      warn,
    );
    const signals = onSignals(stop);
    const finished = await engine.run();
    const stoppedBy = signals.off();
    if (finished.how === 'journal') throw new UserError(finished.problem.message, exit.state);
    const summary = summaryView(state, well);
    const at = Date.now();
    const end: RunEnd = { at, took: performance.now() - began, summary, ...standing(state, file, context.cwd) };
    reporter.end(finished.how === 'stopped' ? { ...end, stopped: true } : end);
    if (stoppedBy !== undefined) return stoppedBy;
    return summary.failed + summary.blocked > 0 ? exit.unwell : exit.well;
  } finally {
    journal.close();
  }
}

/** What stands failed and blocked, with what a person needs to go on. */
function standing(state: State, file: string, cwd: string): Pick<RunEnd, 'failures' | 'blocked'> {
  const failures: Failure[] = [];
  const blocked: RunEnd['blocked'][number][] = [];
  for (const task of state.tasks.values()) {
    if (!task.job.selected) continue;
    if (task.phase === 'failed' && task.last) {
      const { run, attempts, exitCode, signal, problem } = task.last;
      const log = logFile(file, run);
      failures.push({
        task: task.id,
        attempts,
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(signal === undefined ? {} : { signal }),
        ...(problem === undefined ? {} : { problem }),
        output: tailOfLog(log, tailLines),
        log: path.relative(cwd, log),
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
