/**
 * What a capture may stand for: a regular expression as a language, asked for the ends of what it accepts. The time it
 * takes grows with the name, never exponentially: no backtracking.
 */
import {
  advance,
  both,
  type Draft,
  either,
  except,
  type Fragment,
  finish,
  isEmpty,
  type Machine,
  newDraft,
  nothing,
  notStartingWith,
  optional,
  repeated,
  sequence,
  symbol,
} from './automaton.js';
import type { PatternProblem } from './pattern.js';
import { err, ok, type Result } from './result.js';
import { type Expression, parseExpression } from './where-parse.js';

export interface Language {
  /** The regular expression as it was written. */
  readonly source: string;
  /** Only what a capture may be: no slash, no control character, not empty, `.` or `..`. */
  readonly machine: Machine;
  /** All that it accepts begins with a dot. */
  readonly dotted: boolean;
  /** Where in the text what it accepts may end, when it begins at `from` and ends at `limit` at the latest; the greatest first. */
  ends(text: string, from: number, limit: number): readonly number[];
}

/** What any capture may stand for. */
export const anyValue: Machine = except(['', '.', '..']);

const DOT = [0x2e, 0x2e];
const MAX_SYMBOLS = 2000;
const MAX_EDGES = 100_000;

/** The same few expressions stand in most jobs: each is built once. */
const known = new Map<string, Result<Language, PatternProblem>>();

/** The language of a `where` value for the capture of that name (it stands in messages only), or what is wrong with it. */
export function parseWhere(name: string, source: string): Result<Language, PatternProblem> {
  let result = known.get(source);
  if (result === undefined) {
    if (known.size >= 1000) known.clear();
    result = build(source);
    known.set(source, result);
  }
  if (result.ok) return result;
  return err({ ...result.error, message: `\`where\` for {${name}}: ${result.error.message}` });
}

function build(source: string): Result<Language, PatternProblem> {
  const parsed = parseExpression(source);
  if (!parsed.ok) return parsed;
  const draft = newDraft();
  const tooLarge: PatternProblem = {
    code: 'where-too-large',
    message: 'the regular expression is too large',
    hint: 'write it with fewer or smaller repetitions; `+` and `*` cost nothing',
  };
  if (symbols(parsed.value) > MAX_SYMBOLS) return err(tooLarge);
  const whole = finish(draft, compile(draft, parsed.value));
  if (whole.edges.reduce((sum, edges) => sum + edges.length, 0) > MAX_EDGES) return err(tooLarge);
  const machine = both(whole, anyValue);
  if (isEmpty(machine)) {
    return err({
      code: 'where-matches-nothing',
      message: 'the regular expression matches no value that a capture can have',
      hint: 'a value is never empty, `.` or `..`, and holds no slash and no control character',
    });
  }
  const dotted = notStartingWith(machine, DOT).edges[0]?.length === 0;
  return ok({ source, machine, dotted, ends: recognizer(machine) });
}

/** How many characters of the expression there are once repetitions are written out. */
function symbols(expression: Expression): number {
  switch (expression.type) {
    case 'set':
      return 1;
    case 'repeat':
      return symbols(expression.item) * Math.max(expression.min, expression.max ?? 1);
    default:
      return expression.items.reduce((sum, item) => sum + symbols(item), 0);
  }
}

function compile(draft: Draft, expression: Expression): Fragment {
  switch (expression.type) {
    case 'set':
      return symbol(draft, expression.set);
    case 'sequence':
      return expression.items.reduce((part, item) => sequence(draft, part, compile(draft, item)), nothing);
    case 'either':
      return either(expression.items.map((item) => compile(draft, item)));
    case 'repeat':
      return repeat(draft, expression.item, expression.min, expression.max);
  }
}

/** Written out from the right as `x(x(x)?)?`, so that the number of edges grows with the count, not with its square. */
function repeat(draft: Draft, item: Expression, min: number, max: number | undefined): Fragment {
  if (max === 0) return nothing;
  const last = compile(draft, item);
  // What may be empty may be so each time: all but the first `max` is as good as left out.
  const least = last.empty ? 0 : min;
  const copy = (): Fragment => ({ ...compile(draft, item), empty: false });
  let part: Fragment = { ...last, empty: false };
  if (max === undefined) part = repeated(draft, part);
  const count = max ?? Math.max(least, 1);
  for (let copies = count; ; copies--) {
    if (copies > least) part = optional(part);
    if (copies === 1) return part;
    part = sequence(draft, copy(), part);
  }
}

interface State {
  readonly states: readonly number[];
  readonly accepting: boolean;
  readonly next: Map<number, State>;
}

/** Sets of states as they come up, kept for the next name; forgotten when names make too many. */
function recognizer(machine: Machine): Language['ends'] {
  const stateOf = new Map<string, State>();
  const intern = (states: readonly number[]): State => {
    const key = states.join();
    let state = stateOf.get(key);
    if (state === undefined) {
      state = { states, accepting: states.some((each) => machine.accepting[each]), next: new Map() };
      stateOf.set(key, state);
    }
    return state;
  };
  let start = intern([0]);
  let moves = 0;
  return (text, from, limit) => {
    if (moves > 10_000) {
      stateOf.clear();
      start = intern([0]);
      moves = 0;
    }
    const ends: number[] = [];
    let state = start;
    for (let at = from; at < limit && state.states.length > 0; ) {
      const point = text.codePointAt(at) ?? 0;
      let next = state.next.get(point);
      if (next === undefined) {
        next = intern(advance(machine, state.states, point));
        state.next.set(point, next);
        moves++;
      }
      state = next;
      at += point > 0xffff ? 2 : 1;
      if (state.accepting) ends.push(at);
    }
    return ends.reverse();
  };
}
