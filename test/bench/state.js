/**
 * What a long past costs: opening a state of many tasks whose journal has seen ten times as many events, and what a task
 * takes of the memory afterwards. Each sample is a process of its own, which calls the parts of the program by themselves.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { within } from './children.js';
import { count, median } from './measure.js';
import { layProject } from './projects.js';

/** Of each task: five runs of two records. */
const events = 10;
const batch = 1000;

const nameOf = (index) => `f${String(index).padStart(6, '0')}`;
const hex = (number, length) => number.toString(16).padStart(length, '0');

/** As long as those that src/objects/files.ts makes. */
const versionOf = (index, round) =>
  `65024:${1_000_000 + index}:${1000 + round}:17000000${hex(index, 11)}:17000000${hex(index, 11)}`;

/** The two records of a task's run. */
function runOf(index, round, definition) {
  const run = `mh2x7k1q${hex(round, 6)}-${index}`;
  const d = nameOf(index);
  const at = 1_700_000_000_000 + round * 1_000_000 + index;
  const about = { run, task: `load[d=${d}]`, job: 'load', partition: { d }, attempt: 1 };
  const consumed = { [`file:landing/${d}.csv`]: versionOf(index, round) };
  return [
    { type: 'run-started', at, ...about, key: hex(index * 31 + round, 32), definition, consumed },
    { type: 'run-ended', at: at + 50, run, outcome: 'succeeded', exitCode: 0, produced: { [`table:raw/${d}`]: run } },
  ];
}

/**
 * Writes a state as so many events leave it, compacted by the program itself: as it lies there after a compaction, and
 * when the next one is about to pay.
 */
async function layStates(load, above, tasks) {
  const root = layProject(above, 'project', 'true', 'landing/{d}.csv');
  writeFileSync(path.join(root, 'objflow.yaml'), manifest);
  const { openJournal } = await load('journal/journal.js');
  const mapped = await mappingOf(load, root);
  const { definition } = mapped.mapping.jobs.get('load');
  const grown = path.join(root, 'grown.jsonl');
  const compacted = path.join(root, 'compacted.jsonl');
  const opened = openJournal(grown);
  if (!opened.ok) throw new Error(opened.error.message);
  const { journal } = opened.value;
  const good = (result) => {
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };
  /** Appends a round of runs; gives whether the journal was compacted on the way. */
  const play = (round, enough) => {
    for (let index = 0; index < tasks; index += batch) {
      const runs = Array.from({ length: batch }, (_, at) => runOf(index + at, round, definition));
      good(journal.append(runs.flat()));
      if (good(journal.compactIfWorthwhile()) && enough) return true;
    }
    return false;
  };
  let round = 0;
  for (; round < events / 2; round += 1) play(round, false);
  // On to the next compaction: then as many records may come as make the one after it pay.
  while (!play(round, true)) round += 1;
  copyFileSync(grown, compacted);
  for (let index = 0; index < tasks; index += batch) {
    const runs = Array.from({ length: batch }, (_, at) => runOf(index + at, round + 1, definition));
    good(journal.append(runs.flat()));
  }
  journal.close();
  return { root, compacted, grown };
}

const manifest = `version: 1
jobs:
  load: { sources: "landing/{d}.csv", targets: "table:raw/{d}", run: "true" }
`;

async function mappingOf(load, root) {
  const { loadMapping } = await load('manifest/load.js');
  const loaded = await loadMapping(root);
  if (!loaded.ok) throw new Error(`the mapping of ${root} has errors: ${JSON.stringify(loaded.error)}`);
  return loaded.value;
}

/** The parts of another build's program: those beside its bin/objflow.js. */
const loaderOf = (bin) => (file) => import(pathToFileURL(path.join(path.dirname(bin), '../dist', file)).href);

/** In a process of its own: milliseconds of each part, and bytes of what stays. */
async function sample(bin, root, file) {
  const load = loaderOf(bin);
  const { mapping, graph } = await mappingOf(load, root);
  const { openJournal } = await load('journal/journal.js');
  const { readHistory } = await load('core/history.js');
  const { restore } = await load('core/restore.js');
  const { step } = await load('core/step.js');
  const options = { concurrency: 2, digest: (text) => text, session: 's', order: graph.order };
  globalThis.gc();
  const before = process.memoryUsage();
  const began = performance.now();
  let opened = openJournal(file);
  if (!opened.ok) throw new Error(opened.error.message);
  const { journal } = opened.value;
  const scanned = performance.now();
  let history = readHistory(opened.value.records);
  const read = performance.now();
  opened = undefined;
  const state = restore(mapping, history, options);
  const restored = performance.now();
  history = undefined;
  const { versionsOf } = await load('core/held.js').catch(() => ({}));
  const looks = looksOf(state, versionsOf);
  const laid = performance.now();
  step(state, { type: 'looked', at: Date.now(), looks: looks.splice(0) });
  step(state, { type: 'opened', at: Date.now() });
  const settled = performance.now();
  // What was read of the file is let go of a turn later.
  globalThis.gc();
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc();
  const after = process.memoryUsage();
  journal.close();
  const unread = [...state.tasks.values()].filter(({ inputs }) => inputs.some(({ present }) => present === 0));
  if (unread.length > 0) throw new Error(`${unread.length} tasks lack their sources`);
  if (state.counts.succeeded !== state.tasks.size)
    throw new Error(`not all have succeeded: ${JSON.stringify(state.counts)}`);
  const bytes = after.heapUsed + after.external - before.heapUsed - before.external;
  return {
    scan: scanned - began,
    open: read - began,
    restore: restored - read,
    settle: settled - laid,
    memory: bytes / state.tasks.size,
    most: process.resourceUsage().maxRSS / 1024,
  };
}

/** All files as the last runs found them. Of another build too, which remembers them as it likes. */
function looksOf({ tasks }, versionsOf = (versions) => versions) {
  return [...tasks.values()].flatMap(({ success }) =>
    Object.entries(versionsOf(success.consumed)).map(([object, version]) => ({
      object,
      found: { state: 'present', version, size: 1, file: '1', written: '1', stamp: version, changedAt: 0, moved: true },
    })),
  );
}

/** Opening, restoring, and what stays. */
function open(sheet, { bin, quick, files: tasks }) {
  return within(async (above) => {
    const { root, compacted, grown } = await layStates(loaderOf(bin), above, tasks);
    const states = [
      ['compacted', compacted],
      ['about to be', grown],
    ].map(([name, file]) => ({
      name: `${count(tasks)} tasks, ${count(events * tasks)} events, ${name}`,
      file,
      samples: [],
    }));
    for (let round = 0; round < (quick ? 3 : 5); round += 1)
      for (const { file, samples } of states) {
        const copy = path.join(root, 'state.jsonl');
        copyFileSync(file, copy);
        const args = ['--expose-gc', import.meta.filename, bin, root, copy];
        samples.push(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })));
      }
    for (const { name, samples } of states) {
      const of = (part) => samples.map((each) => each[part]);
      sheet.figure(`reading the journal: ${name}`, 'ms', of('scan'));
      sheet.figure(`opening (with its history): ${name}`, 'ms', of('open'));
      sheet.figure(`restoring: ${name}`, 'ms', of('restore'));
      sheet.figure(`looking and settling: ${name}`, 'ms', of('settle'));
      sheet.figure(`memory for each task: ${name}`, 'bytes', of('memory'));
      sheet.figure(`most memory: ${name}`, 'MiB', of('most'));
    }
    for (const { name, samples } of states)
      sheet.goal(`opening, ms: ${name}`, median(samples.map(({ open }) => open)), 300);
    sheet.goal('memory for each task, bytes', median(states[0].samples.map(({ memory }) => memory)), 2000);
  });
}

export const stateSuite = { open };

if (process.argv[1] === import.meta.filename) {
  const [bin, root, file] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await sample(bin, root, file)));
}
