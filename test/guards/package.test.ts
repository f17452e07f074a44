/**
 * The package as a stranger gets it: packed, installed without development dependencies, called through npx. Nothing is
 * fetched: npm would ask its registry even for what is there, so the tarball is unpacked and linked here as npm does it,
 * beside copies of the production dependencies.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Called, called } from './call.js';

const repository = path.join(import.meta.dirname, '../..');
const { version, dependencies, devDependencies } = JSON.parse(
  readFileSync(path.join(repository, 'package.json'), 'utf8'),
);

let directory: string;
let packed: readonly string[];
const project = () => path.join(directory, 'project');

const call = (cwd: string, command: string, ...args: readonly string[]): Promise<Called> =>
  called(command, args, {
    cwd,
    env: { npm_config_offline: 'true', npm_config_cache: path.join(directory, 'cache'), npm_config_audit: 'false' },
  });

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'objflow-package-'));
  mkdirSync(project());
  const pack = await call(repository, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', directory);
  expect(pack.status, pack.stderr).toBe(0);
  const [{ filename, files }] = JSON.parse(pack.stdout);
  packed = files.map((file: { readonly path: string }) => file.path);

  const production = await call(repository, 'npm', 'ls', '--omit=dev', '--all', '--parseable');
  for (const from of production.stdout.trim().split('\n').slice(1))
    cpSync(from, path.join(project(), path.relative(repository, from)), { recursive: true });
  writeFileSync(path.join(project(), 'package.json'), '{ "private": true }\n');
  const installed = path.join(project(), 'node_modules/objflow');
  const links = path.join(project(), 'node_modules/.bin');
  for (const each of [installed, links]) mkdirSync(each, { recursive: true });
  const unpack = await call(installed, 'tar', '-xzf', path.join(directory, filename), '--strip-components=1');
  expect(unpack.status, unpack.stderr).toBe(0);
  symlinkSync('../objflow/bin/objflow.js', path.join(links, 'objflow'));
}, 120_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('holds the built program and the schemas, and nothing that only we need', () => {
  for (const file of ['bin/objflow.js', 'dist/index.js', 'dist/index.d.ts', 'README.md', 'LICENSE', 'package.json'])
    expect(packed).toContain(file);
  for (const file of ['start.js', 'launcher-main.js', 'graph-page.js', 'LICENSES.txt'])
    expect(packed).toContain(`dist/program/${file}`);
  for (const name of ['manifest', 'journal', 'validate', 'graph', 'status', 'plan', 'events', 'history', 'logs'])
    expect(packed).toContain(`schema/${name}.schema.json`);
  const allowed =
    /^(bin\/(objflow\.js|package\.json)|dist\/.+\.(js|cjs|d\.ts|json)|dist\/program\/LICENSES\.txt|schema\/\w+\.schema\.json|[A-Z]+(\.md)?|package\.json)$/;
  expect(packed.filter((file) => !allowed.test(file))).toEqual([]);
  // The command line is in dist/program, and nobody imports it.
  expect(packed.filter((file) => file.startsWith('dist/cli/'))).toEqual([]);
});

test('tells the licence of every package that is joined into the program', () => {
  const told = readFileSync(path.join(repository, 'dist/program/LICENSES.txt'), 'utf8');
  const joined = Object.keys(dependencies).filter((name) => !['ajv', 'string-width'].includes(name)); // loaded as they are
  expect(joined.filter((name) => !told.includes(`${name} ${dependencies[name]}, `))).toEqual([]);
  const licences = [...told.matchAll(/^\S+ \d+\.\d+\.\d+, (.*)$/gm)].map(([, licence]) => licence);
  expect(licences.length).toBeGreaterThanOrEqual(joined.length);
  expect(licences.filter((licence) => !['MIT', 'ISC', 'Apache-2.0'].includes(licence ?? ''))).toEqual([]);
});

test('is installed without one development dependency', () => {
  const installed = (name: string): boolean => existsSync(path.join(project(), 'node_modules', name, 'package.json'));
  expect(Object.keys(devDependencies).filter(installed)).toEqual([]);
  expect(Object.keys(dependencies).filter((name) => !installed(name))).toEqual([]);
});

test('npx objflow tells its version, makes a mapping, checks it and runs it', async () => {
  expect(await call(project(), 'npx', 'objflow', '--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
  expect(await call(project(), 'npx', 'objflow', 'init', 'demo')).toMatchObject({ status: 0 });
  const demo = path.join(project(), 'demo');
  const validated = await call(demo, 'npx', 'objflow', 'validate');
  expect(validated).toMatchObject({ status: 0, stdout: expect.stringContaining('no errors') });
  const run = await call(demo, 'npx', 'objflow', 'run', '--format', 'json');
  expect(run.status, run.stderr).toBe(0);
  const summary = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(summary).toMatchObject({ event: 'summary', failed: 0, blocked: 0, waiting: 0, upToDate: 0 });
  expect(summary.succeeded).toBeGreaterThan(0);
  expect(await call(demo, 'npx', 'objflow', 'status', '--check')).toMatchObject({ status: 0 });
}, 60_000);

describe('is a library too', () => {
  /** A program of this text in the project, called to its end, which must come by itself. */
  const program = (name: string, text: string): Promise<Called> => {
    writeFileSync(path.join(project(), name), text);
    return call(project(), process.execPath, name);
  };

  test('the example of README.md does what it says, and ends by itself', async () => {
    await call(project(), 'npx', 'objflow', 'init', 'demo');
    rmSync(path.join(project(), 'demo/.objflow'), { recursive: true, force: true });
    expect(examples()).toHaveLength(1);
    const ran = await program('readme.mjs', examples()[0] ?? '');
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
    expect(ran.stdout.split('\n')).toEqual([
      '7 tasks succeeded',
      'clean_orders[date=2026-11-23] succeeded',
      'daily_totals[date=2026-11-23] succeeded',
      'report succeeded',
      'report: succeeded',
      '',
    ]);
  }, 60_000);

  test('its schemas can be imported, and nothing of its inside', async () => {
    const text = `
      import { readFileSync } from 'node:fs';
      console.log(JSON.parse(readFileSync(new URL(import.meta.resolve('objflow/schema/manifest.schema.json')))).type);
      await import('objflow/dist/cli/main.js').catch((error) => console.log(error.code));
    `;
    expect(await program('inside.mjs', text)).toMatchObject({
      status: 0,
      stdout: 'object\nERR_PACKAGE_PATH_NOT_EXPORTED\n',
    });
  });

  /** Compiles the example, and a program that asks for what the types promise, with all types checked. */
  const compile = (options: Readonly<Record<string, unknown>>): Promise<Called> => {
    const strict = {
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      target: 'ES2022',
      exactOptionalPropertyTypes: true,
    };
    writeFileSync(
      path.join(project(), 'typed.mts'),
      readFileSync(path.join(import.meta.dirname, 'typed.mts.txt'), 'utf8'),
    );
    writeFileSync(path.join(project(), 'example.mts'), examples()[0] ?? '');
    const types = path.join(repository, 'node_modules/@types');
    const compilerOptions = { ...strict, typeRoots: [types], types: ['node'], ...options };
    writeFileSync(
      path.join(project(), 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['typed.mts', 'example.mts'] }),
    );
    return call(project(), process.execPath, path.join(repository, 'node_modules/typescript/bin/tsc'), '-p', '.');
  };

  test.each([
    { module: 'node16', moduleResolution: 'node16' },
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ])(
    'its types are found and hold: $moduleResolution',
    async (options) => {
      expect(await compile(options)).toEqual({ status: 0, stdout: '', stderr: '' });
    },
    60_000,
  );

  test('no declaration that it leads to says `any`, and none is missing', () => {
    const root = path.join(project(), 'node_modules/objflow/dist');
    const seen = new Set<string>();
    const said: string[] = [];
    const read = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      for (const [line] of text.replace(/'[^'\n]*'/g, "''").matchAll(/^.*\bany\b.*$/gm))
        said.push(`${path.relative(root, file)}: ${line.trim()}`);
      for (const [, from = ''] of text.matchAll(/(?:from|import)[ (]*["'](\.[^"']+)\.js["']/g))
        read(path.resolve(path.dirname(file), `${from}.d.ts`));
    };
    read(path.join(root, 'index.d.ts'));
    expect(said).toEqual([]);
    expect(seen.size).toBeGreaterThan(15);
    expect([...seen].filter((file) => file.includes('/dist/cli/'))).toEqual([]);
  });
});

/** Programs of the packed README.md. */
function examples(): readonly string[] {
  const readme = readFileSync(path.join(project(), 'node_modules/objflow/README.md'), 'utf8');
  return [...readme.matchAll(/^```(?:js|ts)\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
}
