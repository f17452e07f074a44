/** A call is answered from what it answered before, by the built program. */
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { bin, type Project, project } from './rig.ts';

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

const nobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
/** Calls objflow where this script leads, as somebody who may not enter every directory. */
const callFrom = (p: Project, script: string, ...args: string[]) =>
  p.startWith({ program: ['bash', '-c', `${script} && exec "$0" "$@"`, ...nobody, process.execPath, bin] }, ...args)
    .ended;

test('it is answered from memory where its caller may not go back to, as sudo leaves him', async () => {
  const p = project('version: 1\njobs:\n  load:\n    sources: in/{day}.csv\n    run: test -f "$source"\n', {
    'in/1.csv': '',
    'shut/here/file': '',
  });
  fs.chmodSync(p.above, 0o755);
  if (nobody.length > 0) for (const one of [p.root, p.at('in'), p.at('in/1.csv')]) fs.chownSync(one, 65534, 65534);
  const call = () => callFrom(p, 'chmod 700 shut && cd shut/here && chmod 0 ..', '-C', p.root, 'run');
  const nothing = { status: 0, out: 'nothing to do: the only task is up to date\n', err: '' };
  expect(await call()).toMatchObject({ status: 0, out: expect.stringMatching(/^1 succeeded/) });
  while (!fs.existsSync(p.at('.objflow/cache/run'))) expect(await call()).toMatchObject(nothing);
  expect(await call()).toMatchObject(nothing);
  fs.chmodSync(p.at('shut'), 0o700);
});

test('what cannot be looked for in memory is no bug: a manifest that is not to be seen, a directory that was removed', async () => {
  const p = project('version: 1\njobs: { load: { sources: in, run: "true" } }\n', { 'shut/here/objflow.yaml': '' });
  fs.chmodSync(p.above, 0o755);
  expect(await callFrom(p, 'chmod 0 shut', '-f', 'shut/here', 'validate')).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^objflow: there is no .*shut\/here, or it may not be read.*\n$/),
  });
  fs.chmodSync(p.at('shut'), 0o700);
  const removed = 'mkdir gone && cd gone && rmdir ../gone';
  expect(await callFrom(p, removed, '-C', p.root, 'validate')).toMatchObject({ status: 0, err: '' });
  for (const command of ['validate', 'status'])
    expect(await callFrom(p, removed, command)).toMatchObject({
      status: 2,
      err: 'objflow: the directory that this is called in is not there any more\n',
    });
});
