/** Errors of use, in process: each is one line that says what was meant; and the help of every command. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/commands.js';
import type { Context } from '../../src/cli/context.js';
import { UserError } from '../../src/cli/exit.js';
import { explain } from '../../src/cli/explain.js';
import { requireMapping } from '../../src/cli/mapping.js';
import { Misuse } from '../../src/cli/misuse.js';
import { requireSelection } from '../../src/cli/selection.js';

const root = fs.mkdtempSync(path.join(tmpdir(), 'objflow-misuse-'));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
fs.writeFileSync(
  path.join(root, 'objflow.yaml'),
  `version: 1
jobs:
  load_orders: { tags: [nightly], sources: "landing/orders_{date}.csv", targets: "table:raw.orders/{date}", run: 'true' }
  report: { sources: "table:raw.orders/*", targets: report.csv, run: 'true' }
`,
);
fs.mkdirSync(path.join(root, 'landing'));
fs.writeFileSync(path.join(root, 'landing/orders_2026-11-20.csv'), 'x');

/** What is said about a call; undefined where nothing is wrong with it. */
async function said(...args: string[]): Promise<string | undefined> {
  const program = createProgram('-V, --version', async () => {});
  try {
    await program.parseAsync(['-C', root, ...args], { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof Misuse) return explain(error, program.opts());
    throw error;
  }
}

test.each([
  [['rum'], 'unknown command `rum`; did you mean `run`?'],
  [['zzzzzz'], 'unknown command `zzzzzz`; `objflow --help` lists the commands'],
  [['help', 'rum'], 'unknown command `rum`; `objflow --help` lists the commands'],
  [['-f', 'a', '-f', 'b', 'status'], 'option `-f, --file <file|dir>` is given twice, and takes one value'],
  [['run', '--format', 'json', '--format=text'], 'option `--format <format>` is given twice, and takes one value'],
  [['completion', 'tcsh'], '`tcsh` is no shell; choices are bash, zsh, fish'],
  [['logs', 'a', 'b'], 'logs takes one argument; after it `-f` means --follow, and `--file` names a manifest'],
  [['load_orders'], 'unknown command `load_orders`; to run the job: `objflow run load_orders`'],
  [['load_order'], 'unknown command `load_order`; did you mean `objflow run load_orders`?'],
  [['tag:nightly+'], "unknown command `tag:nightly+`; to run what it selects: `objflow run 'tag:nightly+'`"],
  [['\u001b[2J'], 'unknown command `\\x1b[2J`; `objflow --help` lists the commands'],
  [['run', '--forse'], 'unknown option `--forse`; did you mean `--force`?'],
  [['run', '--zzzzzz'], 'unknown option `--zzzzzz`; `objflow run --help` lists the options'],
  [['run', '--format', 'yaml'], 'option `--format <format>`: `yaml` is invalid; choices are text, json'],
  [['run', '-j', '0'], 'option `-j, --jobs <n>`: `0` is invalid; it must be a number from 1 to 1024'],
  [['run', '--jobs'], 'option `-j, --jobs <n>` argument missing'],
  [['watch', 'load_orders'], 'watch takes no arguments; `objflow watch --help` shows how it is called'],
  [['init', 'a', 'b'], 'init takes one argument; `objflow init --help` shows how it is called'],
  [['emit'], 'emit needs an object; for example: `objflow emit table:raw.customers --key load-4711`'],
  [['run', 'load_orders', '-q'], undefined],
])('%j', async (args, expected) => expect(await said(...args)).toBe(expected));

test.each([
  ['load_order', 'no job, task or object is called `load_order`; did you mean `load_orders`?'],
  ['+zzzzzz', 'no job, task or object is called `zzzzzz`; `objflow graph` lists the jobs and what they read and write'],
  ['nightly', 'no job, task or object is called `nightly`; did you mean `tag:nightly`?'],
  ['failed', 'no job, task or object is called `failed`; did you mean `state:failed`?'],
  [
    'table',
    'no job, task or object is called `table`; `table` is a kind, and an object is written `table:raw.orders/{date}`',
  ],
  ['tag:nightli', 'no job has the tag `nightli`; did you mean `tag:nightly`?'],
  ['tag:zzzzzz', 'no job has the tag `zzzzzz`; tags are nightly'],
  ['state:fail', 'no phase is called `fail`; did you mean `state:failed`?'],
  [
    'state:zzzzzz',
    'no phase is called `zzzzzz`; phases are waiting, held, blocked, ready, running, succeeded, failed, disabled',
  ],
  ['raw.orders/{date}', 'no job reads or writes `raw.orders/{date}`; did you mean `table:raw.orders/{date}`?'],
  ['table:raw.order/1', 'no job reads or writes `table:raw.order/1`; did you mean `table:raw.orders/1`?'],
  [
    'load_orders[date=2026-11-21]',
    'no task is called `load_orders[date=2026-11-21]`; did you mean `load_orders[date=2026-11-20]`?',
  ],
  ['load_order[date=1]', 'no task is called `load_order[date=1]`; did you mean `load_orders`?'],
  [
    'landing/orders_2026-11-21.csv',
    '`landing/orders_2026-11-21.csv` is not there, and no task makes it; did you mean `landing/orders_2026-11-20.csv`?',
  ],
  ['', 'a selector is empty; give the name of a job, `tag:nightly`, `state:failed`, or an object'],
])('selector %j', async (selector, expected) => {
  // Selectors need nothing else of it.
  const context = { options: {}, cwd: root, manifest: root } as unknown as Context;
  const selected = requireSelection(context, await requireMapping(context), [selector]);
  await expect(selected).rejects.toEqual(new UserError(expected));
});

test.each(['/no/\u001b[2J\u202e', root])('a manifest that is named and not there: %j', async (named) => {
  const manifest = `${named}/\u009b31m`;
  fs.mkdirSync(path.join(root, '\u009b31m'), { recursive: true });
  const context = { options: { file: manifest }, cwd: root, manifest } as unknown as Context; // what it needs of it
  const said = requireMapping(context).catch((error: UserError) => error.message);
  expect(await said).toMatch(/^there is no [ -~]*\\x9b31m[ -~]*; check what --file names$/);
});

test('help of one command, and of all; after logs, -f is its own', async () => {
  const printed = async (...args: string[]): Promise<string> => {
    const parts: string[] = [];
    const program = createProgram('-V, --version', () => Promise.reject(new Error('nothing is called')));
    for (const each of [program, ...program.commands])
      each.configureOutput({ writeOut: (part) => void parts.push(part) });
    await program.parseAsync(['help', ...args], { from: 'user' });
    return parts.join('');
  };
  expect(await printed('why')).toMatch(/^Usage: objflow why /);
  expect(await printed()).toMatch(/^Usage: objflow \[options\] <command>/);
  const logs = await printed('logs');
  expect(logs).toContain('\n  -f, --follow ');
  expect(logs).toMatch(/\n +--file <file\|dir> /);
  expect(logs).not.toContain('-f, --file');
});

test('the help of every command has an example, and fits into 80 columns', () => {
  const program = createProgram('-V, --version', async () => {});
  for (const command of [program, ...program.createHelp().visibleCommands(program)]) {
    let help = '';
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
      getOutHelpWidth: () => 80,
    });
    command.outputHelp();
    expect(help).toMatch(/\nExamples?:\n {2}objflow |\nExample:\n {2}source <\(objflow /);
    expect(help).toContain('--directory');
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});
