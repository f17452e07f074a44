/** A call is answered from what it answered before, by the built program. */
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { project } from './rig.ts';

test('a run with nothing to do is remembered once its files are calm, and an edit of a comment changes nothing', async () => {
  const p = project('version: 1\njobs:\n  load:\n    sources: in/{day}.csv\n    run: test -f "$source"\n', {
    'in/1.csv': '',
  });
  expect(await p.objflow('run')).toMatchObject({ status: 0, out: expect.stringMatching(/^1 succeeded/) });
  const [answer, questions] = [p.at('.objflow/cache/run'), p.at('.objflow/cache/run.files')];
  const nothing = { status: 0, out: 'nothing to do: the only task is up to date\n', err: '' };
  while (!fs.existsSync(answer)) expect(await p.objflow('run')).toMatchObject(nothing);

  const asked = fs.readFileSync(questions);
  fs.appendFileSync(p.at('objflow.yaml'), '# a comment\n');
  const before = fs.readFileSync(answer);
  expect(await p.objflow('run')).toMatchObject(nothing);
  // Looked up: only what it says of the manifest is new.
  expect(fs.readFileSync(questions)).toEqual(asked);
  expect(fs.readFileSync(answer)).not.toEqual(before);

  p.land('in/2.csv', '');
  expect(await p.objflow('run')).toMatchObject({ status: 0, out: expect.stringMatching(/^1 succeeded, 1 up to date/) });
});
