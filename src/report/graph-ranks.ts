/**
 * Which column each node of a picture stands in: upstream before downstream. Knows nothing of sizes and of what a node
 * is.
 */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

export interface Ranks {
  /** By node, from 0. */
  readonly rankOf: ReadonlyMap<string, number>;
  /** Every edge leads to a higher rank. Where edges run in a circle, one of them is turned round. */
  readonly edges: readonly (Edge & { readonly turned: boolean })[];
}

/** As far to the left as its sources allow; what has none stands right before the first that reads it. */
export function ranks(nodes: readonly string[], edges: readonly Edge[]): Ranks {
  const { order, late } = walk(nodes, edges);
  const forward = edges
    .filter(({ from, to }) => from !== to)
    .map(({ from, to }) => (late(from, to) ? { from: to, to: from, turned: true } : { from, to, turned: false }));
  const { below, above } = neighbours(forward);
  const rankOf = new Map<string, number>();
  const rank = (node: string): number => rankOf.get(node) ?? 0;
  for (const node of order) {
    const sources = above.get(node) ?? [];
    rankOf.set(
      node,
      sources.reduce((last, source) => Math.max(last, rank(source) + 1), 0),
    );
  }
  for (const node of order) {
    const readers = below.get(node);
    if (readers === undefined || above.has(node)) continue;
    rankOf.set(
      node,
      readers.reduce((first, reader) => Math.min(first, rank(reader) - 1), Number.POSITIVE_INFINITY),
    );
  }
  return { rankOf, edges: forward };
}

/** Who is next to whom along edges; a node without any has no entry. */
export function neighbours(edges: readonly Edge[]) {
  const below = new Map<string, string[]>();
  const above = new Map<string, string[]>();
  for (const { from, to } of edges) {
    push(below, from, to);
    push(above, to, from);
  }
  return { below, above };
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Depth first: an order in which an edge leads backwards only where it closes a circle. */
function walk(nodes: readonly string[], edges: readonly Edge[]) {
  const { below, above } = neighbours(edges);
  const left: string[] = [];
  const seen = new Set<string>();
  // A stack of our own: a chain may be as long as the mapping.
  for (const root of [...nodes.filter((node) => !above.has(node)), ...nodes]) {
    if (seen.has(root)) continue;
    seen.add(root);
    const path = [{ node: root, next: 0 }];
    for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
      const to = below.get(here.node)?.[here.next++];
      if (to === undefined) {
        left.push(here.node);
        path.pop();
      } else if (!seen.has(to)) {
        seen.add(to);
        path.push({ node: to, next: 0 });
      }
    }
  }
  const order = left.reverse();
  const position = new Map(order.map((node, index) => [node, index]));
  const late = (from: string, to: string): boolean => (position.get(from) ?? 0) > (position.get(to) ?? 0);
  return { order, late };
}

/** Nodes that edges join, in any direction, set by set; in the order of the first of each. */
export function components(nodes: readonly string[], edges: readonly Edge[]): string[][] {
  const { below, above } = neighbours(edges);
  const seen = new Set<string>();
  return nodes.flatMap((root) => {
    if (seen.has(root)) return [];
    seen.add(root);
    const together = [root];
    for (const node of together)
      for (const other of [...(below.get(node) ?? []), ...(above.get(node) ?? [])]) {
        if (seen.has(other)) continue;
        seen.add(other);
        together.push(other);
      }
    return [together];
  });
}
