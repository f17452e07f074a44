/**
 * What the state alone tells, for commands that read the past: they need no mapping, or one that has errors, and also
 * know jobs that are gone from it.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { type Context, stateFile } from './context.js';
import { UserError } from './exit.js';
import type { Mapped } from './mapping.js';
import { checkMapping } from './mapping.js';
import { tellMissingState } from './missing-state.js';

/** Where the state is kept. Throws a `UserError` where there is no project. */
export function recordedIn(context: Context): string {
  const { manifest, options } = context;
  tellMissingState(context);
  if (options.state !== undefined) return stateFile(context, { root: '' });
  const stat = statSync(manifest, { throwIfNoEntry: false });
  const root = stat?.isDirectory() ? manifest : path.dirname(manifest);
  const file = stateFile(context, { root });
  const traces = ['objflow.yaml', 'objflow.yml'].map((name) => path.join(root, name));
  const isProject =
    stat?.isFile() || (stat && [...traces, file].some((one) => statSync(one, { throwIfNoEntry: false })));
  if (!isProject)
    throw new UserError(
      stat
        ? `there is no objflow.yaml in ${root}; \`objflow init\` writes one, and --file names another`
        : `there is no ${manifest}; check what --file names`,
    );
  return file;
}

/** The mapping, or why there is none: no manifest, or one with errors. */
export async function mappingOrWhy(context: Context): Promise<Mapped | string> {
  try {
    return (await checkMapping(context)).loaded ?? 'the mapping has errors, which `objflow validate` shows';
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
