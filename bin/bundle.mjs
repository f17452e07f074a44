/**
 * The program in few files: what the command line runs is joined out of `dist`, dependencies included, because finding
 * and compiling some hundred small modules takes longer than all that most calls do. CommonJS, because Node starts that
 * faster. The library stays as it is. Run by `npm run build`, at the end.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'rolldown';
import { createProgram } from '../dist/cli/commands.js';
import { prepare } from '../dist/cli/prepared.js';

/** What is read beside the program. */
const files = {
  name: 'files',
  generateBundle(_, bundle) {
    const emit = (fileName, source) => this.emitFile({ type: 'asset', fileName, source });
    emit('package.json', '{ "type": "commonjs" }\n');
    emit('graph-page.js', readFileSync('dist/report/graph-page.js'));
    emit('prepared.json', JSON.stringify(prepare(createProgram('-V, --version', async () => {}))));
    emit('LICENSES.txt', licensesOf(Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds)));
  },
};

/** The licences of the packages that these modules are from, as they ask for. */
function licensesOf(modules) {
  const found = modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0]);
  const packages = [...new Set(found.filter((directory) => directory !== undefined))].sort();
  return packages
    .map((directory) => {
      const { name, version, license } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
      const file = readdirSync(directory).find((file) => /^licen[cs]e/i.test(file));
      if (file === undefined) throw new Error(`${name} has no file with its licence`);
      return `${name} ${version}, ${license}\n\n${readFileSync(path.join(directory, file), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** Each with all that it needs, in one file: fewer files are found sooner, and what a call does not need is not compiled. */
const groups = [
  { name: 'start', test: /\/cli\/start\.js$/, priority: 6 },
  { name: 'entry', test: /\/cli\/entry\.js$/, priority: 5 },
  { name: 'memory', test: /\/cli\/memory\.js$/, priority: 4 },
  { name: 'main', test: /\/cli\/main\.js$/, priority: 3 },
  { name: 'mapping', test: /\/cli\/mapping\.js$/, priority: 2 },
  { name: 'state', test: /\/dist\//, minShareCount: 4, priority: 1 },
];

const output = { dir: 'dist/program', format: 'cjs' };

await build({
  input: 'dist/cli/start.js',
  platform: 'node',
  output: { ...output, cleanDir: true, codeSplitting: { groups } },
  plugins: [files],
});
// A process of its own, and a small one.
await build({ input: 'dist/execute/launcher-main.js', platform: 'node', output });
