/** A run is followed beside the daemon that runs it, and told of afterwards. */
import { expect, test } from 'vitest';
import { faults } from '../report/schemas.ts';
import { project, stop, until } from './rig.ts';

const manifest = `version: 1
jobs:
  slow:
    sources: landing/a.csv
    run: |
      read line <../gate
      echo one
      read line <../gate
      echo two; exit 3
`;

test('logs -f follows a run of the daemon to its end; history knows it', async () => {
  const p = project(manifest, { 'landing/a.csv': 'x' });
  const gate = p.gate('gate');
  const following = p.start('logs', 'slow', '-f');
  let said = '';
  following.child.stderr?.on('data', (chunk: string) => {
    said += chunk;
  });
  await until(() => said.includes('waiting'));
  const daemon = await p.watch();
  await daemon.line(({ event }) => event === 'run-started');
  let out = '';
  following.child.stdout?.on('data', (chunk: string) => {
    out += chunk;
  });
  gate();
  await until(() => out === 'one\n');
  gate();
  const followed = await following.ended;
  expect(followed).toMatchObject({ status: 0, out: 'one\ntwo\n' });
  expect(followed.err).toMatch(
    /^waiting for the first run of `slow`\nslow: run [a-z0-9]+-1, running for .*: \.objflow\/logs\/.*\.log\nslow failed after .*: exit status 3\n$/,
  );

  const told = await p.objflow('history', 'slow', '--format', 'json');
  const document = JSON.parse(told.out);
  expect(faults('history', document)).toEqual([]);
  expect(document.runs).toMatchObject([{ task: 'slow', outcome: 'failed', exitCode: 3, attempts: 1 }]);
  await stop(daemon);
});
