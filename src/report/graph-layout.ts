/**
 * Where the boxes and edges of a picture lie: columns from left to right along the data. Edges bend between columns
 * only, and pass a column in a lane of their own, so none goes through a box. Lengths are pixels.
 */
import { type Lanes, lanes, type Slot } from './graph-lanes.js';
import { components, type Edge, ranks } from './graph-ranks.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Route extends Edge {
  /** Pairs: where it leaves a column, where it enters the next. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Box>;
  readonly routes: readonly Route[];
}

export const boxHeight = 26;
const laneHeight = 8;
const spacing = 10;
/** Between columns, at least; more where many edges cross or bend far. */
const gap = 44;
const widestGap = 160;
/** Between parts of the graph that nothing joins. */
const margin = 28;

/** A layout of nodes of these widths. What edges do not join is laid out apart, and packed into rows. */
export function layout(widths: ReadonlyMap<string, number>, edges: readonly Edge[]): Layout {
  const nodes = [...widths.keys()];
  const parts = components(nodes, edges);
  const partOf = new Map(parts.flatMap((part, index) => part.map((node) => [node, index] as const)));
  const own = parts.map((): Edge[] => []);
  for (const edge of edges) own[partOf.get(edge.from) ?? 0]?.push(edge);
  const position = new Map(nodes.map((node, index) => [node, index]));
  const declared = (part: readonly string[]): string[] =>
    part.toSorted((one, other) => (position.get(one) ?? 0) - (position.get(other) ?? 0));
  return pack(parts.map((part, index) => layoutPart(declared(part), own[index] ?? [], widths)));
}

function layoutPart(nodes: readonly string[], edges: readonly Edge[], widths: ReadonlyMap<string, number>): Layout {
  const ranked = ranks(nodes, edges);
  const { columns, through } = lanes(nodes, ranked);
  const middles = align(columns);
  const top = columns.reduce(
    (least, [slot]) => Math.min(least, slot ? (middles.get(slot) ?? 0) - half(slot) : least),
    Number.POSITIVE_INFINITY,
  );
  const middle = (slot: Slot): number => Math.round((middles.get(slot) ?? 0) - top);

  const spans: { readonly left: number; readonly right: number }[] = [];
  let x = 0;
  for (const column of columns) {
    const width = column.reduce((most, { node, isLane }) => (isLane ? most : Math.max(most, widths.get(node) ?? 0)), 0);
    spans.push({ left: x, right: x + width });
    x += width + gapAfter(column, middle);
  }
  const left = (slot: Slot): number => spans[slot.rank]?.left ?? 0;
  const right = (slot: Slot): number => spans[slot.rank]?.right ?? 0;

  const boxes = new Map<string, Box>();
  let height = 0;
  for (const slot of columns.flat()) {
    height = Math.max(height, middle(slot) + half(slot));
    if (slot.isLane) continue;
    const box = { x: left(slot), y: middle(slot) - half(slot), width: right(slot) - left(slot), height: boxHeight };
    boxes.set(slot.node, box);
  }
  const routes = ranked.edges.map((edge): Route => {
    const passed = through(edge);
    const points = passed.flatMap((slot, index) => [
      ...(index === 0 ? [] : [{ x: left(slot), y: middle(slot) }]),
      ...(index === passed.length - 1 ? [] : [{ x: right(slot), y: middle(slot) }]),
    ]);
    return edge.turned ? { from: edge.to, to: edge.from, points: points.toReversed() } : { ...edge, points };
  });
  return { width: spans.at(-1)?.right ?? 0, height, boxes, routes };
}

const half = ({ isLane }: Slot): number => (isLane ? laneHeight : boxHeight) / 2;

/** Wide enough for the edges that cross it not to be walls. */
function gapAfter(column: readonly Slot[], middle: (slot: Slot) => number): number {
  let steepest = 0;
  let bent = 0;
  for (const slot of column)
    for (const other of slot.after) {
      const rise = Math.abs(middle(slot) - middle(other));
      steepest = Math.max(steepest, rise);
      if (rise > boxHeight) bent += 1;
    }
  return Math.round(Math.min(widestGap, gap + steepest / 12 + bent));
}

const passes = 24;

/** The vertical middle of each slot: near what it is joined with, as far as its neighbours in the column let it. */
function align(columns: Lanes['columns']): Map<Slot, number> {
  const middles = new Map<Slot, number>();
  for (const column of columns) {
    let y = 0;
    for (const slot of column) {
      middles.set(slot, y + half(slot));
      y += 2 * half(slot) + spacing;
    }
  }
  for (let pass = 0; pass < passes; pass++) {
    // First along the data, then against it, and at the end by both sides.
    const both = pass >= passes - 4;
    const forth = pass % 2 === 0;
    for (const column of forth ? columns : columns.toReversed()) {
      const wanted = column.map((slot) => {
        const others = both ? [...slot.before, ...slot.after] : forth ? slot.before : slot.after;
        return { slot, ...wish(slot, others, middles) };
      });
      settle(wanted, middles);
    }
  }
  return middles;
}

/** The mean of what it is joined with; a bend in a lane is worse than one between boxes. */
function wish(slot: Slot, others: readonly Slot[], middles: ReadonlyMap<Slot, number>) {
  if (others.length === 0) return { at: middles.get(slot) ?? 0, weight: 0.1 };
  let sum = 0;
  let weight = 0;
  for (const other of others) {
    const pull = slot.isLane && other.isLane ? 8 : slot.isLane || other.isLane ? 2 : 1;
    sum += pull * (middles.get(other) ?? 0);
    weight += pull;
  }
  return { at: sum / weight, weight };
}

interface Block {
  readonly slots: Slot[];
  readonly offsets: number[];
  weight: number;
  /** Where its first slot wants to be, weighted. */
  sum: number;
  length: number;
}

/** Nearest to the wishes in the least squares with room between slots: blocks that would overlap move as one. */
function settle(
  wanted: readonly { readonly slot: Slot; readonly at: number; readonly weight: number }[],
  middles: Map<Slot, number>,
): void {
  const blocks: Block[] = [];
  for (const { slot, at, weight } of wanted) {
    let block: Block = { slots: [slot], offsets: [0], weight, sum: weight * at, length: 0 };
    for (let above = blocks.at(-1); above !== undefined; above = blocks.at(-1)) {
      const last = above.slots.at(-1);
      const first = block.slots[0];
      if (last === undefined || first === undefined) break;
      const apart = above.length + half(last) + spacing + half(first);
      if (above.sum / above.weight + apart <= block.sum / block.weight) break;
      blocks.pop();
      above.slots.push(...block.slots);
      above.offsets.push(...block.offsets.map((offset) => offset + apart));
      above.sum += block.sum - apart * block.weight;
      above.weight += block.weight;
      above.length = apart + block.length;
      block = above;
    }
    blocks.push(block);
  }
  for (const { slots, offsets, sum, weight } of blocks)
    for (const [index, slot] of slots.entries()) middles.set(slot, sum / weight + (offsets[index] ?? 0));
}

/** Parts side by side in rows, the tallest first, as wide together as a screen is in proportion. */
function pack(unsorted: readonly Layout[]): Layout {
  const parts = unsorted.toSorted((one, other) => other.height - one.height);
  const area = parts.reduce((sum, { width, height }) => sum + (width + margin) * (height + margin), 0);
  const widest = parts.reduce((most, { width }) => Math.max(most, width), Math.sqrt(area * 1.8));
  const boxes = new Map<string, Box>();
  const routes: Route[] = [];
  let [x, y, row, width] = [0, 0, 0, 0];
  for (const part of parts) {
    if (x > 0 && x + part.width > widest) [x, y, row] = [0, y + row + margin, 0];
    for (const [node, box] of part.boxes) boxes.set(node, { ...box, x: box.x + x, y: box.y + y });
    for (const { from, to, points } of part.routes)
      routes.push({ from, to, points: points.map((point) => ({ x: point.x + x, y: point.y + y })) });
    row = Math.max(row, part.height);
    width = Math.max(width, x + part.width);
    x += part.width + margin * 2;
  }
  return { width, height: y + row, boxes, routes };
}
