/**
 * What may stand for an argument, by the name that it has in its definition: names of jobs, tags, phases, objects. Reads
 * the mapping without a word, and the state only where the name of a task is being typed.
 */
import path from 'node:path';
import { phases } from '../core/named.js';
import { displayName } from '../core/object.js';
import { isLiteral } from '../core/pattern.js';
import { loadMapping } from '../manifest/load.js';
import { readPresent } from '../orchestrator/present.js';
import { type Context, type GlobalOptions, stateFile } from './context.js';
import { must } from './exit.js';
import type { Mapped } from './mapping.js';

/** A word, and what it is about. */
export interface Candidate {
  readonly text: string;
  readonly about?: string;
}

/** What the mapping at hand has for this argument; nothing where there is no mapping, or one with errors. */
export async function candidatesFor(
  context: Context,
  options: Pick<GlobalOptions, 'directory' | 'file' | 'state'>,
  argument: string,
  typed: string,
): Promise<readonly Candidate[]> {
  const kinds = new Set(argument.split('|'));
  if (!['selector', 'job', 'task', 'object'].some((kind) => kinds.has(kind))) return [];
  const cwd = path.resolve(options.directory ?? '.');
  const loaded = await loadMapping(path.resolve(cwd, options.file ?? '.'));
  if (!loaded.ok) return [];
  const here = { ...context, cwd, options: { ...context.options, ...options } };
  if (kinds.has('selector')) return selectors(here, loaded.value, typed);
  const jobs = kinds.has('job') || kinds.has('task') ? await jobsAndTasks(here, loaded.value, typed) : [];
  return kinds.has('object') ? [...jobs, ...objects(loaded.value, jobs.length === 0)] : jobs;
}

/** In place of the last name of a selector: what stands before it stays. */
async function selectors(context: Context, mapped: Mapped, typed: string): Promise<readonly Candidate[]> {
  const [before = ''] = /^(?:.*,(?![^[\]]*\]))?(?:\d*\+)?/s.exec(typed) ?? [];
  const name = typed.slice(before.length);
  const tags = new Set([...mapped.mapping.jobs.values()].flatMap((job) => job.tags));
  const all: Candidate[] = [
    ...(await jobsAndTasks(context, mapped, name)),
    ...[...tags].map((tag) => ({ text: `tag:${tag}`, about: 'jobs with this tag' })),
    ...phases.map((phase) => ({ text: `state:${phase}`, about: `tasks that are ${phase} now` })),
    ...objects(mapped, false),
  ];
  const [, stem, steps] = /^(.*?)(\+\d*)$/s.exec(name) ?? [];
  const whole = all.filter(({ text }) => text === stem).map(({ text, about }) => candidate(`${text}${steps}`, about));
  return [...all, ...whole].map(({ text, about }) => candidate(before + text, about));
}

async function jobsAndTasks(context: Context, mapped: Mapped, typed: string): Promise<readonly Candidate[]> {
  if (typed.includes('[')) {
    const { state } = must(await readPresent(stateFile(context, mapped.mapping), mapped));
    return [...state.tasks.values()].map(({ id, phase }) => ({ text: id, about: phase }));
  }
  return [...mapped.mapping.jobs.values()].map(({ name, description }) => candidate(name, description));
}

/** As the mapping writes them; `single`: only those that are one object each. */
function objects({ mapping }: Mapped, single: boolean): readonly Candidate[] {
  const patterns = [...mapping.jobs.values()].flatMap(({ sources, targets }) => [...sources, ...targets]);
  const about = new Map<string, string | undefined>();
  for (const { pattern } of patterns) if (!single || isLiteral(pattern)) about.set(displayName(pattern.id), undefined);
  for (const { pattern, description } of mapping.objects)
    if (!single || isLiteral(pattern)) about.set(displayName(pattern.id), description);
  return [...about].map(([text, description]) => candidate(text, description));
}

const candidate = (text: string, about: string | undefined): Candidate =>
  about === undefined ? { text } : { text, about };
