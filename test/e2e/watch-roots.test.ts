/** The daemon and directories that come, go and are replaced: whatever is in them is seen. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bin, project, started, stop, those } from './rig.ts';

/** Writes a file in place or by rename, as a program that is not ours would. */
function write(file: string, how: 'in place' | 'renamed'): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}`);
  fs.writeFileSync(how === 'renamed' ? temporary : file, 'x');
  if (how === 'renamed') fs.renameSync(temporary, file);
}

test('a root that is missing, is made, removed, made again, renamed away and replaced', async () => {
  const p = project(`version: 1
objects: { '{root}/deep/er/{n}': { settle: 100ms } }
jobs:
  late: { sources: 'late/deep/er/{n}', run: 'echo "$n" >>../late' }
  root: { sources: 'root/{n}', run: 'echo "$n" >>../root' }
`);
  fs.mkdirSync(p.at('root'));
  const call = await p.watch();
  const ran = (task: string): Promise<unknown> =>
    call.line((line) => line.event === 'run-succeeded' && line.task === task);

  fs.mkdirSync(p.at('late/deep/er'), { recursive: true });
  write(p.at('late/deep/er/a'), 'in place');
  await ran('late[n=a]');

  fs.rmdirSync(p.at('root'));
  fs.mkdirSync(p.at('root'));
  p.land('root/a', 'at once');
  await ran('root[n=a]');
  for (const name of ['b', 'c']) {
    fs.rmSync(p.at('root'), { recursive: true });
    await setTimeout(50); // what is tested: a root that is missing for a while
    fs.mkdirSync(p.at('root'));
    p.land(`root/${name}`, 'after a while');
    await ran(`root[n=${name}]`);
  }

  fs.renameSync(p.at('root'), p.at('away'));
  fs.mkdirSync(p.at('root'));
  p.land('away/not', 'no longer there');
  p.land('root/d', 'in the new one');
  await ran('root[n=d]');
  p.land('root/e', 'later in the new one');
  await ran('root[n=e]');

  fs.rmSync(p.at('late'), { recursive: true });
  fs.mkdirSync(p.at('late/deep/er'), { recursive: true });
  p.land('late/deep/er/b', 'all of it is new');
  await ran('late[n=b]');
  fs.renameSync(p.at('late'), p.at('away/late'));
  fs.mkdirSync(p.at('late/deep/er'), { recursive: true });
  p.land('away/late/deep/er/not', 'no longer there');
  p.land('late/deep/er/c', 'what was above it has been replaced');
  await ran('late[n=c]');
  await stop(call);
  expect(p.told('root')).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(p.told('late')).toEqual(['a', 'b', 'c']);
});

test('directories that are made and filled in the same moment, nested, and whole trees that are moved in', async () => {
  const p = project(`version: 1
objects: { 'tree/**': { settle: 100ms } }
jobs:
  each: { sources: 'tree/{a}/{b}/{n}', enabled: false, run: ':' }
  all: { sources: 'tree/**/*.end', run: 'echo $# >>../all' }
`);
  fs.mkdirSync(p.at('tree'));
  const call = await p.watch();
  const wanted: string[] = [];
  for (let a = 0; a < 60; a += 1) {
    const directory = `tree/a${a}/b`;
    fs.mkdirSync(p.at(directory), { recursive: true });
    for (const [name, how] of [
      ['one', 'in place'],
      ['two', 'renamed'],
    ] as const) {
      write(p.at(`${directory}/${name}`), how);
      wanted.push(`file:${directory}/${name}`);
    }
    if (a % 10 === 9) await new Promise(setImmediate);
  }
  fs.mkdirSync(p.at('tree/a0/late/in/it'), { recursive: true });
  write(p.at('tree/a0/late/in/it/x.end'), 'renamed');
  wanted.push('file:tree/a0/late/in/it/x.end');

  for (let b = 0; b < 10; b += 1) {
    fs.mkdirSync(p.at(`outside/b${b}/deeper`), { recursive: true });
    write(p.at(`outside/b${b}/moved`), 'in place');
    write(p.at(`outside/b${b}/deeper/moved.end`), 'in place');
    wanted.push(`file:tree/moved/b${b}/moved`, `file:tree/moved/b${b}/deeper/moved.end`);
  }
  fs.renameSync(p.at('outside'), p.at('tree/moved'));
  const seen = (): Set<string | undefined> => new Set(those(call, 'object-landed').map(({ object }) => object));
  await call.when((lines) => lines.length >= wanted.length && wanted.every((object) => seen().has(object)));
  await call.when(() => p.told('all').at(-1) === '11');
  await stop(call);
  expect([...seen()].toSorted()).toEqual(wanted.toSorted());
  expect(new Set(started(call))).toEqual(new Set(['all']));
});

test('what a star has read is not left out because its directory may not be read; it is once that has gone', async () => {
  const p = project(
    `version: 1
jobs:
  sum: { sources: 'in/*/x', run: 'echo $# >>../counts' }
  fence: { sources: in/a/x, run: ':' }
`,
    { 'in/a/x': '1', 'in/b/x': '1' },
  );
  // The superuser may read everything.
  const isSuper = process.getuid?.() === 0;
  const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath, bin];
  const as = isSuper ? { program: nobody } : {};
  if (isSuper) execFileSync('chown', ['-R', '65534:65534', p.above]);
  expect((await p.startWith(as, 'run', '-q').ended).status).toBe(0);
  fs.chmodSync(p.at('in/b'), 0);
  p.land('in/a/x', '2');
  const call = p.startWith(as, 'watch', '--format', 'json');
  await call.line(({ event, task }) => event === 'run-succeeded' && task === 'fence');
  expect(started(call)).toEqual(['fence']);
  fs.chmodSync(p.at('in/b'), 0o700);
  fs.rmSync(p.at('in/b'), { recursive: true });
  await call.line(({ event, task }) => event === 'run-succeeded' && task === 'sum');
  await stop(call);
  expect(p.told('counts')).toEqual(['2', '1']);
});
