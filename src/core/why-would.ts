/**
 * Tasks that nobody knows yet, because their sources never came: what would make an object, and what that waits for in
 * its turn. It follows from the mapping alone.
 */
import { displayName, kindOf, type ObjectId } from './object.js';
import { fill, match, type Partition } from './pattern.js';
import type { JobNode } from './state.js';
import { taskName } from './task-name.js';
import type { Reason } from './views.js';
import { type Asking, objectFacts } from './why-facts.js';
import { enable, missing } from './why-next.js';
import type { WhyGathered, WhySource, WhyTask } from './why-view.js';

/** At most so many jobs that could make one thing. */
const most = 5;

/** What could make an object that no known task makes. */
export function wouldMake(asking: Asking, object: ObjectId): WhyTask[] {
  return asking.targets
    .match(object)
    .slice(0, most)
    .map(({ value, captures }) => wouldBe(asking, value, captures));
}

/** What could make something that this source's pattern matches. */
export function wouldFeed(asking: Asking, job: string, source: number): WhyTask[] {
  const edges = asking.facts.graph.producers.get(job)?.[source] ?? [];
  const makers = new Set(edges.map(({ from }) => from));
  return [...makers].slice(0, most).flatMap((name) => {
    const node = asking.state.jobs.get(name);
    return node ? [wouldBe(asking, node, {})] : [];
  });
}

/** The job's task for these values, as it would be; where not all are given, any of those. */
export function wouldBe(asking: Asking, node: JobNode, values: Partition): WhyTask {
  const { job } = node;
  const isWhole = job.captures.every((name) => Object.hasOwn(values, name));
  const task = isWhole ? taskName(job, values) : job.name;
  const about = { task, job: job.name, partition: values };
  const nothing = { reasons: [], sources: [], gathered: [], because: [] };
  if (asking.left <= 0) return { ...about, ...nothing, ends: 'cut', next: { do: 'ask', task } };
  asking.left -= 1;
  if (!job.enabled) {
    const reasons: Reason[] = [{ code: 'disabled', message: 'the job says enabled: false' }];
    return { ...about, ...nothing, reasons, next: enable(asking.state, job) };
  }
  const sources: WhySource[] = [];
  const gathered: WhyGathered[] = [];
  for (const [at, { pattern, name, trigger, optional }] of job.sources.entries()) {
    const said = { ...(name === undefined ? {} : { name }), trigger, optional, changed: false, makers: [] };
    const isOne = !pattern.gathers && pattern.captures.every((capture) => Object.hasOwn(values, capture));
    if (isOne) {
      const id = fill(pattern, values);
      const known = asking.state.objects.get(id);
      const facts = objectFacts(asking, id, known);
      const because = facts.state === 'absent' && !optional ? wouldMake(asking, id) : [];
      sources.push({ ...facts, ...said, because });
      continue;
    }
    const { objects, there } = fitting(node, at, values);
    if (objects > 0) gathered.push({ pattern: pattern.text, objects, there, changed: 0, told: 0 });
    else {
      const near = kindOf(pattern.id) === 'file' ? asking.facts.near({ pattern }) : [];
      const because = optional ? [] : wouldFeed(asking, job.name, at);
      sources.push({ object: pattern.id, state: 'absent', near, ...said, because });
    }
  }
  const lacking = sources.filter(({ state, optional }) => state !== 'there' && !optional);
  const reasons = lacking.map(({ object }): Reason => {
    const isPattern = job.sources.some(({ pattern }) => pattern.id === object) && /[{*?]/.test(object);
    const message = isPattern ? `nothing matches ${displayName(object)} yet` : `waits for ${displayName(object)}`;
    return { code: 'source-missing', message, object };
  });
  if (lacking.length === 0)
    reasons.push({ code: 'source-missing', message: 'its sources are there, and share no values of their captures' });
  return {
    ...about,
    reasons,
    sources,
    gathered,
    because: [],
    next: missing(sources) ?? { do: 'agree', job: job.name },
  };
}

/** Known objects of a source that agree with these values. */
function fitting(node: JobNode, source: number, values: Partition): { objects: number; there: number } {
  const pattern = node.job.sources[source]?.pattern;
  let objects = 0;
  let there = 0;
  for (const input of node.inputs[source]?.values() ?? [])
    if (Object.entries(input.values).every(([name, value]) => (values[name] ?? value) === value))
      for (const { id, version } of input.members) {
        if (!pattern || match(pattern, id) === undefined) continue;
        objects += 1;
        if (version !== undefined) there += 1;
      }
  return { objects, there };
}
