/**
 * Makes findings. Knows nothing of what is wrong.
 */
import type { Diagnostic, Place } from '../core/diagnostic.js';

export interface More {
  readonly hint?: string | undefined;
  readonly related?: Diagnostic['related'] | undefined;
}

const finding =
  (severity: Diagnostic['severity']) =>
  (code: string, message: string, place: Place, { hint, related }: More = {}): Diagnostic => ({
    code,
    severity,
    message,
    place,
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined || related.length === 0 ? {} : { related }),
  });

/** A finding that keeps the mapping from being used. */
export const error = finding('error');

/** A finding that does not. */
export const warning = finding('warning');

/** Text from a manifest as a message quotes it: on one line, at most 60 characters. */
export function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return 'an empty text';
  return `\`${line.length > 60 ? `${line.slice(0, 59)}…` : line}\``;
}

/** A name that stands twice where each may stand once. */
export function declaredTwice(what: string, name: string, place: Place, first: Place): Diagnostic {
  const related = [{ message: 'it is declared here first', place: first }];
  const message = `the ${what} ${quote(name)} is declared twice`;
  return error(`duplicate-${what}`, message, place, { hint: 'rename or remove one', related });
}

/** `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
