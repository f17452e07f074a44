/** What `retry`, `reset` and `adopt` share: the tasks that are meant, and what is said in the end. */
import type { Selection } from '../core/selector.js';
import type { State, Task } from '../core/state.js';
import type { AskedView } from '../core/views.js';
import { askedDocument, renderAsked } from '../report/asked.js';
import type { Context } from './context.js';

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

/** Says what was done, and who is left to do it. */
export function tellAsked(context: Context, view: AskedView, format: AskedOptions['format']): void {
  const { out, err, colorOut: color, width, options } = context;
  if (format === 'json') out.write(askedDocument(view));
  else if (!options.quiet || view.left.length > 0)
    out.write(renderAsked(view, { color, width, verbose: options.verbose === true }));
  if (view.asked && !options.quiet)
    err.write('the objflow that holds the state was asked: a daemon does it at once, a run leaves it to the next\n');
}
