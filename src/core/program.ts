/**
 * What a pattern, or one of its segments, is to a matcher: one flat list of steps. Knows nothing of texts.
 */
import { mayBeDots, type Segment, type Token, type Wild } from './segment.js';
import type { Language } from './where.js';

export type Step =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'one'; readonly first: boolean }
  | { readonly type: 'run'; readonly first: boolean; readonly least: 0 | 1 }
  | {
      readonly type: 'capture';
      readonly first: boolean;
      readonly slot: number;
      readonly language: Language | undefined;
    }
  /** The value that the slot has got before, once more. */
  | { readonly type: 'again'; readonly first: boolean; readonly slot: number }
  | { readonly type: 'deep' }
  /** The name that ends here is neither `.` nor `..`. */
  | { readonly type: 'no-dots' };

export interface Program {
  readonly steps: readonly Step[];
  /** Names of captures by slot. */
  readonly names: readonly string[];
  /** For each step: whether what follows depends on nothing but the place, so that a failure may be remembered. */
  readonly forgetful: readonly boolean[];
}

/** The program for these segments, slashes between them. */
export function program(segments: readonly Segment[], root: '' | '/' = ''): Program {
  const steps: Step[] = [];
  const names: string[] = [];
  let text = root as string;
  const flush = (): void => {
    if (text !== '') steps.push({ type: 'literal', text });
    text = '';
  };
  segments.forEach((segment, at) => {
    if (segment.type === 'literal') text += segment.text;
    else if (segment.type === 'deep') {
      flush();
      steps.push(segment);
      return;
    } else {
      segment.tokens.forEach((token, index) => {
        if (token.type === 'literal') text += token.text;
        else {
          flush();
          steps.push(hole(token, index === 0, segment.tokens.length === 1, names));
        }
      });
      if (mayBeDots(segment)) {
        flush();
        steps.push({ type: 'no-dots' });
      }
    }
    if (at < segments.length - 1) text += '/';
  });
  flush();
  return { steps, names, forgetful: forgetful(steps) };
}

const kept = new WeakMap<Wild, Program>();

/** The program of one segment with holes, by itself. */
export function segmentProgram(segment: Wild): Program {
  let found = kept.get(segment);
  if (found === undefined) {
    found = program([segment]);
    kept.set(segment, found);
  }
  return found;
}

function hole(token: Exclude<Token, { type: 'literal' }>, first: boolean, alone: boolean, names: string[]): Step {
  switch (token.type) {
    case 'one':
      return { type: 'one', first };
    case 'run':
      return { type: 'run', first, least: alone ? 1 : 0 };
    case 'capture': {
      const slot = names.indexOf(token.name);
      if (slot >= 0) return { type: 'again', first, slot };
      return { type: 'capture', first, slot: names.push(token.name) - 1, language: token.language };
    }
  }
}

function forgetful(steps: readonly Step[]): boolean[] {
  const result: boolean[] = [];
  const wanted = new Set<number>();
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at];
    if (step?.type === 'again') wanted.add(step.slot);
    if (step?.type === 'capture') wanted.delete(step.slot);
    result[at] = wanted.size === 0;
  }
  return result;
}

/**
 * How many lengths have to be tried in all combinations while a capture waits to be met again: the exponent of the
 * length in what a hostile name may cost.
 */
export function ambiguity({ steps, forgetful }: Program): number {
  if (forgetful.every(Boolean)) return 0;
  const open = steps.flatMap((step, at) => {
    const next = steps[at + 1];
    const ends = next === undefined || (next.type === 'literal' && next.text.startsWith('/'));
    const free = step.type === 'deep' || ((step.type === 'run' || step.type === 'capture') && !ends);
    return free ? [forgetful[at + 1] ?? true] : [];
  });
  const waiting = open.filter((remembered) => !remembered).length;
  return waiting > 0 && open[0] ? waiting + 1 : waiting;
}
