/**
 * A run that found nothing to do is answered from memory while everything it followed from is as it was, and not one
 * change longer.
 */
import * as fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { graph } from '../../src/cli/graph.js';
import { recall } from '../../src/cli/memory.js';
import { run } from '../../src/cli/run.js';
import { validate } from '../../src/cli/validate.js';
import type { Call } from '../../src/recall/call.js';
import { projectOf } from './context.js';

const root = `version: 1
include: jobs/*.yaml
jobs:
  load:
    sources: in/{day}.csv
    targets: table:orders
    run: test -f "in/\${day}.csv"
`;
const included = `jobs:
  report: # of every day
    description: Sums up.
    sources: {all: in/*.csv, rates: data/rates/}
    targets: out/report.txt
    on_missing_target: rerun
    run: mkdir -p out; cat in/*.csv >"$target"
`;

/** A project in which all is done; the clock has gone on since its files came. */
async function settled() {
  const { root: directory, call: context } = projectOf(root);
  const at = (name: string): string => path.join(directory, name);
  const write = (name: string, text: string): void => {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    fs.writeFileSync(at(name), text);
    fs.utimesSync(at(name), 1e9, 1e9);
  };
  write('jobs/report.yaml', included);
  for (const name of ['in/1.csv', 'in/2.csv', 'data/rates/usd.txt']) write(name, name);
  const now = Date.now();
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + 10_000);
  onTestFinished(() => clock.mockRestore());
  const call: Call = { command: 'run', key: 'run', directory: at('.objflow') };
  const calls = async (format: 'text' | 'json' = 'text') => {
    const called = { ...context(), call };
    const status = await run(called, [], { format, retry: false });
    return { status, out: called.out.text };
  };
  expect(await calls()).toEqual({ status: 0, out: expect.stringMatching(/^3 succeeded/) });
  expect(await recall(call)).toBeUndefined();
  const answer = { status: 0, output: 'nothing to do: all 3 tasks are up to date\n' };
  expect(await calls()).toEqual({ status: 0, out: answer.output });
  expect(await recall(call)).toEqual(answer);
  return { at, write, call, calls, answer, context };
}

type Settled = Awaited<ReturnType<typeof settled>>;
const append = (file: string, text: string): void => fs.appendFileSync(file, text);
/** Replaces a part of a file, which must be there. */
function edit(file: string, from: string, to: string): void {
  const text = fs.readFileSync(file, 'utf8');
  expect(text).toContain(from);
  fs.writeFileSync(file, text.replace(from, to));
}

test.each<[string, (p: Settled) => void]>([
  ['nothing', () => {}],
  ['a comment', ({ at }) => append(at('objflow.yaml'), '# more\n')],
  ['a command', ({ at }) => edit(at('jobs/report.yaml'), 'cat in', 'cat -- in')],
  ['a description', ({ at }) => edit(at('jobs/report.yaml'), 'Sums up.', 'Adds up.')],
  ['the time of a manifest', ({ at }) => fs.utimesSync(at('objflow.yaml'), 1e9, 1e9)],
  [
    'the name of a directory, now a link to it,',
    ({ at }) => {
      fs.renameSync(at('in'), at('old'));
      fs.symlinkSync('old', at('in'));
    },
  ],
  ['a file that nobody asks for', ({ write }) => write('data/else.txt', '')],
])('%s changes, and the answer is the same', async (_, change) => {
  const p = await settled();
  change(p);
  expect(await recall(p.call)).toEqual(p.answer);
  expect(await recall(p.call)).toEqual(p.answer);
  expect((await p.calls()).out).toBe(p.answer.output);
});

test.each<[string, (p: Settled) => void]>([
  ['a file lands', ({ write }) => write('in/3.csv', '')],
  ['a file is written anew', ({ write }) => write('in/2.csv', 'in/2.csv')],
  [
    'a file is replaced by one of the same size and time',
    ({ at, write }) => {
      write('new', 'in/1.csv');
      fs.renameSync(at('new'), at('in/1.csv'));
    },
  ],
  ['a file goes', ({ at }) => fs.rmSync(at('in/1.csv'))],
  [
    'a file becomes a directory',
    ({ at }) => {
      fs.rmSync(at('in/1.csv'));
      fs.mkdirSync(at('in/1.csv'));
    },
  ],
  ['a target goes that is to be made again', ({ at }) => fs.rmSync(at('out/report.txt'))],
  ['something comes into a directory that is an object', ({ write }) => write('data/rates/deep/eur.txt', '')],
  ['something in it changes', ({ at }) => append(at('data/rates/usd.txt'), '1')],
  [
    'a directory is replaced by its copy',
    ({ at }) => {
      fs.cpSync(at('in'), at('copy'), { recursive: true, preserveTimestamps: true });
      fs.renameSync(at('in'), at('old'));
      fs.renameSync(at('copy'), at('in'));
    },
  ],
  ['a directory goes', ({ at }) => fs.rmSync(at('in'), { recursive: true })],
  ['a source is edited', ({ at }) => edit(at('objflow.yaml'), 'in/{day}', 'in/{date}')],
  ['a command gets braces', ({ at }) => edit(at('objflow.yaml'), 'test -f', 'test "{day}" -a -f')],
  ['the braces in a command lose their dollar', ({ at }) => edit(at('objflow.yaml'), '$' + '{day}', '{day}')],
  ['a command goes', ({ at }) => edit(at('objflow.yaml'), /run: .*/.exec(root)?.[0] ?? '', 'run: ""')],
  ['a manifest has a mistake', ({ at }) => append(at('jobs/report.yaml'), '    tagz: [x]\n')],
  ['a manifest is no text', ({ at }) => fs.appendFileSync(at('objflow.yaml'), Buffer.from([0x23, 0xff, 0x0a]))],
  ['a job comes', ({ at }) => append(at('jobs/report.yaml'), '  more: {sources: in/1.csv, run: "true"}\n')],
  ['a manifest comes', ({ write }) => write('jobs/more.yaml', 'jobs: {}\n')],
  ['a manifest goes', ({ at }) => fs.rmSync(at('jobs/report.yaml'))],
  ['a second root manifest comes', ({ write }) => write('objflow.yml', root)],
  [
    'a manifest becomes a link to its copy',
    ({ at }) => {
      fs.renameSync(at('jobs/report.yaml'), at('report.yaml'));
      fs.symlinkSync('../report.yaml', at('jobs/report.yaml'));
    },
  ],
  ['somebody holds the state', ({ at }) => fs.writeFileSync(at('.objflow/state.jsonl.lock'), '')],
  ['something was announced', ({ write }) => write('.objflow/inbox/1.json', '{}')],
  ['the state is written to', ({ at }) => append(at('.objflow/state.jsonl'), ' ')],
  [
    'the state is replaced',
    ({ at }) => {
      fs.copyFileSync(at('.objflow/state.jsonl'), at('copy'));
      fs.renameSync(at('copy'), at('.objflow/state.jsonl'));
    },
  ],
  ['the state goes', ({ at }) => fs.rmSync(at('.objflow/state.jsonl'))],
  ['it is another call', ({ at }) => edit(at('.objflow/cache/run'), '"key":"run"', '"key":"ran"')],
  [
    'the questions are those of another answer',
    ({ at }) => {
      const file = at('.objflow/cache/run.files');
      fs.writeFileSync(file, fs.readFileSync(file).subarray(0, -8));
    },
  ],
])('%s, and nothing is answered from memory', async (_, change) => {
  const p = await settled();
  change(p);
  expect(await recall(p.call)).toBeUndefined();
});

test('what is damaged is as if it were not there', async () => {
  const p = await settled();
  for (const name of ['run', 'run.files']) {
    const file = p.at(`.objflow/cache/${name}`);
    const whole = fs.readFileSync(file);
    for (let at = 0; at < whole.length; at += 7) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      fs.writeFileSync(file, flipped);
      expect({ name, at, answer: await recall(p.call) }).toEqual({ name, at, answer: undefined });
      fs.writeFileSync(file, whole.subarray(0, at));
      expect({ name, at, answer: await recall(p.call) }).toEqual({ name, at, answer: undefined });
    }
    fs.writeFileSync(file, whole);
    expect(await recall(p.call)).toEqual(p.answer);
  }
});

test('a copy, as a repository may bring one along, is not believed, and a link not followed', async () => {
  const p = await settled();
  const [cache, copy] = [p.at('.objflow/cache'), p.at('copy')];
  fs.cpSync(cache, copy, { recursive: true, preserveTimestamps: true });
  fs.rmSync(cache, { recursive: true });
  fs.cpSync(copy, cache, { recursive: true, preserveTimestamps: true });
  expect(await recall(p.call)).toBeUndefined();
  fs.rmSync(cache, { recursive: true });
  fs.mkdirSync(p.at('elsewhere'));
  fs.symlinkSync('../elsewhere', cache);
  expect(await p.calls()).toEqual({ status: 0, out: p.answer.output });
  expect(fs.readdirSync(p.at('elsewhere'))).toEqual([]);
});

test('a run that did something, or has something to tell, is not remembered', async () => {
  const p = await settled();
  p.write('in/3.csv', '');
  expect((await p.calls()).out).toMatch(/^2 succeeded/);
  expect(await recall(p.call)).toBeUndefined();
  fs.renameSync(p.at('in/3.csv'), p.at('in/\u0007.csv'));
  await p.calls();
  await p.calls();
  expect(await recall(p.call)).toBeUndefined();
});

test('a file that changed just now may change once more without a trace', async () => {
  const p = await settled();
  vi.mocked(Date.now).mockRestore();
  fs.rmSync(p.at('.objflow/cache'), { recursive: true });
  expect((await p.calls()).out).toBe(p.answer.output);
  expect(await recall(p.call)).toBeUndefined();
});

test('a manifest that goes while the run ends disturbs nobody', async () => {
  const p = await settled();
  const called = { ...p.context(), call: p.call };
  const write = called.out.write.bind(called.out);
  called.out.write = (text) => {
    fs.rmSync(p.at('jobs/report.yaml'), { force: true });
    return write(text);
  };
  expect(await run(called, [], { format: 'text', retry: false })).toBe(0);
  expect(called.out.text).toBe(p.answer.output);
  expect(await recall(p.call)).toBeUndefined();
});

test('a cache that cannot be written disturbs nobody', async () => {
  const p = await settled();
  fs.rmSync(p.at('.objflow/cache'), { recursive: true });
  fs.writeFileSync(p.at('.objflow/cache'), '');
  expect(await p.calls()).toEqual({ status: 0, out: p.answer.output });
  expect(await recall(p.call)).toBeUndefined();
});

test('as JSON an answer has the time at which it is given', async () => {
  const p = await settled();
  const { out } = await p.calls('json');
  const answer = await recall(p.call);
  const [was, is] = [JSON.parse(out), JSON.parse(answer?.output ?? '')];
  expect(is).toEqual({ ...was, at: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(is.at).not.toBe(was.at);
});

test.each(['validate', 'graph'] as const)('what %s prints is remembered by the manifests alone', async (command) => {
  const p = await settled();
  const call: Call = { ...p.call, command, key: command };
  const called = { ...p.context(), call };
  const status = await (command === 'validate' ? validate(called, {}) : graph(called, [], { format: 'json' }));
  const answer = { status, output: called.out.text };
  expect(answer.output.length).toBeGreaterThan(20);
  expect(await recall(call)).toEqual(answer);
  p.write('in/3.csv', '');
  expect(await recall(call)).toEqual(answer);
  append(p.at('objflow.yaml'), '# moves every line below it\n');
  expect(await recall(call)).toBeUndefined();
  if (command === 'validate') return;
  await graph({ ...p.context(), call }, [], { format: 'json', status: true });
  expect(await recall(call)).toBeUndefined();
});
