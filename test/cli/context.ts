/** What a command is called with, in process: a project of its own, and outlets that keep what they get. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Context, GlobalOptions } from '../../src/cli/context.js';
import { directory } from '../journal/fixtures.js';
import { KeptOutlet } from '../report/story.js';

export interface Called extends Context {
  readonly out: KeptOutlet;
  readonly err: KeptOutlet;
}

/** A project with this manifest, none where it is undefined. Removed after the test. */
export function projectOf(manifest: string | undefined) {
  const root = directory();
  if (manifest !== undefined) writeFileSync(path.join(root, 'objflow.yaml'), manifest);
  const state = path.join(root, '.objflow/state.jsonl');
  mkdirSync(path.join(root, '.objflow/logs'), { recursive: true });
  return {
    root,
    state,
    log: (run: string): string => path.join(root, '.objflow/logs', `${run}.log`),
    /** One call, on no terminal. */
    call(options: GlobalOptions = {}): Called {
      const manifest = path.resolve(root, options.file ?? '.');
      const [out, err] = [new KeptOutlet(), new KeptOutlet()];
      return { options, cwd: root, manifest, out, err, colorOut: false, colorErr: false, width: 100, github: false };
    },
  };
}
