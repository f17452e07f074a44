/** `objflow emit`: announces that objects have changed. Needs no running objflow, and disturbs none. */
import { displayName, type ObjectId } from '../core/object.js';
import { isHeld } from '../journal/lock.js';
import { announceObjects, checkNoFile, checkTexts } from '../orchestrator/announce.js';
import { namedObjects, quoted } from '../orchestrator/named.js';
import { isMissing } from '../orchestrator/untaken.js';
import { json, terminal } from '../report/sinks.js';
import { type Context, stateFile } from './context.js';
import { exit, must } from './exit.js';
import { requireMapping } from './mapping.js';
import { say } from './say.js';

export interface EmitOptions {
  readonly format: 'text' | 'json';
  readonly version?: string;
  readonly key?: string;
}

const names = { version: '--version', key: '--key' };

/** Gives the exit status. */
export async function emit(context: Context, texts: readonly string[], options: EmitOptions): Promise<number> {
  const { version, key, format } = options;
  must(checkTexts({ version, key }, names));
  const { mapping } = await requireMapping(context);
  const objects = must(namedObjects(mapping, texts, context.cwd, 'announced', '\nobjflow: '));
  if (version !== undefined) must(checkNoFile(objects, names.version));

  const file = stateFile(context, mapping);
  const { announced, duplicates } = must(announceObjects(file, objects, { version, key }));
  if (format === 'json') context.out.write(`${json({ announced, duplicates }, 2)}\n`);
  else if (!context.options.quiet) context.out.write(textOf(announced, duplicates));
  const missing = announced.filter((object) => isMissing(mapping, object));
  for (const object of missing.slice(0, most))
    say(context, `${quoted(displayName(object))} is not there now: it is looked at when it lands`);
  if (missing.length > most) say(context, `and ${missing.length - most} more are not there now`);
  if (announced.length > 0 && !isHeld(file))
    say(context, 'no daemon holds the state: the next run or watch takes it up');
  return exit.well;
}

/** Files that are not there, one by one. */
const most = 5;

const textOf = (announced: readonly ObjectId[], duplicates: readonly ObjectId[]): string =>
  [
    ...announced.map((object) => `announced ${terminal(displayName(object))}\n`),
    ...duplicates.map((object) => `announced before: ${terminal(displayName(object))}\n`),
  ].join('');
