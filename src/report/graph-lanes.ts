/**
 * In what order the nodes of a picture stand in their columns, so that few edges cross. An edge that passes a column
 * has a lane in it, which all edges of one node share.
 */
import type { Ranks } from './graph-ranks.js';

/** A node's place in its column, or the place where a node's edges pass one. */
export interface Slot {
  readonly node: string;
  readonly rank: number;
  readonly isLane: boolean;
  /** Slots of the column before it, and of the one after it, that an edge joins it with. */
  readonly before: Slot[];
  readonly after: Slot[];
  /** Position in its column, from 0. */
  at: number;
}

export interface Lanes {
  readonly columns: readonly (readonly Slot[])[];
  /** The slots that an edge goes through, first its start, last its end. */
  readonly through: (edge: Ranks['edges'][number]) => readonly Slot[];
}

const sweeps = 12;

/** Nodes in the order given, as far as that costs no crossings. */
export function lanes(nodes: readonly string[], { rankOf, edges }: Ranks): Lanes {
  const columns: Slot[][] = [];
  const slots = new Map<string, Slot[]>();
  /** The slot of a node in the column of this rank, with all that lead to it. */
  const slot = (node: string, rank: number): Slot => {
    const own = slots.get(node) ?? [];
    slots.set(node, own);
    const first = rankOf.get(node) ?? 0;
    let last = own.at(-1);
    for (let next = first + own.length; last === undefined || next <= rank; next++) {
      columns[next] ??= [];
      const column = columns[next] ?? [];
      const made: Slot = { node, rank: next, isLane: next > first, before: [], after: [], at: column.length };
      column.push(made);
      own.push(made);
      if (last !== undefined) join(last, made);
      last = made;
    }
    return own[rank - first] ?? last;
  };
  for (const node of nodes) slot(node, rankOf.get(node) ?? 0);
  for (const { from, to } of edges) join(slot(from, (rankOf.get(to) ?? 0) - 1), slot(to, rankOf.get(to) ?? 0));
  untangle(columns);
  const through = ({ from, to }: { readonly from: string; readonly to: string }): Slot[] => {
    const passed = slots.get(from)?.slice(0, (rankOf.get(to) ?? 0) - (rankOf.get(from) ?? 0)) ?? [];
    return [...passed, slot(to, rankOf.get(to) ?? 0)];
  };
  return { columns, through };
}

function join(one: Slot, other: Slot): void {
  one.after.push(other);
  other.before.push(one);
}

/** Orders each column by the middle of what it is joined with, to and fro; keeps the best order met. */
function untangle(columns: Slot[][]): void {
  let best = columns.map((column) => [...column]);
  let fewest = crossings(columns);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? columns : columns.toReversed()) arrange(column, forth, columns);
    const count = crossings(columns);
    if (count >= fewest) continue;
    fewest = count;
    best = columns.map((column) => [...column]);
  }
  for (const [rank, column] of best.entries()) {
    columns[rank] = column;
    for (const [at, slot] of column.entries()) slot.at = at;
  }
}

/** Places are fractions of a column, because columns are not of one length; what is joined with none keeps its own. */
function arrange(column: Slot[], forth: boolean, columns: readonly (readonly Slot[])[]): void {
  const place = ({ at, rank }: Slot): number => (at + 0.5) / (columns[rank]?.length ?? 1);
  const middle = new Map(
    column.map((slot) => {
      const others = forth ? slot.before : slot.after;
      const sum = others.reduce((total, other) => total + place(other), 0);
      return [slot, others.length === 0 ? place(slot) : sum / others.length];
    }),
  );
  column.sort((one, other) => (middle.get(one) ?? 0) - (middle.get(other) ?? 0));
  for (const [at, slot] of column.entries()) slot.at = at;
}

/** How many pairs of edges cross between neighbouring columns: inversions, counted in a Fenwick tree. */
function crossings(columns: readonly (readonly Slot[])[]): number {
  let count = 0;
  for (const [rank, column] of columns.entries()) {
    const size = columns[rank + 1]?.length ?? 0;
    const tree = new Uint32Array(size + 1);
    let seen = 0;
    for (const { after } of column) {
      // Edges of one slot do not cross one another, so all are counted before any is entered.
      for (const { at } of after) {
        let notBeyond = 0;
        for (let node = at + 1; node > 0; node -= node & -node) notBeyond += tree[node] ?? 0;
        count += seen - notBeyond;
      }
      for (const { at } of after)
        for (let node = at + 1; node <= size; node += node & -node) tree[node] = (tree[node] ?? 0) + 1;
      seen += after.length;
    }
  }
  return count;
}
