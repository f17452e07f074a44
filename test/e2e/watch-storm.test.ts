/** The daemon and many files at once: none is missed, none runs twice, also while the system's queue overflows. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { project, started, stop, those } from './rig.ts';

/** Milliseconds for which a process could have run, and others did: the machine is theirs too. */
const delayOf = (pid: number | undefined): number =>
  Number(fs.readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;

test('1,000 files that are renamed in at once run once each', async () => {
  const names = Array.from({ length: 1000 }, (_, n) => `f${n}`);
  const p = project(`version: 1
concurrency: 8
jobs:
  load: { sources: 'in/{n}', run: 'echo "$n" >>../loaded' }
`);
  fs.mkdirSync(p.at('in'));
  fs.mkdirSync(p.at('outside'));
  for (const name of names) fs.writeFileSync(p.at(`outside/${name}`), name);
  const call = await p.watch();
  for (const name of names) fs.renameSync(p.at(`outside/${name}`), p.at(`in/${name}`));
  await call.when(() => those(call, 'run-succeeded').length >= names.length);
  await stop(call);
  expect(p.told('loaded').toSorted()).toEqual(names.toSorted());
  expect(started(call)).toHaveLength(names.length);
}, 60_000);

test('20,000 files in 40 directories land while the daemon stands still: all are known within seconds', async () => {
  const directories = Array.from({ length: 40 }, (_, n) => `in/d${n}`);
  const p = project(
    `version: 1
jobs:
  all:
    sources: in/*/*
    sources_as: file
    run: |
      read x <../gate
      tr -cd '\\000' <"$sources_file" | wc -c >>../counts
`,
    { one: 'x' },
  );
  for (const directory of directories) fs.mkdirSync(p.at(directory), { recursive: true });
  const letThrough = p.gate('gate');
  const call = await p.watch();
  p.land('in/d1/first', 'x');
  await call.line(({ event }) => event === 'run-started');
  call.child.kill('SIGSTOP');
  const wanted = new Set<string>();
  for (let n = 0; n < 20_000; n += 1) {
    const name = path.join(directories[n % directories.length] ?? '', `f${n}`);
    fs.linkSync(p.at('one'), p.at(name));
    wanted.add(`file:${name}`);
  }
  // What the full queue says nothing of: a directory that another has taken the place of.
  fs.rmSync(p.at('in/d0'), { recursive: true });
  fs.mkdirSync(p.at('in/d0'));
  for (const object of [...wanted]) if (object.startsWith('file:in/d0/')) wanted.delete(object);
  wanted.add('file:in/d0/new');
  p.land('in/d0/new', 'x');
  const landed = wanted.size + 1;

  const began = performance.now() - delayOf(call.child.pid);
  call.child.kill('SIGCONT');
  let at = 0;
  await call.when((lines) => {
    for (; at < lines.length; at += 1) if (lines[at]?.event === 'object-landed') wanted.delete(lines[at]?.object ?? '');
    return wanted.size === 0;
  });
  expect(performance.now() - delayOf(call.child.pid) - began).toBeLessThan(10_000);
  // However much came while it ran, it runs once more.
  letThrough();
  letThrough();
  await call.when(() => those(call, 'run-succeeded').length === 2);
  p.land('in/d0/newer', 'x');
  letThrough();
  await call.when(() => those(call, 'run-succeeded').length === 3);
  expect(p.told('counts')).toEqual(['1', String(landed), String(landed + 1)]);
  const { tasks } = await p.status();
  expect(tasks).toMatchObject([{ task: 'all', phase: 'succeeded' }]);
  await stop(call);
  expect(those(call, 'object-landed')).toHaveLength(landed + 1);
}, 60_000);
