/**
 * Runs a program over a text: each hole as long as it can be, from the left, and where that fails the next shorter.
 * What has failed at a place is not tried there again, so the time stays within steps × length²; only captures that
 * repeat cost more, and how many may is bounded where patterns are read.
 */
import type { Program, Step } from './program.js';

type Hole = Step & { readonly type: 'run' | 'capture' };

interface Attempt {
  readonly program: Program;
  readonly text: string;
  readonly from: number;
  /** Start and end of each capture, by slot. */
  readonly spans: number[];
  /** Step and place, as one number, from where it is known to fail. */
  failed: Set<number> | undefined;
  /** By step: where the hole may end has been tried, in vain, from `floor` to `limit`. */
  readonly tried: { readonly floor: number; readonly limit: number }[];
}

/** Where each capture begins and ends in the text (two numbers a slot), or undefined: the text, from `from`, does not match. */
export function execute(program: Program, text: string, from: number): readonly number[] | undefined {
  const last = program.steps.at(-1);
  if (last?.type === 'literal' && !text.endsWith(last.text)) return undefined;
  const attempt: Attempt = { program, text, from, spans: [], failed: undefined, tried: [] };
  return goOn(attempt, 0, from) ? attempt.spans : undefined;
}

function goOn(attempt: Attempt, start: number, from: number): boolean {
  const { text } = attempt;
  const { steps } = attempt.program;
  let at = from;
  for (let index = start; index < steps.length; index++) {
    const step = steps[index];
    switch (step?.type) {
      case 'literal':
        if (!text.startsWith(step.text, at)) return false;
        at += step.text.length;
        break;
      case 'one':
        if (at === text.length || text[at] === '/' || (step.first && text[at] === '.')) return false;
        at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
        break;
      case 'no-dots':
        if (isDots(text, Math.max(attempt.from, text.lastIndexOf('/', at - 1) + 1), at)) return false;
        break;
      case 'again': {
        const value = text.slice(attempt.spans[2 * step.slot], attempt.spans[2 * step.slot + 1]);
        if (!text.startsWith(value, at) || (step.first && value.startsWith('.'))) return false;
        at += value.length;
        break;
      }
      case 'run':
      case 'capture':
      case 'deep': {
        const key = index * (text.length + 1) + at;
        if (attempt.failed?.has(key)) return false;
        const found = step.type === 'deep' ? descend(attempt, index, at) : stretch(attempt, index, at, step);
        if (!found && attempt.program.forgetful[index]) {
          attempt.failed ??= new Set();
          attempt.failed.add(key);
        }
        return found;
      }
    }
  }
  return at === text.length;
}

/** Tries the lengths of a hole, the greatest first. */
function stretch(attempt: Attempt, index: number, from: number, step: Hole): boolean {
  const { text } = attempt;
  if (step.first && text[from] === '.') return false;
  const slash = text.indexOf('/', from);
  const limit = slash < 0 ? text.length : slash;
  const language = step.type === 'capture' ? step.language : undefined;
  if (language === undefined) return stretchFreely(attempt, index, from, limit, step);
  return language.ends(text, from, limit).some((end) => takeUntil(attempt, index, from, end, step));
}

function stretchFreely(attempt: Attempt, index: number, from: number, limit: number, step: Hole): boolean {
  const { text, tried } = attempt;
  const { steps, forgetful } = attempt.program;
  const next = steps[index + 1];
  const least = from + (step.type === 'run' ? step.least : 1);
  const before = tried[index];
  let floor = least;
  for (let end = before?.limit === limit ? before.floor - 1 : limit; end >= least; end--) {
    // Straight to where the literal that follows may stand.
    if (next?.type === 'literal') end = text.lastIndexOf(next.text, end);
    if (end < least) break;
    if (splitsPair(text, end)) continue;
    if (step.type === 'capture' && isDots(text, from, end)) floor = Math.max(floor, end + 1);
    else if (takeUntil(attempt, index, from, end, step)) return true;
  }
  if (forgetful[index + 1] ?? true)
    tried[index] = { floor: Math.min(floor, before?.limit === limit ? before.floor : floor), limit };
  return false;
}

function takeUntil(attempt: Attempt, index: number, from: number, end: number, step: Hole): boolean {
  if (step.type === 'capture') {
    attempt.spans[2 * step.slot] = from;
    attempt.spans[2 * step.slot + 1] = end;
  }
  return goOn(attempt, index + 1, end);
}

/** Tries the numbers of directories, the greatest first. */
function descend(attempt: Attempt, index: number, from: number): boolean {
  const { text, tried } = attempt;
  // From a directory that was reached before, all further ones have been tried.
  const floor = tried[index]?.floor ?? Number.POSITIVE_INFINITY;
  const starts: number[] = [];
  for (let at = from; at < floor; ) {
    starts.push(at);
    const slash = text.indexOf('/', at);
    if (slash <= at || text[at] === '.') break;
    at = slash + 1;
  }
  if (starts.reverse().some((start) => goOn(attempt, index + 1, start))) return true;
  if (attempt.program.forgetful[index + 1] ?? true) tried[index] = { floor: from, limit: text.length };
  return false;
}

const isDots = (text: string, from: number, end: number): boolean =>
  (end === from + 1 || (end === from + 2 && text[from + 1] === '.')) && text[from] === '.';

const splitsPair = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
};
