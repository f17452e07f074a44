/**
 * Which patterns match an object, in time that does not grow with the number of patterns that do not: a trie over
 * segments. The same trie guides the walk over directories.
 */

import { type Affixes, added, type Ends, found } from './affixes.js';
import { hasUnprintable } from './charset.js';
import { execute } from './matcher.js';
import { kindOf, type ObjectId } from './object.js';
import { match, type Partition, type Pattern } from './pattern.js';
import { type Languages, namesIn, segmentOf } from './pattern-shape.js';
import { type Program, segmentProgram } from './program.js';
import { isHidden, type Wild } from './segment.js';

export interface Matched<T> {
  readonly value: T;
  readonly captures: Partition;
}

/** Where a walk stands: the patterns that a path so far may still become. */
export interface Walk {
  /** No pattern goes on below. */
  readonly dead: boolean;
  /** Names that the next segment must be one of, where every pattern here goes on with a literal: no listing is needed. */
  readonly literals: readonly string[] | undefined;
  /** After one more segment. */
  enter(segment: string): Walk;
  /** Some pattern may end with this segment: a file of this name is wanted. */
  wants(segment: string): boolean;
  /** Some pattern may end here: the path so far is wanted. */
  readonly ends: boolean;
}

interface Entry<T> {
  readonly pattern: Pattern;
  readonly value: T;
  /** Position in the order of addition. */
  readonly index: number;
}

interface Node<T> {
  literals: Map<string, Node<T>> | undefined;
  wilds: Affixes<Branch<T>> | undefined;
  wildByKey: Map<string, Branch<T>> | undefined;
  /** After `**`: reached without a segment. */
  deep: Node<T> | undefined;
  /** It stands after `**`, and takes any directory without moving on. */
  readonly stays: boolean;
  entries: Entry<T>[] | undefined;
}

/** A segment with holes. What it is made of is worked out when a name may match it. */
interface Branch<T> extends Ends {
  readonly name: string;
  readonly languages: Languages;
  readonly node: Node<T>;
  program: Program | undefined;
}

const newNode = <T>(stays: boolean): Node<T> => ({
  literals: undefined,
  wilds: undefined,
  wildByKey: undefined,
  deep: undefined,
  stays,
  entries: undefined,
});

/** Patterns with a value each; one pattern may be added several times. */
export class PatternIndex<T> {
  /** By kind; absolute paths apart, under `file:/`. */
  readonly #roots = new Map<string, Node<T>>();
  #size = 0;

  /** Adds a pattern; costs what its segments cost. */
  add(pattern: Pattern, value: T): void {
    const key = pattern.root === '/' ? 'file:/' : pattern.kind;
    let node = this.#roots.get(key);
    if (node === undefined) {
      node = newNode(false);
      this.#roots.set(key, node);
    }
    for (const name of namesIn(pattern)) node = child(node, name, pattern.languages);
    const entry = { pattern, value, index: this.#size++ };
    // Not pushed into an empty list, which would get room for sixteen others
    if (node.entries === undefined) node.entries = [entry];
    else node.entries.push(entry);
  }

  /** Every pattern that matches, in the order of addition. */
  match(id: ObjectId): readonly Matched<T>[] {
    const kind = kindOf(id);
    const absolute = kind === 'file' && id.startsWith('/', 'file:'.length);
    const root = this.#roots.get(absolute ? 'file:/' : kind);
    if (root === undefined) return [];
    let nodes = settled([root]);
    // Segment by segment, as far as any pattern goes: this is the way of every event.
    for (let from = kind.length + (absolute ? 2 : 1), to = 0; to >= 0; from = to + 1) {
      to = id.indexOf('/', from);
      nodes = after(nodes, to < 0 ? id.slice(from) : id.slice(from, to));
      if (nodes.length === 0) return [];
    }
    if (nodes.length === 1) return matches(nodes[0]?.entries ?? [], id);
    const entries = nodes.flatMap((node) => node.entries ?? []);
    return matches(
      entries.sort((one, other) => one.index - other.index),
      id,
    );
  }

  /**
   * Walk for file patterns; absolute patterns are reached by `root: '/'`, others by `''`. A leading `..` is a segment
   * like any other, though no listing shows it: enter it by name.
   */
  walk(root: '' | '/'): Walk {
    const node = this.#roots.get(root === '/' ? 'file:/' : 'file');
    return walkFrom(node === undefined ? [] : settled([node]));
  }
}

function matches<T>(entries: readonly Entry<T>[], id: ObjectId): readonly Matched<T>[] {
  const result: Matched<T>[] = [];
  for (const { pattern, value } of entries) {
    const captures = match(pattern, id);
    if (captures !== undefined) result.push({ value, captures });
  }
  return result;
}

function child<T>(node: Node<T>, name: string, languages: Languages): Node<T> {
  // Most of them are there already: no name with a hole is among the literals.
  const known = node.literals?.get(name);
  if (known !== undefined) return known;
  if (name === '**') {
    node.deep ??= newNode(true);
    return node.deep;
  }
  const hole = name.search(/[{*?]/);
  if (hole >= 0) return wildChild(node, name, hole, languages);
  const next = newNode<T>(false);
  node.literals ??= new Map();
  node.literals.set(name, next);
  return next;
}

function wildChild<T>(node: Node<T>, name: string, hole: number, languages: Languages): Node<T> {
  const key = languages.size === 0 ? name : wildOf(name, languages).key;
  node.wildByKey ??= new Map();
  let branch = node.wildByKey.get(key);
  if (branch === undefined) {
    const end = Math.max(name.lastIndexOf('}'), name.lastIndexOf('*'), name.lastIndexOf('?')) + 1;
    const [prefix, suffix] = [name.slice(0, hole), name.slice(end)];
    branch = { prefix, suffix, name, languages, node: newNode(false), program: undefined };
    node.wildByKey.set(key, branch);
    node.wilds = added(node.wilds, branch);
  }
  return branch.node;
}

function wildOf(name: string, languages: Languages): Wild {
  const segment = segmentOf(name, languages);
  if (segment.type !== 'wild') throw new Error(`${name} has no holes`);
  return segment;
}

/** With what is reached from these without a segment. */
function settled<T>(nodes: readonly Node<T>[]): readonly Node<T>[] {
  for (const node of nodes) {
    if (node.deep === undefined) continue;
    const all = new Set(nodes);
    for (const each of all) if (each.deep !== undefined) all.add(each.deep);
    return [...all];
  }
  return nodes;
}

/**
 * Where patterns stand after one more segment. Lets through control characters, and takes a capture that repeats for a
 * new one: `match` has the last word.
 */
function after<T>(nodes: readonly Node<T>[], segment: string): readonly Node<T>[] {
  const next: Node<T>[] = [];
  for (const node of nodes) {
    const literal = node.literals?.get(segment);
    if (literal !== undefined) next.push(literal);
    if (node.wilds !== undefined) {
      for (const branch of found(node.wilds, segment)) {
        branch.program ??= segmentProgram(wildOf(branch.name, branch.languages));
        if (execute(branch.program, segment, 0) !== undefined) next.push(branch.node);
      }
    }
    if (node.stays && segment !== '' && !isHidden(segment)) next.push(node);
  }
  return settled(next);
}

function walkFrom<T>(nodes: readonly Node<T>[]): Walk {
  const step = (segment: string): readonly Node<T>[] => (hasUnprintable(segment) ? [] : after(nodes, segment));
  const isOpen = (): boolean => nodes.some((node) => node.stays || node.wilds !== undefined);
  // Asked for each name in a directory, and of most of them only one thing: each is worked out when it is asked.
  return {
    get dead() {
      return !isOpen() && nodes.every((node) => node.literals === undefined);
    },
    get literals() {
      return isOpen() ? undefined : [...new Set(nodes.flatMap((node) => [...(node.literals?.keys() ?? [])]))];
    },
    get ends() {
      return nodes.some((node) => node.entries !== undefined);
    },
    enter: (segment) => walkFrom(step(segment)),
    wants: (segment) => step(segment).some((node) => node.entries !== undefined),
  };
}

/** The walk over what any of these leads to. */
export function together(walks: readonly Walk[]): Walk {
  const [first, ...others] = walks;
  if (first && others.length === 0) return first;
  return {
    get dead() {
      return walks.every((walk) => walk.dead);
    },
    get literals() {
      const all = walks.map((walk) => walk.literals);
      return all.some((names) => names === undefined) ? undefined : [...new Set(all.flatMap((names) => names ?? []))];
    },
    get ends() {
      return walks.some((walk) => walk.ends);
    },
    enter: (segment) => together(walks.map((walk) => walk.enter(segment))),
    wants: (segment) => walks.some((walk) => walk.wants(segment)),
  };
}
