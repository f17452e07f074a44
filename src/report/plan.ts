/** What would run, in its order: for people as a numbered list, for programs as a document. */
import type { PlanView } from '../core/views.js';
import { counted } from './count.js';
import { wrap } from './measure.js';
import { json, terminal } from './sinks.js';
import { reasonWords } from './status.js';
import { styles } from './styles.js';

export interface PlanOptions {
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
}

/** Each task with the reasons why it would run; ends with a newline. */
export function renderPlan({ tasks }: PlanView, { color, width = 80 }: PlanOptions): string {
  const style = styles(color);
  if (tasks.length === 0) return 'nothing would run: no task is due\n';
  const digits = String(tasks.length).length;
  const lines = tasks.flatMap(({ task, reasons }, index) => [
    `${style.faint(`${String(index + 1).padStart(digits)}.`)} ${style.strong(terminal(task))}`,
    ...wrap(reasonWords(reasons), width - digits - 2)
      .filter((line) => line !== '')
      .map((line) => ' '.repeat(digits + 2) + style.faint(line)),
  ]);
  return `${[...lines, '', `${counted(tasks.length, 'task')} would run`].join('\n')}\n`;
}

/** The document that `run --dry-run --format json` prints; ends with a newline. */
export const planDocument = ({ tasks }: PlanView): string =>
  `${json({ tasks: tasks.map(({ task, reasons }) => ({ task, reasons })) }, 2)}\n`;
