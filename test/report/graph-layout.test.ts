/** Where boxes and edges lie: nothing overlaps, no edge goes through a box, data flows to the right. */
import { expect, test } from 'vitest';
import { type Box, type Layout, layout } from '../../src/report/graph-layout.js';
import { chances, platform } from './graph-samples.js';

interface Point {
  readonly x: number;
  readonly y: number;
}

const nodesOf = ({ objects, jobs }: ReturnType<typeof platform>): string[] => [
  ...objects.map(({ id }) => id),
  ...jobs.map(({ name }) => `job:${name}`),
];

const widthsOf = (nodes: readonly string[]): Map<string, number> =>
  new Map(nodes.map((node, index) => [node, 60 + ((index * 37) % 180)]));

/** Points along a route, as it is drawn: bends between columns, straight in them. */
function along({ points }: Layout['routes'][number]): Point[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index] ?? to;
    return Array.from({ length: 21 }, (_, step) => {
      const t = step / 20;
      return {
        x: from.x + (to.x - from.x) * (1.5 * t * (1 - t) + t ** 3),
        y: from.y + (to.y - from.y) * t * t * (3 - 2 * t),
      };
    });
  });
}

const within = ({ x, y }: Point, box: Box): boolean =>
  x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;

/** What is wrong with a layout. */
function wrong({ width, height, boxes, routes }: Layout): string[] {
  const faults: string[] = [];
  const all = [...boxes];
  for (const [index, [node, box]] of all.entries()) {
    if (box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height)
      faults.push(`${node} is out`);
    for (const [other, { x, y, width: wide, height: high }] of all.slice(index + 1))
      if (box.x < x + wide && x < box.x + box.width && box.y < y + high && y < box.y + box.height)
        faults.push(`${node} is on ${other}`);
  }
  for (const route of routes) {
    const points = along(route);
    for (const [node, box] of all) {
      if (points.some((point) => within(point, box))) faults.push(`${route.from} → ${route.to} goes through ${node}`);
    }
  }
  return faults;
}

test.each([5, 50, 300])('%i jobs: nothing overlaps, and no edge goes through a box', (size) => {
  const view = platform(size);
  const laid = layout(widthsOf(nodesOf(view)), view.edges);
  expect(laid.boxes.size).toBe(nodesOf(view).length);
  expect(wrong(laid)).toEqual([]);
  for (const { from, to } of view.edges) {
    const [left, right] = [laid.boxes.get(from), laid.boxes.get(to)];
    expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThan(right?.x ?? 0);
    const route = laid.routes.find((one) => one.from === from && one.to === to);
    expect(route?.points[0]).toEqual({ x: (left?.x ?? 0) + (left?.width ?? 0), y: (left?.y ?? 0) + 13 });
    expect(route?.points.at(-1)).toEqual({ x: right?.x, y: (right?.y ?? 0) + 13 });
  }
});

test('any graph: circles, nodes that feed themselves, lone nodes', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const chance = chances(seed);
    const nodes = Array.from({ length: 1 + Math.floor(chance() * 25) }, (_, index) => `n${index}`);
    const node = (): string => nodes[Math.floor(chance() * nodes.length)] ?? '';
    const edges = Array.from({ length: Math.floor(chance() * nodes.length * 2) }, () => ({ from: node(), to: node() }));
    const laid = layout(widthsOf(nodes), edges);
    expect({ seed, wrong: wrong(laid) }).toEqual({ seed, wrong: [] });
    const drawn = (list: readonly { readonly from: string; readonly to: string }[]): string[] =>
      list.map(({ from, to }) => `${from} ${to}`).sort();
    expect(drawn(laid.routes)).toEqual(drawn(edges.filter(({ from, to }) => from !== to)));
  }
});

test('a chain is a straight line, and what joins two stands between them', () => {
  const chain = layout(widthsOf(['a', 'b', 'c']), [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
  ]);
  expect(new Set([...chain.boxes.values()].map(({ y }) => y))).toEqual(new Set([0]));
  const joined = layout(widthsOf(['a', 'b', 'c']), [
    { from: 'a', to: 'c' },
    { from: 'b', to: 'c' },
  ]).boxes;
  expect(joined.get('c')?.y).toBe(((joined.get('a')?.y ?? 0) + (joined.get('b')?.y ?? 0)) / 2);
});

test('edges cross only where they must', () => {
  // Two ladders that were declared in each other's order: laid out, no route crosses another.
  const nodes = Array.from({ length: 12 }, (_, index) => `n${index}`);
  const edges = Array.from({ length: 6 }, (_, index) => ({ from: `n${index}`, to: `n${11 - index}` }));
  const root = edges.map(({ from }) => ({ from: 'root', to: from }));
  const { boxes } = layout(widthsOf(['root', ...nodes]), [...root, ...edges]);
  const order = (list: readonly string[]): string[] =>
    list.toSorted((one, other) => (boxes.get(one)?.y ?? 0) - (boxes.get(other)?.y ?? 0));
  const ends = new Map(edges.map(({ from, to }) => [from, to]));
  expect(order(edges.map(({ to }) => to))).toEqual(order(edges.map(({ from }) => from)).map((from) => ends.get(from)));
});

test('a chain of five thousand, and an edge past all of it, do not overflow the stack', () => {
  const nodes = Array.from({ length: 5_000 }, (_, index) => `n${index}`);
  const edges = nodes.slice(1).map((to, index) => ({ from: `n${index}`, to }));
  const { boxes } = layout(widthsOf(nodes), [...edges, { from: 'n0', to: 'n4999' }]);
  expect(boxes.size).toBe(5_000);
});
