/** The daemon and manifests that are edited under it: good edits, broken ones, under a stream of landings. */
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type Project, project, started, stop, those } from './rig.ts';

/** Edits a file as editors do: in place, or by a new file that takes its place. */
function edit(p: Project, name: string, text: string, how: 'in place' | 'renamed'): void {
  const file = p.at(how === 'renamed' ? `${name}~` : name);
  fs.writeFileSync(file, text);
  if (how === 'renamed') fs.renameSync(file, p.at(name));
}

test('twenty edits, some of them broken, under a stream of landings: nothing is lost, nothing runs twice', async () => {
  const manifest = (n: number): string => `version: 1
concurrency: 8
objects: { 'in/{n}': { description: Edit ${n} } }
jobs:
  load:
    description: Edit ${n}
    sources: in/{n}
    targets: table:loaded/{n}
    run: 'read x <"$source"; echo "$n $x $OBJFLOW_KEY" >>../loaded # ${n % 5}'
  other${n % 3}: { sources: 'in/{n}', enabled: false, run: ':' }
`;
  const p = project(manifest(0));
  fs.mkdirSync(p.at('in'));
  const call = await p.watch();

  const last = new Map<string, number>();
  let landings = 0;
  const stream = setInterval(() => {
    const name = landings % 5 === 4 ? `f${landings - 7}` : `f${landings}`; // some are delivered again
    p.land(`in/${name}`, `${landings}\n`);
    last.set(name, landings);
    landings += 1;
  }, 10);
  onTestFinished(() => clearInterval(stream));
  const refused = (): string[] =>
    those(call, 'reload-refused').flatMap(({ diagnostics }) => diagnostics?.map(({ code }) => code) ?? []);
  let broken = 0;
  for (let n = 1; n <= 20; n += 1) {
    const isBroken = n % 4 === 0;
    if (isBroken) broken += 1;
    const text = isBroken ? manifest(n).replace('run:', 'runs:') : manifest(n);
    if (n % 3 > 0) {
      fs.truncateSync(p.at('objflow.yaml'));
      await setTimeout(20); // what is tested: an editor that is caught between its steps
    }
    edit(p, 'objflow.yaml', text, n % 3 === 0 ? 'renamed' : 'in place');
    await call.when(() =>
      isBroken
        ? refused().filter((code) => code === 'unknown-field').length === broken
        : those(call, 'reloaded').length === n - broken,
    );
  }
  clearInterval(stream);

  const final = [...last].map(([name, x]) => `${name} ${x}`);
  const told = (): Set<string> => new Set(p.told('loaded').map((line) => line.slice(0, line.lastIndexOf(' '))));
  const successes = (): number => those(call, 'run-succeeded').length;
  await call.when(() => successes() >= last.size && final.every((line) => told().has(line)));
  await call.when(() => successes() === started(call).length);
  const ended = await stop(call);
  expect(those(ended, 'warning')).toEqual([]);
  const keys = p.told('loaded').map((line) => line.slice(line.lastIndexOf(' ')));
  expect(new Set(keys).size).toBe(keys.length); // a key is a task and the versions that it consumes
  edit(p, 'objflow.yaml', manifest(0), 'in place');
  expect((await p.run()).lines.map(({ event }) => event)).toEqual(['summary']); // nothing was left to do
  expect(refused()).toEqual(Array.from({ length: 5 }, () => 'unknown-field')); // and not what an edit is between its steps
});

test('a bad edit is told with its place; a removed job finishes; a failed one tries again when edited; includes get files', async () => {
  const root = (jobs: string): string => `version: 1\nconcurrency: 4\ninclude: [jobs/*.yaml]\njobs:\n${jobs}`;
  const slow = `  slow: { sources: 'in/{n}', targets: 'out/{n}', run: 'read x <../gate; mkdir -p out; cp "$source" "$target"' }\n`;
  const bad = `  bad: { sources: in/a, run: 'echo tried >>../tried; exit 3' }\n`;
  const p = project(root(slow + bad), { 'in/a': 'a' });
  fs.mkdirSync(p.at('jobs'));
  const letThrough = p.gate('gate');
  const call = await p.watch();
  const reloaded = (n: number): Promise<void> => call.when(() => those(call, 'reloaded').length === n);
  const succeeded = (task: string) => call.line((line) => line.event === 'run-succeeded' && line.task === task);
  await call.line(({ event, task }) => event === 'run-failed' && task === 'bad');
  await call.line(({ event, task }) => event === 'run-started' && task === 'slow[n=a]');

  edit(p, 'objflow.yaml', root(`${slow + bad}  lost: { sources: in/a, run: ':', shel: sh }\n`), 'in place');
  const refused = await call.line(({ event }) => event === 'reload-refused');
  expect(refused.diagnostics).toContainEqual(
    expect.objectContaining({ code: 'unknown-field', file: 'objflow.yaml', line: 7 }),
  );

  // Gone while it runs, and there again: it finishes, and starts once.
  edit(p, 'objflow.yaml', root(`${bad}  new: { sources: 'in/{n}', run: 'echo "$n" >>../new' }\n`), 'renamed');
  await reloaded(1);
  expect(those(call, 'reloaded')).toMatchObject([{ added: ['new'], changed: [], removed: ['slow'] }]);
  await succeeded('new[n=a]');
  p.land('in/b', 'b');
  await succeeded('new[n=b]');
  edit(p, 'objflow.yaml', root(`${bad}  new: { sources: 'in/{n}', run: 'echo "$n" >>../new' }\n${slow}`), 'in place');
  await reloaded(2);
  await call.line(({ event, task }) => event === 'run-started' && task === 'slow[n=b]');
  edit(p, 'objflow.yaml', root(`${bad}  new: { sources: 'in/{n}', run: 'echo "$n" >>../new' }\n`), 'renamed');
  await reloaded(3);
  letThrough();
  letThrough();
  await succeeded('slow[n=a]');
  await succeeded('slow[n=b]');
  expect(p.read('out/a')).toBe('a');

  edit(p, 'objflow.yaml', root(bad.replace('exit 3', 'echo well >>../tried')), 'in place');
  await succeeded('bad');
  expect(p.told('tried')).toEqual(['tried', 'tried', 'well']);

  edit(p, 'jobs/more.yaml', `jobs:\n  more: { sources: 'in/*', run: 'echo $# >>../more' }\n`, 'renamed');
  await succeeded('more');
  expect(p.told('more')).toEqual(['2']);
  const ended = await stop(call);
  expect(started(ended).filter((task) => task?.startsWith('slow'))).toEqual(['slow[n=a]', 'slow[n=b]']);
  const [run] = p.journal().filter(({ type, task }) => type === 'run-started' && task === 'slow[n=a]');
  expect(p.journal()).toContainEqual(
    expect.objectContaining({ type: 'run-ended', run: run?.run, outcome: 'succeeded' }),
  );
});

test('a directory of manifests that becomes a link to itself ends nothing, and is listened to again once it is one', async () => {
  const p = project('version: 1\ninclude: [jobs/*.yaml]\n', {
    'jobs/a.yaml': `jobs:\n  a: { sources: 'in/*', run: ':' }\n`,
  });
  const call = await p.watch();
  fs.renameSync(p.at('jobs'), p.at('away'));
  fs.symlinkSync('jobs', p.at('jobs'));
  edit(p, 'objflow.yaml', 'version: 1\ninclude: [jobs/*.yaml]\ngrace: 1s\n', 'in place');
  await call.line(({ event }) => event === 'reloaded' || event === 'reload-refused');
  fs.unlinkSync(p.at('jobs'));
  fs.renameSync(p.at('away'), p.at('jobs'));
  edit(p, 'jobs/b.yaml', `jobs:\n  b: { run: ':' }\n`, 'renamed');
  await call.line(({ event, task }) => event === 'run-succeeded' && task === 'b');
  expect(those(await stop(call), 'warning')).toEqual([]);
});
