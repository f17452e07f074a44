/**
 * The edges of a job graph, kept as numbers: a mapping has a hundred thousand, and few are ever asked for. Jobs and
 * edges are told by their positions. Knows nothing of why there is an edge.
 */
import type { Job } from './job.js';
import type { ObjectId } from './object.js';
import { witnessOf } from './overlaps.js';

/** A target of one job that overlaps a source of another (or of the same). */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Position among the targets of `from`. */
  readonly target: number;
  /** Position among the sources of `to`. */
  readonly source: number;
  /** An object that both match; worked out when it is asked for. */
  readonly witness: ObjectId;
}

/** What is found by the name of a job, if anything is. */
export interface ByJob<T> {
  get(job: string): T | undefined;
  values(): Iterable<T>;
}

class Meeting implements Edge {
  readonly #jobs: readonly [from: Job, to: Job];
  readonly target: number;
  readonly source: number;

  constructor(from: Job, to: Job, target: number, source: number) {
    this.#jobs = [from, to];
    this.target = target;
    this.source = source;
  }

  get from(): string {
    return this.#jobs[0].name;
  }

  get to(): string {
    return this.#jobs[1].name;
  }

  get witness(): ObjectId {
    const [written, read] = [this.#jobs[0].targets[this.target], this.#jobs[1].sources[this.source]];
    if (written === undefined || read === undefined) throw new Error(`no edge from ${this.from} to ${this.to}`);
    return witnessOf(written.pattern, read.pattern);
  }
}

/** Numbers of an edge: positions of the jobs `from` and `to`, of the target and the source. */
const WIDTH = 4;

/** Edges, which are added job by job as they are fed. */
export class Edges {
  readonly #jobs: readonly Job[];
  #numbers = new Int32Array(256);
  #length = 0;
  /** By the position of a job, the first of the edges that feed it; one more for the end of the last. */
  readonly #fed: Int32Array;
  /** The edges, sorted by the jobs that they come from, and where in them each job's begin. */
  #feeding: { readonly edges: Int32Array; readonly first: Int32Array } | undefined;
  #positions: ReadonlyMap<string, number> | undefined;

  constructor(jobs: readonly Job[]) {
    this.#jobs = jobs;
    this.#fed = new Int32Array(jobs.length + 1);
  }

  /** Notes an edge; all that feed one job before those of the next. */
  add(from: number, to: number, target: number, source: number): void {
    const at = WIDTH * this.#length++;
    if (at === this.#numbers.length) {
      const longer = new Int32Array(2 * at);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[at] = from;
    this.#numbers[at + 1] = to;
    this.#numbers[at + 2] = target;
    this.#numbers[at + 3] = source;
    this.#fed[to + 1] = this.#length;
  }

  /** All have been added. */
  finish(): this {
    this.#numbers = this.#numbers.slice(0, WIDTH * this.#length);
    for (let job = 1; job < this.#fed.length; job++)
      this.#fed[job] = Math.max(this.#fed[job] ?? 0, this.#fed[job - 1] ?? 0);
    return this;
  }

  /** Positions of the jobs, upstream before downstream, otherwise as declared; less those on a circle or below one. */
  order(): readonly number[] {
    const { edges, first } = this.#sorted();
    const open = this.#jobs.map((_, job) => (this.#fed[job + 1] ?? 0) - (this.#fed[job] ?? 0));
    const order: number[] = [];
    for (let job = 0; job < open.length; job++) if (open[job] === 0) order.push(job);
    for (let done = 0; done < order.length; done++) {
      const job = order[done] ?? 0;
      for (let at = first[job] ?? 0, end = first[job + 1] ?? 0; at < end; at++) {
        const to = this.#numbers[WIDTH * (edges[at] ?? 0) + 1] ?? 0;
        const left = (open[to] ?? 0) - 1;
        open[to] = left;
        if (left === 0) order.push(to);
      }
    }
    return order;
  }

  /** By job, for each of its sources the edges that feed it; jobs that nothing feeds are left out. */
  get producers(): ByJob<readonly (readonly Edge[])[]> {
    return this.#byJob((job) => {
      const lists = (this.#jobs[job]?.sources ?? []).map((): Edge[] => []);
      for (let edge = this.#fed[job] ?? 0, end = this.#fed[job + 1] ?? 0; edge < end; edge++)
        lists[this.#numbers[WIDTH * edge + 3] ?? 0]?.push(this.#edge(edge));
      return lists.some(({ length }) => length > 0) ? lists : undefined;
    });
  }

  /** By job, the edges from its targets to those that read them; jobs that feed nothing are left out. */
  get consumers(): ByJob<readonly Edge[]> {
    return this.#byJob((job) => {
      const { edges, first } = this.#sorted();
      const list = edges.subarray(first[job], first[job + 1]);
      return list.length > 0 ? Array.from(list, (edge) => this.#edge(edge)) : undefined;
    });
  }

  #byJob<T>(find: (job: number) => T | undefined): ByJob<T> {
    const all = this.#jobs;
    return {
      get: (name) => {
        this.#positions ??= new Map(all.map((job, at) => [job.name, at]));
        const job = this.#positions.get(name);
        return job === undefined ? undefined : find(job);
      },
      *values() {
        for (let job = 0; job < all.length; job++) {
          const found = find(job);
          if (found !== undefined) yield found;
        }
      },
    };
  }

  #sorted(): { readonly edges: Int32Array; readonly first: Int32Array } {
    if (this.#feeding !== undefined) return this.#feeding;
    const first = new Int32Array(this.#jobs.length + 1);
    for (let at = 0; at < this.#numbers.length; at += WIDTH) count(first, (this.#numbers[at] ?? 0) + 1);
    for (let job = 1; job < first.length; job++) first[job] = (first[job] ?? 0) + (first[job - 1] ?? 0);
    const next = first.slice();
    const edges = new Int32Array(this.#length);
    for (let edge = 0; edge < this.#length; edge++) edges[count(next, this.#numbers[WIDTH * edge] ?? 0)] = edge;
    this.#feeding = { edges, first };
    return this.#feeding;
  }

  #edge(edge: number): Edge {
    const number = (at: number): number => this.#numbers[WIDTH * edge + at] ?? -1;
    const [from, to] = [this.#jobs[number(0)], this.#jobs[number(1)]];
    if (from === undefined || to === undefined) throw new Error(`there is no edge ${edge}`);
    return new Meeting(from, to, number(2), number(3));
  }
}

/** Adds one to a counter; gives what it was. */
function count(counters: Int32Array, at: number): number {
  const was = counters[at] ?? 0;
  counters[at] = was + 1;
  return was;
}
