/**
 * Did you mean: the name that is closest to a misspelt one.
 */
import { distance } from 'fastest-levenshtein';

/** The closest of the names, or undefined where none is close: at most a third of the letters differ. */
export function closest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  const lower = name.toLowerCase();
  for (const candidate of names) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= least) continue;
    const found = distance(lower, candidate.toLowerCase());
    if (found < least) [best, least] = [candidate, found];
  }
  return best;
}

/** “did you mean x?”, or undefined where nothing is close. */
export function didYouMean(name: string, names: Iterable<string>): string | undefined {
  const found = closest(name, names);
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
}
