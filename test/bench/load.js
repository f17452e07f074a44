/**
 * Loading a mapping that stands in one manifest, with nothing cached: from the file to the checked mapping and its graph.
 * Beside the library `yaml`, which only parses the same text. Each sample is a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseDocument } from 'yaml';
import { within } from './children.js';
import { jobsOf } from './idle.js';
import { count, median } from './measure.js';
import { writeManifest } from './projects.js';

/** As src/manifest/yaml.ts has it. */
const options = { version: '1.2', strict: true, merge: true, uniqueKeys: false, prettyErrors: false };

function layChains(above, jobs) {
  const root = path.join(above, String(jobs));
  mkdirSync(root);
  writeManifest(root, jobsOf(jobs));
  return root;
}

async function loader(bin, root) {
  const file = path.join(path.dirname(bin), '../dist/manifest/load.js');
  const { loadMapping } = await import(pathToFileURL(file).href);
  return async () => {
    const loaded = await loadMapping(root);
    if (!loaded.ok) throw new Error(`the mapping of ${root} has errors: ${JSON.stringify(loaded.error)}`);
    return loaded;
  };
}

function parser(root) {
  const text = readFileSync(path.join(root, 'objflow.yaml'), 'utf8');
  return () => parseDocument(text, options);
}

/** In a process of its own: milliseconds, and MiB of heap that stay with what was loaded. */
async function sample(what, bin, root) {
  const load = what === 'objflow' ? await loader(bin, root) : parser(root);
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  const loaded = await load();
  const took = performance.now() - began;
  globalThis.gc();
  const heap = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  return { took, heap, most: process.resourceUsage().maxRSS / 1024, loaded: loaded !== undefined };
}

/** One manifest of so many jobs, both by turns. */
function one(sheet, { bin, quick }) {
  return within((above) => {
    const full = quick ? 10_000 : 100_000;
    for (const jobs of [1000, 10_000, 100_000].filter((size) => size <= full)) {
      const root = layChains(above, jobs);
      const samples = { objflow: [], yaml: [] };
      for (let round = 0; round < (quick ? 3 : 5); round += 1)
        for (const [what, all] of Object.entries(samples)) {
          const args = ['--expose-gc', import.meta.filename, what, bin, root];
          all.push(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })));
        }
      const of = (what, part) => samples[what].map((each) => each[part]);
      for (const [what, named] of Object.entries({ objflow: 'objflow, loading', yaml: 'yaml, parsing' })) {
        sheet.figure(`${named} ${count(jobs)} jobs`, 'ms', of(what, 'took'));
        sheet.figure(`${named} ${count(jobs)} jobs: heap that stays`, 'MiB', of(what, 'heap'));
        sheet.figure(`${named} ${count(jobs)} jobs: most memory`, 'MiB', of(what, 'most'));
      }
      const ratio = (part) => median(of('objflow', part)) / median(of('yaml', part));
      if (jobs < full) continue;
      sheet.goal(`objflow loads / yaml parses ${count(jobs)} jobs`, ratio('took'), 0.4);
      sheet.goal(`objflow / yaml, ${count(jobs)} jobs: heap that stays`, ratio('heap'), 0.5);
    }
  });
}

export const loadSuite = { one };

if (process.argv[1] === import.meta.filename) {
  const [what, bin, root] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await sample(what, bin, root)));
}
