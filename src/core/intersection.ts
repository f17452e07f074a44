/**
 * The shortest text that two automata both accept.
 */
import type { Machine } from './automaton.js';
import { type CharSet, meet, pick } from './charset.js';

export interface Common {
  readonly text: string;
  /** What the marked parts of each came to, by mark. */
  readonly one: ReadonlyMap<number, string>;
  readonly other: ReadonlyMap<number, string>;
}

interface Step {
  readonly a: number;
  readonly b: number;
  readonly set: CharSet;
  readonly before: Step | undefined;
}

/** Breadth first over pairs of states, so that the text is short; each character is the most readable one there is. */
export function common(one: Machine, other: Machine): Common | undefined {
  const width = other.edges.length;
  const seen = new Set<number>([0]);
  const steps: Step[] = [{ a: 0, b: 0, set: [], before: undefined }];
  for (const step of steps) {
    if (one.accepting[step.a] && other.accepting[step.b]) return spelled(step, one, other);
    for (const a of one.edges[step.a] ?? []) {
      for (const b of other.edges[step.b] ?? []) {
        const key = a.to * width + b.to;
        if (seen.has(key)) continue;
        const set = meet(a.set, b.set);
        if (set.length === 0) continue;
        seen.add(key);
        steps.push({ a: a.to, b: b.to, set, before: step });
      }
    }
  }
  return undefined;
}

function spelled(last: Step, one: Machine, other: Machine): Common {
  const result = { text: '', one: new Map<number, string>(), other: new Map<number, string>() };
  for (let step = last; step.before !== undefined; step = step.before) {
    const char = String.fromCodePoint(pick(step.set));
    result.text = char + result.text;
    prepend(result.one, one.marks[step.a] ?? 0, char);
    prepend(result.other, other.marks[step.b] ?? 0, char);
  }
  return result;
}

function prepend(parts: Map<number, string>, mark: number, char: string): void {
  if (mark !== 0) parts.set(mark, char + (parts.get(mark) ?? ''));
}
