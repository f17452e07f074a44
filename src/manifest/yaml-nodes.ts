/**
 * Walks the nodes of a YAML document into plain data, with budgets: nesting, and what aliases expand to. Knows YAML's
 * nodes, and nothing of what a manifest means.
 */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Range,
} from 'yaml';
import type { Diagnostic } from '../core/diagnostic.js';
import { declaredTwice, error, quote } from './finding.js';
import type { ManifestText } from './text.js';
import { child as childOf, type Data, type DataMap, newMap, type Path, type Spot, type Spots } from './tree.js';

/** Levels of nesting, aliases followed. */
export const deepest = 64;
/** Nodes that aliases may stand for, all together. What is written out is bounded by the size of the file. */
const mostAliased = 1_000_000;

export interface ReadNodes {
  readonly data: Data;
  readonly spots: Spots;
  readonly findings: readonly Diagnostic[];
}

/** What was read of a node: its data, how many nodes it is made of, how many levels. */
interface Part {
  readonly data: Data;
  readonly size: number;
  readonly height: number;
}

const declarations = new Map([
  ['jobs', 'job'],
  ['objects', 'object'],
  ['pools', 'pool'],
]);
const nothing: Part = { data: null, size: 1, height: 0 };
const ownTags = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`));
const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && typeof key.value === 'symbol' && key.value.description === '<<';

/** Reads a whole document. Findings: duplicate keys, keys that are no text, unknown tags, aliases that are endless or too many. */
export function readNodes(source: ManifestText, document: Document.Parsed): ReadNodes {
  const spots = new Map<DataMap | readonly Data[], Map<string, Spot>>();
  const findings: Diagnostic[] = [];
  const anchors = new Map<string, Part | 'open'>();
  const codes = new Set<string>();
  let aliased = 0;
  /** The top-level key that is being read. */
  let section = '';

  const complain = (code: string, message: string, node: { range?: Range | null | undefined }, hint?: string) => {
    const [start, end] = node.range ?? [0, 0];
    findings.push(error(code, message, source.place(start, end), { hint }));
  };
  /** For what would be said over and over of one mistake. */
  const complainOnce: typeof complain = (code, ...rest) => {
    if (!codes.has(code)) complain(code, ...rest);
    codes.add(code);
  };

  function read(node: Node | null | undefined, depth: number): Part {
    if (!node) return nothing;
    if (isAlias(node)) return readAlias(node.source, node, depth);
    if (depth > deepest) {
      complainOnce('too-deep', `the manifest nests deeper than ${deepest} levels`, node, 'no manifest needs to');
      return nothing;
    }
    if (node.tag !== undefined && !ownTags.has(node.tag)) {
      complain(
        'unknown-tag',
        `the tag ${quote(node.tag.replace('tag:yaml.org,2002:', '!!'))} means nothing here`,
        node,
        'remove it',
      );
      return nothing;
    }
    const anchor = node.anchor;
    if (anchor !== undefined) anchors.set(anchor, 'open');
    const part = isMap(node) ? readMap(node, depth) : isSeq(node) ? readSeq(node, depth) : readScalar(node);
    if (anchor !== undefined) anchors.set(anchor, part);
    return part;
  }

  function readAlias(name: string, node: Node, depth: number): Part {
    const part = anchors.get(name);
    if (part === undefined) {
      complain(
        'unknown-alias',
        `there is no anchor ${quote(`&${name}`)} before this alias`,
        node,
        `put &${name} before the value that is meant`,
      );
      return nothing;
    }
    if (part === 'open') {
      complain(
        'endless-alias',
        `the alias ${quote(`*${name}`)} stands for a value that holds it`,
        node,
        'write the value out',
      );
      return nothing;
    }
    aliased += part.size;
    if (aliased > mostAliased || depth + part.height > deepest) {
      complainOnce(
        'too-many-aliases',
        'aliases of aliases expand to more than a manifest can hold',
        node,
        'write out what is meant',
      );
      return nothing;
    }
    return part;
  }

  function readScalar(node: Node): Part {
    const value: unknown = isScalar(node) ? node.value : null;
    if (value === null || typeof value === 'boolean' || typeof value === 'number')
      return { data: value, size: 1, height: 0 };
    if (typeof value !== 'string') return { ...nothing, data: String(value) };
    if (value.includes('\0'))
      complain('nul', 'the text holds a NUL character, which no command can be given', node, 'remove \\0 from it');
    if (/\p{Surrogate}/u.test(value))
      complain(
        'bad-text',
        'the text holds half of a character (a lone surrogate)',
        node,
        'remove or complete the \\u escape',
      );
    return { data: value, size: 1, height: 0 };
  }

  function readSeq(node: { items: unknown[] }, depth: number): Part {
    const list: Data[] = [];
    const places = new Map<string, Spot>();
    let [size, height] = [1, 0];
    for (const item of node.items) {
      const child = item as Node | null; // a parsed list holds nodes only
      const part = read(child, depth + 1);
      places.set(String(list.length), { value: spotOf(child) });
      list.push(part.data);
      size += part.size;
      height = Math.max(height, part.height + 1);
    }
    spots.set(list, places);
    return { data: list, size, height };
  }

  function readMap(node: { items: Pair[] }, depth: number): Part {
    const map = newMap();
    const places = new Map<string, Spot>();
    const merges: Part[] = [];
    let [size, height] = [1, 0];
    for (const pair of node.items) {
      const [keyNode, valueNode] = [pair.key as Node, pair.value as Node | null]; // a parsed map holds nodes only
      const key = isMergeKey(keyNode) ? undefined : keyText(keyNode);
      if (depth === 1) section = key ?? '';
      const part = read(valueNode, depth + 1);
      size += part.size;
      height = Math.max(height, part.height + 1);
      if (isMergeKey(keyNode)) {
        merges.push(...mergeable(part, keyNode));
        continue;
      }
      if (key === undefined) continue;
      const first = places.get(key);
      if (first?.key !== undefined) {
        const what = depth === 2 ? (declarations.get(section) ?? 'key') : 'key';
        findings.push(declaredTwice(what, key, source.place(...spotOf(keyNode)), source.place(...first.key)));
        continue;
      }
      map[key] = part.data;
      const value = valueNode?.range ? spotOf(valueNode) : spotOf(keyNode);
      places.set(key, { key: spotOf(keyNode), value });
    }
    for (const { data } of merges) merge(map, places, data);
    spots.set(map, places);
    return { data: map, size, height };
  }

  /** What `<<` takes in: a map, or a list of maps. */
  function mergeable(part: Part, at: Node): Part[] {
    if (part === nothing) return []; // an alias that was complained about
    const list = Array.isArray(part.data) ? part.data : [part.data];
    if (list.every((data) => typeof data === 'object' && data !== null && !Array.isArray(data)))
      return list.map((data) => ({ ...part, data }));
    complain('bad-merge', '<< takes in a map, or a list of maps', at, 'write <<: *anchor');
    return [];
  }

  /** Keys that the map has itself, and keys of earlier maps, count. */
  function merge(map: Record<string, Data>, places: Map<string, Spot>, from: Data) {
    if (typeof from !== 'object' || from === null || Array.isArray(from)) return;
    const fromMap = from as DataMap; // neither a list nor a scalar
    for (const [key, spot] of spots.get(fromMap) ?? []) {
      if (places.has(key)) continue;
      map[key] = fromMap[key] ?? null;
      places.set(key, spot);
    }
  }

  /** A key as it was written: `012` and `no` are names like any other. */
  function keyText(node: Node): string | undefined {
    if (isScalar(node) && typeof node.value === 'string') return readScalar(node).data as string; // a text stays a text
    if (isScalar(node) && node.value !== null) return source.text.slice(...spotOf(node));
    const message = isAlias(node) ? 'an alias cannot be a key' : 'a key is a plain word or quoted text';
    complain('bad-key', message, node, 'write the key out; quote what holds braces, brackets or a star');
    return undefined;
  }

  const { data } = read(document.contents, 1);
  const of = (path: Path): Spot | undefined => {
    const around = path.slice(0, -1).reduce(childOf, data);
    return typeof around === 'object' && around !== null ? spots.get(around)?.get(String(path.at(-1))) : undefined;
  };
  return { data, spots: { of }, findings };
}

/** Where a node stands. What is written in lines of its own ends with its last part, not with comments behind that. */
function spotOf(node: Node | null): [number, number] {
  const start = node?.range?.[0] ?? 0;
  let last: unknown = node;
  while (isCollection(last) && !last.flow && last.items.length > 0) {
    const item: unknown = last.items.at(-1);
    last = isPair(item) ? (item.value ?? item.key) : item;
  }
  return [start, isNode(last) ? (last.range?.[1] ?? 0) : 0];
}
