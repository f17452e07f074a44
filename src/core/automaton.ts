/**
 * Finite automata over code points, without empty moves: what they are made of, what two have in common. Knows nothing
 * of patterns. State 0 is the start, and no edge leads back to it.
 */
import { type CharSet, contains, holeCharacters, meet, negate, single } from './charset.js';

export interface Edge {
  readonly set: CharSet;
  readonly to: number;
}

export interface Machine {
  readonly edges: readonly (readonly Edge[])[];
  readonly accepting: readonly boolean[];
  /** For each state, which marked part of the whole a character that leads here belongs to; 0 for none. */
  readonly marks: readonly number[];
}

/** A machine in the making. */
export interface Draft {
  readonly edges: Edge[][];
  readonly marks: number[];
}

/** A part of a draft: how to enter it, where it may end. */
export interface Fragment {
  readonly empty: boolean;
  readonly first: readonly Edge[];
  readonly last: readonly number[];
}

export const newDraft = (): Draft => ({ edges: [[]], marks: [0] });

/** What matches the empty text only. */
export const nothing: Fragment = { empty: true, first: [], last: [] };

function newState(draft: Draft, mark: number): number {
  draft.marks.push(mark);
  return draft.edges.push([]) - 1;
}

function link(draft: Draft, from: readonly number[], first: readonly Edge[]): void {
  for (const state of from) for (const edge of first) draft.edges[state]?.push(edge);
}

/** One character of the set. */
export function symbol(draft: Draft, set: CharSet): Fragment {
  const to = newState(draft, 0);
  return { empty: false, first: [{ set, to }], last: [to] };
}

/** One, then the other. */
export function sequence(draft: Draft, one: Fragment, other: Fragment): Fragment {
  if (one === nothing) return other;
  link(draft, one.last, other.first);
  return {
    empty: one.empty && other.empty,
    first: one.empty ? [...one.first, ...other.first] : one.first,
    last: other.empty ? [...one.last, ...other.last] : other.last,
  };
}

/** One of them. */
export const either = (parts: readonly Fragment[]): Fragment => ({
  empty: parts.some((part) => part.empty),
  first: parts.flatMap((part) => part.first),
  last: parts.flatMap((part) => part.last),
});

/** Once or more. */
export function repeated(draft: Draft, part: Fragment): Fragment {
  link(draft, part.last, part.first);
  return part;
}

/** It, or nothing at all. */
export const optional = (part: Fragment): Fragment => ({ ...part, empty: true });

/** A whole machine as a part, its states marked. */
export function embed(draft: Draft, machine: Machine, mark: number): Fragment {
  const offset = draft.edges.length - 1;
  for (let state = 1; state < machine.edges.length; state++) newState(draft, mark);
  const moved = (state: number): Edge[] =>
    (machine.edges[state] ?? []).map(({ set, to }) => ({ set, to: to + offset }));
  const last: number[] = [];
  for (let state = 1; state < machine.edges.length; state++) {
    draft.edges[state + offset] = moved(state);
    if (machine.accepting[state]) last.push(state + offset);
  }
  return { empty: machine.accepting[0] ?? false, first: moved(0), last };
}

/** The draft as a machine for this one part; the draft is used up. */
export function finish(draft: Draft, part: Fragment): Machine {
  const accepting = draft.edges.map(() => false);
  accepting[0] = part.empty;
  for (const state of part.last) accepting[state] = true;
  draft.edges[0] = [...part.first];
  return { edges: draft.edges, accepting, marks: draft.marks };
}

/** Exactly this text. */
export function only(text: string): Machine {
  const draft = newDraft();
  let part = nothing;
  for (const char of text) part = sequence(draft, part, symbol(draft, single(char.codePointAt(0) ?? 0)));
  return finish(draft, part);
}

/** Every text that a hole may stand for, but these. */
export function except(words: readonly string[]): Machine {
  const children: Map<number, number>[] = [new Map()];
  const accepting = [true];
  for (const word of words) {
    let state = 0;
    for (const char of word) {
      const point = char.codePointAt(0) ?? 0;
      let next = children[state]?.get(point);
      if (next === undefined) {
        next = children.push(new Map()) - 1;
        accepting.push(true);
        children[state]?.set(point, next);
      }
      state = next;
    }
    accepting[state] = false;
  }
  const sink = children.length;
  const edges = children.map((after): Edge[] => {
    const taken = [...after.keys()].map(single);
    const rest = taken.reduce((left, set) => meet(left, negate(set)), holeCharacters);
    return [{ set: rest, to: sink }, ...[...after].map(([point, to]) => ({ set: single(point), to }))];
  });
  edges.push([{ set: holeCharacters, to: sink }]);
  return { edges, accepting: [...accepting, true], marks: edges.map(() => 0) };
}

/** The same texts, but for those that begin with one of the set. */
export const notStartingWith = (machine: Machine, set: CharSet): Machine => {
  const allowed = negate(set);
  const start = (machine.edges[0] ?? []).map((edge) => ({ set: meet(edge.set, allowed), to: edge.to }));
  return { ...machine, edges: [start.filter((edge) => edge.set.length > 0), ...machine.edges.slice(1)] };
};

/** The texts of both; marks are those of the first. */
export function both(one: Machine, other: Machine): Machine {
  const width = other.edges.length;
  const numbers = new Map<number, number>([[0, 0]]);
  const pairs = [0];
  const edges: Edge[][] = [];
  for (const pair of pairs) {
    const here: Edge[] = [];
    for (const a of one.edges[Math.floor(pair / width)] ?? []) {
      for (const b of other.edges[pair % width] ?? []) {
        const set = meet(a.set, b.set);
        if (set.length === 0) continue;
        const key = a.to * width + b.to;
        let to = numbers.get(key);
        if (to === undefined) {
          to = pairs.push(key) - 1;
          numbers.set(key, to);
        }
        here.push({ set, to });
      }
    }
    edges.push(here);
  }
  return trimmed({
    edges,
    accepting: pairs.map((pair) => (one.accepting[Math.floor(pair / width)] && other.accepting[pair % width]) ?? false),
    marks: pairs.map((pair) => one.marks[Math.floor(pair / width)] ?? 0),
  });
}

/** Without the edges from which no text can be completed. */
function trimmed(machine: Machine): Machine {
  const before: number[][] = machine.edges.map(() => []);
  machine.edges.forEach((edges, from) => {
    for (const { to } of edges) before[to]?.push(from);
  });
  const useful = machine.accepting.flatMap((accepts, state) => (accepts ? [state] : []));
  const seen = new Set(useful);
  for (const state of useful) {
    for (const from of before[state] ?? []) {
      if (!seen.has(from)) useful.push(from);
      seen.add(from);
    }
  }
  return { ...machine, edges: machine.edges.map((edges) => edges.filter(({ to }) => seen.has(to))) };
}

/** Whether no text at all is accepted. The machine comes from `both`. */
export const isEmpty = (machine: Machine): boolean => machine.edges[0]?.length === 0 && !machine.accepting[0];

/** The states after one more character; none: no text goes on like this. */
export function advance(machine: Machine, states: readonly number[], point: number): number[] {
  const next = new Set<number>();
  for (const state of states) {
    for (const edge of machine.edges[state] ?? []) if (contains(edge.set, point)) next.add(edge.to);
  }
  return [...next].sort((one, other) => one - other);
}
