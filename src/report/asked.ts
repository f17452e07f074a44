/**
 * What `retry`, `reset` and `adopt` came to: for people a sentence and the names of the tasks, for programs a document.
 * Knows nothing of how it was done.
 */
import type { AskedView } from '../core/views.js';
import { counted } from './count.js';
import { isoTime } from './durations.js';
import { wrap } from './measure.js';
import { json, terminal } from './sinks.js';
import { styles } from './styles.js';

export interface AskedOptions {
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
  /** Names every task, however many. */
  readonly verbose?: boolean;
}

/** Beyond these, tasks are counted and not named. */
const most = 10;

type Sentence = (count: string, one: boolean) => string;

const done: Readonly<Record<AskedView['what'], Sentence>> = {
  retry: (count, one) => `${count} that failed ${one ? 'is' : 'are'} tried again`,
  reset: (count, one) => `${count} ${one ? 'was' : 'were'} reset: due again, as if never run`,
  adopt: (count, one) => `${count} ${one ? 'was' : 'were'} adopted: up to date as ${one ? 'it stands' : 'they stand'}`,
};

const would: typeof done = {
  retry: (count) => `${count} that failed would be tried again`,
  reset: (count) => `${count} would be reset: due again, as if never run`,
  adopt: (count, one) => `${count} would be adopted: up to date as ${one ? 'it stands' : 'they stand'}`,
};

const nothing: Readonly<Record<AskedView['what'], string>> = {
  retry: 'nothing to retry: none of these tasks has failed',
  reset: 'nothing to reset: none of these tasks has ever run',
  adopt: 'nothing to adopt',
};

const left: Readonly<Record<AskedView['what'], Sentence>> = {
  retry: (count) => `${count} did not fail (\`objflow run --force\` runs what did not):`,
  reset: (count) => `${count} left alone:`,
  adopt: (count) => `${count} could not be adopted:`,
};

/** Ends with a newline. */
export function renderAsked(view: AskedView, { color, width = 80, verbose = false }: AskedOptions): string {
  const style = styles(color);
  const { what, tasks, already = [] } = view;
  const shown = <T>(from: readonly T[], line: (one: T) => string[]): string[] => {
    const named = verbose ? from : from.slice(0, most);
    const rest = from.length - named.length;
    return [...named.flatMap(line), ...(rest > 0 ? [`  and ${rest} more (-v names them all)`] : [])];
  };
  const lines: string[] = [];
  const say = view.dryRun ? would : done;
  if (tasks.length > 0) lines.push(style.strong(say[what](counted(tasks.length, 'task'), tasks.length === 1)));
  else if (what === 'adopt' && already.length === 0 && view.left.length === 0)
    lines.push(`${nothing.adopt}: there is no task yet, as nothing has landed that these jobs read`);
  else lines.push(nothing[what]);
  lines.push(...shown(tasks, (task) => [`  ${terminal(task)}`]));
  if (already.length > 0)
    lines.push(`${counted(already.length, 'task')} ${already.length === 1 ? 'was' : 'were'} up to date already`);
  if (view.left.length > 0)
    lines.push(style.warning(left[what](counted(view.left.length, 'task'), view.left.length === 1)));
  const leftLine = ({ task, reason }: AskedView['left'][number]): string[] => [
    `  ${terminal(task)}`,
    ...wrap(terminal(reason), width - 4).map((line) => `    ${style.faint(line)}`),
  ];
  lines.push(...shown(view.left, leftLine));
  return `${lines.join('\n')}\n`;
}

/**
 * `retried`, `reset` or `adopted`, by what was asked; as schema/asked.schema.json says. Of `retry` it is the first of the
 * lines that its events are, told at that time. Ends with a newline.
 */
export function askedDocument({ what, tasks, left, already, asked, dryRun }: AskedView, at: number): string {
  const name = { retry: 'retried', reset: 'reset', adopt: 'adopted' }[what];
  const document = { [name]: tasks, left, ...(already ? { already } : {}), asked, ...(dryRun ? { dryRun } : {}) };
  return what === 'retry' ? `${json({ event: 'retrying', at: isoTime(at), ...document })}\n` : `${json(document, 2)}\n`;
}
