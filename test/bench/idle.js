/**
 * Calls that find everything as it was: `objflow run` with nothing to do beside ninja, after an edit of one manifest among
 * a hundred, and commands that only print what the mapping says. Contenders take turns.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { within } from './children.js';
import { bareNode, count, has, times, turns } from './measure.js';
import { finish, jobsText, others, recordSuccesses, writeManifest, writeNinja } from './projects.js';

const chain = 10;

/** Names of one chain's files, its source first. */
const filesOf = (number) =>
  Array.from({ length: chain + 1 }, (_, step) => (step === 0 ? `in/${number}.txt` : `out/${number}_${step}.txt`));

/** `[target, source]` of each job, producers first. */
const pairsOf = (jobs) =>
  Array.from({ length: jobs / chain }, (_, number) => filesOf(number)).flatMap((files) =>
    files.slice(1).map((target, index) => [target, files[index]]),
  );

/** Chains of ten jobs, as `writeManifest` takes them. */
export const jobsOf = (number) =>
  pairsOf(number).map(([targets, sources], index) => [
    `job_${index}`,
    { sources, targets, run: 'cp "$source" "$target"' },
  ]);

function laySources(root, jobs) {
  for (const name of ['in', 'out']) mkdirSync(path.join(root, name), { recursive: true });
  for (let number = 0; number < jobs / chain; number += 1) finish(path.join(root, `in/${number}.txt`), `${number}\n`);
}

/** Chains of ten jobs, file to file, that the state tells to have succeeded; in one manifest, or in several beside it. */
async function layObjflow(root, jobs, bin, manifests) {
  laySources(root, jobs);
  const all = jobsOf(jobs);
  if (manifests === undefined) writeManifest(root, all);
  else {
    mkdirSync(path.join(root, 'jobs'));
    writeFileSync(path.join(root, 'objflow.yaml'), 'version: 1\ninclude: jobs/*.yaml\njobs: {}\n');
    const each = all.length / manifests;
    for (let number = 0; number < manifests; number += 1)
      writeFileSync(manifestOf(root, number), jobsText(all.slice(number * each, (number + 1) * each)));
  }
  for (const [, { sources, targets }] of all) copyFileSync(path.join(root, sources), path.join(root, targets));
  const tasks = all.map(([job, { sources, targets }]) => ({
    ...{ task: job, job, partition: {}, reads: [sources], writes: [targets] },
  }));
  await recordSuccesses(bin, root, tasks);
  // What was written just now may be written once more without a trace: nobody relies on it yet.
  await setTimeout(2100);
}

const manifestOf = (root, number) => path.join(root, 'jobs', `${number}.yaml`);

function layNinja(root, jobs) {
  laySources(root, jobs);
  writeNinja(root, 'cp $in $out', pairsOf(jobs));
  execFileSync('ninja', ['-C', root, '--quiet'], { stdio: 'ignore' });
}

/** So many jobs others are asked to look at: beyond, they take minutes. */
const most = { make: 100_000, snakemake: 1000, wireit: 1000 };

/** The contenders that are installed, each in a project of its own where all is done. */
function layOthers(sheet, root, jobs, named) {
  return Object.entries(others).flatMap(([name, lay]) => {
    if (jobs > most[name]) return [];
    if (!has(name)) {
      sheet.skip(`${name}: ${named}`, 'not installed');
      return [];
    }
    const beside = path.join(root, `${name}-${jobs}`);
    laySources(beside, jobs);
    const pairs = pairsOf(jobs);
    const command = lay(beside, pairs);
    // What goes by times alone needs no command to have run.
    if (name === 'make')
      for (const [target, source] of pairs) copyFileSync(path.join(beside, source), path.join(beside, target));
    times(1, ...command);
    return [{ what: `${name}: ${named}`, command }];
  });
}

function nothing(sheet, { bin, quick }) {
  return within(async (root) => {
    const withNinja = has('ninja');
    if (!withNinja) sheet.skip('ninja', 'not installed');
    for (const jobs of quick ? [1000, 10_000] : [1000, 10_000, 100_000]) {
      const named = `${count(jobs)} jobs, nothing to do`;
      const ours = path.join(root, `objflow-${jobs}`);
      await layObjflow(ours, jobs, bin);
      const command = [process.execPath, bin, 'run', '-C', ours];
      sheet.figure(`objflow run: ${named}, the first time`, 'ms', times(1, ...command));
      const beside = path.join(root, `ninja-${jobs}`);
      if (withNinja) layNinja(beside, jobs);
      const [bare, objflow, ninja] = turns(sheet, quick ? 5 : 9, [
        bareNode,
        { what: `objflow run: ${named}`, command },
        ...(withNinja ? [{ what: `ninja: ${named}`, command: ['ninja', '-C', beside] }] : []),
        ...layOthers(sheet, root, jobs, named),
      ]);
      if (jobs === 1000) sheet.goal(`objflow / node -e 0: ${named}`, objflow / bare, 1.8);
      else if (withNinja) sheet.goal(`objflow / ninja: ${named}`, objflow / ninja, jobs === 10_000 ? 3 : 1.2);
    }
  });
}

function edited(sheet, { bin, quick }) {
  return within(async (root) => {
    for (const jobs of quick ? [10_000] : [10_000, 100_000]) {
      const project = path.join(root, `objflow-${jobs}`);
      await layObjflow(project, jobs, bin, 100);
      const command = [process.execPath, bin, 'run', '-C', project];
      times(1, ...command);
      const named = `${count(jobs)} jobs in 100 manifests`;
      const edit = (round) =>
        appendFileSync(
          manifestOf(project, round),
          `  more_${round}: {sources: none/${round}, run: 'true'} # ${round}\n`,
        );
      const comment = (round) => appendFileSync(manifestOf(project, round + 50), `# a comment\n`);
      const [none, commented] = turns(sheet, quick ? 5 : 15, [
        { what: `objflow run: ${named}`, command },
        { what: `objflow run: ${named}, one edited (its commands, comments, descriptions)`, command, before: comment },
      ]);
      sheet.goal(`one edited / none: ${named}`, commented / none, 1.2);
      turns(sheet, 3, [{ what: `objflow run: ${named}, a job more in one`, command, before: edit }]);
    }
  });
}

function printed(sheet, { bin, quick }) {
  return within(async (root) => {
    const jobs = quick ? 10_000 : 100_000;
    mkdirSync(path.join(root, '.objflow'));
    writeManifest(root, jobsOf(jobs));
    const calls = [['validate'], ['graph', '--format', 'json']].map((words) => ({
      what: `objflow ${words.join(' ')}: ${count(jobs)} jobs`,
      command: [process.execPath, bin, ...words, '-C', root],
    }));
    for (const { what, command } of calls) sheet.figure(`${what}, the first time`, 'ms', times(1, ...command));
    const [bare, ...others] = turns(sheet, 5, [bareNode, ...calls]);
    others.forEach((figure, index) => {
      sheet.goal(`${calls[index].what}, over node -e 0, ms`, figure - bare, 1000);
    });
  });
}

export const idleSuite = { nothing, edited, printed };
