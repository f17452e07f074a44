/**
 * What a pattern is made of: its segments, and the program that matches it. Both follow from its id and from what its
 * captures may be, and weigh more than a kilobyte, so they are worked out when they are asked for, and kept for the
 * patterns that were asked for last: a mapping has a hundred thousand. Knows nothing of how patterns are written.
 */
import type { Pattern } from './pattern.js';
import { type Program, program } from './program.js';
import { type Segment, type Token, wild } from './segment.js';
import type { Language } from './where.js';

/** What captures may be, by name; those that may be anything are not in it. */
export type Languages = ReadonlyMap<string, Language>;

/** No capture is narrowed. */
export const anything: Languages = new Map();
const mostKept = 1000;
const FILE = 'file:';

interface Shape {
  readonly segments: readonly Segment[];
  program: Program | undefined;
}

const kept = new Map<Shaped, Shape>();

/** A pattern of which only what is small is kept. */
class Shaped implements Pattern {
  readonly id: string;
  readonly kind: string;
  readonly captures: readonly string[];
  readonly gathers: boolean;
  readonly languages: Languages;
  /** As it was written, where that is neither its id nor the name in it. */
  readonly #written: string | undefined;

  constructor(written: string, id: string, kind: string, captures: readonly string[], languages: Languages) {
    this.id = id;
    this.kind = kind;
    this.captures = captures;
    this.gathers = /[*?]/.test(id);
    this.languages = languages;
    const usual = kind === 'file' ? id.length - FILE.length : id.length;
    this.#written = written.length === usual && id.endsWith(written) ? undefined : written;
  }

  get text(): string {
    return this.#written ?? (this.kind === 'file' ? this.id.slice(FILE.length) : this.id);
  }

  get root(): '' | '/' {
    return this.kind === 'file' && this.id.startsWith('/', FILE.length) ? '/' : '';
  }

  get segments(): readonly Segment[] {
    return shapeOf(this).segments;
  }

  get program(): Program {
    const shape = shapeOf(this);
    shape.program ??= program(shape.segments, this.root);
    return shape.program;
  }
}

/** The pattern with this id, which has been checked; `captures`: the names in it, each once, in order. */
export const shaped = (
  text: string,
  { id, kind, captures, languages }: Pick<Pattern, 'id' | 'kind' | 'captures' | 'languages'>,
): Pattern => new Shaped(text, id, kind, captures, languages);

/** Its segments as they are written: names between slashes, and the star below it that `**` at the end means. */
export function namesIn({ id, kind, root }: Pattern): readonly string[] {
  const names = id.slice(kind.length + 1 + root.length).split('/');
  if (names.at(-1) === '**') names.push('*'); // every file, however deep
  return names;
}

function shapeOf(pattern: Shaped): Shape {
  let shape = kept.get(pattern);
  if (shape === undefined) {
    if (kept.size >= mostKept) kept.clear();
    shape = { segments: namesIn(pattern).map((name) => segmentOf(name, pattern.languages)), program: undefined };
    kept.set(pattern, shape);
  }
  return shape;
}

/** What a segment is that is written so. */
export function segmentOf(name: string, languages: Languages): Segment {
  if (!/[{*?]/.test(name)) return { type: 'literal', text: name };
  if (name === '**') return { type: 'deep' };
  return wild(
    name,
    Array.from(name.matchAll(/[^{*?]+|\{\w+\}|[*?]/g), ([part]): Token => {
      if (part === '*') return { type: 'run' };
      if (part === '?') return { type: 'one' };
      if (!part.startsWith('{')) return { type: 'literal', text: part };
      const capture = part.slice(1, -1);
      const language = languages.get(capture);
      return language === undefined ? { type: 'capture', name: capture } : { type: 'capture', name: capture, language };
    }),
  );
}
