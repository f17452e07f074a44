/** `Orchestrator.watch`, and what works beside it: `emit`, `status`. */
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Orchestrator, type OrchestratorOptions } from '../../src/index.js';
import { good } from '../journal/fixtures.js';
import { Ear, FakeExecutor, type Project, projectOf } from './rig.js';

const manifest = `
version: 1
objects:
  landing/{d}.csv: { settle: 0s }
  table:rates: { external: true }
jobs:
  load: { sources: "landing/{d}.csv", targets: "table:raw/{d}", run: "true" }
  price: { sources: table:rates, targets: table:priced, run: "true" }
`;

const ends: (() => Promise<unknown>)[] = [];

// Before its project is removed.
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A daemon that is ready; ended after the test. */
async function watching(project: Project, options: OrchestratorOptions) {
  const orchestrator = new Orchestrator(await project.load(), options);
  const ear = new Ear();
  const abort = new AbortController();
  let ended: ReturnType<Orchestrator['watch']> | undefined;
  await new Promise<void>((onReady) => {
    ended = orchestrator.watch({ signal: abort.signal, onEvent: ear.onEvent, onReady });
  });
  const end = async () => {
    abort.abort();
    return ended && good(await ended);
  };
  ends.push(end);
  return { orchestrator, ear, end };
}

test('what lands runs, what is announced runs, until it is aborted', async () => {
  const project = projectOf(manifest);
  const executor = new FakeExecutor('well');
  const { orchestrator, ear, end } = await watching(project, { executor });
  expect(await ear.heard('watching')).toMatchObject({ jobs: 2, objects: 0 });
  project.put('landing/a.csv', 'one\n');
  expect(await ear.heard('run-succeeded')).toMatchObject({ task: 'load[d=a]' });

  expect(good(await orchestrator.emit('table:rates', { version: 'v1', key: 'k1' }))).toEqual({
    announced: ['table:rates'],
    duplicates: [],
  });
  expect(await ear.heard('run-succeeded', 2)).toMatchObject({ task: 'price' });
  expect(good(await orchestrator.emit('table:rates', { key: 'k1' })).duplicates).toEqual(['table:rates']);

  const tasks = good(await orchestrator.status());
  expect(tasks).toMatchObject([
    { task: 'load[d=a]', job: 'load', partition: { d: 'a' }, phase: 'succeeded' },
    { task: 'price', phase: 'succeeded', lastRun: { consumed: { 'table:rates': 'v1' } } },
  ]);
  expect(good(await orchestrator.status({ select: 'price' })).map(({ task }) => task)).toEqual(['price']);

  expect(await end()).toEqual({ succeeded: 2, failed: 0 });
  expect(ear.events.at(-1)).toMatchObject({ event: 'stopped', succeeded: 2, failed: 0 });
  expect(ear.faults()).toEqual([]);
});

test('an edited manifest holds from then on, here too; a bad edit is told', async () => {
  const project = projectOf(manifest);
  const executor = new FakeExecutor('well');
  const { orchestrator, ear } = await watching(project, { executor });
  project.put('objflow.yaml', `${manifest}  report: { targets: table:report, run: "true" }\n`);
  expect(await ear.heard('reloaded')).toMatchObject({ jobs: 3, added: ['report'] });
  expect(await ear.heard('run-succeeded')).toMatchObject({ task: 'report' });
  expect([...orchestrator.mapping.jobs.keys()]).toEqual(['load', 'price', 'report']);
  project.put('objflow.yaml', manifest.replace('sources:', 'source:'));
  expect(await ear.heard('reload-refused')).toMatchObject({
    diagnostics: [{ code: 'unknown-field', file: 'objflow.yaml', line: 7 }, {}],
  });
  expect(ear.faults()).toEqual([]);
});

test('a manifest that is emptied, removed or no file any more leaves the mapping as it was, until it is one again', async () => {
  const project = projectOf(manifest);
  const file = path.join(project.root, 'objflow.yaml');
  const { ear } = await watching(project, { executor: new FakeExecutor('well') });
  let landed = 0;
  const goesOn = async (): Promise<void> => {
    project.put(`landing/${++landed}.csv`, 'one\n');
    expect(await ear.heard('run-succeeded', landed)).toMatchObject({ task: `load[d=${landed}]` });
  };
  writeFileSync(file, '');
  expect(await ear.heard('reload-refused')).toMatchObject({ diagnostics: [{ code: 'empty-manifest' }] });
  await goesOn();
  rmSync(file);
  expect(await ear.heard('warning')).toMatchObject({
    message: expect.stringMatching(/^there is no objflow\.yaml in /),
  });
  await goesOn();
  mkdirSync(file);
  expect(await ear.heard('reload-refused', 2)).toMatchObject({ diagnostics: [{ code: 'not-a-file' }] });
  await goesOn();
  rmdirSync(file);
  project.put('objflow.yaml', `${manifest}  report: { sources: table:rates, run: "true" }\n`);
  expect(await ear.heard('reloaded')).toMatchObject({ added: ['report'] });
  await goesOn();
});

test('commands of this machine run under it', async () => {
  const { ear, end } = await watching(
    projectOf('version: 1\njobs: { one: { targets: table:one, run: exit 7 } }\n'),
    {},
  );
  expect(await ear.heard('run-failed')).toMatchObject({ task: 'one', exitCode: 7 });
  expect(await end()).toEqual({ succeeded: 0, failed: 1 });
});

test('what cannot be announced is a problem', async () => {
  const orchestrator = new Orchestrator(await projectOf(manifest).load());
  const kindOf = async (...call: Parameters<Orchestrator['emit']>): Promise<string> => {
    const result = await orchestrator.emit(...call);
    return result.ok ? 'announced' : result.error.kind;
  };
  expect(await kindOf('table:rats')).toBe('unknown-object');
  expect(await kindOf(['table:rates', 'landing/*.csv'])).toBe('unknown-object');
  expect(await kindOf('landing/a.csv', { version: 'v1' })).toBe('bad-version');
  expect(await kindOf('table:rates', { version: '' })).toBe('bad-version');
  expect(await kindOf('table:rates', { key: 'a\nb' })).toBe('bad-key');
  expect(await kindOf(['table:rates', 'landing/a.csv'])).toBe('announced');
});
