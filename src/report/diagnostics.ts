/**
 * Findings about manifests, as text with the lines that they are about, or for a program: JSON, GitHub, SARIF. Does not
 * know where lines come from.
 */
import { relative } from 'node:path';
import type { Diagnostic, Place } from '../core/diagnostic.js';
import { unreachable } from '../core/result.js';
import { frame } from './code-frame.js';
import { counted } from './count.js';
import { widthOf, wrap } from './measure.js';
import { renderSarif } from './sarif.js';
import { githubData, githubProperty, json, terminal } from './sinks.js';
import { type Style, type Styles, styles } from './styles.js';

export interface DiagnosticOptions {
  readonly format: 'text' | 'json' | 'github' | 'sarif';
  /** Files are shown relative to it. */
  readonly cwd: string;
  /** What GitHub's annotations are relative to (`GITHUB_WORKSPACE`); absent: `cwd`. */
  readonly workspace?: string;
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
  /** Line `number` (from 1) of a file, without its line end. */
  readonly line: (file: string, number: number) => string | undefined;
  readonly counts: { readonly manifests: number; readonly jobs: number; readonly objects: number };
  /** No errors. */
  readonly ok: boolean;
}

/** The findings in the order in which they are given, and what it comes to; ends with a newline. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: DiagnosticOptions): string {
  switch (options.format) {
    case 'text':
      return renderText(diagnostics, options);
    case 'json':
      return `${json(validateDocument(diagnostics, options), 2)}\n`;
    case 'github':
      return `${[...diagnostics.map((finding) => annotation(finding, options)), verdict(diagnostics, options)].join('\n')}\n`;
    case 'sarif':
      return `${json(renderSarif(diagnostics, options.workspace ?? options.cwd), 2)}\n`;
    default:
      return unreachable(options.format);
  }
}

/** What it takes to show a finding with its line. */
export type FindingOptions = Pick<DiagnosticOptions, 'cwd' | 'color' | 'width' | 'line'>;

/** One finding as lines of text: its place, what it says, the line that it is about, a way out. */
export const findingText = (finding: Diagnostic, options: FindingOptions): string[] =>
  block(finding, options, styles(options.color));

function renderText(diagnostics: readonly Diagnostic[], options: DiagnosticOptions): string {
  const style = styles(options.color);
  const blocks = diagnostics.map((finding) => findingText(finding, options).join('\n'));
  const color = diagnostics.length === 0 ? style.good : options.ok ? style.warning : style.bad;
  return `${[...blocks, color(verdict(diagnostics, options))].join('\n\n')}\n`;
}

function block(finding: Diagnostic, options: FindingOptions, style: Styles): string[] {
  const severity = finding.severity === 'error' ? style.bad : style.warning;
  const related = finding.related ?? [];
  const width = options.width ?? 80;
  const gutter = Math.max(...[finding, ...related].map(({ place }) => String(place.line).length));
  const frameOf = (place: Place, marks: Style): string[] => {
    const text = options.line(place.file, place.line);
    if (text === undefined) return [];
    // Only the first line of a longer range is shown, marked up to where its text ends.
    const to = place.endLine > place.line ? text.trimEnd().length : place.endColumn - 1;
    const shown = frame(text, place.column - 1, to, Math.max(24, width - gutter - 5));
    const bar = style.faint('|');
    return [
      `  ${style.faint(String(place.line).padStart(gutter))} ${bar} ${shown.text}`.trimEnd(),
      `  ${' '.repeat(gutter)} ${bar} ${leading(shown.marks)}${marks(shown.marks.trimStart())}`,
    ];
  };
  const hint = finding.hint === undefined ? [] : wrap(terminal(finding.hint), width - 8);
  return [
    `${style.strong(position(finding.place, options.cwd))} ${severity(finding.severity)} ${style.faint(terminal(finding.code))}`,
    ...wrap(terminal(finding.message), width - 2).map((line) => `  ${line}`),
    ...frameOf(finding.place, severity),
    ...related.flatMap(({ message, place }) => [
      ...note(position(place, options.cwd), terminal(message), width, style),
      ...frameOf(place, style.note),
    ]),
    ...hint.map((line, index) => `  ${index === 0 ? style.active('help:') : '     '} ${line}`),
  ];
}

/** A related place and what it is, on one line where they fit. */
function note(at: string, message: string, width: number, style: Styles): string[] {
  if (widthOf(at) + widthOf(message) + 3 <= width) return [`  ${style.strong(at)} ${message}`];
  return [`  ${style.strong(at)}`, ...wrap(message, width - 2).map((line) => `  ${line}`)];
}

const leading = (marks: string): string => ' '.repeat(marks.length - marks.trimStart().length);

const position = (place: Place, base: string): string =>
  `${terminal(relativeFile(place, base))}:${place.line}:${place.column}`;

const relativeFile = (place: Place, base: string): string => relative(base, place.file) || place.file;

/** `2 errors, 1 warning in 3 manifests`, or what was found to be well. */
function verdict(diagnostics: readonly Diagnostic[], { counts }: DiagnosticOptions): string {
  const manifests = counted(counts.manifests, 'manifest');
  if (diagnostics.length === 0) {
    return `no errors: ${counted(counts.jobs, 'job')} and ${counted(counts.objects, 'object')} in ${manifests}`;
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  return `${parts.join(', ')} in ${manifests}`;
}

function validateDocument(diagnostics: readonly Diagnostic[], { ok, counts, cwd }: DiagnosticOptions): unknown {
  return {
    ok,
    manifests: counts.manifests,
    jobs: counts.jobs,
    objects: counts.objects,
    diagnostics: diagnostics.map((finding) => findingDocument(finding, cwd)),
  };
}

/** One finding as documents have it: lines and columns from 1, files relative to `cwd`. */
export function findingDocument({ code, severity, message, place, hint, related }: Diagnostic, cwd: string) {
  const where = ({ line, column, endLine, endColumn, ...at }: Place) => ({
    file: relativeFile({ line, column, endLine, endColumn, ...at }, cwd),
    ...{ line, column, endLine, endColumn },
  });
  return {
    ...{ code, severity, message },
    ...where(place),
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined
      ? {}
      : { related: related.map((one) => ({ message: one.message, ...where(one.place) })) }),
  };
}

/** A workflow command of GitHub. Its log shows only the message, so the message says the place as well. */
function annotation({ severity, code, message, place, hint, related }: Diagnostic, options: DiagnosticOptions): string {
  const base = options.workspace ?? options.cwd;
  // GitHub takes columns only for a range on one line.
  const columns: [string, string | number][] =
    place.endLine === place.line
      ? [
          ['col', place.column],
          ['endColumn', place.endColumn],
        ]
      : [];
  const properties = [
    ['file', relativeFile(place, base)],
    ['line', place.line],
    ['endLine', place.endLine],
    ...columns,
    ['title', code],
  ].map(([name, value]) => `${name}=${githubProperty(String(value))}`);
  const lines = [
    `${message} (${relativeFile(place, base)}:${place.line}:${place.column})`,
    ...(related ?? []).map(
      (one) => `${relativeFile(one.place, base)}:${one.place.line}:${one.place.column} ${one.message}`,
    ),
    ...(hint === undefined ? [] : [`help: ${hint}`]),
  ];
  return `::${severity} ${properties.join(',')}::${githubData(lines.join('\n'))}`;
}
