/** The state as it is at this moment, for commands that only read. */
import { type Present, readPresent } from '../orchestrator/present.js';
import type { Context } from './context.js';
import { userError } from './exit.js';
import type { Mapped } from './mapping.js';
import { stateFile } from './state-file.js';

export type { Present };

/** Reads, looks, and decides what would be decided now; starts nothing. Throws a `UserError` where the state cannot be read. */
export async function presentState(context: Context, mapped: Mapped): Promise<Present> {
  const present = await readPresent(stateFile(context, mapped.mapping), mapped);
  if (!present.ok) throw userError(present.error);
  return present.value;
}
