/**
 * What one name in a selector stands for: jobs, which the mapping alone tells, or tasks, for which a state has to be
 * asked. A job first, then a tag or a phase, a task, an object.
 *
 * An object stands for what writes it; when nothing does, for what reads it. Written as the mapping writes it, these are
 * jobs; any other object, or a pattern of one's own, stands for the tasks that have to do with it now.
 */
import type { JobGraph } from './graph.js';
import type { Mapping } from './mapping.js';
import { asObjectId } from './object.js';
import { OverlapIndex } from './overlaps.js';
import { isLiteral, match, type Pattern, parsePattern } from './pattern.js';
import { err, ok, type Result } from './result.js';
import { matchesGlob } from './selector.js';
import type { ObjectNode, State, Task } from './state.js';
import type { Phase } from './views.js';

/** A name that stands for nothing, and what it was taken for. `absent`: an object that jobs are about, and is not there. */
export interface NotKnown {
  readonly what: 'nothing' | 'job' | 'tag' | 'phase' | 'task' | 'object' | 'absent';
  readonly name: string;
}

/** Names of jobs, or what finds the tasks in a state. */
export type Named = readonly string[] | ((state: State) => Result<readonly Task[], NotKnown>);

/** All phases, in the order in which they are told. */
export const phases: readonly Phase[] = [
  'waiting',
  'held',
  'blocked',
  'ready',
  'running',
  'succeeded',
  'failed',
  'disabled',
];

/** Finds what names stand for in one mapping. */
export class Names {
  readonly #mapping: Pick<Mapping, 'jobs'>;
  readonly #graph: JobGraph;
  #index: OverlapIndex<string> | undefined;

  constructor(mapping: Pick<Mapping, 'jobs'>, graph: JobGraph) {
    this.#mapping = mapping;
    this.#graph = graph;
  }

  find(name: string): Result<Named, NotKnown> {
    if (name === '') return err({ what: 'nothing', name });
    const jobs = this.#jobs(name);
    if (jobs.length > 0) return ok(jobs);
    if (name.startsWith('tag:')) return this.#tagged(name.slice(4));
    if (name.startsWith('state:')) return inPhase(name.slice(6));
    const task = /^([^[\]]+)\[[^[\]]*\]$/.exec(name);
    if (task && this.#jobs(task[1] ?? '').length > 0) return ok(taskNamed(name));
    const written = this.written(name);
    if (written) return ok(written);
    const pattern = parsePattern(name);
    if (pattern.ok && this.#isAbout(pattern.value)) return ok(around(pattern.value, name));
    return err({ what: task ? 'task' : /[/:{]/.test(name) ? 'object' : 'job', name });
  }

  /** Jobs that write what the mapping writes like this, or else read it; undefined where it writes nothing like it. */
  written(name: string): readonly string[] | undefined {
    const parsed = parsePattern(name);
    const id = parsed.ok ? parsed.value.id : name;
    const isIt = ({ pattern }: { readonly pattern: Pattern }): boolean => pattern.text === name || pattern.id === id;
    const writers: string[] = [];
    const feeders: string[] = [];
    const readers: string[] = [];
    for (const job of this.#mapping.jobs.values()) {
      if (job.targets.some(isIt)) writers.push(job.name);
      for (const [at, source] of job.sources.entries()) {
        if (!isIt(source)) continue;
        readers.push(job.name);
        for (const { from } of this.#graph.producers.get(job.name)?.[at] ?? []) feeders.push(from);
      }
    }
    return [writers, feeders, readers].find((jobs) => jobs.length > 0);
  }

  #jobs(glob: string): readonly string[] {
    if (this.#mapping.jobs.has(glob)) return [glob];
    return glob.includes('*') ? [...this.#mapping.jobs.keys()].filter((job) => matchesGlob(glob, job)) : [];
  }

  #tagged(tag: string): Result<Named, NotKnown> {
    const jobs = [...this.#mapping.jobs.values()].filter(({ tags }) => tags.some((one) => matchesGlob(tag, one)));
    return jobs.length > 0 ? ok(jobs.map(({ name }) => name)) : err({ what: 'tag', name: tag });
  }

  /** Is there an object that it matches, and that some job reads or writes? */
  #isAbout(pattern: Pattern): boolean {
    this.#index ??= new OverlapIndex(
      [...this.#mapping.jobs.values()].flatMap(({ name, sources, targets }) =>
        [...sources, ...targets].map((one) => [one.pattern, name] as const),
      ),
    );
    return this.#index.of(pattern).length > 0;
  }
}

function inPhase(text: string): Result<Named, NotKnown> {
  if (!phases.some((phase) => phase === text)) return err({ what: 'phase', name: text });
  return ok((state) => ok([...state.tasks.values()].filter(({ phase }) => phase === text)));
}

/** A task of this very name first, for a value may hold a star. Where the name has stars, none is an answer too. */
const taskNamed =
  (name: string): Named =>
  (state) => {
    const task = state.tasks.get(name);
    if (task) return ok([task]);
    if (name.includes('*')) return ok([...state.tasks.values()].filter(({ id }) => matchesGlob(name, id)));
    return err({ what: 'task', name });
  };

/** Tasks that write what the pattern matches, or else read it. */
const around =
  (pattern: Pattern, name: string): Named =>
  (state) => {
    const tasks = (node: ObjectNode): readonly Task[] =>
      node.writers.size > 0 ? [...node.writers] : node.inputs.flatMap((input) => [...input.tasks]);
    if (!isLiteral(pattern))
      return ok([...state.objects.values()].filter(({ id }) => match(pattern, id) !== undefined).flatMap(tasks));
    const node = state.objects.get(asObjectId(pattern.id));
    return node ? ok(tasks(node)) : err({ what: 'absent', name });
  };
