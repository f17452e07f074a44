/**
 * A finding about a manifest: a code, a sentence, a place, a way out. How it is printed is the reporters' matter.
 */

/** A range in a manifest. Lines and columns count from 1; the end is exclusive; columns count UTF-16 units. */
export interface Place {
  /** Path of the file, absolute; reporters make it relative to where the command was called. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Diagnostic {
  /** Stable, kebab-case: `unknown-field`, `cycle`, … */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** One sentence, without a final full stop: what is wrong, naming the thing. */
  readonly message: string;
  readonly place: Place;
  /** How to mend it. */
  readonly hint?: string;
  /** Other places that belong to the finding (the other writer of a file, the rest of a cycle). */
  readonly related?: readonly { readonly message: string; readonly place: Place }[];
}
