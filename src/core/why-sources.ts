/**
 * The sources of a task, one by one: how each stands, what was consumed of it, and which tasks make what is missing,
 * pending or failed. Of a source that gathers, those that matter.
 */
import { objectsIn, versionIn } from './held.js';
import type { ObjectId } from './object.js';
import { fill, match } from './pattern.js';
import { never } from './soonest.js';
import type { Input, ObjectNode, Past, Running, Task } from './state.js';
import type { Phase } from './views.js';
import { type Asking, objectFacts } from './why-facts.js';
import type { WhyGathered, WhySource, WhyTask } from './why-view.js';

/** At most so many objects of a source that gathers are told one by one. */
const most = 5;

export interface Sources {
  readonly sources: readonly WhySource[];
  readonly gathered: readonly WhyGathered[];
}

/** How a task that makes a source is told, or those that would. */
export interface Makers {
  readonly known: (task: Task) => WhyTask;
  readonly wouldBe: (object: ObjectId) => readonly WhyTask[];
  /** For a pattern that nothing matches: source of a job. */
  readonly ofPattern: (job: string, source: number) => readonly WhyTask[];
}

/** The run that a task's sources are compared with: the one in progress, else a failed last one, else the last success. */
export const comparedWith = ({ run, last, success }: Task): Running | Past | undefined =>
  run ?? (last?.outcome === 'failed' ? last : success);

/** What is told of the task's sources. */
export function sourcesOf(asking: Asking, task: Task, phase: Phase, makers: Makers): Sources {
  const sources: WhySource[] = [];
  const gathered: WhyGathered[] = [];
  for (const input of task.inputs) {
    const declared = input.job.job.sources[input.source];
    if (!declared) continue;
    const { pattern, name, trigger, optional } = declared;
    const about = { ...(name === undefined ? {} : { name }), trigger, optional };
    const tell = (node: ObjectNode): WhySource => {
      const blocks = task.job.job.onUpstreamFailure === 'block';
      const because = causes(node, phase, blocks).map(makers.known);
      const facts = objectFacts(asking, node.id, node);
      const would = facts.state === 'absent' && node.writers.size === 0 && isWanting(phase, optional);
      return {
        ...facts,
        ...about,
        ...compared(task, node.id, node.version),
        makers: [...node.writers].slice(0, most).map(({ id }) => id),
        because: would ? makers.wouldBe(node.id) : because,
      };
    };
    const members = [...input.members].filter((node) => node.inputs.length > 0);
    if (members.length === 0) {
      const object = pattern.gathers ? pattern.id : fill(pattern, task.partition);
      const id = object as ObjectId; // an object's, or else one that nothing is called by
      const facts = pattern.gathers
        ? { object, state: 'absent' as const, near: pattern.kind === 'file' ? asking.facts.near({ pattern }) : [] }
        : objectFacts(asking, id, asking.state.objects.get(id));
      const because = !isWanting(phase, optional)
        ? []
        : pattern.gathers
          ? makers.ofPattern(task.job.job.name, input.source)
          : makers.wouldBe(id);
      sources.push({ ...facts, ...about, ...compared(task, id, undefined), makers: [], because });
      continue;
    }
    const chosen = pattern.gathers ? mattering(task, members, phase).slice(0, most) : members;
    sources.push(...chosen.map(tell));
    if (chosen.length < members.length)
      gathered.push({ ...countsOf(task, input), pattern: pattern.text, told: chosen.length });
  }
  return { sources: [...sources, ...goneSince(asking, task, sources)], gathered };
}

/** Does the task want the source, and not have it? */
const isWanting = (phase: Phase, optional: boolean): boolean =>
  !optional && (phase === 'waiting' || phase === 'blocked' || phase === 'failed');

function compared(task: Task, id: ObjectId, version: string | undefined): { consumed?: string; changed: boolean } {
  const run = comparedWith(task);
  const consumed = run && versionIn(run.consumed, id);
  return { ...(consumed === undefined ? {} : { consumed }), changed: run !== undefined && consumed !== version };
}

/** Tasks that make the object and are why its reader is where it is, or is not where it could be. */
function causes(node: ObjectNode, phase: Phase, blocks: boolean): Task[] {
  if (phase === 'running' || phase === 'disabled') return [];
  const isMissing = node.version === undefined && !node.settling && node.trouble === undefined;
  const isCause = (writer: Task): boolean =>
    (phase !== 'held' && blocks && writer.toldFailed) ||
    ((phase === 'held' || phase === 'succeeded') && writer.told !== never) ||
    (phase !== 'succeeded' && isMissing);
  const found = [...node.writers].filter(isCause);
  return found.sort((one, other) => Number(other.toldFailed) - Number(one.toldFailed)).slice(0, most);
}

/** Those that somebody may have to do something about, then those that changed; the rest is only counted. */
function mattering(task: Task, members: readonly ObjectNode[], phase: Phase): ObjectNode[] {
  const run = comparedWith(task);
  const rank = (node: ObjectNode): number => {
    if (phase !== 'held' && node.failed > 0) return 0;
    if (phase !== 'blocked' && node.pending !== undefined) return 1;
    if (node.version === undefined) return 2;
    return run && versionIn(run.consumed, node.id) !== node.version ? 3 : 4;
  };
  const ranked = members.map((node) => [rank(node), node] as const).filter(([at]) => at < 4);
  ranked.sort(([one, a], [other, b]) => one - other || (a.id < b.id ? -1 : 1));
  return ranked.map(([, node]) => node);
}

function countsOf(task: Task, input: Input): Pick<WhyGathered, 'objects' | 'there' | 'changed'> {
  const run = comparedWith(task);
  let changed = 0;
  for (const { id, version } of input.members) if (run && versionIn(run.consumed, id) !== version) changed += 1;
  return { objects: input.members.size, there: input.present, changed };
}

/** Objects that were consumed, and that nobody knows any more. */
function goneSince(asking: Asking, task: Task, told: readonly WhySource[]): WhySource[] {
  const named = new Set(told.map(({ object }) => object));
  const gone: WhySource[] = [];
  const run = comparedWith(task);
  for (const id of (run ? objectsIn(run.consumed) : []) as ObjectId[]) {
    if (named.has(id) || asking.state.objects.has(id) || gone.length >= most) continue;
    const source = task.job.job.sources.find(({ pattern }) => match(pattern, id) !== undefined);
    if (!source) continue;
    const { trigger } = source;
    const near = { near: [], makers: [], because: [] };
    gone.push({ object: id, state: 'absent', ...compared(task, id, undefined), trigger, optional: true, ...near });
  }
  return gone;
}
