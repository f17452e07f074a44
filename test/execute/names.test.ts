import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileId } from '../../src/core/object.js';
import { type Project, project, waiting, work } from './rig.js';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: names as they may land
const nasty = [
  'a b',
  ' leading and trailing ',
  "it's",
  '"quoted"',
  "'; touch pwned; '",
  '"; touch pwned; "',
  '$(touch pwned)',
  '`touch pwned`',
  '$((1+1))',
  '${HOME}',
  '$source',
  '; touch pwned',
  '| touch pwned',
  '&& touch pwned &',
  '> pwned',
  '< pwned',
  '*',
  '?[a-z]',
  '{a,b}',
  '~',
  '~root',
  '-rf',
  '--help',
  '-',
  '%s%n%d',
  '\\n\\0\\',
  '!!',
  '# comment',
  'x=1',
  '💩 é ß 漢字',
  'a'.repeat(255),
  `${'é'.repeat(127)}x`,
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: only there

let at: Project;
beforeEach(() => {
  at = project();
});
afterEach(() => at.close());

const told = (name: string): string => (name.startsWith('-') ? `./${name}` : name);

test.each([
  ['sh', undefined],
  ['bash', undefined],
  ['sh', ['/bin/sh']],
  ['bash', ['bash', '--posix']],
] as const)(
  'names reach a command of %s unharmed, and nothing in them is executed (ahead: %s)',
  async (shell, ahead) => {
    const at = project(300, ahead && waiting(ahead));
    const run = [
      'printf "%s" "$source" >out.source',
      'printf "%s\\0" "$@" >out.arguments',
      'cat -- "$sources_file" >out.file',
      'printf "%s" "$capture" >out.capture',
      'printf "%s" "$named" >out.named',
      'cat -- "$source" >out.content',
    ].join('\n');
    for (const name of nasty) {
      writeFileSync(path.join(at.root, name), `content of ${name}`);
      const { outcome, log } = at.run(
        { run, shell },
        {
          partition: { capture: name },
          sources: [
            { name: 'named', objects: [fileId(name)], gathers: false },
            { objects: [fileId('other')], gathers: true },
          ],
        },
      );
      expect([await outcome, at.log(path.basename(log, '.log'))], name).toEqual([{ exitCode: 0 }, '']);
      expect(at.read('out.source')).toBe(told(name));
      expect(at.read('out.arguments')).toBe(`${told(name)}\0other\0`);
      expect(at.read('out.file')).toBe(`${told(name)}\0other\0`);
      expect(at.read('out.capture')).toBe(name);
      expect(at.read('out.named')).toBe(told(name));
      expect(at.read('out.content')).toBe(`content of ${name}`);
      expect(existsSync(path.join(at.root, 'pwned')), name).toBe(false);
    }
    at.close();
  },
  60_000,
);

test('all of them gathered, one a line', async () => {
  const sources = [{ objects: nasty.map(fileId), gathers: true }];
  await at.run({ run: 'printf "%s" "$sources" >lines; printf "%s\\0" "$@" >arguments' }, { sources }).outcome;
  expect(at.read('lines')).toBe(nasty.map(told).join('\n'));
  expect(at.read('arguments')).toBe(nasty.map((name) => `${told(name)}\0`).join(''));
});

test.each([
  ['sh', ['/bin/sh', '-e', '-c']],
  ['bash', ['bash', '-eo', 'pipefail', '-c']],
] as const)("%s is given the manifest's text as it stands", async (shell, start) => {
  const run = 'cat /proc/$$/cmdline >argv # "$(touch pwned)" `\'{date}\\\nexit 0';
  await at.run({ run, shell }, { sources: [{ objects: [fileId('a b'), fileId('*')], gathers: false }] }).outcome;
  expect(at.read('argv').split('\0').slice(0, -1)).toEqual([...start, '--', run, 'objflow', 'a b', '*']);
});

test('a text that begins with a dash is a text, and no variable of the command is touched by what stands around it', async () => {
  expect(await at.run({ run: '-x 2>/dev/null || exit 5' }).outcome).toEqual({ exitCode: 5 });
  await at.run({ run: 'env -0 >env' }, { partition: { text: 'T', status: 'S', trace: 'R', said: 'D' } }).outcome;
  expect(at.read('env').split('\0')).toEqual(expect.arrayContaining(['text=T', 'status=S', 'trace=R', 'said=D']));
});

test('ten thousand sources: refused as a variable, whole as a file', async () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `landing/${'x'.repeat(50)}/${index}.csv`);
  const sources = [{ objects: names.map(fileId), gathers: true }];
  expect((await at.run({ run: 'touch ran' }, { sources }).outcome).problem).toContain('set "sources_as: arguments"');
  expect(existsSync(path.join(at.root, 'ran'))).toBe(false);
  expect(await at.run({ run: 'printf "%s\\0" "$@" >a', sourcesAs: 'arguments' }, { sources }).outcome).toEqual({
    exitCode: 0,
  });
  expect(await at.run({ run: 'cat "$sources_file" >f', sourcesAs: 'file' }, { sources }).outcome).toEqual({
    exitCode: 0,
  });
  const whole = names.map((name) => `${name}\0`).join('');
  expect(at.read('a')).toBe(whole);
  expect(at.read('f')).toBe(whole);
});

test('a job with its own working directory is given absolute paths', async () => {
  mkdirSync(path.join(at.root, 'elsewhere'));
  const given = work({ run: 'printf "%s %s" "$source" "$PWD" >out', cwd: path.join(at.root, 'elsewhere') });
  await at.executor.start({ ...given, sources: [{ objects: [fileId('in/x')], gathers: false }] }).outcome;
  expect(at.read('elsewhere/out')).toBe(`${at.root}/in/x ${at.root}/elsewhere`);
});
