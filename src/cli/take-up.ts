/** What a command asks of tasks: of whoever holds the state, or on record at once. */
import { askOf as askHolder, type Wanted } from '../orchestrator/take-up.js';
import { eventWords } from '../report/run-words.js';
import type { Context } from './context.js';
import { userError } from './exit.js';
import type { Mapped } from './mapping.js';
import { stateFile } from './state-file.js';

/** Gives whether somebody else was asked; otherwise it is on record. Throws a `UserError` where neither could be. */
export async function askOf(context: Context, mapped: Mapped, wanted: Wanted): Promise<'asked' | 'done'> {
  const asked = await askHolder(stateFile(context, mapped.mapping), mapped, wanted, (told) => {
    const { subject, rest } = eventWords({ ...told, at: 0 });
    context.err.write(`${subject} ${rest}\n`);
  });
  if (!asked.ok) throw userError(asked.error);
  return asked.value;
}
