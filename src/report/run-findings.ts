/**
 * The findings of a mapping that was refused, between events: in the text and in the shape in which `validate` has them.
 */
import type { Diagnostic } from '../core/diagnostic.js';
import { type DiagnosticOptions, renderDiagnostics } from './diagnostics.js';
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
  const text = renderDiagnostics(all.slice(0, most), { format: 'text', ...shape, ...unsaid });
  const more = all.length > most ? ['', `… and ${all.length - most} more: objflow validate`] : [];
  // Its last paragraph counts the findings, which the event itself has done.
  return [...text.trimEnd().split('\n').slice(0, -2), ...more];
}

/** The findings as `validate --format json` has them: lines from 1, files relative to `cwd`. */
export function findingDocuments(diagnostics: readonly Diagnostic[], cwd: string): unknown {
  const text = renderDiagnostics(diagnostics, { format: 'json', cwd, color: false, line: () => undefined, ...unsaid });
  const document: { readonly diagnostics: unknown } = JSON.parse(text);
  return document.diagnostics;
}

/** What only the parts of a rendering tell that are not used here. */
const unsaid = { counts: { manifests: 0, jobs: 0, objects: 0 }, ok: false };
