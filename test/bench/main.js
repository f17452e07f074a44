/**
 * `npm run bench`: how fast objflow is, beside what one would pick instead. `npm run bench -- watch` measures one suite,
 * `watch/idle` one measurement; `--json` is for programs, `--quick` for a first impression (smaller, fewer rounds), and
 * `--bin=FILE` takes another build's bin/objflow.js. Exits 1 where something could not be measured.
 */
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { idleSuite } from './idle.js';
import { loadSuite } from './load.js';
import { createSheet, renderSheet } from './measure.js';
import { runSuite } from './run.js';
import { stateSuite } from './state.js';
import { throughputSuite } from './throughput.js';
import { watchSuite } from './watch.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, bin: { type: 'string' } },
});
const quick = values.quick === true;
const bin = path.resolve(values.bin ?? path.join(import.meta.dirname, '../../bin/objflow.js'));
const suites = {
  idle: idleSuite,
  load: loadSuite,
  run: runSuite,
  state: stateSuite,
  throughput: throughputSuite,
  watch: watchSuite,
};
const all = Object.entries(suites).flatMap(([suite, measurements]) =>
  Object.entries(measurements).map(([name, measure]) => ({ suite, name: `${suite}/${name}`, measure })),
);
const known = new Set(all.flatMap(({ suite, name }) => [suite, name]));
const unknown = positionals.find((name) => !known.has(name));
if (unknown !== undefined) {
  process.stderr.write(`no benchmark is called ${unknown}; there are ${[...known].join(', ')}\n`);
  process.exit(2);
}

const sheet = createSheet();
for (const { suite, name, measure } of all) {
  if (positionals.length > 0 && !positionals.includes(suite) && !positionals.includes(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  try {
    await measure(sheet, { bin, quick, files: quick ? 10_000 : 100_000 });
  } catch (error) {
    sheet.fail(name, error);
  }
}

if (values.json) {
  const { figures, goals, skipped, failed } = sheet;
  const machine = { node: process.version, cpus: cpus().length };
  process.stdout.write(`${JSON.stringify({ quick, machine, figures, goals, skipped, failed }, undefined, 2)}\n`);
} else {
  process.stdout.write(`${renderSheet(sheet)}\n`);
  if (quick) process.stdout.write('the goals are set for the sizes without --quick\n');
}
process.exitCode = sheet.failed.length > 0 ? 1 : 0;
