/** Wrong usage and states that cannot be used: an exit status, one line that says what to do, and no stack trace. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { faults } from '../report/schemas.ts';
import { bin, type Ended, project } from './rig.ts';

const manifest = `version: 1\njobs:\n  load_orders: { sources: in, targets: out, run: 'cp "$source" "$target"' }\n`;

/** Nothing but one line on standard error. */
function oneLine({ status, out, err }: Ended, expected: number): string {
  expect({ status, out }).toEqual({ status: expected, out: '' });
  expect(err).toMatch(/^[^\n]+\n$/);
  return err;
}

test('unknown commands and options, and nothing to work on', async () => {
  const p = project(manifest);
  const calls: [string[], RegExp][] = [
    [['rum'], /^objflow: unknown command `rum`; did you mean `run`\?\n$/],
    [['run', '--dry-rum'], /^objflow: unknown option `--dry-rum`; did you mean `--dry-run`\?\n$/],
    [['run', '-j', '0'], /^objflow: .*`-j, --jobs <n>`.*1 to 1024\n$/],
    [['run', '--format', 'yaml'], /^objflow: .*choices are text, json\n$/],
    [['-C', 'no/such', 'run'], /^objflow: cannot change to the directory `no\/such`\n$/],
    [['-f', 'no/such.yaml', 'run'], /^objflow: .*no\/such\.yaml.*\n$/],
    [['run', 'load_order'], /^objflow: no job, task or object is called `load_order`; did you mean .*load_orders.*\n$/],
    [['status', 'zzzzzz'], /^objflow: no job, task or object is called `zzzzzz`; .*objflow graph.*\n$/],
  ];
  const ended = await Promise.all(calls.map(([args]) => p.objflow(...args)));
  for (const [index, [args, message]] of calls.entries()) {
    expect({ args, status: ended[index]?.status, out: ended[index]?.out }).toEqual({ args, status: 2, out: '' });
    expect(ended[index]?.err).toMatch(message);
  }
  expect(p.has('.objflow')).toBe(false);
});

test('no manifest, and a mapping with errors', async () => {
  const p = project(undefined);
  const ended = await Promise.all(['run', 'graph', 'status', 'validate'].map((command) => p.objflow(command)));
  for (const one of ended) expect(oneLine(one, 2)).toMatch(/objflow init/);
  fs.writeFileSync(p.at('objflow.yaml'), manifest.replace('run:', 'rum:'));
  const validated = await p.objflow('validate', '--format', 'json');
  expect(validated.status).toBe(1);
  const document: { ok: boolean } = JSON.parse(validated.out);
  expect(faults('validate', document)).toEqual([]);
  expect(document.ok).toBe(false);
  const run = await p.objflow('run');
  expect(run).toMatchObject({ status: 2, out: '' });
  expect(run.err).toMatch(/objflow\.yaml:3:[\s\S]*nothing was run/);
  expect(p.has('.objflow')).toBe(false);
});

test('init writes over nothing', async () => {
  const p = project(manifest);
  expect(oneLine(await p.objflow('init'), 2)).toContain('objflow.yaml is there already');
  expect(fs.readdirSync(p.root)).toEqual(['objflow.yaml']);
});

test('a state that is a directory, or may not be written', async () => {
  const p = project(manifest, { in: 'x' });
  fs.mkdirSync(p.at('state'));
  expect(oneLine(await p.objflow('run', '--state', 'state'), 3)).toMatch(/state.*directory.*--state/);
  fs.chmodSync(p.above, 0o755);
  fs.chmodSync(p.root, 0o555);
  const nobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  const denied = p.startWith({ program: [...nobody, process.execPath, bin] }, 'run');
  expect(oneLine(await denied.ended, 3)).toMatch(/\.objflow.*permission denied.*--state/);
  fs.chmodSync(p.root, 0o755);
});

test('a newer format, what is not a state, and a damaged middle are refused, with the line', async () => {
  const p = project(manifest, { in: 'x' });
  await p.run();
  const good = p.read('.objflow/state.jsonl');
  const lines = good.split('\n');
  const spoilt: [string, RegExp][] = [
    [good.replace('"version":1', '"version":2'), /newer/],
    ['{"a":1}\n', /not/],
    [[lines[0], lines[1]?.replace('load', 'laod'), ...lines.slice(2)].join('\n'), /line 2/],
    [[lines[0], ...lines.slice(2)].join('\n'), /line 2/],
  ];
  for (const [state, message] of spoilt) {
    fs.writeFileSync(p.at('.objflow/state.jsonl'), state);
    const ended = await Promise.all([p.objflow('run'), p.objflow('status')]);
    for (const one of ended) expect(oneLine(one, 3)).toMatch(message);
    expect(p.read('.objflow/state.jsonl')).toBe(state);
  }
  fs.writeFileSync(p.at('.objflow/state.jsonl'), good.slice(0, -9)); // torn: mended
  expect((await p.objflow('run')).status).toBe(0);
});

test('a reader that goes away early, and documents as the schemas say', async () => {
  const jobs = Array.from(
    { length: 1500 },
    (_, n) =>
      `  job_${n}: { sources: a/rather/long/name/of/source_${n}, targets: a/rather/long/name/of/target_${n}, run: 'true' }\n`,
  );
  const p = project(`version: 1\njobs:\n${jobs.join('')}`);
  const command = '"$0" "$1" graph | head -n 1';
  const piped = p.startWith({ program: ['bash', '-o', 'pipefail', '-c', command, process.execPath, bin] });
  const { status, err, out } = await piped.ended;
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(/^.+\n$/);
  const graph = await p.objflow('graph', '--format', 'json');
  expect(faults('graph', JSON.parse(graph.out))).toEqual([]);
});
