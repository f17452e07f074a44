/** `objflow watch`: the daemon. Runs what can run as soon as it can, for as long as it lives. */
import { systemdNotifier } from '../execute/systemd.js';
import { runDaemon } from '../orchestrator/daemon.js';
import { takeState } from '../orchestrator/session.js';
import { counted } from '../report/count.js';
import type { RunEvent } from '../report/run-event.js';
import { type Context, stateFile } from './context.js';
import { exit, must } from './exit.js';
import { requireMapping } from './mapping.js';
import { watchReporter } from './reporters.js';
import { catchSignals } from './signals.js';

export interface WatchOptions {
  readonly format: 'text' | 'json';
  readonly jobs?: number;
}

/** Gives the exit status, once it is told to stop. */
export async function watch(context: Context, { format, jobs: concurrency }: WatchOptions): Promise<number> {
  const began = performance.now();
  const mapped = await requireMapping(context);
  const file = stateFile(context, mapped.mapping);
  // They are caught until all is told.
  const signals = catchSignals();
  const taken = must(takeState(mapped, file, { role: 'watch', concurrency }));
  const { journal } = taken;
  const reporter = watchReporter(context, format, file);
  const notifier = systemdNotifier(process.env, (message) =>
    reporter.report({ event: 'warning', at: Date.now(), message }),
  );
  const endWatchdog = notifier?.watchdog(() => journal.check().ok);
  const report = (event: RunEvent): void => {
    reporter.report(event);
    if (event.event === 'watching') notifier?.ready(`watching ${counted(event.jobs, 'job')}`);
  };
  try {
    const lived = await runDaemon(mapped, taken, {
      ...{ file, concurrency, report },
      standing: (standing) => reporter.standing?.(standing),
      stopBy: (stop) =>
        signals.stopBy((times) => {
          if (times === 1) notifier?.stopping();
          stop(times);
        }),
    });
    reporter.left({ at: Date.now(), took: performance.now() - began, ...must(lived) });
    return signals.off() ?? exit.well;
  } finally {
    endWatchdog?.();
  }
}
