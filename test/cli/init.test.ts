/** `objflow init`, in process: where it cannot write, it says so in a sentence, and it always ends. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exit, UserError } from '../../src/cli/exit.js';
import { init } from '../../src/cli/init.js';
import { projectOf } from './context.js';

function refused(root: ReturnType<typeof projectOf>, directory: string): string {
  try {
    init(root.call(), directory);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.status).toBe(exit.usage);
    return error.message;
  }
  throw new Error('it was written');
}

test('a directory that is not there yet, however deep', () => {
  const p = projectOf(undefined);
  const context = p.call();
  expect(init(context, 'a/b')).toBe(exit.well);
  expect(readdirSync(path.join(p.root, 'a/b')).sort()).toEqual(['landing', 'objflow.yaml']);
  expect(context.out.text).toContain('cd a/b');
  expect(refused(p, 'a/b')).toMatch(/^objflow\.yaml, .* are there already; nothing was written/);
});

test('one thing that is there', () => {
  expect(refused(projectOf('version: 1\n'), '.')).toMatch(/^objflow\.yaml is there already; nothing was written/);
});

test('a file where a directory has to be', () => {
  const p = projectOf(undefined);
  writeFileSync(path.join(p.root, 'afile'), '');
  for (const directory of ['afile', 'afile/x'])
    expect(refused(p, directory)).toMatch(
      /^cannot write .*afile.*: a part of its path is not a directory; name another/,
    );
});

test.runIf(process.platform === 'linux')('a parent in which nothing can be made', () => {
  expect(refused(projectOf(undefined), '/proc/objflow/x')).toMatch(
    /^cannot write \/proc\/objflow\/x\/.*: nothing can be/,
  );
});
