/**
 * Where a mapping comes from: what a change must touch to change it, and what must not matter.
 */
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadMapping } from '../../src/manifest/load.js';
import type { ManifestSources } from '../../src/manifest/sources.js';
import { directory, inProject, loaded, write } from './project.js';

inProject();

const at = (path: string) => join(directory, path);
const good = 'version: 1\njobs:\n  load: { run: echo }\n';
const job = (name: string) => `jobs:\n  ${name}: { run: echo }\n`;
const withIncludes = (includes: string) => `version: 1\ninclude: [${includes}]\njobs:\n  load: { run: echo }\n`;

/** Of a mapping, good or bad. */
async function sources(path = directory): Promise<ManifestSources> {
  const result = await loadMapping(path);
  const value = result.ok ? result.value : result.error;
  if ('problem' in value) throw new Error(value.message);
  return value.sources;
}

const directories = async () => (await sources()).directories.map((path) => path.slice(directory.length + 1));
const concerned = ({ concerns }: ManifestSources, ...paths: string[]) => paths.filter((path) => concerns(at(path)));

test('of a single manifest', async () => {
  write({ 'objflow.yaml': good, 'landing/a.yaml': 'x' });
  expect(await directories()).toEqual(['']);
  const found = await sources();
  expect(concerned(found, 'objflow.yaml', 'objflow.yml', '', '..', 'landing', 'landing/a.yaml', 'b.yaml')).toEqual([
    ...['objflow.yaml', 'objflow.yml', '', '..'],
  ]);
  expect(concerned(await sources(at('objflow.yaml')), 'objflow.yaml', 'objflow.yml')).toEqual(['objflow.yaml']);
});

test('of manifests that are named: the directories on the way to them too', async () => {
  write({
    'objflow.yaml': withIncludes('team/jobs/a.yaml'),
    'team/jobs/a.yaml': job('a'),
    'team/jobs/b.yaml': job('b'),
  });
  expect(await directories()).toEqual(['', 'team', 'team/jobs']);
  expect(concerned(await sources(), 'team/jobs/a.yaml', 'team/jobs', 'team', 'team/jobs/b.yaml', 'jobs')).toEqual([
    ...['team/jobs/a.yaml', 'team/jobs', 'team'],
  ]);
});

test('of one that is missing: the nearest directory that exists', async () => {
  write({ 'objflow.yaml': withIncludes('team/jobs/a.yaml'), 'team/x': '' });
  expect(await directories()).toEqual(['', 'team']);
  const before = await sources();
  expect(concerned(before, 'team/jobs/a.yaml', 'team/jobs', 'team', 'team/x')).toEqual([
    ...['team/jobs/a.yaml', 'team/jobs', 'team'],
  ]);
  write({ 'team/jobs/a.yaml': job('a') });
  const { sources: after } = await loaded();
  expect(after.fingerprint).not.toBe(before.fingerprint);
});

test('of wildcards: what they looked into, and what they would look into', async () => {
  write({
    'objflow.yaml': withIncludes('"teams/*/jobs/**/*.yaml"'),
    ...{ 'teams/a/jobs/deep/a.yaml': job('a'), 'teams/a/jobs/node_modules/m.yaml': job('m'), 'teams/b/x': '' },
    ...{ 'landing/c.yaml': '', 'teams/a/jobs/.git/d.yaml': job('d') },
  });
  expect(await directories()).toEqual(['', 'teams', 'teams/a', 'teams/a/jobs', 'teams/a/jobs/deep', 'teams/b']);
  const found = await sources();
  mkdirSync(at('teams/new/jobs/more'), { recursive: true });
  write({ 'teams/new/jobs/more/y.txt': '' });
  expect(
    concerned(
      found,
      ...['teams', 'teams/a', 'teams/new', 'teams/new/jobs', 'teams/new/jobs/more', 'teams/new/jobs/more/n.yaml'],
      ...['teams/new/jobs/more/y.txt', 'teams/b/x', 'landing', 'landing/c.yaml', 'teams/a/jobs/node_modules'],
      ...['teams/a/jobs/node_modules/m.yaml', 'teams/a/jobs/.git', 'teams/a/jobs/.git/d.yaml', 'teams/a/other'],
    ),
  ).toEqual([
    ...['teams', 'teams/a', 'teams/new', 'teams/new/jobs', 'teams/new/jobs/more', 'teams/new/jobs/more/n.yaml'],
  ]);
});

test('a directory that a wildcard looked into counts when it is gone; a file that lands does not', async () => {
  write({ 'objflow.yaml': withIncludes('"**/*.yaml"'), 'team/a.yaml': job('a'), 'landing/x.csv': '' });
  const found = await sources();
  expect(found.concerns(at('landing/x.csv'))).toBe(false);
  rmSync(at('team'), { recursive: true });
  expect(found.concerns(at('team'))).toBe(true);
  expect(found.concerns(at('team/gone'))).toBe(false);
});

test('of includes of includes, and of a wildcard that matches nothing yet', async () => {
  write({ 'objflow.yaml': withIncludes('team/index.yaml'), 'team/index.yaml': 'include: ["more/*.yaml"]\n' });
  expect(await directories()).toEqual(['', 'team']);
  mkdirSync(at('more'));
  expect(concerned(await sources(), 'more', 'more/a.yaml', 'team/more')).toEqual(['more', 'more/a.yaml']);
  expect(await directories()).toEqual(['', 'more', 'team']);
});

test('of a manifest behind links: each link may be what is replaced', async () => {
  write({ 'v1/objflow.yaml': good });
  symlinkSync('v1', at('..data'));
  symlinkSync('..data/objflow.yaml', at('objflow.yaml'));
  expect(await directories()).toEqual(['', '..data', 'v1']);
  const before = await sources();
  expect(concerned(before, 'objflow.yaml', '..data', 'v1', 'v1/objflow.yaml', 'v2')).toEqual([
    ...['objflow.yaml', '..data', 'v1', 'v1/objflow.yaml'],
  ]);
  write({ 'v2/objflow.yaml': `${good}# edited\n` });
  symlinkSync('v2', at('new'));
  renameSync(at('new'), at('..data'));
  expect((await sources()).fingerprint).not.toBe(before.fingerprint);
});

test('the fingerprint is that of the text, whatever the time, good or bad', async () => {
  const prints: string[] = [];
  for (const text of [good, `${good}# a\n`, 'version: [', good]) {
    write({ 'objflow.yaml': text });
    prints.push((await sources()).fingerprint);
  }
  expect(prints[3]).toBe(prints[0]);
  expect(new Set(prints).size).toBe(3);
  write({ 'objflow.yml': good });
  expect(new Set([...prints, (await sources()).fingerprint]).size).toBe(4);
});

test('of two manifests side by side, of which one must go', async () => {
  write({ 'objflow.yaml': good, 'objflow.yml': good });
  expect(await directories()).toEqual(['']);
  expect(concerned(await sources(), 'objflow.yaml', 'objflow.yml')).toEqual(['objflow.yaml', 'objflow.yml']);
});

const replaceManifest = () => {
  write({ new: job('a') });
  renameSync(at('new'), at('jobs/a.yaml'));
};

test('what was touched since it was read, and what was not', async () => {
  write({
    'objflow.yaml': withIncludes('jobs/*.yaml, team/a.yaml'),
    'jobs/a.yaml': job('a'),
    'team/x': '',
    'landing/a.csv': 'x',
  });
  const steps: readonly (readonly [what: string, () => void])[] = [
    ['a manifest is written anew', () => write({ 'jobs/a.yaml': job('a') })],
    ['a manifest is replaced', replaceManifest],
    ['one comes that a wildcard finds', () => write({ 'jobs/b.yaml': job('b') })],
    ['one goes that a wildcard found', () => rmSync(at('jobs/b.yaml'))],
    ['one comes that was missing', () => write({ 'team/a.yaml': job('c') })],
    ['there is a second root', () => write({ 'objflow.yml': good })],
  ];
  for (const [what, touch] of steps) {
    const before = await sources();
    write({ 'landing/b.csv': 'x', 'jobs/notes.txt': what });
    expect(before.isAsRead(), `before ${what}`).toBe(true);
    touch();
    expect(before.isAsRead(), what).toBe(false);
  }
});
