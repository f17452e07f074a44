/**
 * Reads object patterns. Knows nothing of matching.
 */
import { hasUnprintable } from './charset.js';
import type { Pattern, PatternProblem } from './pattern.js';
import { anything, type Languages, shaped } from './pattern-shape.js';
import { ambiguity } from './program.js';
import { err, ok, type Result } from './result.js';
import { type Language, parseWhere } from './where.js';

/** What `where` says of captures, by name. */
export type Where = Readonly<Record<string, string>>;

const MAX_LENGTH = 4096;
const MAX_AMBIGUITY = 3;
const MAX_SHARED = 1000;

const problem = (code: string, message: string, hint: string): Result<never, PatternProblem> =>
  err({ code, message, hint });

const nameless = (text: string, end: string): Result<never, PatternProblem> =>
  problem(
    'bad-path',
    `\`${text}\` ends with \`${end}\`, which is no name of an object`,
    'a directory is written by its name and a slash: `landing/`',
  );

/**
 * The pattern that the text of a source or target says, its captures narrowed by `where` (names that are not its
 * captures are ignored). A path of a file is normalised, any other name is taken as it stands. A path that ends with a
 * slash is a directory: its last segment is the empty text, which no name of a file is.
 */
export function parsePattern(text: string, where: Where = {}): Result<Pattern, PatternProblem> {
  const colon = text.indexOf(':');
  const named = colon > 0 && /^[A-Za-z][A-Za-z0-9+.-]+$/.test(text.slice(0, colon));
  const kind = named ? text.slice(0, colon) : 'file';
  const written = named ? text.slice(colon + 1) : text;
  if (isUsual(text) && (kind === 'file' ? !/(?:^|\/)\.{0,2}(?:\/|$)/.test(written) : written !== '')) {
    const id = `${kind}:${written}`;
    const captures = sharedList(capturesIn(id));
    const languages = captures.every((name, at) => captures.indexOf(name) === at)
      ? languagesOf(captures, where)
      : undefined;
    if (languages !== undefined) return ok(shaped(text, { id, kind, captures, languages }));
  }

  if (written === '') {
    return problem('empty-pattern', 'an object has no name', 'write a path, or `kind:name`');
  }
  if (text.length > MAX_LENGTH) {
    return problem('too-long', `an object's name is longer than ${MAX_LENGTH} characters`, 'no file has such a name');
  }
  if (hasUnprintable(text)) {
    const shown = text.replace(/[\p{Cc}\p{Cs}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return problem(
      'control-character',
      `\`${shown}\` holds a control character or half of a character`,
      'write it without: objects of such names are set aside',
    );
  }
  const braces = checkBraces(written);
  if (braces !== undefined) return err(braces);

  const names = kind === 'file' ? normalised(text, written) : ok(written.split('/'));
  if (!names.ok) return names;
  const languages = new Map<string, Language>();
  for (const name of names.value) {
    const found = checkSegment(name, where, languages);
    if (found !== undefined) return err(found);
  }
  const root = kind === 'file' && written.startsWith('/') ? '/' : '';
  const id = `${kind}:${root}${names.value.join('/')}`;
  const all = capturesIn(id);
  const captures = sharedList([...new Set(all)]);
  const pattern = shaped(copyOf(text), { id, kind, captures, languages: languages.size === 0 ? anything : languages });
  if (captures.length < all.length && ambiguity(pattern.program) > MAX_AMBIGUITY) {
    return problem(
      'too-ambiguous',
      `\`${text}\` repeats captures in a way that takes too long to match`,
      'give what repeats a segment of its own, as in `{a}/{b}/{a}_{b}.csv`',
    );
  }
  return ok(pattern);
}

/** Printable ASCII, no `**`, braces around names and never side by side: nothing to refuse, and nothing to work out. */
const isUsual = (text: string): boolean =>
  text.length <= MAX_LENGTH &&
  /^[\x20-\x7a|\x7e]*(?:\{(?!__proto__\})[A-Za-z_]\w*\}(?!\{)[\x20-\x7a|\x7e]*)*$/.test(text) &&
  !text.includes('**');

/** What stands between braces, which pair up. */
function capturesIn(name: string): readonly string[] {
  const captures: string[] = [];
  for (let at = name.indexOf('{'); at >= 0; at = name.indexOf('{', at + 1))
    captures.push(name.slice(at + 1, name.indexOf('}', at)));
  return captures;
}

const narrowings = new Map<string, Languages>();

/** What the captures may be, the same for all patterns that say so; undefined where there is more to be said of it. */
function languagesOf(captures: readonly string[], where: Where): Languages | undefined {
  if (!captures.some((name) => Object.hasOwn(where, name))) return anything;
  const narrowed = captures.flatMap((name) => (Object.hasOwn(where, name) ? [[name, where[name] ?? ''] as const] : []));
  const key = JSON.stringify(narrowed);
  const known = narrowings.get(key);
  if (known !== undefined) return known;
  const languages = new Map<string, Language>();
  for (const [name, source] of narrowed) {
    const language = parseWhere(name, source);
    if (!language.ok || language.value.dotted) return undefined;
    languages.set(name, language.value);
  }
  if (narrowings.size >= MAX_SHARED) narrowings.clear();
  narrowings.set(key, languages);
  return languages;
}

/** With characters of its own: a piece of a text would keep all of it. */
const copyOf = (text: string): string => JSON.parse(JSON.stringify(text)) as string; // what a text reads back as

const lists = new Map<string, readonly string[]>();

/** An equal list, the same for all patterns: most of a mapping's capture one of a few names. */
function sharedList(list: readonly string[]): readonly string[] {
  const key = list.join();
  const known = lists.get(key);
  if (known !== undefined) return known;
  if (lists.size >= MAX_SHARED) lists.clear();
  lists.set(key, list);
  return list;
}

/** Braces that do not pair up, or hold no name. */
function checkBraces(name: string): PatternProblem | undefined {
  for (const [part] of name.matchAll(/\{[^{}]*\}?|\}/g)) {
    if (!part.startsWith('{') || !part.endsWith('}')) {
      return {
        code: 'unbalanced-brace',
        message: `\`${name}\` has a \`${part.charAt(0)}\` without its \`${part === '}' ? '{' : '}'}\``,
        hint: 'a capture is written `{name}`; a brace of its own cannot be part of a name',
      };
    }
    const capture = part.slice(1, -1);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(capture) || capture === '__proto__') {
      return {
        code: 'bad-capture-name',
        message:
          capture === '' ? `\`${name}\` has a capture without a name` : `\`${capture}\` is no name for a capture`,
        hint: 'a name is a letter or `_`, then letters, digits and `_`: `{date}`',
      };
    }
  }
  const adjacent = /\{\w+\}\{\w+\}/.exec(name);
  if (adjacent === null) return undefined;
  return {
    code: 'adjacent-captures',
    message: `\`${adjacent[0]}\` does not say where one capture ends and the next begins`,
    hint: 'put something between them, or capture both in one',
  };
}

/** The segments of a path, without `.`, inner `..`, and empty ones but that of a directory's end; without the root's slash. */
function normalised(text: string, path: string): Result<readonly string[], PatternProblem> {
  const written = path.replace(/\/+$/, '').split('/');
  const last = written.at(-1);
  if (last === '' || last === '.' || last === '..') return nameless(text, last || '/');
  const isDirectory = path.endsWith('/');
  if (isDirectory && last === '**') {
    const hint = '`*/` gathers the directories in one place, `**/*/` those at any depth, `**` all files';
    return problem('bad-star', `\`${text}\` ends with \`**/\`, which stands for no directory of its own`, hint);
  }
  const result: string[] = [];
  for (const name of written) {
    if (name === '' || name === '.') continue;
    const before = result.at(-1);
    if (name !== '..' || (before === undefined && !path.startsWith('/')) || before === '..') {
      if (name !== '**' || before !== '**') result.push(name);
    } else if (before !== undefined && /[{*?]/.test(before)) {
      return problem('bad-path', `\`${text}\` goes up with \`..\` from \`${before}\``, 'write the path without `..`');
    } else result.pop();
  }
  return ok(isDirectory ? [...result, ''] : result);
}

/** What is wrong with a segment; notes what its captures may be. */
function checkSegment(name: string, where: Where, languages: Map<string, Language>): PatternProblem | undefined {
  if (name !== '**' && name.includes('**')) {
    return {
      code: 'bad-star',
      message: `\`${name}\` has \`**\` beside other text`,
      hint: '`**` stands alone between slashes; `*` matches within a name',
    };
  }
  for (const { 1: capture = '', index } of name.matchAll(/\{(\w+)\}/g)) {
    const source = Object.hasOwn(where, capture) ? where[capture] : undefined;
    if (source === undefined) continue;
    const language = parseWhere(capture, source);
    if (!language.ok) return language.error;
    if (index === 0 && language.value.dotted) {
      return {
        code: 'where-matches-nothing',
        message: `\`where\` for {${capture}}: every value would begin with a dot, and a capture at the start of a name never does`,
        hint: `write the dot before the capture: \`.{${capture}}\``,
      };
    }
    languages.set(capture, language.value);
  }
  return undefined;
}
