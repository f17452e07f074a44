/**
 * README.md tells the truth. Every `sh` block is run, in order, in a copy of the clone, each from its root (the program
 * under "As a library" is run by `package.test.ts`, where objflow is a package); every manifest in it loads; every
 * option, field and variable that exists is named in it, and no option that does not.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/commands.js';
import { environmentOf } from '../../src/execute/environment.js';
import { loadMapping } from '../../src/manifest/load.js';
import { files, work } from '../execute/rig.js';
import { called } from './call.js';

const repository = path.join(import.meta.dirname, '../..');
const readme = readFileSync(path.join(repository, 'README.md'), 'utf8');

/** Code blocks of a language, with the heading that they stand under. */
const blocks = (language: string): { heading: string; text: string }[] =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(({ 1: found, 2: text = '', index }) => {
    const heading = [...readme.slice(0, index).matchAll(/^##? (.+)$/gm)].at(-1)?.[1] ?? '';
    return found === language ? [{ heading, text }] : [];
  });

const manifests = blocks('yaml').filter(({ text }) => text.startsWith('version:'));
const workflows = blocks('yaml').filter(({ text }) => !text.startsWith('version:'));

let directory: string;
const clone = () => path.join(directory, 'clone');

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'objflow-readme-'));
  mkdirSync(clone());
  for (const name of ['bin', 'dist', 'schema', 'node_modules'])
    symlinkSync(path.join(repository, name), path.join(clone(), name));
  cpSync(path.join(repository, 'package.json'), path.join(clone(), 'package.json'));
  const made = ['.objflow', 'extracts', 'shop.duckdb', 'shop.duckdb.wal'];
  cpSync(path.join(repository, 'examples'), path.join(clone(), 'examples'), {
    recursive: true,
    filter: (file) => !made.includes(path.basename(file)),
  });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a block from the clone's root. What installs, and what runs these tests, was done already. */
function shell(text: string) {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^npm ci( && |$)/, ''))
    .filter((line) => line !== 'npm test');
  return called('sh', ['-ec', lines.join('\n')], {
    cwd: clone(),
    // Its own cache, because npx remembers a clone by its path; no build, because dist is that of the repository.
    env: {
      npm_config_cache: path.join(directory, 'cache'),
      npm_config_offline: 'true',
      npm_config_ignore_scripts: 'true',
    },
  });
}

describe('the commands', () => {
  test('there are some', () => {
    expect(blocks('sh').map(({ heading }) => heading)).toEqual([
      'Quick start',
      'Two commands on a fresh clone',
      'Two commands on a fresh clone',
    ]);
  });

  test('of the quick start do what it says', async () => {
    const { status, stdout, stderr } = await shell(blocks('sh')[0]?.text ?? '');
    expect(status, stderr).toBe(0);
    const [picture] = blocks('text');
    expect(stdout).toContain(picture?.text);
    const told = stdout.slice(stdout.indexOf(picture?.text ?? '')).split('\n');
    const runs = told.filter((line) => /^\d+ succeeded|^nothing to do/.test(line));
    expect(runs).toEqual([
      expect.stringMatching(/^7 succeeded in /),
      'nothing to do: all 7 tasks are up to date',
      expect.stringMatching(/^3 succeeded, 6 up to date in /),
    ]);
  }, 120_000);

  test('of the example are those that CI runs to their end', () => {
    const [, { text } = { text: '' }] = blocks('sh');
    const [said] = /`(\d+ succeeded)`/.exec(readme)?.slice(1) ?? [];
    const [, command] = /^npm ci && (npx objflow run .*)$/m.exec(text) ?? [];
    const ci = readFileSync(path.join(repository, '.ci/run'), 'utf8');
    expect(ci).toContain(`\n${command} | tee "$example"\ngrep -q '^${said} in' "$example"\n`);
  });
});

describe('the manifests', () => {
  test.each(manifests)('under "$heading" loads', async ({ text }) => {
    const root = mkdtempSync(path.join(directory, 'manifest-'));
    mkdirSync(path.join(root, 'jobs'));
    writeFileSync(path.join(root, 'jobs/one.yaml'), 'jobs: { one: { targets: table:one, run: "true" } }\n');
    writeFileSync(path.join(root, 'objflow.yaml'), text);
    const loaded = await loadMapping(root);
    expect(loaded.ok ? loaded.value.diagnostics : loaded.error).toEqual([]);
  });

  test('name every field that there is', () => {
    const schema = JSON.parse(readFileSync(path.join(repository, 'schema/manifest.schema.json'), 'utf8'));
    const shown = keysOf(manifests.map(({ text }) => parse(text)));
    const missing = [...fieldsOf(schema)].filter((field) => !shown.has(field));
    expect(missing).toEqual([]);
  });

  test('and the workflow checks a mapping', () => {
    expect(workflows).toHaveLength(1);
    const workflow = parse(workflows[0]?.text ?? '');
    const steps: { readonly run?: string }[] = workflow.jobs.validate.steps;
    const [command] = steps.flatMap(({ run }) => (run?.startsWith('npx objflow ') ? [run.slice(12).split(' ')] : []));
    const bin = path.join(repository, 'bin/objflow.js');
    const example = path.join(repository, 'examples/shop');
    expect(spawnSync(process.execPath, [bin, ...(command ?? []), '-C', example]).status).toBe(0);
  });
});

test('the commands and options are those that there are', () => {
  const program = createProgram('-V, --version', () => Promise.resolve());
  const commands = program.createHelp().visibleCommands(program);
  const real = new Set(['--help', ...[program, ...commands].flatMap(({ options }) => options.map(({ long }) => long))]);
  const section = readme.slice(readme.indexOf('\n## Commands'), readme.indexOf('\n## How a command'));
  const told = new Set([...section.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([name]) => name));
  expect([...told].sort()).toEqual([...real].sort());
  const rows = [...section.slice(0, section.indexOf('\n### ')).matchAll(/^\| `(\w+)[ `]/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(commands.map((command) => command.name()).sort());
});

test('the variables are those that a command gets', () => {
  const sources = [{ ...files('landing/a.csv'), name: 'orders', gathers: true }];
  const given = environmentOf(work({}, { sources, partition: { date: '2026-11-20' } }), 'true', {
    root: '/project',
    sourcesFile: '/list',
    inherited: {},
  });
  const section = readme.slice(readme.indexOf('\n## How a command'), readme.indexOf('\n## What may surprise'));
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const told = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`\$(\w+)`/g)].map(([, name]) => name));
  expect(told.sort()).toEqual(given.ok ? Object.keys(given.value.own).sort() : given.error);
});

test('the links lead somewhere', () => {
  for (const name of ['README.md', 'src/README.md', 'test/README.md']) {
    const text = readFileSync(path.join(repository, name), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, to = '']) => to);
    const dead = links.filter(
      (to) => spawnSync('test', ['-e', path.resolve(repository, path.dirname(name), to)]).status !== 0,
    );
    expect(dead, name).toEqual([]);
  }
});

/** Names of all fields in a schema's `properties`, wherever they stand. */
function fieldsOf(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' && typeof value === 'object' && value !== null)
      for (const field of Object.keys(value)) found.add(field);
    fieldsOf(value, found);
  }
  return found;
}

function keysOf(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, below] of Object.entries(value)) {
    if (!Array.isArray(value)) found.add(key);
    keysOf(below, found);
  }
  return found;
}
