/** What `retry`, `reset` and `adopt` share: the tasks that are meant, asking for them, and what is said in the end. */
import type { Selection } from '../core/selector.js';
import type { State, Task } from '../core/state.js';
import type { AskedView } from '../core/views.js';
import { holderOf } from '../journal/lock.js';
import { askOf as askHolder, type Wanted } from '../orchestrator/take-up.js';
import { askedDocument, renderAsked } from '../report/asked.js';
import { eventWords } from '../report/run-words.js';
import { type Context, stateFile } from './context.js';
import { must } from './exit.js';
import type { Mapped } from './mapping.js';
import { onTerminal, say } from './say.js';

export interface AskedOptions {
  readonly format: 'text' | 'json';
}

/** Tasks that are selected, in the order of the mapping; all where nothing selects. */
export const selectedTasks = (state: State, selection: Selection | undefined): Task[] =>
  [...state.tasks.values()]
    .filter((task) => selection?.has({ job: task.job.job.name, task: task.id }) ?? true)
    .sort(
      (one, other) => one.job.job.index - other.job.job.index || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0),
    );

/** Gives whether somebody else was asked; otherwise it is on record. Throws a `UserError` where neither could be. */
export async function askOf(context: Context, mapped: Mapped, wanted: Wanted): Promise<'asked' | 'done'> {
  const asked = await askHolder(stateFile(context, mapped.mapping), mapped, wanted, (told) => {
    const { subject, rest } = eventWords({ ...told, at: 0 });
    context.err.write(onTerminal(`${subject} ${rest}`));
  });
  return must(asked);
}

/** Says what was done, or what would be, and who is left to do it. What cannot be adopted is said to the quiet, too. */
export function tellAsked(context: Context, mapped: Mapped, view: AskedView, format: AskedOptions['format']): void {
  const { out, colorOut: color, width, options } = context;
  const { what, left, dryRun } = view;
  if (format === 'json') out.write(askedDocument(view, Date.now()));
  else if (!options.quiet || dryRun || (what === 'adopt' && left.length > 0))
    out.write(renderAsked(view, { color, width, verbose: options.verbose === true }));
  if (view.asked) say(context, holderWords(holderOf(stateFile(context, mapped.mapping))));
}

/** Who was asked, and when that does it; by now it may be gone. */
function holderWords(holder: ReturnType<typeof holderOf>): string {
  const { pid, role } = holder === undefined || holder === 'unknown' ? {} : holder;
  const who = pid === undefined ? '' : ` (process ${pid})`;
  if (role === 'watch') return `the daemon${who} was asked, and does it at once`;
  const next = 'leaves it to the next run or watch';
  if (role !== undefined) return `the objflow that holds the state${who} was asked: it is no daemon, and ${next}`;
  return `the objflow that holds the state${who} was asked: a daemon does it at once, a run ${next}`;
}
