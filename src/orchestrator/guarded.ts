/** An executor that strangers wrote, with a fence around it: what it throws fails its task, and nobody else's. */
import type { Execution, Executor, Outcome } from '../execute/executor.js';

/** `warn` is told of what fails nobody. What `attach` throws goes on: it is asked before anything starts. */
export function guarded(executor: Executor, warn: (message: string) => void): Executor {
  const threw = (what: string, error: unknown): string => `the executor threw in \`${what}\`: ${messageOf(error)}`;
  const fenced = (execution: Execution): Execution => ({
    log: execution.log,
    stop: (intent) => execution.stop(intent),
    outcome: execution.outcome.catch((error: unknown): Outcome => ({ problem: threw('outcome', error) })),
  });
  return {
    start(work) {
      try {
        return fenced(executor.start(work));
      } catch (error) {
        return { outcome: Promise.resolve({ problem: threw('start', error) }), stop() {}, log: '' };
      }
    },
    async attach(run) {
      const found = await executor.attach(run);
      return found && 'outcome' in found ? fenced(found) : found;
    },
    forget(run) {
      try {
        executor.forget(run);
      } catch (error) {
        warn(threw('forget', error));
      }
    },
    async hook(command, work, outcomeEnv, ended) {
      try {
        await executor.hook(command, work, outcomeEnv, ended);
      } catch (error) {
        warn(threw('hook', error));
      }
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
