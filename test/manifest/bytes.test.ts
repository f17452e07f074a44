/**
 * Manifests that are not what a file should be, made here because no editor would keep them.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadMapping } from '../../src/manifest/load.js';
import { rendered } from './render.js';

let directory: string;
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'objflow-bytes-')));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const good = 'version: 1\njobs:\n  load:\n    run: echo\n';
const write = (content: string | Buffer, name = 'objflow.yaml') => writeFileSync(join(directory, name), content);
const shown = () => rendered(directory, directory);

test.each([
  ['UTF-16 with its mark', Buffer.from(`\ufeff${good}`, 'utf16le'), 'the manifest is UTF-16, not UTF-8', '1:1'],
  ['UTF-16 without', Buffer.from(good, 'utf16le'), 'the manifest is UTF-16, not UTF-8', '1:1'],
  ['big-endian UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le').swap16(), 'the manifest is UTF-16, not UTF-8', '1:1'],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from(`${good}# caf`), Buffer.from([0xe9, 0x0a])]),
    'bytes that are not UTF-8',
    '5:6',
  ],
  ['a NUL', `${good}# \0\n`, 'the manifest holds a NUL byte', '5:3'],
])('%s is refused where it stands', async (_, content, message, place) => {
  write(content);
  const text = await shown();
  expect(text).toContain(message);
  expect(text).toContain(`objflow.yaml:${place} error`);
});

test('a byte order mark and CRLF are fine, and places are those that an editor shows', async () => {
  write(`\ufeff${good.replaceAll('\n', '\r\n')}    timeout: soon\r\n`);
  expect(await shown()).toContain('objflow.yaml:5:14 error bad-value');
  write(`\ufeff${good.replaceAll('\n', '\r\n')}`);
  expect((await loadMapping(directory)).ok).toBe(true);
});

test.each(['[', '{', '- ', '? ', 'a: {', '[{'])('100,000 levels of %j are refused, and end nobody', async (open) => {
  write(`${good}x: ${open.repeat(100_000)}`);
  expect(await shown()).toMatch(/error (too-deep|yaml-syntax)/);
});

test('100,000 levels by indentation are refused', async () => {
  write(Array.from({ length: 3000 }, (_, level) => `${' '.repeat(level)}a:\n`).join(''));
  expect(await shown()).toContain('nests deeper than 64 levels');
});

test('more than 64 MB are refused before they are read', async () => {
  write(good);
  truncateSync(join(directory, 'objflow.yaml'), 64 * 1024 * 1024 + 1);
  expect(await shown()).toContain('larger than 64 MB');
});

test('150 jobs on one anchor are fine', async () => {
  const jobs = Array.from({ length: 150 }, (_, index) => `  job_${index}: { <<: *common, run: echo ${index} }\n`);
  write(`version: 1\ndefaults: &common { timeout: 10m, env: { A: b } }\njobs:\n${jobs.join('')}`);
  const loaded = await loadMapping(directory);
  expect(loaded.ok && loaded.value.mapping.jobs.get('job_149')).toMatchObject({
    timeout: 600_000,
    run: 'echo 149',
    env: { A: 'b' },
  });
});

test('a link that leads out of the project is not included, by name or by wildcard', async () => {
  mkdirSync(join(directory, 'project/jobs'), { recursive: true });
  write('jobs:\n  secret: { run: echo }\n', 'outside.yaml');
  symlinkSync('../../outside.yaml', join(directory, 'project/jobs/link.yaml'));
  for (const include of ['jobs/link.yaml', 'jobs/*.yaml']) {
    write(`version: 1\ninclude: ["${include}"]\n`, 'project/objflow.yaml');
    const text = await rendered(join(directory, 'project'), directory);
    expect(text).toContain('error outside-project');
    expect(text).not.toContain('secret');
  }
});

test('a link to itself is no file', async () => {
  symlinkSync('loop.yaml', join(directory, 'loop.yaml'));
  write(`include: [loop.yaml, "l*.yaml"]\n${good}`);
  expect(await shown()).toContain('there is no file `loop.yaml`');
  expect(await rendered(join(directory, 'loop.yaml'), directory)).toContain('or it may not be read');
});

test('a pipe is not read: nobody may ever write to it', async () => {
  execFileSync('mkfifo', [join(directory, 'pipe.yaml')]);
  write(`include: pipe.yaml\n${good}`);
  expect(await shown()).toContain('`pipe.yaml` is not a regular file');
});

test('links in a circle end the search for what wildcards match', async () => {
  mkdirSync(join(directory, 'jobs'));
  symlinkSync('..', join(directory, 'jobs/up'));
  write('jobs:\n  other: { run: echo }\n', 'jobs/a.yaml');
  write(`include: "**/*.yaml"\n${good}`);
  const loaded = await loadMapping(directory);
  expect(loaded.ok && [...loaded.value.mapping.jobs.keys()]).toEqual(['load', 'other']);
});

test('no manifest is no finding: a message of its own', async () => {
  expect(await shown()).toBe(`there is no objflow.yaml in ${directory}\n`);
  expect(await rendered(join(directory, 'nope'), directory)).toBe(
    `there is no ${directory}/nope, or it may not be read\n`,
  );
});
