/** `objflow status`: each task's phase, and why. Reads the state at any time, disturbs nobody. */
import { tasksView } from '../core/answers.js';
import { kindOf } from '../core/object.js';
import { step } from '../core/step.js';
import { systemClock } from '../engine/clock.js';
import { targetsToLookAt } from '../engine/engine.js';
import { peekInbox } from '../journal/inbox.js';
import { readJournal } from '../journal/journal.js';
import { isHeld } from '../journal/lock.js';
import type { SetAside } from '../objects/names.js';
import { renderStatus, statusDocument } from '../report/status.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import { requireMapping, requireSelected } from './mapping.js';
import { openSession, stateFile } from './session.js';

export interface StatusOptions {
  readonly format: 'text' | 'json';
  readonly check?: boolean;
}

/** Gives the exit status. */
export async function status(
  context: Context,
  selectors: readonly string[],
  { format, check }: StatusOptions,
): Promise<number> {
  const mapped = await requireMapping(context);
  const { mapping, graph } = mapped;
  const selected = requireSelected(mapped, selectors);
  const file = stateFile(context, mapping);
  const journal = readJournal(file);
  if (!journal.ok) throw new UserError(journal.error.message, exit.state);
  // What is set aside belongs to no job.
  const setAside: SetAside[] = [];
  const { state, objects } = openSession(mapping, {
    records: journal.value.records,
    graph,
    // With room for nobody, what is ready stays ready.
    concurrency: 0,
    setAside: (found) => selected ?? setAside.push(found),
  });
  // What looks abandoned from here is in good hands as long as somebody holds the state.
  if (isHeld(file)) for (const { run } of state.runs.values()) if (run) run.stage = 'executing';
  const at = systemClock.now();
  step(state, { type: 'looked', at, looks: await objects.list() });
  step(state, { type: 'looked', at, looks: await objects.look(targetsToLookAt(state)) });
  // What is announced and not yet recorded has happened all the same.
  for (const { object, version, key } of peekInbox(file))
    if (kindOf(object) !== 'file')
      step(state, { type: 'announced', at, object, version, ...(key === undefined ? {} : { key }) });
  step(state, { type: 'opened', at });
  const tasks = tasksView(state).filter(({ job }) => selected?.has(job) ?? true);
  context.out.write(
    format === 'json'
      ? statusDocument(tasks, setAside)
      : renderStatus(tasks, { color: context.colorOut, width: context.width, now: Date.now(), setAside }),
  );
  const unwell = tasks.some(({ phase }) => phase === 'failed' || phase === 'blocked');
  return check && unwell ? exit.unwell : exit.well;
}
