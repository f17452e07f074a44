/**
 * Checks the shape of a manifest against its JSON Schema, and says each mistake once, in words. Knows fields and types,
 * and nothing of what they mean to one another.
 */
import { createRequire } from 'node:module';
import type { ErrorObject } from 'ajv';
import type { Diagnostic } from '../core/diagnostic.js';
import { type Doubt, moreDoubt } from './declared.js';
import { meantDuration } from './duration.js';
import { either, error, quote } from './finding.js';
import { meantSize } from './size.js';
import { closest, didYouMean } from './suggest.js';
import { type Data, entries, entry, isMap, type Path, type Tree } from './tree.js';
import { isExpression, notYet } from './unsupported.js';
import { lessUsualJobs } from './usual.js';

interface Check {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null;
}

// Made from schema/manifest.schema.json by schema/generate.js, with the signature that ajv gives every check
const check = createRequire(import.meta.url)('../../dist/manifest/manifest-check.cjs') as Check;

export interface Shape {
  readonly findings: readonly Diagnostic[];
  readonly doubt: Doubt;
}

/** All mistakes of shape in one manifest. */
export function checkShape(tree: Tree): Shape {
  if (check(lessUsualJobs(tree.data))) return { findings: [], doubt: 'none' };
  const errors = check.errors ?? [];
  const mistakes = errors
    .map((found) => ({ found, path: pathOf(found.instancePath) }))
    .filter(({ found, path }) => !isEcho(found, path, errors));
  return {
    findings: mistakes.map(({ found, path }) => describe(tree, found, path)),
    doubt: mistakes.map(({ found, path }) => doubtOf(found, path)).reduce(moreDoubt, 'none'),
  };
}

/** A JSON pointer's steps. */
const pathOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** An error that only repeats another: a missing field beside its misspelling, a map whose key was complained about. */
function isEcho(found: ErrorObject, path: Path, all: readonly ErrorObject[]): boolean {
  if (found.keyword === 'propertyNames') return true;
  if (found.keyword !== 'required') return false;
  const missing: string = found.params.missingProperty;
  return all.some(
    ({ keyword, instancePath, params }) =>
      keyword === 'additionalProperties' &&
      instancePath === found.instancePath &&
      !notYet(path, params.additionalProperty) &&
      closest(params.additionalProperty, [missing]) !== undefined,
  );
}

/** Fields of a manifest from which nothing about jobs and objects follows. */
const aside = ['watch', 'ignore', 'grace'];

function doubtOf({ keyword, params, parentSchema }: ErrorObject, path: Path): Doubt {
  const [section, , field] = path;
  if (aside.includes(String(section))) return 'none';
  const unknown: string | undefined = keyword === 'additionalProperties' ? params.additionalProperty : undefined;
  if (unknown !== undefined && notYet(path, unknown)) return 'none';
  if (section === undefined || path.length === 1) return 'all';
  if (section === 'objects') return 'objects';
  if (section !== 'jobs') return 'none';
  if (path.length > 2) return field === 'sources' || field === 'targets' ? 'objects' : 'none';
  if (unknown === undefined) return keyword === 'required' ? 'none' : 'objects';
  // A misspelt `run` is no source; what is close to nothing may be one
  const meant = closest(unknown, Object.keys(parentSchema?.properties ?? {}));
  return meant === undefined || meant === 'sources' || meant === 'targets' ? 'objects' : 'none';
}

function describe(tree: Tree, found: ErrorObject, path: readonly string[]): Diagnostic {
  const { keyword, params } = found;
  if (keyword === 'additionalProperties') return unknownField(tree, found, path, params.additionalProperty);
  if (keyword === 'required') {
    const message = `${subject(path)} has no field ${quote(params.missingProperty)}`;
    const hint = params.missingProperty === 'run' ? 'say what to do: run: ./load.sh "$source"' : undefined;
    return error('missing-field', message, tree.keyPlace(path), { hint });
  }
  const meant: string = found.parentSchema?.title ?? 'another value';
  if (found.propertyName !== undefined) {
    const [what, place] = [
      path[0] === 'jobs' ? "a job's name" : 'a name',
      tree.keyPlace([...path, found.propertyName]),
    ];
    const proper = found.propertyName.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^(?=[^A-Za-z_])/, '_');
    return error('bad-name', `${what} is ${meant}, not ${quote(found.propertyName)}`, place, {
      hint: `name it ${quote(/^_*$/.test(proper) ? 'load' : proper)}`,
    });
  }
  return badValue(tree, found, path, meant);
}

function unknownField(tree: Tree, found: ErrorObject, path: readonly string[], field: string): Diagnostic {
  const place = tree.keyPlace([...path, field]);
  if (notYet(path, field)) {
    const message = `${quote(field)} is not supported yet`;
    return error('not-supported', message, place, { hint: 'remove it: nothing would come of it' });
  }
  const known = Object.keys(found.parentSchema?.properties ?? {});
  const hint = didYouMean(field, known) ?? `fields here are: ${known.join(', ')}`;
  return error('unknown-field', `${subject(path)} has no field named ${quote(field)}`, place, { hint });
}

function badValue(tree: Tree, found: ErrorObject, path: readonly string[], meant: string): Diagnostic {
  const data = found.data as Data; // ajv passes on what it was given: our own data
  const place = tree.place(path);
  if (path.length === 0) {
    const hint = 'start with: version: 1';
    return error('wrong-type', `a manifest is a map of fields, not ${describeValue(data, tree, path)}`, place, {
      hint,
    });
  }
  if (path.at(-1) === 'when' && typeof data === 'string' && isExpression(data, sourceNames(tree, path))) {
    const hint = 'write any, or all, or make jobs of the cases';
    return error('not-supported', 'an expression in `when` is not supported yet', place, { hint });
  }
  const message = `${subject(path)} must be ${meant}, not ${describeValue(data, tree, path)}`;
  const hint = hintFor(found, data, tree, path);
  const code = { type: 'wrong-type', minimum: 'out-of-range', maximum: 'out-of-range' }[found.keyword] ?? 'bad-value';
  return error(code, message, place, { hint });
}

const sourceNames = (tree: Tree, path: readonly string[]): readonly string[] =>
  entries(jobField(tree, path, 'sources')).map(([name]) => name);

/** `sources.orders.trigger`, `tags[0]`. */
const dotted = (path: readonly string[]): string =>
  path
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);

/** What a message calls the value at a path. */
function subject(path: readonly string[]): string {
  const [section, name, ...rest] = path;
  if (section === undefined) return 'the manifest';
  if ((section !== 'jobs' && section !== 'objects') || name === undefined) return quote(dotted(path));
  const owner = `${section === 'jobs' ? 'job' : 'object'} ${quote(name)}`;
  return rest.length === 0 ? owner : `${quote(dotted(rest))} of ${owner}`;
}

function describeValue(data: Data, tree: Tree, path: Path): string {
  if (data === null) return 'empty';
  if (typeof data === 'number') return `the number ${tree.written(path)}`;
  if (typeof data === 'string') return data === '' ? 'an empty text' : quote(data);
  if (typeof data === 'boolean') return String(data);
  return isMap(data) ? 'a map' : 'a list';
}

/** How to mend a value, where something better can be said than what is meant. */
function hintFor(
  { keyword, params, schema, parentSchema }: ErrorObject,
  data: Data,
  tree: Tree,
  path: readonly string[],
) {
  const types = [parentSchema?.type].flat();
  const isDuration = String(parentSchema?.title).startsWith('a duration');
  const field = path.at(-1);
  if (path.length === 2 && path[0] === 'jobs') return 'write at least what it does: { run: echo hello }';
  if (data === null) return 'give it a value, or remove the line';
  if (keyword === 'enum')
    return didYouMean(String(data), params.allowedValues) ?? `write ${either(params.allowedValues)}`;
  if (keyword === 'const') return `write ${schema}; a newer number asks for a newer objflow`;
  if (isDuration && typeof data === 'string') {
    const duration = meantDuration(data);
    return duration === undefined ? 'write a number and a unit: ms, s, m, h or d' : `write ${duration}`;
  }
  if (isDuration && typeof data === 'number')
    return data > 0 && Number.isInteger(data) ? `add a unit: ${data}s, ${data}m` : 'leave it out where none is meant';
  if (field === 'min_size') {
    const size = typeof data === 'string' ? meantSize(data) : undefined;
    return size === undefined
      ? 'write whole bytes, or a number and a unit: B, kB, MB, GB, KiB, MiB or GiB'
      : `write ${size}`;
  }
  if (field === 'watch' && typeof data === 'string') return 'write watch: { rescan: 5m }';
  if (field === 'polling' && typeof data === 'boolean') return 'say how often: polling: 2s';
  if (field === 'retries' && typeof data === 'number') return 'write retries: { attempts: 3 }';
  if (field === 'run' && Array.isArray(data)) return 'write the lines after run: |';
  if (path.length === 1 && (field === 'jobs' || field === 'objects') && Array.isArray(data))
    return 'put each under its name, without the dashes';
  const around = path.at(-2) === 'sources' ? entry(jobField(tree, path, 'sources'), 'object') : undefined;
  if (typeof data === 'boolean' && around !== undefined)
    return 'a source with fields of its own stands under a name: sources: { orders: { object: …, trigger: false } }';
  if (types.includes('string') && (typeof data === 'number' || typeof data === 'boolean'))
    return `quote it: "${tree.written(path)}"`;
  if (types.includes('boolean') && typeof data === 'string')
    return /^(yes|on|y|true)$/i.test(data) ? 'write true' : 'write false or true, without quotes';
  if (typeof data === 'string' && data.trim() !== '' && !Number.isNaN(Number(data)))
    return `write ${Number(data)}, without quotes`;
  if (types.includes('array') && !types.includes('string') && typeof data === 'string') return `write [${data}]`;
  return undefined;
}

const jobField = (tree: Tree, path: readonly string[], field: string): Data | undefined =>
  entry(entry(entry(tree.data, 'jobs'), path[1] ?? ''), field);
