/**
 * Loads a manifest and gives the whole text that `validate` prints about it.
 */
import { readFileSync } from 'node:fs';
import { type Loaded, type LoadFailure, loadMapping } from '../../src/manifest/load.js';
import { renderDiagnostics } from '../../src/report/diagnostics.js';

/** What `validate` prints for this manifest, called in `cwd`. */
export async function rendered(path: string, cwd: string): Promise<string> {
  const loaded = await loadMapping(path);
  const result: Loaded | LoadFailure = loaded.ok ? loaded.value : loaded.error;
  if ('problem' in result) return `${result.message}\n`;
  const { diagnostics, manifests, jobs, objects } = result;
  return renderDiagnostics(diagnostics, {
    format: 'text',
    cwd,
    color: false,
    line,
    counts: { manifests: manifests.length, jobs, objects },
    ok: loaded.ok,
  });
}

function line(file: string, number: number): string | undefined {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[number - 1];
  } catch {
    return undefined; // a directory, or a file that is not there: findings are printed without a line
  }
}
