/**
 * Since when a task is where it is, as far as the times of objects and the records tell. Where they do not, nothing is
 * said: a wrong time is worse than none. Reads; decides nothing.
 */
import { type Held, versionIn } from './held.js';
import type { ObjectId } from './object.js';
import type { Input, ObjectNode, Task } from './state.js';

/** What the state does not keep. Milliseconds since 1970; undefined where it is not known. */
export interface Times {
  /** When an object came to be as it is. */
  readonly cameAt: (object: ObjectId) => number | undefined;
  /** When `reset` or `retry` was last asked of a task. */
  readonly askedAt: (task: string) => number | undefined;
}

/** When its run started, its last run ended, or it came to wait as it does. Asked of many, it goes through failures once. */
export function sinceWhen(times: Times): (task: Task) => number | undefined {
  const failed = failures();
  return (task) => {
    if (task.run) return task.run.startedAt;
    switch (task.phase) {
      case 'waiting':
        return newsAt(task, times, 'first');
      case 'held':
      case 'ready':
        return newsAt(task, times, takesOne(task) ? 'first' : 'last');
      case 'blocked': {
        const at = failed(task);
        const isTold = at !== undefined && (task.last !== undefined || hasSource(task));
        const news = isTold ? newsAt(task, times, 'first') : at;
        return at === undefined || news === undefined ? undefined : Math.max(at, news);
      }
      default:
        return task.last?.endedAt;
    }
  };
}

/** Any one change makes it due: it has run before, and not all its sources have to change. */
const takesOne = ({ last, job }: Task): boolean =>
  last !== undefined && (last.outcome !== 'succeeded' || job.job.when === 'any');

const triggers = ({ job, source }: Input): boolean => job.job.sources[source]?.trigger !== false;
const hasSource = ({ inputs }: Task): boolean => inputs.some((input) => input.present > 0 && triggers(input));

/**
 * When it got something to do: the first of what is new to it came, or the last that it takes. Not before its last run
 * ended, nor before somebody asked for it.
 */
function newsAt(task: Task, { cameAt, askedAt }: Times, which: 'first' | 'last'): number | undefined {
  const { last, retried } = task;
  const bound = Math.max(last?.endedAt ?? 0, askedAt(task.id) ?? 0);
  if (last?.outcome === 'interrupted' || retried) return bound > 0 ? bound : undefined;
  const consumed = last?.consumed;
  const pick = which === 'first' ? Math.min : Math.max;
  let at: number | undefined;
  for (const input of task.inputs) {
    // What starts nothing is no news; it is only wanted for the first run, as the others are.
    if (input.present === 0 || (!triggers(input) && (consumed !== undefined || which === 'first'))) continue;
    const came = cameFirst(input, consumed, cameAt);
    if (came === 'unknown') return undefined;
    if (came !== undefined) at = at === undefined ? came : pick(at, came);
  }
  return at === undefined ? undefined : Math.max(at, bound);
}

/** When the first came of what the source has that was not consumed; undefined where it has nothing of the kind. */
function cameFirst(
  { members }: Input,
  consumed: Held | undefined,
  cameAt: Times['cameAt'],
): number | 'unknown' | undefined {
  let first: number | undefined;
  for (const { id, version } of members) {
    if (version === undefined || (consumed && versionIn(consumed, id) === version)) continue;
    const at = cameAt(id);
    if (at === undefined) return 'unknown';
    first = Math.min(first ?? at, at);
  }
  return first;
}

/** When the first of the failures upstream happened that stand. */
function failures(): (task: Task) => number | undefined {
  const known = new Map<Input | ObjectNode, number>();
  const once =
    <T extends Input | ObjectNode>(of: (one: T) => number) =>
    (one: T): number => {
      const found = known.get(one) ?? of(one);
      known.set(one, found);
      return found;
    };
  const never = Number.POSITIVE_INFINITY;
  const first = (times: Iterable<number>): number => [...times].reduce((one, other) => Math.min(one, other), never);
  const ofTask = (task: Task): number => first(task.inputs.map((input) => (input.failed > 0 ? ofInput(input) : never)));
  const ofObject = once<ObjectNode>(({ writers }) =>
    first(
      [...writers].map((writer) => {
        if (!writer.toldFailed) return never;
        return writer.phase === 'failed' ? (writer.last?.endedAt ?? never) : ofTask(writer);
      }),
    ),
  );
  const ofInput = once<Input>(({ members }) =>
    first([...members].map((object) => (object.failed > 0 ? ofObject(object) : never))),
  );
  return (task) => {
    const at = ofTask(task);
    return at === never ? undefined : at;
  };
}
