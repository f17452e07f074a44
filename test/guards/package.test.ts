/**
 * The package as a stranger gets it: packed, installed without development dependencies, called through npx. Nothing is
 * fetched: npm would ask its registry even for what is there, so the tarball is unpacked and linked here as npm does it,
 * beside copies of the production dependencies.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  for (const name of ['manifest', 'journal', 'validate', 'graph', 'status', 'plan', 'events', 'history', 'logs'])
    expect(packed).toContain(`schema/${name}.schema.json`);
  const allowed =
    /^(bin\/objflow\.js|dist\/.+\.(js|cjs|d\.ts|json)|schema\/\w+\.schema\.json|[A-Z]+(\.md)?|package\.json)$/;
  expect(packed.filter((file) => !allowed.test(file))).toEqual([]);
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

test('is a library too, and its schemas can be imported', async () => {
  const program = `
    import { loadMapping } from 'objflow';
    import { readFileSync } from 'node:fs';
    const loaded = await loadMapping('demo-library');
    if (loaded.ok) console.log([...loaded.value.mapping.jobs.keys()].join());
    console.log(JSON.parse(readFileSync(new URL(import.meta.resolve('objflow/schema/manifest.schema.json')))).type);
  `;
  await call(project(), 'npx', 'objflow', 'init', 'demo-library');
  writeFileSync(path.join(project(), 'library.mjs'), program);
  const ran = await call(project(), process.execPath, 'library.mjs');
  expect(ran, ran.stderr).toMatchObject({ status: 0, stdout: 'clean_orders,daily_totals,report\nobject\n' });
});
