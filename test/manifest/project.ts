/** A project's directory for each test, and what manifests in it come to. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Mapping } from '../../src/core/mapping.js';
import { type Loaded, loadMapping } from '../../src/manifest/load.js';
import { rendered } from './render.js';

export let directory: string;

/** To be called by a file of tests: each has a directory of its own. */
export function inProject(): void {
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'objflow-load-')));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
}

export function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
}

/** All that was loaded; fails with what would be printed. */
export async function loaded(files: string | Readonly<Record<string, string>> = {}): Promise<Loaded> {
  write(typeof files === 'string' ? { 'objflow.yaml': files } : files);
  const result = await loadMapping(directory);
  if (!result.ok) throw new Error(await rendered(directory, directory));
  return result.value;
}

/** The mapping alone. */
export const load = async (files: string | Readonly<Record<string, string>>): Promise<Mapping> =>
  (await loaded(files)).mapping;
