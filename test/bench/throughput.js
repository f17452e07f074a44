/**
 * Many trivial jobs: all of them at once, two at a time, one after another in a chain, and among a hundred thousand that are up to
 * date. Beside a bare loop of execa, which keeps nothing, and ninja. Times are from the first start to the last end: what loading
 * costs is measured elsewhere.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import path from 'node:path';
import { within } from './children.js';
import { count, has, median } from './measure.js';
import { recordSuccesses, writeManifest, writeNinja } from './projects.js';

const loop = path.join(import.meta.dirname, 'contenders/execa-loop.js');
const trivial = 'exit 0';

/** Puts aside what an earlier round left. It is not removed: ext4 is slow in making files for minutes after others went. */
function putAside(root, ...names) {
  const left = names.filter((name) => existsSync(path.join(root, name)));
  if (left.length === 0) return;
  const aside = mkdtempSync(`${root}-`);
  for (const name of left) renameSync(path.join(root, name), path.join(aside, name));
}

/** Milliseconds from the first start of a run to the end of the last, in a project in which nothing ever ran, or with this state. */
function span(bin, root, jobs, atOnce, state) {
  putAside(root, '.objflow');
  if (state) cpSync(state, path.join(root, '.objflow'), { recursive: true });
  const args = [bin, 'run', '-C', root, '-j', String(atOnce), '--format', 'json'];
  const told = execFileSync(process.execPath, args, { maxBuffer: Number.POSITIVE_INFINITY, encoding: 'utf8' });
  const lines = told
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { succeeded } = lines.at(-1);
  if (succeeded !== jobs) throw new Error(`${succeeded} of ${jobs} jobs succeeded`);
  const at = (event) => lines.filter((line) => line.event === event).map((line) => Date.parse(line.at));
  return Math.max(...at('run-succeeded')) - Math.min(...at('run-started'));
}

const bare = (jobs, atOnce) =>
  Number(execFileSync(process.execPath, [loop, String(jobs), String(atOnce), trivial], { encoding: 'utf8' }));

/** ninja loads its file anew each time, which is a few milliseconds of it. */
function ninja(root, atOnce) {
  putAside(root, '.ninja_log', '.ninja_deps', 'out');
  const began = performance.now();
  execFileSync('ninja', ['-C', root, '--quiet', '-j', String(atOnce)], { stdio: 'ignore' });
  return performance.now() - began;
}

/** By turns, so that what else the machine does falls on all alike. */
function byTurns(rounds, contenders) {
  const samples = contenders.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, measure] of contenders.entries()) samples[index].push(measure());
  return samples;
}

function parallel(sheet, { bin, quick }) {
  const jobs = quick ? 200 : 1000;
  return within((above) => {
    const root = path.join(above, 'parallel');
    mkdirSync(root);
    writeManifest(
      root,
      Array.from({ length: jobs }, (_, index) => [`job_${index}`, { run: trivial }]),
    );
    const contenders = [() => span(bin, root, jobs, 2), () => bare(jobs, 2)];
    const beside = path.join(above, 'ninja');
    if (has('ninja')) {
      mkdirSync(beside);
      writeNinja(
        beside,
        trivial,
        Array.from({ length: jobs }, (_, index) => [`out/${index}`, '']),
      );
      contenders.push(() => ninja(beside, 2));
    } else sheet.skip('ninja', 'not installed');
    const [ours, execa, theirs] = byTurns(quick ? 3 : 5, contenders);
    const named = `${count(jobs)} trivial jobs, two at a time`;
    sheet.figure(`objflow run: ${named}`, 'ms', ours);
    sheet.figure(`execa: ${named}`, 'ms', execa);
    sheet.goal(`objflow / execa: ${named}`, median(ours) / median(execa), 1.1);
    if (!theirs) return;
    sheet.figure(`ninja: ${named}`, 'ms', theirs);
    sheet.goal(`objflow / ninja: ${named}`, median(ours) / median(theirs), 2.5);
  });
}

function chain(sheet, { bin, quick }) {
  const jobs = quick ? 200 : 1000;
  return within((above) => {
    const root = path.join(above, 'chain');
    mkdirSync(root);
    const fieldsOf = (index) => ({
      ...(index === 0 ? {} : { sources: `table:t${index - 1}` }),
      targets: `table:t${index}`,
      run: trivial,
    });
    writeManifest(
      root,
      Array.from({ length: jobs }, (_, index) => [`job_${index}`, fieldsOf(index)]),
    );
    const [ours, execa] = byTurns(quick ? 3 : 5, [() => span(bin, root, jobs, 2), () => bare(jobs, 1)]);
    const named = `a chain of ${count(jobs)} trivial jobs`;
    sheet.figure(`objflow run: ${named}`, 'ms', ours);
    sheet.figure(`execa: ${named}`, 'ms', execa);
    sheet.goal(`objflow / execa: ${named}`, median(ours) / median(execa), 1.15);
  });
}

/** As many due jobs, alone and among many that are up to date. */
function crowded(sheet, { bin, quick }) {
  const due = quick ? 200 : 1000;
  const others = quick ? 10_000 : 100_000;
  return within(async (above) => {
    const named = (kind, number) => Array.from({ length: number }, (_, index) => `${kind}_${index}`);
    const lay = (name, jobs) => {
      const root = path.join(above, name);
      mkdirSync(root);
      writeManifest(
        root,
        jobs.map((job) => [job, { run: trivial }]),
      );
      return root;
    };
    const alone = lay('alone', named('due', due));
    const among = lay('among', named('done', others));
    const done = named('done', others).map((job) => ({ task: job, job, partition: {}, reads: [], writes: [] }));
    await recordSuccesses(bin, among, done);
    const state = path.join(above, 'state');
    renameSync(path.join(among, '.objflow'), state);
    writeManifest(
      among,
      [...named('done', others), ...named('due', due)].map((job) => [job, { run: trivial }]),
    );
    const [few, many] = byTurns(3, [() => span(bin, alone, due, 2), () => span(bin, among, due, 2, state)]);
    sheet.figure(`objflow run: ${count(due)} due jobs, two at a time`, 'ms', few);
    const beside = `among ${count(others)} that are up to date`;
    sheet.figure(`objflow run: the same ${beside}`, 'ms', many);
    // A rate of nine tenths.
    sheet.goal(`${count(due)} due jobs: ${beside} / alone`, median(many) / median(few), 1.11);
  });
}

export const throughputSuite = { parallel, chain, crowded };
