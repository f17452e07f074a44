/** Projects to measure in: files that landed long ago, manifests, states that tell of past successes, ninja's counterparts. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openJournal } from '../../dist/journal/journal.js';
import { loadMapping } from '../../dist/manifest/load.js';

/** A file that was finished long ago: nothing has to be waited for. */
export function finish(file, text) {
  writeFileSync(file, text);
  utimesSync(file, 1e9, 1e9);
}

/** Files in `landing/`: f000000.csv, f000001.csv, … Gives their names. */
export function fill(root, number) {
  mkdirSync(path.join(root, 'landing'), { recursive: true });
  const names = Array.from({ length: number }, (_, index) => `f${String(index).padStart(6, '0')}.csv`);
  for (const name of names) finish(path.join(root, 'landing', name), `${name}\n`);
  return names;
}

/** A function that puts a file into a directory at one stroke: made elsewhere, then renamed. */
export function stage(root, name) {
  const elsewhere = path.join(root, 'staging');
  mkdirSync(elsewhere, { recursive: true });
  finish(path.join(elsewhere, name), `${name}\n`);
  return () => renameSync(path.join(elsewhere, name), path.join(root, 'landing', name));
}

/** A directory of this name with an empty `landing/`. */
export function lay(above, name) {
  const root = path.join(above, name);
  mkdirSync(path.join(root, 'landing'), { recursive: true });
  return root;
}

/** A project with one job, which reads what lands in `landing/`. */
export function layProject(above, name, run, source = 'landing/{d}.csv') {
  const root = lay(above, name);
  writeManifest(root, [['load', { sources: source, run }]]);
  return root;
}

/** The same with so many files in `landing/`, each of which has been taken up. */
export async function layCrowded(bin, above, run, files) {
  const root = layProject(above, 'crowded', run);
  const tasks = fill(root, files).map((name) => {
    const d = path.basename(name, '.csv');
    return { task: `load[d=${d}]`, job: 'load', partition: { d }, reads: [`landing/${name}`], writes: [] };
  });
  await recordSuccesses(bin, root, tasks);
  return root;
}

/** The text of a manifest with these jobs: name → `{ sources, targets?, run }`, all plain scalars. */
export function jobsText(jobs) {
  const texts = jobs.map(([name, fields]) => {
    const lines = Object.entries(fields).map(([field, value]) => `    ${field}: ${value}\n`);
    return `  ${name}:\n${lines.join('')}`;
  });
  return `jobs:\n${texts.join('')}`;
}

export function writeManifest(root, jobs) {
  writeFileSync(path.join(root, 'objflow.yaml'), `version: 1\n${jobsText(jobs)}`);
}

/**
 * Writes a state in which each of these tasks (`{ task, job, partition, reads, writes }`, files as paths) has succeeded
 * with the files as they are now. Whoever starts from it cannot tell that nothing ran.
 */
export async function recordSuccesses(bin, root, tasks) {
  const loaded = await loadMapping(root);
  if (!loaded.ok) throw new Error(`the mapping of ${root} has errors: ${JSON.stringify(loaded.error)}`);
  const { jobs } = loaded.value.mapping;
  const opened = openJournal(path.join(root, '.objflow/state.jsonl'));
  if (!opened.ok) throw new Error(opened.error.message);
  const { journal } = opened.value;
  const versions = (files) => Object.fromEntries(files.map((file) => [`file:${file}`, versionOf(root, file)]));
  const at = Date.now();
  try {
    tasks.forEach(({ task, job, partition, reads, writes }, index) => {
      const run = `bench-${index}`;
      const { definition } = jobs.get(job);
      const about = { run, task, job, partition, attempt: 1, key: run, definition, consumed: versions(reads) };
      const appended = journal.append([
        { type: 'run-started', at, ...about },
        { type: 'run-ended', at, run, outcome: 'succeeded', produced: versions(writes) },
      ]);
      if (!appended.ok) throw new Error(appended.error.message);
    });
  } finally {
    journal.close();
  }
  const plan = execFileSync(process.execPath, [bin, 'run', '--dry-run', '--format', 'json', '-C', root], {
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  const due = JSON.parse(plan).tasks;
  if (due.length > 0) throw new Error(`${due.length} tasks of ${root} are due, and should have been up to date`);
}

/** As src/objects/files.ts has it. */
function versionOf(root, file) {
  const { dev, ino, size, mtimeNs, ctimeNs } = lstatSync(path.join(root, file), { bigint: true });
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

/** A build file of `[target, source]`, all with one command. `generator`: only times count, no log of past commands. */
export function writeNinja(root, command, builds, { generator = false } = {}) {
  const lines = builds.map(([target, source]) => `build ${target}: job ${source}\n`);
  const rule = `rule job\n  command = ${command}\n${generator ? '  generator = 1\n' : ''}`;
  writeFileSync(path.join(root, 'build.ninja'), `${rule}${lines.join('')}`);
}

/** The same for make, snakemake and wireit, whose targets are all that no other reads. */
export const others = {
  make(root, builds) {
    const rules = builds.map(([target, source]) => `${target}: ${source}\n\tcp $< $@\n`);
    writeFileSync(path.join(root, 'Makefile'), `all: ${lastOf(builds).join(' ')}\n${rules.join('')}.PHONY: all\n`);
    return ['make', '-C', root];
  },
  snakemake(root, builds) {
    const rules = builds.map(
      ([target, source], index) =>
        `rule r${index}:\n    input: '${source}'\n    output: '${target}'\n    shell: 'cp {input} {output}'\n`,
    );
    const all = lastOf(builds).map((target) => `'${target}'`);
    writeFileSync(path.join(root, 'Snakefile'), `rule all:\n    input: ${all.join(', ')}\n${rules.join('')}`);
    return ['snakemake', '-d', root, '-s', path.join(root, 'Snakefile'), '-c', '2', '--quiet', 'all'];
  },
  wireit(root, builds) {
    const made = new Map(builds.map(([target], index) => [target, `j${index}`]));
    const wireit = Object.fromEntries(
      builds.map(([target, source], index) => [
        `j${index}`,
        {
          command: `cp ${source} ${target}`,
          ...{ files: [source], output: [target] },
          dependencies: made.has(source) ? [made.get(source)] : [],
        },
      ]),
    );
    wireit.all = { dependencies: lastOf(builds).map((target) => made.get(target)) };
    const scripts = Object.fromEntries(Object.keys(wireit).map((name) => [name, 'wireit']));
    writeFileSync(path.join(root, 'package.json'), JSON.stringify({ scripts, wireit }));
    return ['npm', '--prefix', root, 'run', '--silent', 'all'];
  },
};

/** Targets that nothing reads. */
function lastOf(builds) {
  const read = new Set(builds.map(([, source]) => source));
  return builds.map(([target]) => target).filter((target) => !read.has(target));
}
