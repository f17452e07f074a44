/**
 * Selectors, as dbt users know them: how they are written, and what came of them. `+x` adds all that is upstream of x,
 * `x+` all that is downstream, `2+x` and `x+1` so many steps of it; `a,b` is what is both. Knows no names: `select.ts`
 * finds what they stand for.
 */

/** The tasks that were selected, those too that become known later. */
export interface Selection {
  /** Jobs of which all tasks are selected, or some. */
  readonly jobs: ReadonlySet<string>;
  /** `job` and `task` are names. */
  has(task: { readonly job: string; readonly task: string }): boolean;
}

/** A name with so many steps up and down from it; `Infinity`: all. */
export interface Term {
  readonly name: string;
  readonly up: number;
  readonly down: number;
}

/** What stands between the commas of a selector. A comma in brackets belongs to the name of a task. */
export const partsOf = (selector: string): readonly string[] => selector.split(/,(?![^[\]]*\])/);

/** Reads one part of a selector. */
export function readTerm(part: string): Term {
  const [, up, name = '', down] = /^(?:(\d*)\+)?(.*?)(?:\+(\d*))?$/s.exec(part) ?? [];
  return { name, up: steps(up), down: steps(down) };
}

const steps = (digits: string | undefined): number =>
  digits === undefined ? 0 : digits === '' ? Number.POSITIVE_INFINITY : Number(digits);

/** A name against a text with stars: each part at the first place where it fits. */
export function matchesGlob(glob: string, name: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
