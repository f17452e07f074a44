/**
 * `objflow run`: start-up, and a run with nothing to do. The mapping is chains of ten jobs, file to file, that the
 * state tells to have succeeded.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { within } from './children.js';
import { count, has, times } from './measure.js';
import { finish, recordSuccesses, writeManifest, writeNinja } from './projects.js';

const chain = 10;

/** Names of one chain's files, its source first. */
const filesOf = (number) =>
  Array.from({ length: chain + 1 }, (_, step) => (step === 0 ? `in/${number}.txt` : `out/${number}_${step}.txt`));

/** `[target, source]` of each job, producers first. */
const pairsOf = (jobs) =>
  Array.from({ length: jobs / chain }, (_, number) => filesOf(number)).flatMap((files) =>
    files.slice(1).map((target, index) => [target, files[index]]),
  );

function laySources(root, jobs) {
  for (const name of ['in', 'out']) mkdirSync(path.join(root, name), { recursive: true });
  for (let number = 0; number < jobs / chain; number += 1) finish(path.join(root, `in/${number}.txt`), `${number}\n`);
}

async function layObjflow(root, jobs, bin) {
  laySources(root, jobs);
  const pairs = pairsOf(jobs).map(([target, source], index) => ({ job: `job_${index}`, target, source }));
  const run = 'cp "$source" "$target"';
  writeManifest(
    root,
    pairs.map(({ job, target, source }) => [job, { sources: source, targets: target, run }]),
  );
  for (const { target, source } of pairs) copyFileSync(path.join(root, source), path.join(root, target));
  await recordSuccesses(
    bin,
    root,
    pairs.map(({ job, target, source }) => ({ task: job, job, partition: {}, reads: [source], writes: [target] })),
  );
}

function layNinja(root, jobs) {
  laySources(root, jobs);
  writeNinja(root, 'cp $in $out', pairsOf(jobs));
  execFileSync('ninja', ['-C', root, '--quiet'], { stdio: 'ignore' });
}

function start(sheet, { bin, quick }) {
  const rounds = quick ? 3 : 5;
  sheet.figure('node -e 0', 'ms', times(rounds, process.execPath, '-e', '0'));
  sheet.figure('objflow --version', 'ms', times(rounds, process.execPath, bin, '--version'));
}

function idle(sheet, { bin, quick }) {
  const rounds = quick ? 3 : 5;
  return within(async (root) => {
    const withNinja = has('ninja');
    if (!withNinja) sheet.skip('ninja', 'not installed');
    for (const jobs of [1000, 10_000]) {
      const named = `${count(jobs)} jobs, nothing to do`;
      const ours = path.join(root, `objflow-${jobs}`);
      await layObjflow(ours, jobs, bin);
      sheet.figure(`objflow run: ${named}`, 'ms', times(rounds, process.execPath, bin, 'run', '-C', ours));
      if (!withNinja) continue;
      const beside = path.join(root, `ninja-${jobs}`);
      layNinja(beside, jobs);
      sheet.figure(`ninja: ${named}`, 'ms', times(rounds, 'ninja', '-C', beside));
    }
  });
}

export const runSuite = { start, idle };
