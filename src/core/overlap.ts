/**
 * Whether two patterns can match one object: decided with automata, segment by segment, not guessed.
 */
import { both, except, type Machine, only } from './automaton.js';
import { type Common, common } from './intersection.js';
import { execute } from './matcher.js';
import { asObjectId, type ObjectId } from './object.js';
import type { Pattern } from './pattern.js';
import { segmentProgram } from './program.js';
import { isHidden, type Segment } from './segment.js';
import { anyDirectory, machineOf, type Narrowed } from './segment-machine.js';
import { anyValue } from './where.js';

/** How many times captures that repeat may be narrowed before the answer is given up on. */
const MAX_TRIES = 50;

/** One of the two patterns, as far as its captures have been narrowed. */
interface Side {
  readonly pattern: Pattern;
  /** Captures that it names more than once. */
  readonly repeats: readonly string[];
  readonly narrowed: Narrowed;
}

/** Values of each capture, one an occurrence. */
type Values = Map<string, string[]>;

interface Meeting {
  readonly text: string;
  readonly values: readonly [Values, Values];
}

/**
 * A short id that both match, or undefined. Exact, but for one case: where a pattern repeats a capture and the values
 * that its places could take never agree in 50 tries, the patterns are taken to overlap, and the id is that of the
 * last try: one that they would match if the places were independent.
 */
export function overlap(one: Pattern, other: Pattern): ObjectId | undefined {
  if (one.kind !== other.kind || one.root !== other.root || !mayOverlap(one.segments, other.segments)) return undefined;
  const found = decide(sideOf(one), sideOf(other), { left: MAX_TRIES });
  return found && asObjectId(`${one.kind}:${one.root}${found.text}`);
}

/** Whether there is an object that both match. */
export function overlaps(one: Pattern, other: Pattern): boolean {
  // Nothing that can be written matches nothing at all
  if (one.id === other.id && one.languages.size + other.languages.size === 0) return true;
  return overlap(one, other) !== undefined;
}

function sideOf(pattern: Pattern): Side {
  const { steps, names } = pattern.program;
  const repeats = steps.flatMap((step) => (step.type === 'again' ? [names[step.slot] ?? ''] : []));
  return { pattern, repeats: [...new Set(repeats)], narrowed: new Map() };
}

/** Rejects what cannot meet for its literals, before any automaton is built. */
function mayOverlap(one: readonly Segment[], other: readonly Segment[]): boolean {
  const deep = [...one, ...other].some(({ type }) => type === 'deep');
  return deep || (one.length === other.length && one.every((segment, at) => mayMeet(segment, other[at])));
}

function mayMeet(one: Segment, other: Segment | undefined): boolean {
  if (one.type === 'deep' || other === undefined || other.type === 'deep') return true;
  if (one.type === 'literal' && other.type === 'literal') return one.text === other.text;
  const [start, end] = one.type === 'literal' ? [one.text, one.text] : [one.prefix, one.suffix];
  const [otherStart, otherEnd] = other.type === 'literal' ? [other.text, other.text] : [other.prefix, other.suffix];
  return (
    (start.startsWith(otherStart) || otherStart.startsWith(start)) && (end.endsWith(otherEnd) || otherEnd.endsWith(end))
  );
}

/**
 * Captures that repeat are first taken as independent. Where their values then differ, each of them is tried for all
 * places; if none will do, they are excluded, and the next values looked for. `sure` is false when tries ran out.
 */
function decide(
  one: Side,
  other: Side,
  tries: { left: number },
): { readonly text: string; readonly sure: boolean } | undefined {
  const sides = [one, other] as const;
  const met = meeting(one, other);
  const conflict = met && conflictIn(sides, met);
  if (met === undefined || conflict === undefined) return met && { text: met.text, sure: true };

  const narrow = (language: Machine): readonly [Side, Side] => {
    const side = { ...sides[conflict.at], narrowed: new Map(sides[conflict.at].narrowed).set(conflict.name, language) };
    return conflict.at === 0 ? [side, other] : [one, side];
  };
  const language = languageOf(sides[conflict.at], conflict.name);
  const tried = new Set<string>();
  let unsure: { readonly text: string; readonly sure: boolean } | undefined;
  for (let current: Meeting | undefined = met; current !== undefined; ) {
    for (const value of new Set(current.values[conflict.at].get(conflict.name))) {
      if (tries.left-- <= 0) return { text: current.text, sure: false };
      tried.add(value);
      const found = decide(...narrow(only(value)), tries);
      if (found?.sure) return found;
      unsure ??= found;
    }
    current = meeting(...narrow(both(language, except([...tried]))));
  }
  return unsure;
}

function conflictIn(
  sides: readonly [Side, Side],
  met: Meeting,
): { readonly at: 0 | 1; readonly name: string } | undefined {
  for (const at of [0, 1] as const) {
    const name = sides[at].repeats.find((name) => new Set(met.values[at].get(name)).size > 1);
    if (name !== undefined) return { at, name };
  }
  return undefined;
}

function languageOf(side: Side, name: string): Machine {
  const tokens = side.pattern.segments.flatMap((segment) => (segment.type === 'wild' ? segment.tokens : []));
  const token = tokens.find((token) => token.type === 'capture' && token.name === name);
  return side.narrowed.get(name) ?? (token?.type === 'capture' ? token.language?.machine : undefined) ?? anyValue;
}

/** A name that both match, segment against segment, `**` against as few as will do. */
function meeting(one: Side, other: Side): Meeting | undefined {
  const a = one.pattern.segments;
  const b = other.pattern.segments;
  const names: string[] = [];
  const values: readonly [Values, Values] = [new Map(), new Map()];
  const failed = new Set<number>();

  const goOn = (i: number, j: number): boolean => {
    const left = a[i];
    const right = b[j];
    if (left === undefined || right === undefined) return left === right;
    const key = i * b.length + j;
    if (failed.has(key)) return false;
    const found =
      (left.type === 'deep' && goOn(i + 1, j)) ||
      (right.type === 'deep' && goOn(i, j + 1)) ||
      together(left, right, i, j);
    if (!found) failed.add(key);
    return found;
  };
  const together = (left: Segment, right: Segment, i: number, j: number): boolean => {
    const name = nameOfBoth(left, right, one, other);
    if (name === undefined || !goOn(left.type === 'deep' ? i : i + 1, right.type === 'deep' ? j : j + 1)) return false;
    names.push(name.text);
    collect(values[0], left, name.one);
    collect(values[1], right, name.other);
    return true;
  };
  return goOn(0, 0) ? { text: names.reverse().join('/'), values } : undefined;
}

function collect(values: Values, segment: Segment, marked: Common['one']): void {
  for (const [mark, value] of marked) {
    const token = segment.type === 'wild' ? segment.tokens[mark - 1] : undefined;
    if (token?.type === 'capture') values.set(token.name, [...(values.get(token.name) ?? []), value]);
  }
}

/** A name that both segments match; where no capture repeats, what its captures come to is left out if that is quicker. */
function nameOfBoth(left: Segment, right: Segment, one: Side, other: Side): Common | undefined {
  if ((left.type === 'deep' && right.type === 'deep') || !mayMeet(left, right)) return undefined;
  const plain = one.repeats.length + other.repeats.length === 0;
  if (left.type === 'literal' && (plain || right.type === 'literal')) return takes(right, left.text);
  if (right.type === 'literal' && (plain || left.type === 'deep')) return takes(left, right.text);
  return common(segmentMachine(left, one.narrowed), segmentMachine(right, other.narrowed));
}

function takes(segment: Segment, name: string): Common | undefined {
  const well =
    segment.type === 'literal'
      ? segment.text === name
      : segment.type === 'deep'
        ? name !== '' && !isHidden(name)
        : execute(segmentProgram(segment), name, 0) !== undefined;
  return well ? { text: name, one: new Map(), other: new Map() } : undefined;
}

function segmentMachine(segment: Segment, narrowed: Narrowed): Machine {
  if (segment.type === 'deep') return anyDirectory;
  return segment.type === 'literal' ? only(segment.text) : machineOf(segment, narrowed);
}
