/** `status` as it is called: text for people beside a state, and `--watch` beside a run that goes by. */
import { expect, test } from 'vitest';
import { faults } from '../report/schemas.ts';
import { project, until } from './rig.ts';

const manifest = `version: 1
jobs:
  load:
    sources: landing/{d}.csv
    targets: table:raw/{d}
    run: 'if grep -q bad "$source"; then echo "no such column: amount"; exit 3; fi'
  sum: { sources: "table:raw/*", targets: sum.csv, run: "echo > \\"$target\\"" }
`;

test('how each job stands, the cause of a failure in its line, and who sees to it', async () => {
  const p = project(manifest);
  const empty = await p.objflow('status');
  expect(empty.out).toMatch(/^… load {2}no task yet: waits for landing\/\{d\}\.csv$/m);
  p.land('landing/1.csv', 'good');
  p.land('landing/2.csv', 'bad');
  await p.objflow('run');
  const { out, status } = await p.objflow('status', '--check');
  expect(status).toBe(1);
  expect(out).toMatch(/^✗ load {2}\S.* {2}1 failed \(2\), 1 succeeded$/m);
  expect(out).toMatch(/^✗ failed {3}load\[d=2\] .* exit status 3: no such column: amount$/m);
  expect(out).toMatch(/^▪ blocked {2}sum .*blocked by load\[d=2\], which failed$/m);
  expect(out).toMatch(/^no daemon is running · last landing .* · last run .*$/m);
  const { jobs } = JSON.parse((await p.objflow('status', '--format', 'json', 'load')).out);
  expect(jobs).toMatchObject([{ job: 'load', enabled: true, counts: { failed: 1, succeeded: 1 } }]);
});

test('--watch gives a document a line when something was recorded, and ends with the signal', async () => {
  const p = project(manifest);
  const call = p.start('status', '--watch', '--format', 'json');
  let out = '';
  call.child.stdout?.on('data', (text) => {
    out += String(text);
  });
  await until(() => out.endsWith('\n'));
  p.land('landing/1.csv', 'good');
  await p.objflow('run');
  const succeeded = '"counts":{"succeeded":1}';
  await until(() => out.trimEnd().split('\n').at(-1)?.split(succeeded).length === 3);
  call.child.kill('SIGINT');
  expect((await call.ended).status).toBe(130);
  const documents = out.trimEnd().split('\n');
  expect(documents.flatMap((line) => faults('status', JSON.parse(line)))).toEqual([]);
  expect(new Set(documents).size).toBe(documents.length);
});
