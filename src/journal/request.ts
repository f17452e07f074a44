/**
 * A request as documents, and back: what somebody asks of tasks whose state another process holds. Anybody may write one,
 * so nothing in it is believed before it was looked at. Knows nothing of files, nor of what a request leads to.
 */
import { err, ok, type Result } from '../core/result.js';

/** Somebody asks something of tasks, by their names. */
export type Requested =
  | { readonly what: 'retry' | 'reset'; readonly tasks: readonly string[]; readonly at: number }
  | {
      readonly what: 'adopt';
      /** Each with the key of its work as it stood when it was asked. */
      readonly tasks: readonly { readonly task: string; readonly key: string }[];
      /** Milliseconds since 1970, by the clock of whoever made it. */
      readonly at: number;
    };

export const requestFormat = 'objflow-request';

/** The version of the document that this program writes; newer ones are refused. */
const documentVersion = 1;
/** Bytes of names in one document: well below what an inbox reads. */
const most = 48 * 1024;
/** Characters of a task's name: longer than any path. */
const longest = 16 * 1024;

/** Its bytes: several documents where the tasks are many, to be read in their order. */
export function requestDocuments({ what, tasks, at }: Requested): Buffer[] {
  const documents: Buffer[] = [];
  let part: unknown[] = [];
  let size = 0;
  const close = (): void => {
    const document = { format: requestFormat, version: documentVersion, what, tasks: part, at };
    if (part.length > 0) documents.push(Buffer.from(`${JSON.stringify(document)}\n`));
    part = [];
    size = 0;
  };
  for (const task of tasks) {
    const own = Buffer.byteLength(JSON.stringify(task)) + 1;
    if (size + own > most) close();
    part.push(task);
    size += own;
  }
  close();
  return documents;
}

/** What a document of this format asks. Fields that are not known are passed over: a later objflow may add some. */
export function requestedIn({ version, what, tasks, at }: Readonly<Record<string, unknown>>): Result<Requested> {
  if (typeof version === 'number' && version > documentVersion)
    return err(`a newer objflow wrote it (version ${version}); use that one here, too`);
  if (version !== documentVersion) return err('its field "version" is not 1');
  if (typeof at !== 'number' || !Number.isFinite(at)) return err('its field "at" is not a time');
  if (!Array.isArray(tasks)) return err('its field "tasks" is not a list');
  if (what === 'retry' || what === 'reset') {
    const names: readonly unknown[] = tasks;
    if (!names.every(isTask)) return err('its field "tasks" holds what is no name of a task');
    return ok({ what, tasks: names, at });
  }
  if (what !== 'adopt') return err('its field "what" is not retry, reset or adopt');
  const keyed: { readonly task: string; readonly key: string }[] = [];
  for (const each of tasks as readonly unknown[]) {
    if (typeof each !== 'object' || each === null) return err('its field "tasks" holds what is no task with its key');
    const { task, key } = each as Readonly<Record<string, unknown>>; // each is looked at before it is believed
    if (!isTask(task) || typeof key !== 'string' || key === '')
      return err('its field "tasks" holds what is no task with its key');
    keyed.push({ task, key });
  }
  return ok({ what, tasks: keyed, at });
}

/** Of characters that can be shown. */
const isTask = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= longest && /^[^\p{Cc}\p{Cs}]+$/u.test(value);
