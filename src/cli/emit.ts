/** `objflow emit`: announces that objects have changed. Needs no running objflow, and disturbs none. */
import { displayName, type ObjectId } from '../core/object.js';
import { isHeld } from '../journal/lock.js';
import { announceObjects, checkNoFile, checkTexts } from '../orchestrator/announce.js';
import { json, terminal } from '../report/sinks.js';
import type { Context } from './context.js';
import { exit, userError } from './exit.js';
import { requireMapping } from './mapping.js';
import { requireObjects } from './named.js';
import { stateFile } from './state-file.js';

export interface EmitOptions {
  readonly format: 'text' | 'json';
  readonly version?: string;
  readonly key?: string;
}

const names = { version: '--version', key: '--key' };

/** Gives the exit status. */
export async function emit(context: Context, texts: readonly string[], options: EmitOptions): Promise<number> {
  const { version, key, format } = options;
  const checked = checkTexts({ version, key }, names);
  if (!checked.ok) throw userError(checked.error);
  const { mapping } = await requireMapping(context);
  const objects = requireObjects(mapping, texts, context.cwd, 'announced');
  const allowed = version === undefined ? checked : checkNoFile(objects, names.version);
  if (!allowed.ok) throw userError(allowed.error);

  const file = stateFile(context, mapping);
  const made = announceObjects(file, objects, { version, key });
  if (!made.ok) throw userError(made.error);
  const { announced, duplicates } = made.value;
  if (format === 'json') context.out.write(`${json({ announced, duplicates }, 2)}\n`);
  else if (!context.options.quiet) context.out.write(textOf(announced, duplicates));
  if (announced.length > 0 && !context.options.quiet && !isHeld(file))
    context.err.write('no daemon holds the state: the next run or watch takes it up\n');
  return exit.well;
}

const textOf = (announced: readonly ObjectId[], duplicates: readonly ObjectId[]): string =>
  [
    ...announced.map((object) => `announced ${terminal(displayName(object))}\n`),
    ...duplicates.map((object) => `announced before: ${terminal(displayName(object))}\n`),
  ].join('');
