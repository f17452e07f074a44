/**
 * The project that is put through chaos, and the world around it: its manifest, what lands, the tables, the log outside
 * that jobs and this program append to. Knows of objflow what its README says: manifests, and where its state is.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Jobs of a group: a diamond of a file and a table, a chain, two that gather, one over both, one beside a table from outside. */
const kinds = {
  left: ['in/G/{n}', 'left/G/{n}'],
  right: ['in/G/{n}', 'table:db/right/G/{n}'],
  join: ['left/G/{n}, table:db/right/G/{n}', 'join/G/{n}'],
  first: ['join/G/{n}', 'table:db/first/G/{n}'],
  second: ['table:db/first/G/{n}', 'second/G/{n}'],
  gather: ['join/G/*', 'gather/G'],
  count: ['table:db/right/G/*', 'table:db/count/G'],
  end: ['gather/G, table:db/count/G', 'end/G'],
  seen: ['end/G, table:db/ext/G', 'table:db/seen/G'],
};
export const kindNames = Object.keys(kinds);
export const partitions = ['p0', 'p1', 'p2'];
/** Objects that are announced only to fill the journal, so that it is compacted. */
export const noise = Array.from({ length: 400 }, (_, n) => `table:db/noise/${n}`);

/** A new project of some `jobs` jobs in a temporary directory. */
export function createWorld(jobs) {
  const above = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'objflow-chaos-')));
  const root = path.join(above, 'project');
  const log = path.join(above, 'log');
  const groups = Math.max(1, Math.round(jobs / kindNames.length));
  const at = (name) => path.join(name.startsWith('db/') ? above : root, name);
  /** What the manifest says now, beside what it always says. */
  const manifest = { removed: new Set(), edits: 0, comment: 0, broken: false, saves: 0 };
  let fresh = 0;

  const write = (line) => fs.appendFileSync(log, `${line}\n`);
  const manifestText = () => {
    const lines = [
      `version: 1 # ${manifest.comment}`,
      'concurrency: 4',
      'objects:',
      '  "in/{g}/{n}": { settle: 200ms }',
      '  "table:db/ext/{g}": { external: true }',
      '  "table:db/noise/{k}": { external: true }',
      'jobs:',
      "  noise: { sources: ['table:db/noise/*'], enabled: false, run: 'true' }",
      `  total: { sources: 'end/*', targets: total, run: '. ../step.sh' }`,
    ];
    for (let group = 0; group < groups; group++) {
      for (const [kind, [sources, target]] of Object.entries(kinds)) {
        if (manifest.removed.has(`${kind}_${group}`)) continue;
        const list = sources.replaceAll('G', String(group)).split(', ');
        const fields = [
          `sources: [${list.map((source) => `'${source}'`).join(', ')}]`,
          `targets: '${target.replaceAll('G', String(group))}'`,
          ...(kind === 'first' ? ['retries: { attempts: 3, delay: 20ms }'] : []),
          ...(kind === 'second' ? ['shell: bash'] : []),
          `run: '. ../step.sh${kind === 'first' ? ` # ${manifest.edits}` : ''}'`,
        ];
        lines.push(`  ${kind}_${group}: { ${fields.join(', ')} }`);
      }
    }
    if (manifest.broken) lines.push('  broken: { sources: [in, run: ');
    return `${lines.join('\n')}\n`;
  };
  /** Editors write in place, or put another file in its place. */
  const saveManifest = (inPlace) => {
    manifest.saves += 1;
    const file = path.join(root, 'objflow.yaml');
    if (inPlace) return fs.writeFileSync(file, manifestText());
    const beside = path.join(above, 'manifest');
    fs.writeFileSync(beside, manifestText());
    fs.renameSync(beside, file);
  };

  for (const directory of ['in', 'left', 'join', 'second', 'gather', 'end', 'db/right', 'db/first'])
    for (let group = 0; group < groups; group++)
      fs.mkdirSync(at(/gather|end/.test(directory) ? directory : `${directory}/${group}`), { recursive: true });
  for (const table of ['count', 'seen', 'ext']) fs.mkdirSync(at(`db/${table}`));
  fs.copyFileSync(path.join(import.meta.dirname, 'step.sh'), path.join(above, 'step.sh'));
  fs.writeFileSync(log, '');
  saveManifest(true);

  /** Has a file land: by a rename, by a copy, by a writer that takes its time. The log tells when it began and when it was done. */
  async function land(name, generation, { how, flag }) {
    const content = `${name}:${generation}${flag ? `:${flag}` : ''}\n`;
    write(`event ${name} ${generation} ${Date.now()}`);
    if (how === 'slow') {
      fs.writeFileSync(at(name), 'x'.repeat(4000));
      for (let n = 0; n < 3; n++) {
        await setTimeout(20);
        fs.appendFileSync(at(name), 'x'.repeat(4000));
      }
      fs.appendFileSync(at(name), `!${content}`);
    } else {
      const beside = path.join(above, `fresh-${fresh++}`);
      fs.writeFileSync(beside, content);
      if (how === 'rename') fs.renameSync(beside, at(name));
      else spawnSync('cp', [beside, at(name)]);
      fs.rmSync(beside, { force: true });
    }
    write(`landed ${name} ${generation} ${Date.now()}`);
  }

  function remove(name, generation) {
    write(`event ${name} ${generation} ${Date.now()} gone`);
    fs.rmSync(at(name), { force: true });
  }

  /** A table from outside has a new content; somebody else announces it. */
  function fill(name, generation) {
    write(`event ${name} ${generation} ${Date.now()}`);
    fs.writeFileSync(at(name), `${name}:${generation}\n`);
    write(`landed ${name} ${generation} ${Date.now()}`);
  }

  const lineOf = (name) => {
    const text = fs.readFileSync(at(name), 'utf8');
    return text.slice(text.lastIndexOf('!') + 1).trim();
  };
  /** Each task whose sources are all there, with what they hold now: what it should have consumed last. */
  function expected() {
    const tasks = [];
    const add = (task, sources) => {
      if (sources.length > 0 && sources.every((name) => fs.existsSync(at(name))))
        tasks.push(`${task} ${sources.map((name) => `${name}=${lineOf(name)}`).join(' ')}`);
    };
    const all = (directory) =>
      fs
        .readdirSync(at(directory))
        .toSorted()
        .map((name) => `${directory}/${name}`);
    for (let group = 0; group < groups; group++) {
      for (const [kind, [sources]] of Object.entries(kinds)) {
        const names = sources.replaceAll('G', String(group)).replaceAll('table:', '').split(', ');
        const task = `${kind}_${group}`;
        if (manifest.removed.has(task)) continue;
        if (sources.includes('{n}'))
          for (const n of partitions)
            add(
              `${task}[n=${n}]`,
              names.map((name) => name.replace('{n}', n)),
            );
        else
          add(
            task,
            names.flatMap((name) => (name.endsWith('/*') ? all(name.slice(0, -2)) : [name])),
          );
      }
    }
    add('total', all('end'));
    return tasks;
  }

  return { above, root, log, groups, manifest, write, saveManifest, land, remove, fill, expected };
}

/** Processes that were told of the project or stand in it. */
export function living(above) {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const environment = fs.readFileSync(`/proc/${name}/environ`, 'utf8');
      const told = environment.includes(`OBJFLOW_PROJECT=${above}/project\0`);
      if (!told && !`${fs.readlinkSync(`/proc/${name}/cwd`)}/`.startsWith(`${above}/`)) return [];
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200);
      const run = /(?:^|\0)OBJFLOW_RUN=([^\0]*)/.exec(environment)?.[1];
      return [{ pid: Number(name), command, run }];
    } catch {
      return []; // gone in the meantime, or buried
    }
  });
}

/** Files that have no business in a project whose daemon has been stopped. */
export function leftovers({ root }) {
  const wanted =
    /^(?:objflow\.yaml|total|(?:in|left|join|second)\/\d+\/p\d|(?:gather|end)\/\d+|\.objflow\/(?:state\.jsonl|cache\/[a-z]+(?:\.files)?|logs\/[\w.-]+\.log))$/;
  const names = fs.readdirSync(root, { recursive: true, withFileTypes: true });
  return names.flatMap((entry) => {
    const name = path.relative(root, path.join(entry.parentPath, entry.name));
    return entry.isDirectory() || wanted.test(name) ? [] : [name];
  });
}
