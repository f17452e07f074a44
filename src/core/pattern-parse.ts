/**
 * Reads object patterns. Knows nothing of matching.
 */
import { hasUnprintable } from './charset.js';
import type { Pattern, PatternProblem } from './pattern.js';
import { ambiguity, program } from './program.js';
import { err, ok, type Result } from './result.js';
import { type Segment, type Token, wild } from './segment.js';
import { parseWhere } from './where.js';

/** What `where` says of captures, by name. */
export type Where = Readonly<Record<string, string>>;

const MAX_LENGTH = 4096;
const MAX_AMBIGUITY = 3;

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
  const root = kind === 'file' && written.startsWith('/') ? '/' : '';
  const segments: Segment[] = [];
  for (const name of names.value) {
    const segment = parseSegment(name, where);
    if (!segment.ok) return segment;
    segments.push(segment.value);
  }
  // A star below it says what `**` at the end means: every file, however deep.
  if (segments.at(-1)?.type === 'deep') segments.push(wild('*', [{ type: 'run' }]));

  const whole = program(segments, root);
  if (ambiguity(whole) > MAX_AMBIGUITY) {
    return problem(
      'too-ambiguous',
      `\`${text}\` repeats captures in a way that takes too long to match`,
      'give what repeats a segment of its own, as in `{a}/{b}/{a}_{b}.csv`',
    );
  }
  const holes = segments.flatMap((segment) => (segment.type === 'wild' ? segment.tokens : []));
  return ok({
    text,
    id: `${kind}:${root}${names.value.join('/')}`,
    kind,
    captures: whole.names,
    gathers:
      segments.some((segment) => segment.type === 'deep') || holes.some(({ type }) => type === 'run' || type === 'one'),
    root,
    segments,
    program: whole,
  });
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

function parseSegment(name: string, where: Where): Result<Segment, PatternProblem> {
  if (!/[{*?]/.test(name)) return ok({ type: 'literal', text: name });
  if (name === '**') return ok({ type: 'deep' });
  if (name.includes('**')) {
    return problem(
      'bad-star',
      `\`${name}\` has \`**\` beside other text`,
      '`**` stands alone between slashes; `*` matches within a name',
    );
  }
  const tokens: Token[] = [];
  for (const [part] of name.matchAll(/[^{*?]+|\{\w+\}|[*?]/g)) {
    if (part === '*') tokens.push({ type: 'run' });
    else if (part === '?') tokens.push({ type: 'one' });
    else if (!part.startsWith('{')) tokens.push({ type: 'literal', text: part });
    else {
      const capture = parseCapture(part.slice(1, -1), where, tokens.length === 0);
      if (!capture.ok) return capture;
      tokens.push(capture.value);
    }
  }
  return ok(wild(name, tokens));
}

function parseCapture(name: string, where: Where, first: boolean): Result<Token, PatternProblem> {
  const source = Object.hasOwn(where, name) ? where[name] : undefined;
  if (source === undefined) return ok({ type: 'capture', name });
  const language = parseWhere(name, source);
  if (!language.ok) return language;
  if (first && language.value.dotted) {
    return problem(
      'where-matches-nothing',
      `\`where\` for {${name}}: every value would begin with a dot, and a capture at the start of a name never does`,
      `write the dot before the capture: \`.{${name}}\``,
    );
  }
  return ok({ type: 'capture', name, language: language.value });
}
