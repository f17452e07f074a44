/** The mapping as a table: what each job reads and writes. */
import { displayName } from '../core/object.js';
import type { GraphView } from '../core/views.js';
import { terminal } from './sinks.js';
import type { Styles } from './styles.js';
import { table } from './table.js';

/** A job has as many lines as it has sources or targets, whichever are more. */
export function graphTable(view: GraphView, style: Styles, width: number): string {
  if (view.jobs.length === 0) return 'no jobs\n';
  const list = (ids: readonly string[]): string => ids.map((id) => terminal(displayName(id))).join('\n');
  const rows = view.jobs.map((job) => [
    { text: terminal(job.name), style: style.strong },
    { text: list(job.sources) },
    { text: list(job.targets) },
  ]);
  const heading = ['JOB', 'SOURCES', 'TARGETS'].map((text) => ({ text, style: style.faint }));
  return `${table([heading, ...rows], width).join('\n')}\n`;
}
