/**
 * What a start costs, told by what is loaded: times are for the benchmarks, lists are the same on every machine. Add to
 * one only what that call cannot do without.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bin, project } from '../e2e/rig.js';

const repository = path.join(import.meta.dirname, '../..');
const manifest = `version: 1\njobs:\n  load_orders: { sources: in, targets: out, run: 'cp "$source" "$target"' }\n`;

/** The files of objflow that a call loads, without the hashes in their names, and which of these modules of Node's. */
async function loadedBy(args: readonly string[], watched: readonly string[] = []) {
  const program = [process.execPath, '--require', path.join(import.meta.dirname, 'loaded.cjs'), bin];
  const { err, status } = await project(manifest).startWith({ program }, ...args).ended;
  const { files, builtins } = JSON.parse(err.trimEnd().split('\n').at(-1) ?? '');
  const ours: string[] = files.filter((file: string) => !file.endsWith('loaded.cjs'));
  return {
    status,
    names: ours.map((file) => path.relative(repository, file).replace(/-.{8}\.js$/, '.js')),
    kilobytes: ours.reduce((sum, file) => sum + statSync(file).size, 0) / 1000,
    builtins: watched.filter((name) => builtins.includes(`NativeModule ${name}`)),
  };
}

const program = (...names: readonly string[]): string[] => names.map((name) => `dist/program/${name}.js`);
const least = ['bin/objflow.js', ...program('start', 'start')];

test.each(['--version', '--help', 'help why'])('%s is answered from what was prepared', async (call) => {
  const { names, kilobytes, ...others } = await loadedBy(call.split(' '), ['crypto', 'child_process', 'tty', 'zlib']);
  expect(others).toEqual({ status: 0, builtins: [] });
  expect(names).toEqual(least);
  expect(kilobytes).toBeLessThan(12);
});

test('validate loads the mapping, and nothing of state, commands, or YAML that is not plain', async () => {
  const { status, names, kilobytes } = await loadedBy(['validate']);
  expect(status).toBe(0);
  expect(names).toEqual([
    ...least,
    ...program('entry', 'rolldown-runtime', 'memory', 'main', 'validate', 'mapping'),
    'dist/manifest/manifest-check.cjs',
  ]);
  expect(kilobytes).toBeLessThan(500);
});

test.each(['status', 'run', 'logs load_orders'])(
  '%s loads few files, and no package that it does not need',
  async (call) => {
    const { names, kilobytes } = await loadedBy(call.split(' '));
    expect(names.filter((file) => /node_modules|\b(?:execa|yaml|watch|graph)\b/.test(file))).toEqual([]);
    expect(names.length).toBeLessThan(18);
    expect(kilobytes).toBeLessThan(950);
  },
);
