/** `objflow run`: brings everything up to date once, and exits. */
import path from 'node:path';
import type { Selection } from '../core/selector.js';
import { runOnce } from '../orchestrator/once.js';
import { takeState } from '../orchestrator/session.js';
import type { RunEnd } from '../report/run-event.js';
import { type Context, stateFile } from './context.js';
import { exit, must } from './exit.js';
import { type Mapped, requireMapping } from './mapping.js';
import { runMemory } from './remember-run.js';
import { runReporter } from './reporters.js';
import { requireSelection } from './selection.js';
import { catchSignals } from './signals.js';

export interface RunOptions {
  readonly format: 'text' | 'json';
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly retry: boolean;
  readonly jobs?: number;
}

/** Gives the exit status. */
export async function run(context: Context, selectors: readonly string[], options: RunOptions): Promise<number> {
  const mapped = await requireMapping(context);
  const selected = await requireSelection(context, mapped, selectors);
  return options.dryRun
    ? (await import('./plan.js')).dryRun(context, mapped, selected, options)
    : runAll(context, mapped, selected, { ...options, remembered: true });
}

interface RunAllOptions extends RunOptions {
  /** Names of tasks whose failure is tried again. */
  readonly retried?: readonly string[];
  /** Its answer may be remembered for the same call. */
  readonly remembered?: boolean;
}

/** `run`, with the mapping at hand. Gives the exit status. */
export async function runAll(
  context: Context,
  mapped: Mapped,
  selected: Selection | undefined,
  { format, force = false, retry, retried = [], jobs, remembered = false }: RunAllOptions,
): Promise<number> {
  const began = performance.now();
  const file = stateFile(context, mapped.mapping);
  const signals = catchSignals();
  const taken = must(takeState(mapped, file, { role: 'run', selected, concurrency: jobs }));
  const memory = remembered ? runMemory(context, mapped, file) : undefined;
  const reporter = runReporter({ ...context, out: memory?.out ?? context.out }, format);
  const done = await runOnce(mapped, taken, {
    ...{ file, force, retry, retried },
    ...(memory && { asked: memory.asked, leaving: memory.leaving }),
    report(event) {
      memory?.happened();
      reporter.report(event);
    },
    progress: (progress) => reporter.progress?.(progress),
    stopBy: signals.stopBy,
  });
  const stoppedBy = signals.off();
  const ran = must(done);
  reporter.end(endOf(context, ran, performance.now() - began));
  if (stoppedBy !== undefined) return stoppedBy;
  const { failed, blocked } = ran.summary;
  const status = failed + blocked > 0 ? exit.unwell : exit.well;
  await memory?.end(status);
  return status;
}

/** With the logs' paths as the reader can open them. */
const endOf = ({ cwd }: Context, ran: Omit<RunEnd, 'at' | 'took'>, took: number): RunEnd => ({
  ...ran,
  failures: ran.failures.map(({ log, ...failure }) =>
    log === undefined ? failure : { ...failure, log: path.relative(cwd, log) },
  ),
  at: Date.now(),
  took,
});
