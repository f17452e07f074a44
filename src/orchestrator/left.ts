import { kindOf } from '../core/object.js';
import type { JournalRecord } from '../core/record.js';
import { runsInDoubt } from '../core/restore.js';
import type { State } from '../core/state.js';
import { step } from '../core/step.js';
import { judge } from '../engine/judge.js';
import type { Objects } from '../engine/world.js';
import { readEnding } from '../execute/wrapper.js';
import { traceFile } from './places.js';

/** Reading makes nothing durable. */
const unsynced = { sync: async () => undefined };

/** Ends in the state what has ended, and gives the records that this will come to. `file`: the state's. */
export async function endWhatHasEnded(
  state: State,
  file: string,
  { look }: Pick<Objects, 'look'>,
): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  for (const run of runsInDoubt(state)) {
    const task = state.runs.get(run);
    const ending = readEnding(traceFile(file, run));
    if (!task?.run || ending === undefined) continue;
    const files = task.run.targets.flatMap(({ id }) => (kindOf(id) === 'file' ? [id] : []));
    const outcome = await judge(unsynced, ending, await look(files, true));
    const at = Math.max(ending.endedAt, task.run.startedAt);
    const effects = step(state, { type: 'attempt-ended', at, run, outcome });
    // Another attempt is to follow, and nobody is there to start it.
    if (task.run) task.run.stage = 'doubt';
    else records.push(...effects.flatMap((effect) => (effect.type === 'append' ? [effect.record] : [])));
  }
  return records;
}
