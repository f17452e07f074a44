/**
 * `objflow watch`, the daemon: how soon a landed file's command begins, in a small and a large directory, in a small
 * and a large mapping, and many landings at once. What it costs to have it stand there is in watch-cost.js.
 */
import { mkdirSync, utimesSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { within } from './children.js';
import {
  command,
  landByTurns,
  startChokidar,
  startFsWatch,
  startInotifywait,
  startObjflow,
  watching,
  withContenders,
} from './contenders.js';
import { count, has, times } from './measure.js';
import { fill, finish, lay, layCrowded, layProject, stage, writeManifest, writeNinja } from './projects.js';
import { idle, memoryOf, start } from './watch-cost.js';

const landings = (quick) => (quick ? { warmUp: 2, rounds: 10 } : { warmUp: 5, rounds: 30 });

/** Landings by rename to the first instruction of the command. */
function landing(sheet, { bin, files, quick }) {
  return within(async (above, begin) => {
    const ours = (root) => startObjflow(begin, bin, root);
    const declared = [
      { name: 'objflow watch, empty directory', root: layProject(above, 'empty', command), start: ours },
      { name: `objflow watch, ${count(files)} files`, root: await layCrowded(bin, above, command, files), start: ours },
      { name: 'fs.watch + execa', root: lay(above, 'fs-watch'), start: (root) => startFsWatch(begin, root) },
      { name: 'chokidar + execa', root: lay(above, 'chokidar'), start: (root) => startChokidar(begin, root) },
    ];
    if (has('inotifywait'))
      declared.push({
        name: 'inotifywait + sh',
        root: lay(above, 'inotifywait'),
        start: (root) => startInotifywait(begin, root),
      });
    else sheet.skip('inotifywait', 'not installed');
    await withContenders(declared, async (contenders) => {
      const latencies = await landByTurns(contenders, landings(quick));
      const [empty, crowded, bare] = contenders.map(({ name }, index) =>
        sheet.figure(`${name}: landing to command`, 'ms', latencies[index]),
      );
      sheet.goal(`objflow watch: landing, ${count(files)} files / empty directory`, crowded / empty, 1.3);
      sheet.goal('landing, objflow watch / fs.watch + execa', empty / bare, 1.3);
      sheet.goal('objflow watch: landings never seen, small and large directory', missed(latencies.slice(0, 2)), 0);
    });
  });
}

const missed = (latencies) => latencies.flat().filter((latency) => latency === Number.POSITIVE_INFINITY).length;

/** The same landing in a small and in a large mapping, of which it concerns one job. */
function jobs(sheet, { bin, quick }) {
  const sizes = quick ? [1000, 10_000] : [1000, 100_000];
  return within(async (above, begin) => {
    const declared = sizes.map((size) => {
      const root = lay(above, `jobs-${size}`);
      const fieldsOf = (index) => ({ sources: `landing/j${index}_{d}.csv`, run: command });
      writeManifest(
        root,
        Array.from({ length: size }, (_, index) => [`job_${index}`, fieldsOf(index)]),
      );
      return {
        name: `objflow watch, ${count(size)} jobs`,
        root,
        start: () => startObjflow(begin, bin, root),
        nameOf: (number) => `j${size / 2}_${number}.csv`,
      };
    });
    await withContenders(declared, async (contenders) => {
      const latencies = await landByTurns(contenders, landings(quick));
      for (const { name, took } of contenders) sheet.figure(`${name}: start`, 'ms', [took]);
      const [, memory] = contenders.map(({ name, child }) =>
        sheet.figure(`${name}: memory, idle`, 'MiB', [memoryOf(child.pid).now]),
      );
      sheet.goal(`objflow watch: memory, ${count(sizes[1])} jobs, MiB`, memory, 300);
      const [small, large] = contenders.map(({ name }, index) =>
        sheet.figure(`${name}: landing to command`, 'ms', latencies[index]),
      );
      sheet.goal(`objflow watch: landing, ${sizes.map(count).reverse().join(' / ')} jobs`, large / small, 1.2);
      sheet.goal('objflow watch: landings never seen, small and large mapping', missed(latencies), 0);
    });
    if (!has('ninja')) return sheet.skip('ninja', 'not installed');
    for (const size of sizes) ninjaOneChanged(sheet, lay(above, `ninja-${size}`), size);
  });
}

/** ninja, called because one of its inputs changed: the time of the whole call. */
function ninjaOneChanged(sheet, root, size) {
  const names = fill(root, size);
  mkdirSync(path.join(root, 'out'));
  for (const name of names) finish(path.join(root, 'out', name), '');
  const builds = names.map((name) => [`out/${name}`, `landing/${name}`]);
  // A full build would take minutes; with `generator` ninja goes by the files' times, and asks for no log of one.
  writeNinja(root, 'touch $out', builds, { generator: true });
  const samples = Array.from({ length: 5 }, () => {
    utimesSync(path.join(root, 'landing', names[size / 2]), 1e9, Date.now() / 1000);
    return times(1, 'ninja', '-C', root);
  });
  sheet.figure(`ninja, ${count(size)} edges, one input changed: the call`, 'ms', samples.flat());
}

/** Many files renamed in at once: each is taken up, once. */
function burst(sheet, { bin, quick }) {
  const files = quick ? 200 : 1000;
  return within(async (above, begin) => {
    const root = layProject(above, 'burst', '":"');
    const child = startObjflow(begin, bin, root);
    await watching(child, performance.now());
    const started = [];
    const succeeded = [];
    child.listen(({ event, task }) => {
      if (event === 'run-started') started.push(task);
      if (event === 'run-succeeded') succeeded.push(task);
    });
    const renames = Array.from({ length: files }, (_, index) => stage(root, `b${index}.csv`));
    const all = child.next(() => new Set(succeeded).size === files, 120_000);
    const began = performance.now();
    for (const rename of renames) rename();
    const took = (await all) ? performance.now() - began : Number.POSITIVE_INFINITY;
    // What would run twice does so within its settle time.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    sheet.figure(`objflow watch: ${count(files)} files renamed in, all have run`, 'ms', [took]);
    const distinct = new Set(succeeded).size;
    sheet.goal(`objflow watch: of ${count(files)} tasks, those that did not run well`, files - distinct, 0);
    sheet.goal('objflow watch: runs too many', started.length - distinct, 0);
    if (!has('ninja')) return sheet.skip('ninja', 'not installed');
    const beside = lay(above, 'ninja');
    const builds = renames.map((_, index) => [`out/${index}`, '']);
    writeNinja(beside, ':', builds);
    sheet.figure(
      `ninja: ${count(files)} commands`,
      'ms',
      times(1, 'ninja', '-C', beside, '-j', String(availableParallelism())),
    );
  });
}

export const watchSuite = { start, landing, jobs, burst, idle };
