/** The daemon and files that are not there at once: slow writers, markers, sizes, content, directories that grow, polling. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { type Project, project, started, stop, those, until } from './rig.ts';

const landed = (object: string) => (line: { readonly event: string; readonly object?: string }) =>
  line.event === 'object-landed' && line.object === object;

const succeeded = (task: string) => (line: { readonly event: string; readonly task?: string }) =>
  line.event === 'run-succeeded' && line.task === task;

test('a slow writer outlives a daemon that is killed: the job runs once, after the last byte', async () => {
  const p = project(`version: 1
objects: { landing/x.csv: { settle: 1s } }
jobs:
  load: { sources: landing/x.csv, run: 'echo $(wc -c <"$source") $(sha256sum <"$source") >>../seen' }
  fence: { sources: landing/fence, run: ':' }
`);
  fs.mkdirSync(p.at('landing'));
  const first = await p.watch();
  const writer = spawn(
    'sh',
    ['-c', 'for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do echo "row $n" >>landing/x.csv; sleep 0.2; done'],
    { cwd: p.root, stdio: 'ignore' },
  );
  const written = new Promise((resolve) => writer.on('exit', resolve));
  await until(() => p.has('landing/x.csv') && p.read('landing/x.csv').includes('row 4\n'));
  first.child.kill('SIGKILL');
  expect(started(await first.ended)).toEqual([]);

  const second = await p.watch();
  expect(p.read('landing/x.csv')).not.toContain('row 14\n');
  await second.line(succeeded('load'));
  await written;
  const whole = p.read('landing/x.csv');
  expect(whole).toContain('row 14\n');
  p.land('landing/fence', 'x');
  await second.line(succeeded('fence'));
  await stop(second);
  expect(p.told('seen')).toEqual([`${whole.length} ${createHash('sha256').update(whole).digest('hex')} -`]);
});

/** Lands a file that nothing but the daemon's attention waits for, and waits until it has been run: what landed before is known. */
async function fence(p: Project, call: Awaited<ReturnType<Project['watch']>>, name: string): Promise<void> {
  p.land(`fence/${name}`, name);
  await call.line(succeeded(`fence[n=${name}]`));
}

test('markers: data first, marker first, a marker that is older than its data, one in a directory', async () => {
  const p = project(`version: 1
objects:
  data/{n}.csv: { marker: 'data/{n}.csv.done' }
  whole/{n}/: { marker: _SUCCESS }
jobs:
  load: { sources: 'data/{n}.csv', run: 'cat "$source" >>../loaded' }
  whole: { sources: 'whole/{n}/', run: 'ls "$source" | tr "\\n" " " >>../whole; echo >>../whole' }
  fence: { sources: 'fence/{n}', run: ':' }
`);
  for (const directory of ['data', 'whole', 'fence']) fs.mkdirSync(p.at(directory));
  const call = await p.watch();

  p.land('data/a.csv', 'data first\n');
  p.land('data/b.csv.done', '');
  fs.mkdirSync(p.at('whole/w'));
  p.land('whole/w/part-1', 'x');
  await fence(p, call, '1');
  p.land('data/b.csv', 'younger than its marker\n');
  p.land('whole/w/part-2', 'x');
  await fence(p, call, '2');
  expect(started(call)).toEqual(['fence[n=1]', 'fence[n=2]']);
  const { tasks } = await p.status('load', 'whole');
  expect(tasks.map(({ task, phase }) => [task, phase])).toEqual([
    ['load[n=a]', 'waiting'],
    ['load[n=b]', 'waiting'],
    ['whole[n=w]', 'waiting'],
  ]);

  fs.writeFileSync(p.at('data/a.csv.done'), '');
  await call.line(succeeded('load[n=a]'));
  p.land('data/b.csv.done', '');
  await call.line(succeeded('load[n=b]'));
  expect(p.told('loaded')).toEqual(['data first', 'younger than its marker']);
  fs.writeFileSync(p.at('whole/w/_SUCCESS'), '');
  await call.line(succeeded('whole[n=w]'));
  expect(p.told('whole')).toEqual(['_SUCCESS part-1 part-2 ']);

  // What was complete is delivered again: not before its marker is, too.
  p.land('data/a.csv', 'again\n');
  await fence(p, call, '3');
  expect(started(call).filter((task) => task === 'load[n=a]')).toHaveLength(1);
  fs.utimesSync(p.at('data/a.csv.done'), 1e9, 1e9);
  await call.when(() => those(call, 'run-succeeded').filter(({ task }) => task === 'load[n=a]').length === 2);
  expect(p.told('loaded').at(-1)).toBe('again');
  await stop(call);
});

test('directories that settle and grow, min_size, ignore, content that stays the same, targets that go', async () => {
  const p = project(`version: 1
ignore: ['*.bak', fence/not]
objects:
  batch/{n}/: { settle: 400ms }
  big/{n}: { min_size: 10, settle: 100ms }
  same: { version: content }
jobs:
  batch: { sources: 'batch/{n}/', run: 'echo $(ls -R "$source") >>../batch' }
  big: { sources: 'big/{n}', run: 'cat "$source" >>../big' }
  same: { sources: same, run: 'cat "$source" >>../same' }
  made: { sources: in, targets: made/it, on_missing_target: rerun, run: 'mkdir -p made; cp "$source" "$target"; echo x >>../made' }
  fence: { sources: 'fence/{n}', run: ':' }
`);
  for (const directory of ['batch', 'big', 'fence']) fs.mkdirSync(p.at(directory));
  const call = await p.watch();

  fs.mkdirSync(p.at('batch/b'));
  p.land('batch/b/one', '1');
  p.land('batch/b/two', '2');
  p.land('big/x', 'small');
  p.land('same', 'same\n');
  p.land('in', 'x');
  p.land('fence/x.bak', 'x');
  p.land('fence/not/deep', 'x');
  await call.line(succeeded('batch[n=b]'));
  expect(p.told('batch')).toEqual(['batch/b/: one two']);
  const { at } = await call.line(landed('file:batch/b/'));
  expect(Date.parse(at) - fs.statSync(p.at('batch/b/two')).ctimeMs).toBeGreaterThan(390);
  await call.line(succeeded('same'));
  await call.line(succeeded('made'));

  p.land('batch/b/sub/three', '3');
  p.land('same', 'same\n');
  fs.renameSync(p.at('made'), p.at('.made')); // at once: its command, which makes it anew, must not meet it half removed
  await call.when(() => those(call, 'run-succeeded').filter(({ task }) => task === 'batch[n=b]').length === 2);
  expect(p.told('batch').at(-1)).toBe('batch/b/: one sub two batch/b/sub: three');
  await call.when(() => those(call, 'run-succeeded').filter(({ task }) => task === 'made').length === 2);
  expect(p.told('made')).toEqual(['x', 'x']);

  fs.appendFileSync(p.at('big/x'), ' no more\n');
  await call.line(succeeded('big[n=x]'));
  expect(p.told('big')).toEqual(['small no more']);
  p.land('same', 'other\n');
  await call.when(() => those(call, 'run-succeeded').filter(({ task }) => task === 'same').length === 2);
  expect(p.told('same')).toEqual(['same', 'other']);
  await fence(p, call, 'last');
  await stop(call);
  expect(started(call).filter((task) => task?.startsWith('fence'))).toEqual(['fence[n=last]']);
  expect(started(call).filter((task) => task?.startsWith('big'))).toHaveLength(1);
});

test('polling: without any event new files, rewritten ones, removed ones and new directories are seen', async () => {
  const p = project(`version: 1
watch: { polling: 100ms }
objects: { 'in/{n}': { settle: 200ms } }
jobs:
  load: { sources: 'in/{n}', run: 'cat "$source" >>../loaded' }
  all: { sources: 'later/deep/*', run: 'echo $# >>../all' }
  made: { sources: 'here', targets: made, on_missing_target: rerun, run: 'cp "$source" "$target"; echo x >>../made' }
`);
  fs.mkdirSync(p.at('in'));
  const call = await p.watch();
  const heard = inodesHeard(call.child.pid);
  expect(heard).not.toContain(fs.statSync(p.at('in')).ino);
  expect(heard).toContain(fs.statSync(p.at('.objflow/inbox')).ino); // what is read here says something

  fs.writeFileSync(p.at('in/a'), 'one\n');
  p.land('here', 'x');
  await call.line(succeeded('load[n=a]'));
  await call.line(succeeded('made'));
  p.land('in/b', 'b\n'); // once that is known, what was made has been listed
  await call.line(succeeded('load[n=b]'));
  fs.writeFileSync(p.at('in/a'), 'two\n');
  fs.rmSync(p.at('made'));
  p.land('later/deep/1', '1');
  p.land('later/deep/2', '2');
  await until(() => p.told('loaded').length === 3);
  await until(() => p.told('made').length === 2);
  await until(() => p.told('all').at(-1) === '2');
  fs.rmSync(p.at('later/deep/1'));
  p.land('later/deep/3', '3');
  await call.line(landed('file:later/deep/3'));
  await until(() => p.told('all').length >= 2 && p.told('all').at(-1) === '2');
  await stop(call);
  expect(p.told('loaded')).toEqual(['one', 'b', 'two']);
  expect(p.told('made')).toEqual(['x', 'x']);
});

test('polling: what was made and removed between two listings is gone all the same', async () => {
  const p = project(
    `version: 1
watch: { polling: 1s }
jobs:
  one: { sources: here, targets: one, on_missing_target: rerun, run: 'cp "$source" "$target"; echo one >>../made' }
  each: { sources: 'in/{n}', targets: 'out/{n}', on_missing_target: rerun, run: 'cp "$source" "$target"; echo each >>../made' }
  fence: { sources: 'fence/{n}', run: ':' }
`,
    { here: 'x', 'in/n': 'x', 'out/other': 'x', 'fence/a': 'x' },
  );
  const call = await p.watch();
  await call.line(succeeded('one'));
  await call.line(succeeded('each[n=n]'));
  fs.rmSync(p.at('one'));
  fs.rmSync(p.at('out/n'));
  // Each is known when everything has been listed once more.
  for (const name of ['b', 'c']) await fence(p, call, name);
  await stop(call);
  expect(p.told('made').toSorted()).toEqual(['each', 'each', 'one', 'one']);
});

/** Inodes of what a process has the system tell it of. */
function inodesHeard(pid = 0): number[] {
  return fs.readdirSync(`/proc/${pid}/fdinfo`).flatMap((fd) => {
    try {
      const told = fs.readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
      return [...told.matchAll(/^inotify wd:\S+ ino:(\S+)/gm)].map(([, inode = '']) => Number.parseInt(inode, 16));
    } catch {
      return []; // closed in the meantime
    }
  });
}
