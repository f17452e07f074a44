/**
 * YAML's own errors in words that say how to mend them. Knows the parser's codes, and nothing of what a manifest means.
 */
import type { YAMLError, YAMLWarning } from 'yaml';
import type { Diagnostic } from '../core/diagnostic.js';
import { error, quote } from './finding.js';
import type { ManifestText } from './text.js';

/** One finding a line: what a parser says after its first complaint about a line is mostly the same mistake again. `unclosed`: where what is never closed stands. */
export function syntaxFindings(
  source: ManifestText,
  problems: readonly (YAMLError | YAMLWarning)[],
  unclosed: (before: number) => number | undefined,
): Diagnostic[] {
  const findings = new Map<number, Diagnostic>();
  for (const problem of problems) {
    const finding = bracesInText(source, problem) ?? words(source, problem, unclosed);
    if (!findings.has(finding.place.line)) findings.set(finding.place.line, finding);
  }
  return [...findings.values()];
}

function words(
  source: ManifestText,
  problem: YAMLError | YAMLWarning,
  unclosed: (before: number) => number | undefined,
): Diagnostic {
  const [start, end] = problem.pos;
  const place = source.place(start, end);
  const say = (message: string, hint: string) => error('yaml-syntax', message, place, { hint });
  const open = unclosed(start) ?? start;
  const sayOpen = (what: string) =>
    error('yaml-syntax', `this ${what} is not closed`, source.place(open, open + 1), {
      hint: 'close it, or quote the text',
    });
  switch (problem.code) {
    case 'TAB_AS_INDENT':
      return say('a tab indents this line', 'indent with spaces');
    case 'BLOCK_AS_IMPLICIT_KEY':
      return say(
        'a second ": " stands on this line',
        'quote the text that holds it, or write it in lines of its own after |',
      );
    case 'MULTILINE_IMPLICIT_KEY':
      return say('this line is neither "key: value" nor the rest of a text', 'add the colon, or check the indentation');
    case 'BAD_SCALAR_START':
      return say(`a value cannot start with ${source.text[start]}`, 'quote it');
    case 'BAD_DQ_ESCAPE':
      return say(
        'this escape is not known in double quotes',
        "write \\\\ for a backslash, or use single quotes: '\\d+'",
      );
    case 'TAG_RESOLVE_FAILED':
      return error('unknown-tag', `the tag ${quote(source.text.slice(start, end))} means nothing here`, place, {
        hint: 'remove it',
      });
    case 'BAD_DIRECTIVE':
      return error('yaml-version', clean(problem.message), place, { hint: 'remove the line: manifests are YAML 1.2' });
    case 'MISSING_CHAR':
      return problem.message.includes('quote')
        ? sayOpen('quote')
        : say(clean(problem.message), 'check the line, and the one before it');
    case 'BAD_INDENT':
      return problem.message.startsWith('Flow')
        ? sayOpen(source.text[open] === '{' ? 'brace' : 'bracket')
        : say('this line is indented unlike those beside it', 'indent entries of one map or list alike');
    default:
      return say(clean(problem.message), 'check the line, and the one before it');
  }
}

/** `[a_{x}.csv]`, and `{x}.csv` without quotes: to YAML a brace opens a map. */
function bracesInText(source: ManifestText, problem: YAMLError | YAMLWarning): Diagnostic | undefined {
  if (problem.code !== 'MISSING_CHAR' && problem.code !== 'UNEXPECTED_TOKEN') return undefined;
  const at = problem.pos[0];
  const lineStart = source.text.lastIndexOf('\n', at - 1) + 1;
  const line = source.text.slice(lineStart).split(/\r?\n/, 1)[0] ?? '';
  for (const found of line.matchAll(/[^\s,[\]"']*\{\w+\}[^\s,[\]"']*/g)) {
    const [word] = found;
    const start = lineStart + found.index;
    if (at < start || at > start + word.length || /^\{\w+\}$/.test(word)) continue;
    const place = source.place(start, start + word.length);
    const message = 'to YAML, these braces open a map';
    return error('yaml-braces', message, place, { hint: `quote it: "${word}"` });
  }
  return undefined;
}

/** One sentence without a full stop, on one line. */
const clean = (message: string): string =>
  message
    .replace(/\s+/g, ' ')
    .replace(/[.:]\s*$/, '')
    .trim();
