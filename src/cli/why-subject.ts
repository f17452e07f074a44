/**
 * What `why` was asked about: a job, a task, whether it is known or not, or an object. For a name that is none of them,
 * what was meant, and where a file lies there, what keeps it from being read.
 */
import { tasksOf } from '../core/known.js';
import { markedBy } from '../core/marker.js';
import { displayName, kindOf, nameOf, type ObjectId, objectId } from '../core/object.js';
import { isLiteral, match, parsePattern } from '../core/pattern.js';
import type { JobNode, State, Task } from '../core/state.js';
import { taskName } from '../core/task-name.js';
import { didYouMean } from '../manifest/suggest.js';
import { terminal } from '../report/sinks.js';
import { UserError } from './exit.js';

export type Subject =
  | { readonly kind: 'job'; readonly job: JobNode }
  | { readonly kind: 'task'; readonly task: Task }
  /** A task that would be known if its sources were there. */
  | { readonly kind: 'would-be'; readonly job: JobNode; readonly partition: Readonly<Record<string, string>> }
  | { readonly kind: 'object'; readonly object: ObjectId };

/** What keeps jobs from being about an object, in words that follow its name. `isNever`: that is the whole answer. */
export type NearTo = (object: ObjectId) => { readonly why: string; readonly isNever: boolean } | undefined;

/** Finds what the name stands for; throws a `UserError` where it stands for nothing. */
export function findSubject(state: State, name: string, nearTo: NearTo): Subject {
  const job = state.jobs.get(name);
  if (job) return { kind: 'job', job };
  const task = state.tasks.get(name);
  if (task) return { kind: 'task', task };
  const wouldBe = readTask(state, name);
  if (wouldBe) return wouldBe;
  const parsed = parsePattern(name);
  if (parsed.ok && !isLiteral(parsed.value)) {
    const jobs = aboutPattern(state, parsed.value.id);
    if (jobs[0] && jobs.length === 1) return { kind: 'job', job: jobs[0] };
    if (jobs.length > 1)
      throw new UserError(
        `${quoted(name)} is a pattern that several jobs are about; ask for one of them: ${jobs.map((one) => one.job.name).join(', ')}`,
      );
  }
  if (parsed.ok && isLiteral(parsed.value)) {
    const object = parsed.value.id as ObjectId; // a literal pattern's id is that of its object
    for (const id of [object, asDirectory(object)]) if (isAbout(state, id)) return { kind: 'object', object: id };
    const marked = state.mapping.objects.flatMap((declared) => markedBy(declared, object) ?? [])[0];
    if (marked !== undefined) return { kind: 'object', object: marked };
    const near = nearTo(object);
    if (near?.isNever) return { kind: 'object', object };
    if (near) throw new UserError(`no job reads or writes ${quoted(name)}: it ${terminal(near.why)}`);
  }
  throw new UserError(unknown(state, name));
}

/** The same as a directory. */
const asDirectory = (id: ObjectId): ObjectId => objectId(kindOf(id), `${nameOf(id)}/`);

/** `job[date=2026-11-20]`, of a job that is there, with all its captures. */
function readTask(state: State, name: string): Subject | undefined {
  const [, jobName = '', values = ''] = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name) ?? [];
  const job = state.jobs.get(jobName);
  if (!job) return undefined;
  const partition: Record<string, string> = {};
  for (const pair of values.split(',')) {
    const at = pair.indexOf('=');
    if (at > 0) partition[pair.slice(0, at)] = decode(pair.slice(at + 1));
  }
  const { captures } = job.job;
  const isWhole = captures.length > 0 && captures.every((capture) => (partition[capture] ?? '') !== '');
  if (!isWhole || Object.keys(partition).length !== captures.length) {
    const known = tasksOf(job).map(({ id }) => id);
    const shape = taskName(job.job, Object.fromEntries(captures.map((capture) => [capture, '…'])));
    throw new UserError(
      `no task is called ${quoted(name)}; ${terminal(didYouMean(name, known) ?? `tasks of this job are called ${shape}`)}`,
    );
  }
  const same = state.tasks.get(taskName(job.job, partition));
  return same ? { kind: 'task', task: same } : { kind: 'would-be', job, partition };
}

const decode = (text: string): string =>
  text.replace(/%([\dA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

function isAbout(state: State, object: ObjectId): boolean {
  if (state.objects.has(object) || state.sources.match(object).length > 0) return true;
  // A file is nothing to us because something is said of files like it.
  if (kindOf(object) !== 'file' && state.declarations.match(object).length > 0) return true;
  for (const { job } of state.jobs.values())
    if (job.targets.some(({ pattern }) => match(pattern, object) !== undefined)) return true;
  return false;
}

function* patterns(state: State) {
  for (const { job } of state.jobs.values()) for (const { pattern } of [...job.sources, ...job.targets]) yield pattern;
  for (const { pattern } of state.mapping.objects) yield pattern;
}

/** Jobs that make what the mapping writes like this; where none does, those that read it. */
function aboutPattern(state: State, id: string): JobNode[] {
  const those = (which: 'sources' | 'targets'): JobNode[] =>
    [...state.jobs.values()].filter(({ job }) => job[which].some(({ pattern }) => pattern.id === id));
  const makers = those('targets');
  return makers.length > 0 ? makers : those('sources');
}

function unknown(state: State, name: string): string {
  if (/^(?:tag|state):|^\d*\+|\+\d*$|[*?]/.test(name))
    return `why takes one job, task or object, and ${quoted(name)} is a selector; \`objflow status\` takes it, and lists its tasks`;
  const isObject = /[/:.]/.test(name);
  const what = isObject ? 'no job reads or writes' : 'no job, task or object is called';
  const directory = `${name.replace(/\/$/, '')}/`;
  const inside = [...patterns(state)].find(({ kind, id }) => kind === 'file' && nameOf(id).startsWith(directory));
  if (inside && directory !== '/')
    return `${what} ${quoted(name)}; files in it are written ${quoted(displayName(inside.id))}`;
  const other = otherKind(state, name);
  const close = other ? `did you mean \`${other}\`?` : didYouMean(name, alike(state));
  return `${what} ${quoted(name)}; ${terminal(close ?? '`objflow graph` lists the jobs and what they read and write')}`;
}

/** The same name with the kind before it, or as the end of a longer one. */
function otherKind(state: State, name: string): string | undefined {
  const kinds = new Set([...patterns(state)].map(({ kind }) => kind));
  const ids = [...kinds].map((kind) => objectId(kind, name));
  const found = ids.find((id) => isAbout(state, id));
  if (found !== undefined) return displayName(found);
  const part = new RegExp(`[:./]${name.replace(/[^\w]/g, '\\$&')}(?=$|/)`);
  return [...alike(state)].find((other) => part.test(other));
}

/** Names that could have been meant. */
function* alike(state: State): Iterable<string> {
  yield* state.jobs.keys();
  yield* state.tasks.keys();
  for (const id of state.objects.keys()) yield displayName(id);
  for (const pattern of patterns(state)) yield displayName(pattern.id);
}

const quoted = (text: string): string => `\`${terminal(text)}\``;
