/** What a dead objflow kept of runs whose end it had recorded. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Orchestrator } from '../../src/index.js';
import { endedWell, good, record, started } from '../journal/fixtures.js';
import { Ear, projectOf } from './rig.js';

test('what was kept of a run goes at the next start, where its end is on record; what is not ours stays', async () => {
  const project = projectOf('version: 1\njobs: { first: { run: "true" } }\n');
  const orchestrator = new Orchestrator(await project.load());
  const ear = new Ear();
  good(await orchestrator.run({ onEvent: ear.onEvent }));
  const { run } = await ear.heard('run-succeeded');
  const directory = path.join(project.root, '.objflow/runs');
  mkdirSync(directory, { recursive: true });
  // Killed between the record and the removal.
  for (const name of [`${run}.trace`, `${run}.sources`, `${run}.hook.trace`, 'of-another-state-1.trace'])
    writeFileSync(path.join(directory, name), '1\nexit 0\n');
  expect(good(await orchestrator.run()).summary).toMatchObject({ succeeded: 0, upToDate: 1 });
  expect(readdirSync(directory)).toEqual(['of-another-state-1.trace']);
});

test('logs go with the runs that compaction forgets; of what is not theirs, none', async () => {
  const project = projectOf('version: 1\njobs: { first: { run: "true" } }\n');
  const runs = Array.from({ length: 15_001 }, (_, n) => `s-${n}`);
  record(
    path.join(project.root, '.objflow/state.jsonl'),
    ['../outside', ...runs].flatMap((run) => [started(run, 'first', { consumed: {} }), endedWell(run)]),
  );
  const logs = path.join(project.root, '.objflow/logs');
  mkdirSync(logs);
  const kept = ['s-15000.log', 's-5001.log', 'of-another-state-1.log', 's-1.txt'];
  for (const name of [...kept, 's-0.log', 's-5000.log', '../outside.log']) writeFileSync(path.join(logs, name), '');
  const orchestrator = new Orchestrator(await project.load());
  expect(good(await orchestrator.run()).summary).toMatchObject({ upToDate: 1 });
  await expect.poll(() => readdirSync(logs).sort(), { timeout: 20_000 }).toEqual(kept.sort());
  expect(readdirSync(path.join(project.root, '.objflow'))).toContain('outside.log');
});
