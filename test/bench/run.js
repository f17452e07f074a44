/**
 * Start-up, and a run with nothing to do, beside what one would pick instead. `npm run bench`; `--json` for programs.
 *
 * The mapping is chains of ten jobs, file to file. It is brought up to date with an executor that only copies, through
 * the real engine into a real journal: what is timed afterwards cannot tell the difference.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { graphOf } from '../../dist/cli/mapping.js';
import { openSession } from '../../dist/cli/session.js';
import { systemClock } from '../../dist/engine/clock.js';
import { createEngine } from '../../dist/engine/engine.js';
import { openJournal } from '../../dist/journal/journal.js';
import { loadMapping } from '../../dist/manifest/load.js';

const rounds = 5;
const chain = 10;
const bin = path.join(import.meta.dirname, '../../bin/objflow.js');
const asJson = process.argv.includes('--json');

/** Names of one chain's files, its source first. */
const filesOf = (number) =>
  Array.from({ length: chain + 1 }, (_, step) => (step === 0 ? `in/${number}.txt` : `out/${number}_${step}.txt`));

function pairs(jobs) {
  return Array.from({ length: jobs / chain }, (_, number) => filesOf(number)).flatMap((files) =>
    files.slice(1).map((target, index) => ({ source: files[index], target })),
  );
}

function lay(directory, jobs) {
  for (const name of ['in', 'out']) mkdirSync(path.join(directory, name), { recursive: true });
  for (let number = 0; number < jobs / chain; number += 1) {
    const file = path.join(directory, `in/${number}.txt`);
    writeFileSync(file, `${number}\n`);
    utimesSync(file, 1e9, 1e9); // finished long ago: nothing to wait for
  }
}

async function layObjflow(directory, jobs) {
  lay(directory, jobs);
  const lines = pairs(jobs).map(
    ({ source, target }, index) =>
      `  job_${index}:\n    sources: ${source}\n    targets: ${target}\n    run: cp "$source" "$target"\n`,
  );
  writeFileSync(path.join(directory, 'objflow.yaml'), `version: 1\njobs:\n${lines.join('')}`);
  const { value: loaded } = await loadMapping(directory);
  const { mapping } = loaded;
  const { value: opened } = openJournal(path.join(directory, '.objflow/state.jsonl'));
  const { state, objects } = openSession(mapping, {
    records: opened.records,
    graph: graphOf(mapping),
    setAside: () => {},
  });
  const executor = {
    start({ sources, targets }) {
      const at = ({ objects: [id] }) => path.join(directory, id.slice('file:'.length));
      copyFileSync(at(sources[0]), at(targets[0]));
      return { outcome: Promise.resolve({ exitCode: 0 }), stop() {} };
    },
    attach: async () => undefined,
    forget() {},
    hook: async () => {},
  };
  const world = {
    objects: { ...objects, sync: async () => undefined },
    executor,
    journal: { ...opened.journal, sync: () => ({ ok: true }) },
    clock: systemClock,
    tell() {},
  };
  await createEngine(state, world, { retry: false, force: false }).run();
  opened.journal.close();
  const said = execFileSync(process.execPath, [bin, 'run', '-C', directory], { encoding: 'utf8' });
  if (!said.startsWith('nothing to do')) throw new Error(`not up to date: ${said}`);
}

function layNinja(directory, jobs) {
  lay(directory, jobs);
  const builds = pairs(jobs).map(({ source, target }) => `build ${target}: copy ${source}\n`);
  writeFileSync(path.join(directory, 'build.ninja'), `rule copy\n  command = cp $in $out\n${builds.join('')}`);
  execFileSync('ninja', ['-C', directory, '--quiet'], { stdio: 'ignore' });
}

/** Milliseconds that a command takes: the median. */
function time(command, ...args) {
  const taken = Array.from({ length: rounds }, () => {
    const began = performance.now();
    const { status, stderr } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
    return performance.now() - began;
  });
  return taken.sort((one, other) => one - other)[Math.floor(rounds / 2)];
}

const has = (command) => spawnSync(command, ['--version']).status === 0;

const results = [];
const skipped = has('ninja') ? [] : ['ninja is not installed: skipped'];
const note = (what, milliseconds) => results.push({ what, milliseconds: Math.round(milliseconds) });
const root = mkdtempSync(path.join(tmpdir(), 'objflow-bench-'));
try {
  note('node -e 0', time(process.execPath, '-e', '0'));
  note('objflow --version', time(process.execPath, bin, '--version'));
  for (const jobs of [1000, 10_000]) {
    const named = `${jobs.toLocaleString('en')} jobs, nothing to do`;
    const directory = path.join(root, `objflow-${jobs}`);
    await layObjflow(directory, jobs);
    note(`objflow run: ${named}`, time(process.execPath, bin, 'run', '-C', directory));
    if (skipped.length > 0) continue;
    const beside = path.join(root, `ninja-${jobs}`);
    layNinja(beside, jobs);
    note(`ninja: ${named}`, time('ninja', '-C', beside));
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

if (asJson) {
  const machine = { node: process.version, cpus: cpus().length };
  process.stdout.write(`${JSON.stringify({ rounds, machine, results, skipped }, undefined, 2)}\n`);
} else {
  const width = Math.max(...results.map(({ what }) => what.length));
  for (const { what, milliseconds } of results)
    process.stdout.write(`${what.padEnd(width)}  ${`${milliseconds} ms`.padStart(9)}\n`);
  for (const line of skipped) process.stdout.write(`${line}\n`);
  process.stdout.write(`medians of ${rounds}\n`);
}
