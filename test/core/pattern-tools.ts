/** What the tests of patterns share: a seeded generator, every short name, a pattern that has to parse. */
import { type ObjectId, objectId } from '../../src/core/object.js';
import { match, type Partition, type Pattern, parsePattern } from '../../src/core/pattern.js';

/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  /** From 0 up to and without the limit. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit);
  }
  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }
}

/** Runs it for many seeds; a failure names the seed. `SEED` runs one alone. */
export function forSeeds(count: number, run: (random: Random) => void): void {
  const only = process.env.SEED;
  for (let seed = 1; seed <= count; seed++) {
    if (only !== undefined && Number(only) !== seed) continue;
    try {
      run(new Random(seed));
    } catch (cause) {
      throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

/** Every text of these characters up to a length, the empty one first. */
export function textsOf(characters: readonly string[], length: number): readonly string[] {
  const texts = [''];
  for (let from = 0, size = 1; size <= length; size++) {
    const until = texts.length;
    for (; from < until; from++) for (const char of characters) texts.push(texts[from] + char);
  }
  return texts;
}

/** The pattern, which has to be a good one. */
export function pattern(text: string, where?: Readonly<Record<string, string>>): Pattern {
  const parsed = parsePattern(text, where);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  return parsed.value;
}

/** An id as it is written: a file unless a kind stands before it. */
export const id = (text: string): ObjectId => {
  const [, kind, name] = /^([a-z][a-z0-9]+):(.*)$/s.exec(text) ?? ['', 'file', text];
  return objectId(kind ?? '', name ?? '');
};

/** The captures of a name, or undefined. */
export const captures = (text: string, name: string, where?: Readonly<Record<string, string>>): Partition | undefined =>
  match(pattern(text, where), id(name));

/** Names of files and (with a slash at their end) of directories that may exist, up to six characters. */
export const names: readonly string[] = textsOf(['a', '_', '.', '/'], 6).filter(
  (name) => name !== '' && !/(^|\/)(\/|$|\.\.?(\/|$))/.test(name.replace(/\/$/, '')) && !name.startsWith('/'),
);

/** A pattern over the characters of `names`, of files or directories, good or bad; captures may repeat when asked. */
export function randomPattern(random: Random, repeat: boolean): string {
  const left = ['p', 'q', 'r', 's', 't', 'u', 'v', 'w'];
  const segment = (): string => {
    let text = '';
    for (let parts = 1 + random.below(4); parts > 0; parts--) {
      const part = random.of(['a', '_', '.', '*', '?', '{', '{']);
      if (part !== '{') text += part;
      else if (!text.endsWith('}')) text += `{${repeat ? random.of(['x', 'y']) : (left.shift() ?? 'z')}}`;
    }
    return text.replace(/\*\*+/g, '*');
  };
  const path = Array.from({ length: 1 + random.below(3) }, () => (random.below(5) === 0 ? '**' : segment())).join('/');
  return random.below(6) === 0 ? `${path}/` : path;
}

/** The pattern with the captures `q` and `y` narrowed, or undefined where it is refused. */
export function maybePattern(text: string): Pattern | undefined {
  const parsed = parsePattern(text, { q: '[a_]+', y: '[a.]*' });
  return parsed.ok ? parsed.value : undefined;
}
