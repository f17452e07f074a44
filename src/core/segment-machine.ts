/**
 * The names that a segment with holes matches, as an automaton.
 */
import {
  both,
  embed,
  except,
  type Fragment,
  finish,
  type Machine,
  newDraft,
  nothing,
  notStartingWith,
  optional,
  repeated,
  sequence,
  symbol,
} from './automaton.js';
import { holeCharacters, single } from './charset.js';
import { mayBeDots, type Wild } from './segment.js';
import { anyValue } from './where.js';

/** What captures are narrowed to beyond their own languages, by name. */
export type Narrowed = ReadonlyMap<string, Machine>;

const DOT = single(0x2e);
const notDots = except(['.', '..']);
const kept = new WeakMap<Wild, Machine>();

/** What a directory that `**` stands for may be called. */
export const anyDirectory: Machine = notStartingWith(except(['']), DOT);

/** A capture's mark is its token's position in the segment, from 1; one that repeats is as free as any other. */
export function machineOf(segment: Wild, narrowed: Narrowed): Machine {
  const own = segment.tokens.some((token) => token.type === 'capture' && narrowed.has(token.name));
  const before = own ? undefined : kept.get(segment);
  if (before !== undefined) return before;
  const machine = build(segment, narrowed);
  if (!own) kept.set(segment, machine);
  return machine;
}

function build(segment: Wild, narrowed: Narrowed): Machine {
  const draft = newDraft();
  let whole: Fragment = nothing;
  const add = (part: Fragment): void => {
    whole = sequence(draft, whole, part);
  };
  segment.tokens.forEach((token, index) => {
    switch (token.type) {
      case 'literal':
        for (const char of token.text) add(symbol(draft, single(char.codePointAt(0) ?? 0)));
        break;
      case 'one':
        add(symbol(draft, holeCharacters));
        break;
      case 'run': {
        const run = repeated(draft, symbol(draft, holeCharacters));
        add(segment.tokens.length === 1 ? run : optional(run));
        break;
      }
      case 'capture':
        add(embed(draft, narrowed.get(token.name) ?? token.language?.machine ?? anyValue, index + 1));
    }
  });
  const machine = finish(draft, whole);
  if (segment.prefix === '') return notStartingWith(machine, DOT);
  return mayBeDots(segment) ? both(machine, notDots) : machine;
}
