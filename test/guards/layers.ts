/**
 * The layers of src/README.md as data, and the one who holds a file against them. Reads text with regular expressions:
 * TypeScript 7 has no parser to call.
 */
import { isBuiltin } from 'node:module';
import path from 'node:path';

interface Layer {
  /** Layers whose code it may import; its own is understood. */
  readonly layers: readonly string[] | 'any';
  /** Layers of which it may import types. */
  readonly types?: readonly string[];
  readonly packages: readonly string[];
  /** Node's own modules. */
  readonly node: boolean;
}

const adapters = ['manifest', 'objects', 'execute', 'journal', 'report'];
const adapter = (...packages: readonly string[]): Layer => ({ layers: ['core'], packages, node: true });

/** A package stands in one layer only. The files directly in src are the library, `.`. */
export const layers: Readonly<Record<string, Layer>> = {
  core: { layers: [], packages: [], node: false },
  manifest: adapter('yaml', 'ajv', 'fastest-levenshtein'),
  objects: adapter('chokidar'),
  execute: adapter('execa'),
  journal: adapter(),
  report: adapter('chalk', 'string-width'),
  recall: { layers: [], packages: [], node: true },
  engine: { layers: ['core'], types: adapters, packages: [], node: true },
  orchestrator: { layers: ['core', 'engine', ...adapters], packages: [], node: true },
  cli: { layers: 'any', packages: ['commander'], node: true },
  '.': { layers: ['core', 'engine', 'orchestrator', ...adapters], packages: [], node: true },
};

/** What the core may not name: it has no clock, no chance and no world. */
const bannedInCore =
  /\bMath\s*\.\s*random\b|\b(?:Date|process|performance|console|globalThis|require|set(?:Timeout|Interval|Immediate)|queueMicrotask|crypto|fetch)\b/g;

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

/** What is wrong with a file; `file` is its path below src, with slashes. */
export function faultsOf(file: string, text: string): string[] {
  const layer = path.posix.dirname(file).split('/')[0] ?? '.';
  const rules = layers[layer];
  if (rules === undefined) return [`${file}: there is no layer "${layer}"; name it in test/guards/layers.ts`];
  const faults: string[] = [];
  for (const { from, typeOnly } of importsOf(text)) {
    const fault = from.startsWith('.') ? faultOfPath(file, layer, rules, from, typeOnly) : faultOfName(rules, from);
    if (fault !== undefined) faults.push(`${file}: ${fault}`);
  }
  if (/\bimport\s*\(\s*[^'"\s]/.test(withoutComments(text))) faults.push(`${file}: imports what no text names`);
  if (layer === 'core') for (const [name] of bare(text).matchAll(bannedInCore)) faults.push(`${file}: names ${name}`);
  return faults;
}

function faultOfPath(file: string, layer: string, rules: Layer, from: string, typeOnly: boolean): string | undefined {
  const target = path.posix.join(path.posix.dirname(file), from);
  if (target.startsWith('../')) return `imports ${from}, outside of src`;
  const other = path.posix.dirname(target).split('/')[0] ?? '.';
  if (other === layer || rules.layers === 'any' || rules.layers.includes(other)) return undefined;
  if (rules.types?.includes(other))
    return typeOnly ? undefined : `imports ${from}; of ${other} it may import types only`;
  return `imports ${from}; ${layer} may not import ${other}`;
}

function faultOfName(rules: Layer, from: string): string | undefined {
  if (from.startsWith('node:')) return rules.node ? undefined : `imports ${from}`;
  if (isBuiltin(from)) return `imports ${from} without node:`;
  const name = from.split('/', from.startsWith('@') ? 2 : 1).join('/');
  return rules.packages.includes(name) ? undefined : `imports the package ${name}`;
}

/** Everything that the text imports or exports again, types too. */
function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  for (const [, what = '', from = ''] of code.matchAll(/^\s*(?:import|export)\b([^;'"]*?)\bfrom\s*['"]([^'"]+)['"]/gm))
    found.push({ from, typeOnly: /^\s*type\b/.test(what) || allTypes(what) });
  for (const [, from = ''] of code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) found.push({ from, typeOnly: false });
  for (const [, word, from = ''] of code.matchAll(/\b(typeof\s+)?(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g))
    found.push({ from, typeOnly: word !== undefined });
  return found;
}

/** `{ type A, type B }` */
function allTypes(what: string): boolean {
  const [, names] = /^\s*\{([^}]*)\}\s*$/.exec(what) ?? [];
  const each = names?.split(',').filter((name) => name.trim() !== '');
  return each !== undefined && each.length > 0 && each.every((name) => /^\s*type\s/.test(name));
}

/** A comment starts at a line's beginning or after a space, and so never within `https://`. */
const withoutComments = (text: string): string =>
  text.replace(/(^|\s)\/\*[\s\S]*?\*\//g, '$1').replace(/(^|\s)\/\/.*$/gm, '$1');

/** Code without comments and without texts that end on their line. */
const bare = (text: string): string =>
  withoutComments(text)
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
    .replace(/`[^`$\n]*`/g, "''");
