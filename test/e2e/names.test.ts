/** Names that strangers give to files, and text that jobs print: they go through unharmed, and harm nothing. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { project, started, summary, those } from './rig.ts';

const hostile = [
  'two words',
  ' led by a space',
  `it's "quoted"`,
  '$(touch pwned)',
  '`touch pwned`',
  'a; touch pwned; #',
  'a && touch pwned',
  `$HOME $\{x} \\n \\`,
  '-rf',
  '--help',
  '*',
  '[a]?',
  '{date}',
  'a=b',
  '🦄 é 日本',
  '\u202etxt.exe',
  'e\u0301',
  'x'.repeat(255),
  `${'é'.repeat(127)}x`,
];

for (const shell of ['sh', 'bash']) {
  test(`as source, target and capture, through ${shell}`, async () => {
    const p = project(
      `version: 1
concurrency: 4
defaults: { shell: ${shell} }
jobs:
  copy:
    sources: in/{name}
    targets: out/{name}
    run: |
      mkdir -p out
      cat "$1" >"$target"
      printf '%s\\0%s\\0' "$source" "$name" >>../captured
  gather:
    sources: { all: out/* }
    targets: gathered
    run: |
      printf '%s\\0' "$@" >arguments
      cp "$sources_file" gathered
`,
      Object.fromEntries(hostile.map((name) => [`in/${name}`, `content of ${name}`])),
    );
    const run = await p.run();
    expect(summary(run)).toMatchObject({ succeeded: hostile.length + 1, failed: 0 });
    for (const name of hostile) expect(p.read(`out/${name}`)).toBe(`content of ${name}`);
    const captured = fs.readFileSync(`${p.above}/captured`, 'utf8').split('\0').slice(0, -1);
    expect(captured.toSorted()).toEqual(hostile.flatMap((name) => [`in/${name}`, name]).toSorted());
    const gathered = p.read('gathered').split('\0').slice(0, -1);
    expect(gathered.toSorted()).toEqual(hostile.map((name) => `out/${name}`).toSorted());
    expect(p.read('arguments')).toBe(p.read('gathered'));
    expect(fs.readdirSync(p.root, { recursive: true }).filter((name) => /(^|\/)pwned$/.test(`${name}`))).toEqual([]);
    expect(fs.readdirSync(p.above).toSorted()).toEqual(['captured', 'project']);

    expect(started(await p.run())).toEqual([]);
    expect((await p.objflow('status')).status).toBe(0);
    expect(Object.values(await p.phases()).every((phase) => phase === 'succeeded')).toBe(true);
  });
}

test('a leading dash in the root is no option', async () => {
  const p = project(
    `version: 1\njobs:\n  copy: { sources: '{n}.csv', targets: '{n}.out', run: 'cp "$1" "$target"' }\n`,
    {
      '-n.csv': 'dash',
      '--help.csv': 'help',
    },
  );
  expect((await p.run()).status).toBe(0);
  expect([p.read('-n.out'), p.read('--help.out')]).toEqual(['dash', 'help']);
});

test('names with control characters, and names that are not UTF-8, are set aside and shown escaped', async () => {
  const p = project(
    `version: 1\njobs:\n  copy: { sources: 'in/{n}', targets: 'out/{n}', run: 'cp "$1" "$target"' }\n`,
    {
      'in/good': 'x',
    },
  );
  fs.mkdirSync(p.at('out'));
  for (const name of ['red\x1b[31m', 'new\nline', 'tab\t', '\u009b31m', 'del\x7f'])
    fs.writeFileSync(p.at(`in/${name}`), '');
  fs.writeFileSync(Buffer.concat([Buffer.from(p.at('in/latin')), Buffer.from([0xe9])]), '');

  const escaped = ['del\\x7f', 'latin\\xe9', 'new\\x0aline', 'red\\x1b[31m', 'tab\\x09', '\\x9b31m'];
  const { setAside = [] } = await p.status();
  expect(setAside.map(({ name }) => name).toSorted()).toEqual(escaped.map((name) => `in/${name}`).toSorted());
  expect(setAside.find(({ name }) => name.endsWith('e9'))?.why).toContain('UTF-8');

  const shown = await p.objflow('status');
  for (const name of escaped) expect(shown.out).toContain(name);
  const run = await p.run();
  expect(started(run)).toEqual(['copy[n=good]']);
  expect(
    those(run, 'set-aside')
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(escaped.map((name) => `in/${name}`).toSorted());
});

test("a failed job's output cannot paint the terminal", async () => {
  const p = project(
    `version: 1
jobs:
  painter: { run: "printf '\\\\033]0;owned\\\\007\\\\033[2Jred\\\\r\\\\302\\\\233m\\\\377\\\\n::error::x\\\\n'; exit 1" }
`,
  );
  const run = await p.objflow('run');
  expect(run.status).toBe(1);
  expect(run.out + run.err).toContain('owned');
  const github = await p.startWith({ env: { GITHUB_ACTIONS: 'true' } }, 'run').ended;
  expect(github.out).toMatch(/::stop-commands::(\S+)\n[\s\S]*owned[\s\S]*\n::\1::/);
});
