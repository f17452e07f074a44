/** What `run` and its dry run say where there is nothing to do: the true reason. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/cli/run.js';
import { projectOf } from './context.js';

const manifest = `version: 1
jobs:
  load:
    sources: 'in/{n}'
    run: 'true'
  off:
    enabled: false
    sources: a
    run: 'true'
  older:
    enabled: false
    sources: a
    run: 'true'
`;

test.each([
  [['off'], 'off is disabled (objflow.yaml:6)'],
  [['off', 'older'], 'all jobs that were selected are disabled: off (objflow.yaml:6), older (objflow.yaml:10)'],
  [['state:blocked'], 'there is no task that was selected'],
  [['load'], 'nothing has landed that load reads'],
  [['load', 'off'], 'nothing has landed that the jobs that were selected read'],
  [[], 'nothing has landed that a job reads'],
])('%j', async (selectors, told) => {
  const p = projectOf(manifest);
  fs.writeFileSync(path.join(p.root, 'a'), 'x');
  fs.utimesSync(path.join(p.root, 'a'), 1e9, 1e9);
  for (const how of [{ dryRun: true }, {}, { force: true }]) {
    const context = p.call();
    expect(await run(context, selectors, { format: 'text', retry: true, ...how })).toBe(0);
    expect(context.out.text.replace(/\s+/g, ' ')).toBe(`nothing to do: ${told} `);
  }
});
