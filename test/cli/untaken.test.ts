/** Names that are no source as they are: `emit`, `simulate`, `run`, `why` say the same of them; and what they suggest instead. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { adopt } from '../../src/cli/adopt.js';
import { emit } from '../../src/cli/emit.js';
import { UserError } from '../../src/cli/exit.js';
import { graph } from '../../src/cli/graph.js';
import { history } from '../../src/cli/history.js';
import { run } from '../../src/cli/run.js';
import { simulate } from '../../src/cli/simulate.js';
import { status } from '../../src/cli/status.js';
import { why } from '../../src/cli/why.js';
import { peekInbox } from '../../src/journal/inbox.js';
import { faults } from '../report/schemas.ts';
import { projectOf } from './context.js';

const manifest = `version: 1
ignore: [old, '*.bak']
objects:
  landing/orders_{date}.csv: { settle: 1s }
  in/marked.csv: { marker: in/marked.csv.done }
jobs:
  load:
    sources: landing/orders_{date}.csv
    targets: table:orders/{date}
    where: { date: '\\d{4}-\\d\\d-\\d\\d' }
    run: 'true'
  noisy: { sources: 'landing/noise_{n}.txt', run: 'true' }
  asked: { sources: 'parts/*.part', run: 'true' }
  temporary: { sources: landing/one.txt, targets: 'out/a.tmp', run: 'true' }
  marked: { sources: in/marked.csv, run: 'true' }
  batch: { sources: 'batch/{d}/', run: 'true' }
  anything: { sources: 'any/*', run: 'true' }
`;

const text = { format: 'text' } as const;

function prepared() {
  const p = projectOf(manifest);
  for (const directory of ['landing/orders_2026-11-24.csv', 'batch', 'any/inner', 'parts'])
    fs.mkdirSync(path.join(p.root, directory), { recursive: true });
  fs.symlinkSync('/etc/passwd', path.join(p.root, 'landing/orders_2026-11-23.csv'));
  for (const file of ['landing/orders_2026-11-2.csv', 'landing/noise_1.txt.part', 'batch/1', 'landing/noise_\t.txt'])
    fs.writeFileSync(path.join(p.root, file), 'x');
  return p;
}

type Project = ReturnType<typeof prepared>;

const messageOf = async (called: Promise<unknown>): Promise<string> => {
  const error = await called.catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.status).toBe(2);
  return error.message;
};

const emitted = (p: Project, name: string) => messageOf(emit(p.call(), [name], text));

const refusedDate = (date: string) =>
  `would match landing/orders_{date}.csv, but for \`where\`: date may not be ${date} (\\d{4}-\\d\\d-\\d\\d)`;

describe('the same reason everywhere', () => {
  test.each<[name: string, why: string]>([
    ['landing/orders_foo.csv', refusedDate('foo')],
    ['landing/orders_2026-11-2.csv', refusedDate('2026-11-2')],
    ['landing/orders_2026-11-24.csv', 'is a directory, and a file is wanted'],
    ['landing/orders_2026-11-23.csv', 'is a symbolic link, and none are followed'],
    ['landing/noise_1.txt.part', 'is passed over: .part is for what is not finished'],
    ['landing/orders_x.csv.tmp', 'is passed over: .tmp is for what is not finished'],
    ['landing/.noise_2.txt', 'is passed over: its name begins with a dot'],
    ['any/x.bak', 'is passed over: `ignore` names it'],
    ['any/x~', 'is passed over: ~ is for what is not finished'],
    ['landing/noise_\\x09.txt', 'is set aside: its name holds control characters'],
    ['batch/1/', 'is not a directory'],
  ])('%s', async (name, reason) => {
    const p = prepared();
    const sentence = `no job can read \`${name}\`: it ${reason}`;
    expect(await emitted(p, name)).toBe(sentence);
    expect(peekInbox(p.state)).toEqual([]);
    expect(await messageOf(simulate(p.call(), [name], text))).toBe(sentence);
    // A name that stands for no job and no task is refused; one that is passed over may be some task's all the same.
    expect(await messageOf(run(p.call(), [name], { ...text, dryRun: true, retry: true }))).toBe(sentence);
    const asked = p.call();
    expect(await why(asked, name, { format: 'json' })).toBe(1);
    const document = JSON.parse(asked.out.text);
    expect(faults('why', document)).toEqual([]);
    const bare = name.replace(/\/$/, '');
    expect(document.facts.near).toEqual([{ name: bare, why: reason }]);
    expect(document.next).toBe(`waits for ${name}, which ${reason}`);
    const told = p.call();
    await why(told, name, text);
    // Once in the tree, at its top, and once in what is next.
    expect(told.out.text.split(bare)).toHaveLength(3);
  });

  test('and of a task that can never be', async () => {
    const p = prepared();
    const asked = p.call();
    expect(await why(asked, 'load[date=2026-11-2]', { format: 'json' })).toBe(1);
    const { sources, next } = JSON.parse(asked.out.text);
    expect(sources[0].near).toEqual([{ name: 'landing/orders_2026-11-2.csv', why: refusedDate('2026-11-2') }]);
    expect(next).toBe(`waits for landing/orders_2026-11-2.csv, which ${refusedDate('2026-11-2')}`);
  });

  test('a control character may be typed as it is', async () => {
    const asked = prepared().call();
    expect(await why(asked, 'landing/noise_\t.txt', text)).toBe(1);
    expect(asked.out.text).toContain('landing/noise_\\x09.txt  is set aside: its name holds control characters\n');
  });
});

test('what is asked for by its ending, what a job makes, what is not there, and a marker are fine', async () => {
  const p = prepared();
  const names = ['parts/a.part', 'out/a.tmp', 'landing/orders_2026-11-20.csv', 'in/marked.csv.done', 'batch/2'];
  const emitting = p.call();
  expect(await emit(emitting, names, text)).toBe(0);
  const objects = ['parts/a.part', 'out/a.tmp', 'landing/orders_2026-11-20.csv', 'in/marked.csv', 'batch/2/'];
  expect(emitting.out.text).toBe(objects.map((object) => `announced ${object}\n`).join(''));
  expect(emitting.err.text).toContain('`parts/a.part` is not there now: it is looked at when it lands\n');
  const there = p.call();
  fs.writeFileSync(path.join(p.root, 'parts/a.part'), 'x');
  await emit(there, ['parts/a.part'], text);
  expect(there.err.text).not.toContain('not there');
  const simulating = p.call();
  await simulate(simulating, ['in/marked.csv.done'], text);
  expect(simulating.out.text).toMatch(/^If in\/marked\.csv landed now:\n\n1\. marked /);
});

test('what is suggested instead is another name, and one that is taken', async () => {
  const p = prepared();
  const hint = async (name: string) => (await emitted(p, name)).replace(/^.*; /, '');
  expect(await hint('landing/noise_1.txtt')).toBe('did you mean `landing/noise_1.txt`?');
  expect(await hint('landing/order_2026-11-20.cvs')).toBe('did you mean `landing/orders_2026-11-20.csv`?');
  expect(await hint('landing/orders_2026-11-2.cvs')).toBe(
    'those that are close to it are written `landing/orders_{date}.csv`',
  );
  expect(await hint('landing')).toBe('files in it are written `landing/orders_{date}.csv`');
});

test('of two names that are close, the one that differs in letters comes before another day', async () => {
  const p = prepared();
  fs.writeFileSync(path.join(p.root, 'landing/ordres_2026-11-21.csv'), 'x');
  const asked = p.call();
  await why(asked, 'load[date=2026-11-21]', { format: 'json' });
  const { sources, next } = JSON.parse(asked.out.text);
  expect(sources[0].near.map(({ name }: { name: string }) => name)).toEqual([
    'landing/ordres_2026-11-21.csv',
    'landing/orders_2026-11-2.csv',
  ]);
  expect(next).toContain('(landing/ordres_2026-11-21.csv has nearly that name)');
});

test('status lists what is no source as it is, a directory in the place of a file too, and not those a star passes', async () => {
  const context = prepared().call();
  await status(context, [], text);
  expect(context.out.text).toContain('Set aside: what is no source as it is\n');
  expect(context.out.text).toMatch(/! landing\/orders_2026-11-24\.csv +it is a directory, not a file\n/);
  expect(context.out.text).not.toContain('any/inner');
});

test('adopt says why there is nothing', async () => {
  const context = prepared().call();
  await adopt(context, ['noisy'], text);
  expect(context.out.text).toBe('nothing to adopt: there is no task yet, as nothing has landed that these jobs read\n');
});

test('whoever reads a state that was named and does not exist is told', async () => {
  const p = prepared();
  const told = async (read: (context: ReturnType<Project['call']>) => Promise<number>, state = 'nosuch.jsonl') => {
    const context = p.call({ state });
    await read(context);
    return context.err.text;
  };
  const note = '`nosuch.jsonl` does not exist: this is as if nothing had ever run; check what --state names\n';
  expect(await told((context) => status(context, [], text))).toBe(note);
  expect(await told((context) => why(context, 'load', text))).toBe(note);
  expect(await told((context) => history(context, [], text))).toBe(note);
  expect(await told((context) => simulate(context, ['landing/noise_1.txt'], text))).toBe(note);
  expect(await told((context) => run(context, [], { ...text, dryRun: true, retry: true }))).toBe(note);
  expect(await told((context) => graph(context, [], { ...text, status: true }))).toBe(note);
  expect(await told((context) => graph(context, [], text))).toBe('');
  fs.writeFileSync(path.join(p.root, 'there.jsonl'), '');
  expect(await told((context) => status(context, [], text), 'there.jsonl')).toBe('');
});
