/** Who imports whom, held against the table; and the holder held against files that break it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { faultsOf, layers } from './layers.js';

const repository = path.join(import.meta.dirname, '../..');
const src = path.join(repository, 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => /\.[cm]?[jt]sx?$/.test(file));

test('every file imports what its layer may', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => faultsOf(file, readFileSync(path.join(src, file), 'utf8')))).toEqual([]);
});

test('every package has one home, and is a dependency', () => {
  const homes = Object.values(layers).flatMap(({ packages }) => packages);
  expect(new Set(homes).size).toBe(homes.length);
  const { dependencies } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies).sort()).toEqual([...homes].sort());
});

test('src/README.md tells the same of packages', () => {
  const map = readFileSync(path.join(src, 'README.md'), 'utf8');
  for (const [layer, { packages }] of Object.entries(layers)) {
    if (layer === '.') continue;
    const row = map.split('\n').find((line) => line.startsWith(`| \`${layer}\``));
    const cell = row?.split('|')[3]?.trim();
    expect({ layer, packages: cell }).toEqual({
      layer,
      packages: packages.length === 0 ? 'none' : packages.join(', '),
    });
  }
});

test.each([
  ['core/step.ts', "import { readFileSync } from 'node:fs';", 'imports node:fs'],
  ['core/step.ts', "import { crc32 } from 'zlib';", 'imports zlib without node:'],
  ['core/step.ts', "import { parse } from 'yaml';", 'imports the package yaml'],
  [
    'core/step.ts',
    "import { run } from '../engine/engine.js';",
    'imports ../engine/engine.js; core may not import engine',
  ],
  [
    'core/step.ts',
    "import type { World } from '../engine/world.js';",
    'imports ../engine/world.js; core may not import engine',
  ],
  [
    'core/deep/er.ts',
    "import { a } from '../../journal/line.js';",
    'imports ../../journal/line.js; core may not import journal',
  ],
  ['core/step.ts', 'const now = Date.now();', 'names Date'],
  ['core/step.ts', 'const id = Math.random();', 'names Math.random'],
  ['core/step.ts', 'if (process.env.DEBUG) stop();', 'names process'],
  ['core/step.ts', 'const { env } = process;', 'names process'],
  ['core/step.ts', 'setTimeout(() => settle(), 5);', 'names setTimeout'],
  ['core/step.ts', '// fine\nconst url = "https://x"; const at = new Date();', 'names Date'],
  [
    'report/table.ts',
    "import { scan } from '../journal/scan.js';",
    'imports ../journal/scan.js; report may not import journal',
  ],
  [
    'report/table.ts',
    "export * from '../journal/scan.js';",
    'imports ../journal/scan.js; report may not import journal',
  ],
  ['report/table.ts', "import chokidar from 'chokidar';", 'imports the package chokidar'],
  ['manifest/yaml.ts', "import '../objects/files.js';", 'imports ../objects/files.js; manifest may not import objects'],
  [
    'manifest/yaml.ts',
    "await import('../objects/files.js');",
    'imports ../objects/files.js; manifest may not import objects',
  ],
  [
    'manifest/yaml.ts',
    "import {\n  a,\n  b,\n} from '../cli/main.js';",
    'imports ../cli/main.js; manifest may not import cli',
  ],
  [
    'engine/engine.ts',
    "import { openJournal } from '../journal/journal.js';",
    'imports ../journal/journal.js; of journal it may import types only',
  ],
  [
    'engine/engine.ts',
    "import { type A, b } from '../journal/journal.js';",
    'imports ../journal/journal.js; of journal it may import types only',
  ],
  ['engine/engine.ts', "import { run } from '../cli/run.js';", 'imports ../cli/run.js; engine may not import cli'],
  ['cli/main.ts', "import { execa } from 'execa';", 'imports the package execa'],
  ['cli/main.ts', 'await import(name);', 'imports what no text names'],
  ['index.ts', "export { main } from './cli/main.js';", 'imports ./cli/main.js; . may not import cli'],
  ['cli/main.ts', "import { it } from '../../test/core/rig.js';", 'imports ../../test/core/rig.js, outside of src'],
  ['utils/all.ts', '', 'there is no layer "utils"; name it in test/guards/layers.ts'],
])('in %s, %j is found', (file, text, fault) => {
  expect(faultsOf(file, text)).toEqual([`${file}: ${fault}`]);
});

test.each([
  ['core/step.ts', "/** The process ends; its Date is not ours. */\nimport { a } from './state.js'; // no process"],
  ['core/step.ts', "say('the process has a Date');"],
  ['engine/engine.ts', "import type { Journal } from '../journal/writer.js';"],
  ['engine/engine.ts', "import { type A, type B } from '../journal/writer.js';"],
  ['execute/launch.ts', "const { execa } = await import('execa');"],
  ['cli/run.ts', "import { a } from '../journal/journal.js';\nimport { b } from '../report/plan.js';"],
])('in %s, %j is fine', (file, text) => {
  expect(faultsOf(file, text)).toEqual([]);
});
