/** What a command is told in confidence goes to that command, and nowhere else. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { graph } from '../../src/cli/graph.js';
import { history } from '../../src/cli/history.js';
import { run } from '../../src/cli/run.js';
import { why } from '../../src/cli/why.js';
import type { Call } from '../../src/recall/call.js';
import { type Called, projectOf } from './context.js';

const secret = 'canary-4711';
const manifest = `version: 1
jobs:
  load:
    sources: in/{n}
    targets: table:raw/{n}
    env: { PGPASSWORD: ${secret} }
    run: test "$PGPASSWORD $FROM_OUTSIDE" = "${secret} ${secret}-too" && exit "$n"
`;

test('the environment of a job, and that of objflow, are in no file of ours and in nothing that is printed', async () => {
  const p = projectOf(manifest);
  vi.stubEnv('FROM_OUTSIDE', `${secret}-too`);
  onTestFinished(() => void vi.unstubAllEnvs());
  fs.mkdirSync(path.join(p.root, 'in'));
  for (const n of [0, 3]) {
    fs.writeFileSync(path.join(p.root, `in/${n}`), '');
    fs.utimesSync(path.join(p.root, `in/${n}`), 1e9, 1e9);
  }
  const call: Call = { command: 'run', key: 'run', directory: path.join(p.root, '.objflow') };
  const printed: string[] = [];
  const told = async (act: (context: Called) => Promise<number>): Promise<number> => {
    const context = { ...p.call({ verbose: true }), call };
    const status = await act(context);
    printed.push(context.out.text, context.err.text);
    return status;
  };
  expect(await told((context) => run(context, [], { format: 'json', retry: true }))).toBe(1);
  fs.rmSync(path.join(p.root, 'in/3'));
  await told((context) => run(context, [], { format: 'text', retry: false }));
  for (const format of ['text', 'json'] as const) {
    await told((context) => why(context, 'load', { format }));
    await told((context) => history(context, [], { format }));
  }
  for (const format of ['html', 'json', 'dot', 'text'] as const)
    await told((context) => graph(context, [], { format, status: true }));

  const kept = fs
    .readdirSync(path.join(p.root, '.objflow'), { recursive: true, withFileTypes: true })
    .flatMap((entry) => (entry.isFile() ? [fs.readFileSync(path.join(entry.parentPath, entry.name), 'latin1')] : []));
  expect(kept.some((text) => text.includes('"outcome":"succeeded"'))).toBe(true);
  expect(printed.some((text) => text.includes('load[n=0]'))).toBe(true);
  for (const text of [...kept, ...printed]) expect(text).not.toContain(secret);
});
