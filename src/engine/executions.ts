/**
 * What runs: started, or taken up from a dead objflow; when it ends, its targets are looked at, and how it went is told.
 */
import type { Work } from '../core/effect.js';
import { kindOf, type ObjectId } from '../core/object.js';
import { runsInDoubt } from '../core/restore.js';
import type { Execution, Outcome } from '../execute/executor.js';
import { judge } from './judge.js';
import type { Looking } from './looking.js';
import type { Loop, Present, World } from './world.js';

export interface Executions {
  start(work: Work): void;
  hook(command: string, work: Work): void;
  /** Finds out what became of the runs that were in progress when we last lived. */
  findLost(): Promise<void>;
  stop(intent: 'terminate' | 'kill'): void;
  /** Runs that have not ended, and hooks. */
  readonly running: number;
  readonly hooks: number;
}

/** Runs what this world can run. */
export function createExecutions(
  { executor, warn = () => {} }: Pick<World, 'executor' | 'warn'>,
  present: Present,
  { post, wakeUp, now }: Loop,
  looking: Pick<Looking, 'since' | 'lookAt'>,
): Executions {
  const executions = new Map<string, Execution>();
  const targets = new Map<string, readonly ObjectId[]>();
  const hooks = new Set<AbortController>();
  /** Runs that the system had no room for when they were last to start. */
  const unstarted = new Set<string>();
  /** The want of room was told. */
  let isTold = false;
  /** What runs is being ended, and so is what begins only now. */
  let ending: 'terminate' | 'kill' | undefined;

  function begin(run: string, execution: Execution, writes: readonly ObjectId[]): void {
    executions.set(run, execution);
    targets.set(run, writes.filter(isFile));
    if (ending) execution.stop(ending);
    void execution.outcome.then((outcome) => end(run, outcome));
  }

  /** Looks at the run's targets, and tells how it went. */
  async function end(run: string, outcome: Outcome): Promise<void> {
    const made = targets.get(run) ?? [];
    const { seen, end: endSince } = looking.since();
    const looks = await present.objects.look(made, true);
    const judged = await judge(present.objects, outcome, looks);
    // Until here it counts as under way: a loop that is stopping would otherwise leave without it.
    executions.delete(run);
    targets.delete(run);
    tellOfWant(run, outcome);
    post({ type: 'attempt-ended', at: endOf(run, outcome), run, outcome: judged });
    endSince();
    // What was seen of them meanwhile is older, or others have written them since: what this run tells is looked at again.
    const doubtful = made.filter((object) => seen.has(object));
    if (doubtful.length > 0) looking.lookAt(doubtful);
  }

  /** What cannot be started once is tried again in silence; where it goes on so, somebody has to know. */
  function tellOfWant(run: string, { temporary, problem }: Outcome): void {
    if (!temporary) {
      unstarted.delete(run);
      if (unstarted.size === 0) isTold = false;
    } else if (!unstarted.has(run)) unstarted.add(run);
    else if (!isTold) {
      isTold = true;
      warn(`${present.state.runs.get(run)?.id} cannot be started: ${problem}; it is tried again every second`);
    }
  }

  /** Not after now, nor before it started, whatever has been done to clocks meanwhile. */
  function endOf(run: string, { endedAt }: Outcome): number {
    if (endedAt === undefined) return now();
    return Math.min(now(), Math.max(endedAt, present.state.runs.get(run)?.run?.startedAt ?? 0));
  }

  return {
    start(work) {
      const writes = work.targets.flatMap(({ objects }) => objects);
      begin(work.run, executor.start(work), writes);
    },
    hook(command, work) {
      const ended = new AbortController();
      hooks.add(ended);
      if (ending) ended.abort();
      void executor.hook(command, work, undefined, ended.signal).finally(() => {
        hooks.delete(ended);
        wakeUp();
      });
    },
    async findLost() {
      for (const run of runsInDoubt(present.state)) {
        const writes = present.state.runs.get(run)?.run?.targets.map(({ id }) => id) ?? [];
        const found = await executor.attach(run);
        if (found && 'outcome' in found) {
          begin(run, found, writes);
          post({ type: 'adopted', at: now(), run });
        } else {
          targets.set(run, writes.filter(isFile));
          await end(run, found ?? { stopped: true });
        }
      }
    },
    stop(intent) {
      ending = intent;
      for (const execution of executions.values()) execution.stop(intent);
      for (const ended of hooks) ended.abort();
    },
    get running() {
      return executions.size;
    },
    get hooks() {
      return hooks.size;
    },
  };
}

const isFile = (id: ObjectId): boolean => kindOf(id) === 'file';
