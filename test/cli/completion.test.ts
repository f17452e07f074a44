/** Shell completion: what is answered to a call that is being typed, and the scripts in the shells that there are. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/commands.js';
import { complete } from '../../src/cli/complete.js';
import { completion, type Shell } from '../../src/cli/completion.js';
import type { Context } from '../../src/cli/context.js';

const root = fs.mkdtempSync(path.join(tmpdir(), 'objflow-completion-'));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
const bin = path.join(import.meta.dirname, '../../bin');

const manifest = `version: 1
objects:
  table:audit: { description: "Who \\e[31mdid what" }
jobs:
  load_orders:
    description: Loads them
    tags: [nightly]
    sources: landing/or ders_{date}.csv
    targets: table:raw.orders/{date}
    run: 'true'
  load_money: { sources: 'landing/$m''o"ney;.csv', targets: table:raw.money, run: 'true' }
  mart: { tags: [nightly, sums], sources: [table:raw.orders/*, table:raw.money], targets: table:audit, run: 'true' }
`;
fs.mkdirSync(path.join(root, 'landing'));
fs.writeFileSync(path.join(root, 'objflow.yaml'), manifest);
fs.writeFileSync(path.join(root, 'landing/or ders_1.csv'), 'x');
fs.mkdirSync(path.join(root, 'bad'));
fs.writeFileSync(path.join(root, 'bad/objflow.yaml'), 'jobs: [');

/** A context, and what was written to its outlet. */
function caught(): { readonly context: Context; readonly told: () => string } {
  const texts: string[] = [];
  const out = { write: (text: string) => texts.push(text) };
  // These commands use nothing else of it.
  const context = { options: {}, cwd: root, manifest: root, out } as unknown as Context;
  return { context, told: () => texts.join('') };
}

/** What a shell is told: the words of the call, the last of which is being typed. */
async function answer(shell: Shell, ...words: string[]): Promise<string[]> {
  const { context, told } = caught();
  const program = createProgram('-V, --version', () => Promise.reject(new Error('nothing is called')));
  expect(await complete(context, program, shell, words)).toBe(0);
  return told().split('\n').slice(0, -1);
}

/** Words alone, where words are the answer. */
async function among(...words: string[]): Promise<string[]> {
  const [kind, ...rest] = await answer('zsh', '-C', root, ...words);
  expect(kind).toBe('words');
  return rest.map((line) => line.split('\t')[0] ?? '');
}

test('commands, options, and values of options', async () => {
  expect(await among('va')).toEqual(['validate']);
  expect(await among('compl')).toEqual(['completion']); // not what the scripts call
  expect(await among('run', '--dr')).toEqual(['--dry-run']);
  expect(await among('run', '--quiet', '--q')).toEqual([]);
  expect(await among('validate', '--format', 's')).toEqual(['sarif']);
  expect(await among('validate', '--format=s')).toEqual(['--format=sarif']);
  expect(await among('completion', '')).toEqual(['bash', 'fish', 'zsh']);
  expect(await among('run', '-j', '')).toEqual([]);
  expect(await among('nonsense', '')).toEqual([]);
  expect(await among('run', '--', '--dr')).toEqual([]);
  expect(await answer('fish', 'run', '-f', 'x')).toEqual(['files']);
  expect(await answer('fish', '-C', '')).toEqual(['directories']);
  expect(await answer('fish', 'init', '')).toEqual(['directories']);
});

test('selectors: jobs, tags, phases, objects, with pluses and commas', async () => {
  expect(await among('run', 'load')).toEqual(['load_money', 'load_orders']);
  expect(await among('run', 'mart', 'load_o')).toEqual(['load_orders']);
  expect(await among('status', 'tag:')).toEqual(['tag:nightly', 'tag:sums']);
  expect(await among('graph', 'state:f')).toEqual(['state:failed']);
  expect(await among('run', 'table:raw.o')).toEqual(['table:raw.orders/*', 'table:raw.orders/{date}']);
  expect(await among('run', '2+mar')).toEqual(['2+mart']);
  expect(await among('run', 'mart+')).toEqual(['mart+']);
  expect(await among('run', 'nope+')).toEqual([]);
  expect(await among('run', 'tag:nightly,+ma')).toEqual(['tag:nightly,+mart']);
  expect(await among('run', 'load_orders[')).toEqual(['load_orders[date=1]']);
});

test('objects for emit: those that are one object; where none is, the files that lie there', async () => {
  expect(await among('emit', 'table:')).toEqual(['table:audit', 'table:raw.money']);
  expect(await answer('zsh', '-C', root, 'emit', 'landing/or')).toEqual(['files']);
});

test('what a word is about cannot paint', async () => {
  expect(await answer('fish', '-C', root, 'run', 'table:a')).toEqual(['words', 'table:audit\tWho \\x1b[31mdid what']);
});

test('no mapping, and one with errors: no words, no noise', async () => {
  for (const directory of ['bad', 'landing', 'no/such']) {
    expect(await answer('zsh', '-C', path.join(root, directory), 'run', '')).toEqual(['words']);
    expect(await answer('zsh', '-f', path.join(root, directory), 'run', 'load_orders[')).toEqual(['words']);
  }
});

function script(shell: Shell): string {
  const { context, told } = caught();
  completion(context, shell);
  return told();
}

const environment = { ...process.env, PATH: `${root}:${process.env.PATH}` };
fs.symlinkSync(path.join(bin, 'objflow.js'), path.join(root, 'objflow'));

test('bash completes with it, and reads as one word what it was given', () => {
  const lines = ['objflow run lo', 'objflow run table:raw.m', "objflow run 'landing/or", 'objflow run landing/$'];
  const ask = lines
    .map((line) => `COMP_LINE=${quoted(line)}; COMP_POINT=\${#COMP_LINE}; _objflow objflow; echo "\${COMPREPLY[@]}"`)
    .join('\n');
  const said = execFileSync('bash', ['--norc', '-c', `${script('bash')}\ncomplete -p objflow\n${ask}`], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });
  expect(said.split('\n')).toEqual([
    'complete -F _objflow objflow',
    'load_money load_orders',
    'raw.money',
    'landing/or ders_{date}.csv',
    'landing/\\$m\\\'o\\"ney\\;.csv',
    '',
  ]);
});

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

test.skipIf(!has('fish'))('fish completes with it', () => {
  const ask = `${script('fish')}\ncomplete -C'objflow run "landing/or'`;
  const said = execFileSync('fish', ['-N', '-c', ask], { cwd: root, env: environment, encoding: 'utf8' });
  expect(said).toBe('landing/or ders_{date}.csv\n');
});

test.skipIf(!has('zsh'))('zsh reads it without complaint', () => {
  const said = spawnSync('zsh', ['-f', '-n', '-c', script('zsh')], { encoding: 'utf8' });
  expect({ status: said.status, err: said.stderr }).toEqual({ status: 0, err: '' });
});
