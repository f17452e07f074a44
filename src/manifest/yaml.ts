/**
 * YAML to plain data with places. Knows YAML, and nothing of what a manifest means.
 *
 * The document's own conversion to JavaScript is not used: it expands aliases without limit, and maps with a
 * prototype let names such as `__proto__` act.
 */
import { Composer, type CST, type Document, Parser } from 'yaml';
import type { Diagnostic } from '../core/diagnostic.js';
import { error } from './finding.js';
import { syntaxFindings } from './syntax.js';
import type { ManifestText } from './text.js';
import { makeTree, type Tree } from './tree.js';
import { deepest, readNodes } from './yaml-nodes.js';

export interface ParsedYaml {
  /** Absent where the text is not one YAML document. */
  readonly tree?: Tree;
  readonly findings: readonly Diagnostic[];
}

/** Parses one manifest; all findings about its syntax at once. */
export function parseYaml(source: ManifestText): ParsedYaml {
  const tokens = [...new Parser().parse(source.text)];
  // Composing recurses, and ends the whole process where nesting is deep enough; parsing does not.
  for (const [token, depth] of everyToken(tokens)) {
    if (depth <= deepest) continue;
    const message = `the manifest nests deeper than ${deepest} levels`;
    const place = source.place(token.offset, token.offset + 1);
    return { findings: [error('too-deep', message, place, { hint: 'no manifest needs to' })] };
  }
  const [first, second] = compose(tokens, source.text.length);
  const findings = [
    ...syntaxFindings(source, [...(first?.errors ?? []), ...(first?.warnings ?? [])], (at) => unclosed(tokens, at)),
  ];
  if (second !== undefined) {
    const at = documentStart(tokens, second.range[0]);
    const hint = 'keep one, and include the others from files of their own';
    findings.push(error('several-documents', 'a second YAML document starts here', source.place(at, at + 3), { hint }));
  }
  if (first?.directives?.yaml.explicit && first.directives.yaml.version !== '1.2') {
    const hint = 'remove the %YAML line';
    const message = `manifests are YAML 1.2, not ${first.directives.yaml.version}`;
    findings.push(error('yaml-version', message, source.place(0, source.text.length), { hint }));
  }
  if (findings.length > 0 || first === undefined) return { findings };
  if (first.contents === null) {
    const hint = 'start with: version: 1';
    return { findings: [error('empty-manifest', 'the manifest is empty', source.place(0, 0), { hint })] };
  }
  const read = readNodes(source, first);
  if (read.findings.length > 0) return { findings: read.findings };
  return { tree: makeTree(source, read.data, read.spots), findings: [] };
}

/** The first two documents, which are all that anybody asks about. */
function compose(tokens: readonly CST.Token[], length: number): Document.Parsed[] {
  // `strict`: errors of form are errors; `uniqueKeys` compares every key with every other, so we look for doubles ourselves
  const options = { version: '1.2', strict: true, merge: true, uniqueKeys: false, prettyErrors: false } as const;
  const composer = new Composer(options);
  const documents: Document.Parsed[] = [];
  for (const document of composer.compose(tokens, true, length)) {
    documents.push(document);
    if (documents.length === 2) break;
  }
  return documents;
}

/** All tokens, in no particular order, with their depth. */
function* everyToken(tokens: readonly CST.Token[]): Iterable<readonly [CST.Token, number]> {
  const open: [token: CST.Token, depth: number][] = tokens.map((token) => [token, 0]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    const [token, depth] = next;
    if (token.type === 'document' && token.value) open.push([token.value, depth]);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push([key, depth + 1]);
      if (value) open.push([value, depth + 1]);
    }
  }
}

/** Where the last quote, bracket or brace before an offset stands that is never closed. */
function unclosed(tokens: readonly CST.Token[], before: number): number | undefined {
  let last: number | undefined;
  for (const [token] of everyToken(tokens)) {
    const open =
      token.type === 'flow-collection'
        ? !token.end.some(({ type }) => type === token.start.type.replace('start', 'end'))
        : 'source' in token && /-quoted-scalar$/.test(token.type) && !/^(["']).*\1$/s.test(token.source);
    if (open && token.offset < before && token.offset >= (last ?? 0)) last = token.offset;
  }
  return last;
}

/** Where the `---` of the second document stands. */
function documentStart(tokens: readonly CST.Token[], fallback: number): number {
  const documents = tokens.filter((token) => token.type === 'document');
  const mark = documents[1]?.start.find((token) => token.type === 'doc-start');
  return mark?.offset ?? fallback;
}
