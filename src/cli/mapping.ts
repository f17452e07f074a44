/**
 * Loads the mapping for a command. Every command but `validate` needs one without errors.
 */
import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../core/diagnostic.js';
import { type Counted, loadMapping } from '../manifest/load.js';
import type { Mapped } from '../orchestrator/session.js';
import { type DiagnosticOptions, renderDiagnostics } from '../report/diagnostics.js';
import { terminal } from '../report/sinks.js';
import type { Context } from './context.js';
import { UserError } from './exit.js';

export type { Mapped };

export interface Checked extends Counted {
  /** Undefined where there are errors. */
  readonly loaded: Mapped | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The mapping with all findings; throws a `UserError` where there is no manifest at all. */
export async function checkMapping(context: Context): Promise<Checked> {
  const loaded = await loadMapping(context.manifest);
  if (loaded.ok) return { ...loaded.value, loaded: loaded.value };
  if ('problem' in loaded.error)
    throw new UserError(
      `${terminal(loaded.error.message)}; ${context.options.file === undefined ? '`objflow init` writes one, and --file names another' : 'check what --file names'}`,
    );
  return { ...loaded.error, loaded: undefined };
}

/** The findings in one of the formats. */
export function renderFindings(
  context: Context,
  checked: Checked,
  format: DiagnosticOptions['format'],
  strict = false,
): string {
  const { diagnostics, manifests, jobs, objects } = checked;
  const workspace = process.env.GITHUB_WORKSPACE;
  return renderDiagnostics(diagnostics, {
    format,
    cwd: context.cwd,
    ...(workspace && context.github ? { workspace } : {}),
    color: format === 'text' && context.colorOut,
    width: context.width,
    line: lineReader(),
    counts: { manifests: manifests.length, jobs, objects },
    ok: isFine(checked, strict),
  });
}

/** No errors, and with `strict` no warnings either. */
export const isFine = ({ diagnostics }: Checked, strict: boolean): boolean =>
  diagnostics.every(({ severity }) => severity === 'warning' && !strict);

/** The mapping; where it has errors they are told, and the command ends. */
export async function requireMapping(context: Context): Promise<Mapped> {
  const checked = await checkMapping(context);
  if (checked.loaded) return checked.loaded;
  context.err.write(renderFindings({ ...context, colorOut: context.colorErr }, checked, 'text'));
  throw new UserError('the mapping has errors; nothing was run');
}

/** Gives lines of files. Reads each file once, and only when a finding needs it. */
export function lineReader(): DiagnosticOptions['line'] {
  const files = new Map<string, readonly string[]>();
  return (file, number) => {
    let lines = files.get(file);
    if (!lines) {
      try {
        lines = readFileSync(file, 'utf8').split(/\r?\n/);
      } catch {
        lines = []; // the finding itself says what is wrong with the file
      }
      files.set(file, lines);
    }
    return lines[number - 1];
  };
}
