/**
 * What is made from the schemas at build time: the compiled check of manifests (so that nothing compiles a schema when
 * objflow starts) and the manifest reference for people. Run by `npm run build`, after tsc.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const here = new URL('./', import.meta.url);

/** The manifest's schema, read anew. */
export const readSchema = () => JSON.parse(readFileSync(new URL('manifest.schema.json', here), 'utf8'));

/** CommonJS text of a function that checks a value against the schema, and leaves its `errors` on itself. */
export function compiledCheck(schema) {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, code: { source: true } });
  return `// Made by schema/generate.js from manifest.schema.json.\n${standalone.default(ajv, ajv.compile(schema))}\n`;
}

/** The reference: one table for each kind of map that a manifest holds. */
export function reference(schema) {
  const { defaults, job, source, object, retries, watch } = schema.definitions;
  const tables = [
    ['A manifest', schema, schema.description],
    ['A job', job, 'Each entry of `jobs`, under its name.'],
    ['A source', source, 'An entry of `sources` that is more than the name of an object.'],
    ['An object', object, 'Each entry of `objects`, under its name.'],
    ['`watch`', watch, 'In the root manifest.'],
    ['`retries`', retries, 'In a job or in `defaults`.'],
    ['`defaults`', defaults, schema.properties.defaults.description],
  ];
  const head =
    '# Manifest reference\n\nMade from `manifest.schema.json` by `schema/generate.js`. Do not edit it by hand.\n';
  return head + tables.map(([title, type, text]) => `\n## ${title}\n\n${text}\n\n${table(schema, type)}`).join('');
}

function table(schema, type) {
  const rows = Object.entries(type.properties).map(([name, property]) => {
    const full = property.$ref ? { ...schema.definitions[property.$ref.split('/').pop()], ...property } : property;
    const required = type.required?.includes(name) ? ' (required)' : '';
    const standard = full.default === undefined ? '' : `\`${full.default}\``;
    return [`\`${name}\`${required}`, full.title, standard, meaning(full)];
  });
  const lines = [['field', 'value', 'default', 'meaning'], ['---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('');
}

function meaning({ description = '', examples }) {
  if (examples === undefined) return description;
  const shown = examples.map((example) => `\`${typeof example === 'string' ? example : flow(example)}\``);
  return `${description} Example: ${shown.join(', ')}`.trim();
}

/** A value as YAML in flow style; JSON is YAML, less its quotes where it needs none. */
const flow = (value) => {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object') return /^[\w./][\w ./*-]*$/.test(value) ? String(value) : `'${value}'`;
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${/^\w+$/.test(key) ? key : `"${key}"`}: ${flow(item)}`)
    .join(', ')} }`;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const schema = readSchema();
  const out = new URL('../dist/manifest/', here);
  mkdirSync(out, { recursive: true });
  writeFileSync(new URL('manifest-check.cjs', out), compiledCheck(schema));
  writeFileSync(new URL('manifest.md', here), reference(schema));
}
