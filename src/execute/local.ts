/**
 * The executor of this machine: each attempt a shell in a process group of its own, its output in a file. A run goes on
 * when objflow dies, and the next objflow finds it by its trace.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Work } from '../core/effect.js';
import { handedOn } from './environment.js';
import type { Executor } from './executor.js';
import { type Files, type Launch, launch } from './launch.js';
import { note } from './log.js';
import { oversee, type Watch } from './oversee.js';
import { type Gone, type Leader, type Starter, startHere } from './start.js';
import { tracesIn } from './traces.js';
import { endTree, goOn, kill, leads, lingers } from './tree.js';
import { readEnding, readTrace, type Trace } from './wrapper.js';

export interface LocalOptions {
  /** Absolute path of the project's root. */
  readonly root: string;
  /** Absolute path of objflow's own directory, `.objflow`. */
  readonly directory: string;
  /** Milliseconds between TERM and KILL; 10 s where it is not said. */
  readonly grace?: number;
  /** What starts commands; this process where it is not said. */
  readonly starter?: Starter;
}

/** Milliseconds between two looks at a process that is not our child. */
const every = 250;
/** Milliseconds in which a shell that was told what to run has begun many times over. */
const patience = 5000;

/** Runs commands on this machine. Touches nothing before the first one. */
export function localExecutor({
  root,
  directory,
  grace = 10_000,
  starter = { start: startHere },
}: LocalOptions): Executor {
  // Each look at process.env asks the system for every variable.
  const inherited = handedOn({ ...process.env });
  const watchOf = (run: string, name = run): Watch => ({
    run,
    files: {
      trace: path.join(directory, 'runs', `${name}.trace`),
      sources: path.join(directory, 'runs', `${name}.sources`),
      log: path.join(directory, 'logs', `${run}.log`),
    },
    grace,
  });
  /** Runs whose shell, told what to run, never began: whatever was in its way, they are started otherwise. */
  const unbegun = new Set<string>();
  /** Runs that have ended well. */
  const well = new Set<string>();
  const traces = tracesIn(path.join(directory, 'runs'));
  /** Removes what a launch made, but for the log. */
  const clear = ({ trace, sources }: Files, again: boolean): void => {
    traces.end(trace, again);
    if (existsSync(sources)) rmSync(sources, { force: true });
  };
  const execute = (watch: Watch, work: Work, command: string, variables: Launch['variables'] = {}) =>
    oversee(watch, (wanted) =>
      launch({ ...watch, work, command, root, inherited, variables, starter: seen(watch), traces }, wanted),
    );

  /** When its parent goes before it does, it is watched as if it had been found. */
  const seen = (watch: Watch): Starter => {
    const { run, files } = watch;
    const watched = async ({ pid, gone }: Leader, token?: string): Promise<Gone> => {
      const end = await gone;
      return end.unseen ? vanished(pid, run, files.trace, token) : end;
    };
    return {
      async start(what) {
        const started = await starter.start(what);
        if ('pid' in started) return { ...started, gone: watched(started) };
        return (started.unseen && (await startedUnseen(watch))) || started;
      },
      ...(!unbegun.has(run) &&
        starter.waitingIn && {
          async waitingIn(cwd: string) {
            const waiting = await starter.waitingIn?.(cwd);
            return (
              waiting && {
                ...waiting,
                async run(text: string) {
                  const started = await waiting.run(text);
                  return { ...started, gone: watched(started, waiting.token) };
                },
              }
            );
          },
        }),
    };
  };

  return {
    start(work) {
      const execution = execute(watchOf(work.run), work, work.job.run);
      void execution.outcome.then(({ temporary, exitCode, stopped, problem }) => {
        if (temporary) unbegun.add(work.run);
        else unbegun.delete(work.run);
        if (exitCode === 0 && !stopped && problem === undefined) well.add(work.run);
      });
      return execution;
    },

    async attach(run) {
      const watch = watchOf(run);
      const { trace } = watch.files;
      const found = await begunTrace(run, trace);
      if (found !== undefined) {
        const { deadline } = found;
        const timeout = deadline && { left: Math.max(0, deadline.at - Date.now()), whole: deadline.timeout };
        const begun = { leader: leaderIn(found, watch), ...(timeout ? { timeout } : {}) };
        return oversee(watch, async () => begun);
      }
      // Its number may be another's by now: only cookies count.
      await endTree(run, undefined, grace, new AbortController().signal);
      return readEnding(trace);
    },

    forget: (run) => clear(watchOf(run).files, well.delete(run)),

    async hook(command, work, outcomeEnv, ended) {
      const watch = watchOf(work.run, `${work.run}.hook`);
      const execution = execute(watch, work, command, outcomeEnv);
      const end = (): void => execution.stop('terminate');
      if (ended?.aborted) end();
      else ended?.addEventListener('abort', end);
      const { exitCode, signal, problem, stopped } = await execution.outcome;
      ended?.removeEventListener('abort', end);
      clear(watch.files, false);
      if (stopped) note(watch.files.log, 'the hook was ended, because objflow was told to stop');
      else if (exitCode !== 0)
        note(watch.files.log, `the hook failed: ${problem ?? signal ?? `exit status ${exitCode}`}`);
    },
  };
}

/**
 * The trace of a run whose leader lives: one that has been told what to run is just about to begin, if nobody has stopped it.
 * One that does not is ended: whoever is between us and it may stand still, and has not passed it on.
 */
async function begunTrace(run: string, trace: string): Promise<Trace | undefined> {
  const asked = performance.now();
  for (;;) {
    const found = readTrace(trace);
    if (found === undefined || !leads(found.leader, run, trace, found.token)) return undefined;
    if (found.begun) return found;
    if (performance.now() - asked < patience) goOn(found.leader);
    else kill(found.leader);
    await setTimeout(every / 25);
  }
}

/** What was started by somebody who is gone and did not come to say so, as soon as it says itself who it is. */
async function startedUnseen(watch: Watch): Promise<Leader | undefined> {
  for (;;) {
    const lives = await lingers(watch.run, undefined, 0, true);
    const found = readTrace(watch.files.trace);
    if (found !== undefined) return leaderIn(found, watch);
    if (!lives) return undefined;
    await setTimeout(every / 25);
  }
}

/** Who leads a run of which we have found the trace. */
const leaderIn = ({ leader, group, token }: Trace, { run, files }: Watch): Leader => ({
  pid: group,
  ...(leader === group ? {} : { teller: leader }),
  gone: vanished(leader, run, files.trace, token),
});

/** Resolves when a process that is not our child is gone. */
async function vanished(pid: number, run: string, trace: string, token: string | undefined): Promise<Gone> {
  while (leads(pid, run, trace, token)) await setTimeout(every);
  return {};
}
