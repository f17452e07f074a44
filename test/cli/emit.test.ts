/** `objflow emit` through the built program: what it leaves in the inbox, what it refuses, and what it says. */
import fs from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { emit } from '../../src/cli/emit.js';
import { exit, UserError } from '../../src/cli/exit.js';
import { readInbox, takeOut } from '../../src/journal/inbox.js';
import { openJournal } from '../../src/journal/journal.js';
import { bin, type Ended, type Project, project } from '../e2e/rig.ts';
import { directory, good, keptRun, record } from '../journal/fixtures.js';
import { readSchema } from '../report/schemas.ts';
import { projectOf } from './context.js';

const manifest = `version: 1
objects:
  table:raw.customers: { external: true }
  "table:raw.returns/{day}": { external: true }
  view:spare: {}
jobs:
  load_orders:
    sources: landing/orders_{date}.csv
    targets: table:raw.orders/{date}
    where: { date: '\\d{4}-\\d{2}-\\d{2}' }
    run: 'true'
  build_sales:
    sources: [table:raw.customers, table:raw.orders/*]
    targets: table:mart.sales
    run: 'true'
  odd:
    sources: "file:odd:name.csv"
    targets: out/odd
    run: 'true'
`;

const waiting = (p: Project, state = '.objflow/state.jsonl') => readInbox(p.at(state), 1000).announcements;
const missing = (file: string): string => `\`${file}\` is not there now: it is looked at when it lands\n`;
const note = 'no daemon holds the state: the next run or watch takes it up\n';

/** What the program printed as JSON, held against its schema. */
function documentOf({ out }: Ended): { readonly announced: string[]; readonly duplicates: string[] } {
  const schema = readSchema('emit');
  const check = new Ajv({ strict: true, allErrors: true }).compile({ ...schema, additionalProperties: false });
  const document = JSON.parse(out);
  expect(check(document) ? [] : check.errors).toEqual([]);
  return document;
}

/** Records what waits, as whoever holds the state does. */
function takeUp(p: Project): void {
  const state = p.at('.objflow/state.jsonl');
  const { journal } = good(openJournal(state));
  const announcements = waiting(p);
  for (const { file: _, ...announcement } of announcements)
    good(journal.append([{ type: 'announced', ...announcement }]));
  good(journal.sync());
  journal.close();
  takeOut(
    state,
    announcements.map(({ file }) => file),
  );
}

test('tables, partitions, declared objects and files are announced, in the order in which they were given', async () => {
  const p = project(manifest);
  const before = Date.now();
  const ended = await p.objflow(
    'emit',
    'table:raw.orders/2026-11-20',
    'table:raw.customers',
    'view:spare',
    './landing//orders_2026-11-20.csv',
    'file:odd:name.csv',
    'table:mart.sales',
    'table:raw.customers', // twice is once
  );
  const files = ['landing/orders_2026-11-20.csv', 'file:odd:name.csv'];
  expect(ended).toMatchObject({ status: 0, err: `${files.map(missing).join('')}${note}` });
  expect(ended.out.split('\n')).toEqual([
    'announced table:raw.orders/2026-11-20',
    'announced table:raw.customers',
    'announced view:spare',
    'announced landing/orders_2026-11-20.csv',
    'announced file:odd:name.csv',
    'announced table:mart.sales',
    '',
  ]);
  const announcements = waiting(p);
  expect(announcements.map(({ object }) => object)).toEqual([
    'table:raw.orders/2026-11-20',
    'table:raw.customers',
    'view:spare',
    'file:landing/orders_2026-11-20.csv',
    'file:odd:name.csv',
    'table:mart.sales',
  ]);
  for (const { object, version, key, at } of announcements) {
    expect({ object, version: version === '' }).toEqual({ object, version: object.startsWith('file:') });
    expect(key).toBeUndefined();
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  }
  expect(fs.readdirSync(p.at('.objflow'))).toEqual(['inbox']);
});

test('without --version each call has one of its own; with it, that; --version asks for nothing else', async () => {
  const p = project(manifest);
  await p.objflow('emit', 'table:raw.customers');
  await p.objflow('emit', 'table:raw.customers');
  for (const args of [['--version', 'build 7 ä'], ['--version=0']])
    expect(await p.objflow('emit', 'table:raw.customers', ...args)).toMatchObject({
      status: 0,
      out: 'announced table:raw.customers\n',
    });
  const versions = waiting(p).map(({ version }) => version);
  expect(versions.slice(2)).toEqual(['build 7 ä', '0']);
  expect(new Set(versions).size).toBe(4);
  const told = await Promise.all([p.objflow('--version'), p.objflow('emit', '-V')]);
  for (const { out, status } of told) expect({ out, status }).toEqual({ out: expect.stringMatching(/^\d/), status: 0 });
});

test('--format json is as its schema says; -q says nothing but what went wrong', async () => {
  const p = project(manifest);
  const call = ['emit', 'landing/orders_2026-11-20.csv', 'table:raw.customers', '--key', 'k', '--format', 'json'];
  const ids = ['file:landing/orders_2026-11-20.csv', 'table:raw.customers'];
  const first = await p.objflow(...call);
  expect(documentOf(first)).toEqual({ announced: ids, duplicates: [] });
  expect(first).toMatchObject({ status: 0, err: `${missing('landing/orders_2026-11-20.csv')}${note}` });
  const second = await p.objflow(...call);
  expect(documentOf(second)).toEqual({ announced: [], duplicates: ids });
  expect(second).toMatchObject({ status: 0, err: '' });
  expect(await p.objflow('-q', 'emit', 'table:raw.customers')).toMatchObject({ status: 0, out: '', err: '' });
  expect(waiting(p)).toHaveLength(3);
});

test('nothing is said of a daemon where somebody holds the state, and the state is left alone', async () => {
  const p = project(manifest);
  const { journal } = good(openJournal(p.at('.objflow/state.jsonl')));
  const before = p.read('.objflow/state.jsonl');
  expect(await p.objflow('emit', 'table:raw.customers')).toMatchObject({ status: 0, err: '' });
  journal.close();
  expect(p.read('.objflow/state.jsonl')).toBe(before);
  expect(waiting(p)).toHaveLength(1);
});

test('another state has its inbox beside it', async () => {
  const p = project(manifest);
  await p.objflow('--state', 'elsewhere/s.jsonl', 'emit', 'table:raw.customers');
  expect(waiting(p, 'elsewhere/s.jsonl')).toHaveLength(1);
  expect(p.has('.objflow')).toBe(false);
});

describe('the same key counts once', () => {
  test('while it waits, and for ever after it was recorded', async () => {
    const p = project(manifest);
    const call = ['emit', 'table:raw.customers', '--key', 'load 42'];
    expect((await p.objflow(...call)).out).toBe('announced table:raw.customers\n');
    expect(waiting(p)).toMatchObject([{ key: 'load 42' }]);
    const again = { status: 0, out: 'announced before: table:raw.customers\n', err: '' };
    expect(await p.objflow(...call)).toMatchObject(again);
    takeUp(p);
    expect(await p.objflow(...call)).toMatchObject(again);
    expect(await p.objflow('emit', 'table:mart.sales', '--key', 'load 42')).toMatchObject({
      out: 'announced before: table:mart.sales\n',
    });
    expect(waiting(p)).toEqual([]);
    expect((await p.objflow('emit', 'table:raw.customers', '--key', 'load 43')).out).toMatch(/^announced table/);
    expect((await p.objflow('emit', 'table:raw.customers')).out).toMatch(/^announced table/);
  });

  test('with several objects once for each, whether they come together or alone', async () => {
    const p = project(manifest);
    const [customers, sales, spare] = ['table:raw.customers', 'table:mart.sales', 'view:spare'];
    await p.objflow('emit', customers, sales, '--key', 'k');
    expect(waiting(p).map(({ key }) => key)).toEqual([`k\t${customers}`, `k\t${sales}`]);
    for (const where of ['waiting', 'recorded']) {
      const more = await p.objflow('emit', sales, spare, '--key', 'k', '--format', 'json');
      expect(documentOf(more), where).toEqual(
        where === 'waiting'
          ? { announced: [spare], duplicates: [sales] }
          : { announced: [], duplicates: [sales, spare] },
      );
      const alone = await p.objflow('emit', customers, '--key', 'k', '--format', 'json');
      expect(documentOf(alone), where).toEqual({ announced: [], duplicates: [customers] });
      takeUp(p);
    }
    await p.objflow('emit', customers, '--key', 'j');
    const both = await p.objflow('emit', customers, sales, '--key', 'j', '--format', 'json');
    expect(documentOf(both)).toEqual({ announced: [sales], duplicates: [customers] });
  });
});

describe('refused, with nothing announced at all', () => {
  const calls: Readonly<Record<string, [args: readonly string[], message: RegExp]>> = {
    'no object': [[], /^objflow: emit needs an object; for example: /],
    'a misspelt table': [['table:raw.customer'], /table:raw\.customer`.*; did you mean `table:raw\.customers`\?$/],
    'a misspelt partition': [['table:raw.order/2026-11-20'], /; did you mean `table:raw\.orders\/2026-11-20`\?$/],
    'a misspelt file': [['landing/order_2026-11-20.cvs'], /; did you mean `landing\/orders_2026-11-20\.csv`\?$/],
    'what `where` excludes': [
      ['landing/orders_x.csv'],
      /^objflow: no job can read `landing\/orders_x\.csv`: it would match .*`where`: date may not be x /,
    ],
    'a table without its kind': [['raw.customers'], /; did you mean `table:raw\.customers`\?$/],
    'what is like nothing': [['table:zzzzzzzzzzzzz'], /; `objflow graph` lists what they read and write$/],
    'one of several': [['table:raw.customers', 'table:zzzzzzzzzzzzz'], /`table:zzzzzzzzzzzzz`/],
    'a capture': [['table:raw.orders/{date}'], /is a pattern, .*; write a value for `\{date\}`$/],
    'a star': [['table:raw.orders/*'], /is a pattern, .*; write a value for `\*`$/],
    'half a capture': [['table:raw.orders/{date'], /is a pattern, .*; write a value for `\{date`$/],
    'a name that paints': [['table:raw.\u001b[2Jorders'], /control character/],
    'no name': [[''], /has no name/],
    'a name beyond measure': [[`table:${'x'.repeat(5000)}`], /longer than 4096 characters/],
    'a version of a file': [
      ['table:raw.customers', 'landing/orders_2026-11-20.csv', '--version', '7'],
      /`landing\/orders_2026-11-20\.csv` is a file, .*leave --version away/,
    ],
    'an empty version': [['table:raw.customers', '--version', ''], /^objflow: --version is empty/],
    'a version that paints': [['table:raw.customers', '--version', '\u001b[2J'], /^objflow: --version holds a control/],
    'a version beyond measure': [['table:raw.customers', '--version', 'ä'.repeat(513)], /longer than 1024 bytes/],
    'an empty key': [['table:raw.customers', '--key', ''], /^objflow: --key is empty/],
    'a key with a tab': [['table:raw.customers', '--key', 'a\tb'], /^objflow: --key holds a control/],
    'a key beyond measure': [['table:raw.customers', '--key', 'x'.repeat(1025)], /longer than 1024 bytes/],
    'an option without its value': [['table:raw.customers', '--version'], /--version <version>` argument missing/],
    'another format': [['table:raw.customers', '--format', 'yaml'], /text, json/],
  };
  test.each(Object.entries(calls))('%s', async (_, [args, message]) => {
    const p = project(manifest);
    const { status, out, err } = await p.objflow('emit', ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.trimEnd()).toMatch(message);
    expect(p.has('.objflow')).toBe(false);
  });

  test('each object that is not known is told, up to a number', async () => {
    const p = project(manifest);
    const { status, err } = await p.objflow('emit', ...Array.from({ length: 30 }, (_, n) => `table:no${n}`));
    expect(status).toBe(2);
    expect(err.split('\n').slice(0, -1)).toHaveLength(20);
    expect(err).toMatch(/^(objflow: no job reads or writes `table:no\d+`.*\n){20}$/);
  });

  test('a path from where one stands is not one from the root: the right one is named', async () => {
    const p = project(manifest, { 'landing/orders_2026-11-20.csv': 'x' });
    const hint = /; did you mean `landing\/orders_2026-11-20\.csv`\?\n$/;
    const absolute = await p.objflow('emit', p.at('landing/orders_2026-11-20.csv'));
    expect(absolute).toMatchObject({ status: 2, err: expect.stringMatching(hint) });
    const below = await p.objflow('-C', 'landing', '-f', '..', 'emit', 'orders_2026-11-20.csv');
    expect(below).toMatchObject({ status: 2, err: expect.stringMatching(hint) });
    const right = await p.objflow('-C', 'landing', '-f', '..', 'emit', 'landing/orders_2026-11-20.csv');
    expect(right).toMatchObject({ status: 0, out: 'announced landing/orders_2026-11-20.csv\n' });
  });

  test('a mapping with errors, and none', async () => {
    const p = project(manifest.replace('run:', 'rum:'));
    const wrong = await p.objflow('emit', 'table:raw.customers');
    expect(wrong).toMatchObject({ status: 2, out: '', err: expect.stringMatching(/objflow\.yaml:11:/) });
    fs.rmSync(p.at('objflow.yaml'));
    const none = await p.objflow('emit', 'table:raw.customers');
    expect(none).toMatchObject({ status: 2, out: '', err: expect.stringMatching(/objflow init/) });
    expect(p.has('.objflow')).toBe(false);
  });
});

describe('exit status 3', () => {
  test('where the inbox may not be written', async () => {
    const p = project(manifest);
    fs.chmodSync(p.above, 0o755);
    fs.chmodSync(p.root, 0o555);
    const nobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
    const denied = p.startWith({ program: [...nobody, process.execPath, bin] }, 'emit', 'table:raw.customers');
    const { status, out, err } = await denied.ended;
    fs.chmodSync(p.root, 0o755);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toMatch(/^objflow: cannot make the inbox .*\.objflow\/inbox: permission denied; .*--state\n$/);
  });

  test('where something else stands in its place', async () => {
    const p = project(manifest, { '.objflow/inbox': 'x' });
    const { status, err } = await p.objflow('emit', 'table:raw.customers');
    expect(status).toBe(3);
    expect(err).toMatch(/^objflow: cannot use the inbox .*: it is not a directory; move it away, .*--state\n$/);
    expect(p.read('.objflow/inbox')).toBe('x');
  });

  test('where a key is to be looked up in a state that is damaged', async () => {
    const p = project(manifest, { '.objflow/state.jsonl': '{"a":1}\n' });
    const { status, out } = await p.objflow('emit', 'table:raw.customers', '--key', 'k');
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(fs.readdirSync(p.at('.objflow'))).toEqual(['state.jsonl']);
    fs.rmSync(p.at('.objflow'), { recursive: true });
  });
});

test('nothing is announced beside a state that nobody can take up', async () => {
  const p = projectOf(manifest);
  const call = async (): Promise<unknown> =>
    emit(p.call(), ['table:raw.customers'], { format: 'text' }).catch((error: unknown) => error);
  record(p.state, [keptRun('r', 'load_orders')]);
  const good = fs.readFileSync(p.state, 'utf8');
  for (const [text, message] of [
    [good.replace('"version":1', '"version":2'), /newer objflow/],
    ['{"a":1}\n', /is not a state of objflow/],
    [good.replace('"generation"', '"generatiom"'), /is damaged at line 1/],
    [undefined, /it is a directory|not a regular file/],
  ] as const) {
    fs.rmSync(p.state);
    if (text === undefined) fs.mkdirSync(p.state);
    else fs.writeFileSync(p.state, text);
    const refused = await call();
    expect(refused).toBeInstanceOf(UserError);
    expect(refused).toMatchObject({ status: exit.state, message: expect.stringMatching(message) });
    expect(fs.existsSync(path.join(p.root, '.objflow/inbox'))).toBe(false);
  }
  fs.rmdirSync(p.state);
  expect(await call()).toBe(exit.well); // there is none yet
});

test('garbage in the inbox is in nobody’s way, and stays for whoever takes it up', async () => {
  const p = project(manifest);
  await p.objflow('emit', 'table:raw.customers', '--key', 'a');
  const inbox = p.at('.objflow/inbox');
  fs.writeFileSync(path.join(inbox, '0'), '\u001b[2J');
  fs.symlinkSync(path.join(directory(), 'nowhere'), path.join(inbox, '1'));
  const again = await p.objflow('emit', 'table:raw.customers', '--key', 'a');
  expect(again).toMatchObject({ status: 0, out: 'announced before: table:raw.customers\n', err: '' });
  expect(fs.readdirSync(inbox)).toHaveLength(3);
});
