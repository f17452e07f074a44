/**
 * The findings of a mapping that was refused, between events: as `validate` shows them.
 */
import { type DiagnosticOptions, findingText } from './diagnostics.js';
import type { RunEvent } from './run-event.js';

/** So many findings are shown; a bad edit of `defaults` has one for each job. */
const most = 20;

export interface FindingsOptions {
  /** Files are shown relative to it. */
  readonly cwd: string;
  /** A reader of the manifests as they are now: a daemon outlives what they said before. */
  readonly lines: () => DiagnosticOptions['line'];
}

/** What stands below an event: findings with their places and lines, errors first; nothing below other events. */
export function findingLines(
  event: RunEvent,
  options: FindingsOptions | undefined,
  { color, width }: Pick<DiagnosticOptions, 'color' | 'width'>,
): string[] {
  if (event.event !== 'reload-refused' || options === undefined) return [];
  const errors = event.diagnostics.filter(({ severity }) => severity === 'error');
  const all = [...errors, ...event.diagnostics.filter(({ severity }) => severity !== 'error')];
  const shape = { cwd: options.cwd, color, line: options.lines(), ...(width === undefined ? {} : { width }) };
  const shown = all.slice(0, most).flatMap((finding) => ['', ...findingText(finding, shape)]);
  const more = all.length > most ? ['', `… and ${all.length - most} more: objflow validate`] : [];
  return [...shown.slice(1), ...more];
}
