/**
 * Watches over a run's processes from their start to the last one's end: timeout, stop, and what a command leaves
 * behind. Knows nothing of how they were started.
 */
import { setTimeout } from 'node:timers/promises';
import type { Execution, Outcome } from './executor.js';
import type { Begun, Files } from './launch.js';
import { note } from './log.js';
import type { Gone, Leader } from './start.js';
import { after, duration } from './timer.js';
import { endTree, goOn, leads, lingers } from './tree.js';
import { readTrace } from './wrapper.js';

export interface Watch {
  readonly run: string;
  readonly files: Files;
  /** Milliseconds between TERM and KILL. */
  readonly grace: number;
}

/** Milliseconds that processes get to end by themselves after their leader: `tee` behind a `>(…)` writes its last. */
const courtesy = 250;
/** Milliseconds between two looks at what could not be ended. */
const every = 1000;

/** An execution of what `begin` starts. Asked to stop before that, it lets `begin` know by `wanted`. */
export function oversee(
  watch: Watch,
  begin: (wanted: () => boolean) => Promise<Begun | Outcome | undefined>,
): Execution {
  const { run, files } = watch;
  const { trace, log } = files;
  const hurry = new AbortController();
  const leaving = new AbortController();
  let leader: Leader | undefined;
  let over = false;
  let why: 'stopped' | 'timed out' | undefined;
  let ending: Promise<void> | undefined;

  const end = (): void => {
    if (leader !== undefined) {
      ending ??= endAll(watch, leader, hurry.signal, leaving.signal);
      return;
    }
    // A shell that was told of it and stands still would never begin, and nor would its end.
    const told = readTrace(trace);
    if (told && leads(told.leader, run, trace, told.token)) goOn(told.leader);
  };
  const watchOver = async (): Promise<Outcome> => {
    const begun = await begin(() => why === undefined);
    if (begun === undefined) return { stopped: true };
    if (!('leader' in begun)) {
      note(log, begun.problem ?? 'not started');
      return begun;
    }
    const { timeout } = begun;
    leader = begun.leader;
    const callOff =
      timeout &&
      after(timeout.left, () => {
        // Where we stood still, it may have ended meanwhile, and that is about to be heard.
        if (readTrace(trace)?.ending !== undefined) return;
        why ??= 'timed out';
        end();
      });
    if (why !== undefined) end();
    const gone = await leader.gone;
    callOff?.();
    over = true;
    const outcome = outcomeOf(trace, gone);
    await ending;
    // A wrapper that was killed, or that nobody was parent of, may have left anything.
    const thorough = gone.exitCode === undefined;
    if (ending === undefined && (await lingers(run, leader.pid, courtesy, thorough))) {
      note(log, 'the command has ended and left processes behind: ending them');
      await endAll(watch, leader, hurry.signal, leaving.signal);
    }
    if (why === 'stopped') return { ...outcome, stopped: true };
    if (why === undefined || timeout === undefined) return outcome;
    const problem = `timed out after ${duration(timeout.whole)}`;
    note(log, problem);
    return { ...outcome, problem };
  };

  return {
    log,
    outcome: watchOver(),
    stop(intent) {
      if (!over) why ??= 'stopped';
      leaving.abort();
      if (intent === 'kill') hurry.abort();
      if (!over) end();
    },
  };
}

/** Resolves when all of it has ended; where the system does not let it end, not before that, or `leaving`. */
async function endAll(watch: Watch, leader: Leader, hurry: AbortSignal, leaving: AbortSignal): Promise<void> {
  const { run, files, grace } = watch;
  const { pid: group, teller } = leader;
  const left = await endTree(run, group, grace, hurry);
  // It is not one of the run's, so nothing has ended it; and stopped, it would never tell.
  if (teller !== undefined) goOn(teller);
  if (left.length === 0) return;
  note(files.log, `could not end ${left.join(', ')}: look what holds them`);
  // It may go on to write, so that nothing may take its place.
  while (!leaving.aborted && (await lingers(run, group, 0, true)))
    await setTimeout(every, undefined, { signal: leaving }).catch(() => undefined);
}

/** How a command ended whose wrapper is gone: by its trace, or by what the wrapper itself came to. */
function outcomeOf(file: string, gone: Gone): Outcome {
  const trace = readTrace(file);
  if (trace?.ending !== undefined) return trace.ending;
  if (trace?.begun === false) return { temporary: true, problem: 'the shell that waited for it has ended' };
  // It outlives all that can be outlived: without a trace, and unseen by us, it was killed.
  if (gone.exitCode === undefined) return { signal: gone.signal ?? 'SIGKILL' };
  // It was there and has recorded no ending: it never came to start the command.
  if (trace !== undefined && gone.exitCode === 127) {
    return { problem: 'there is no bash here: install it, or write the job for "shell: sh"' };
  }
  if (trace !== undefined) return { temporary: true, problem: `the shell could not start the command (${trace.said})` };
  return { exitCode: gone.exitCode }; // somebody removed the trace
}
