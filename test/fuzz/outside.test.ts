/**
 * What comes from outside as text, at random: manifests, names of objects, selectors, journals. Nothing throws, nothing is
 * said without a place or a sentence, and nothing that is said can give commands to a terminal. `SEED=n` plays one.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assert, expect, test } from 'vitest';
import { graphView } from '../../src/core/graph.js';
import { readHistory } from '../../src/core/history.js';
import { fileId } from '../../src/core/object.js';
import { overlap } from '../../src/core/overlap.js';
import { fill, match, parsePattern } from '../../src/core/pattern.js';
import type { JournalRecord } from '../../src/core/record.js';
import { readSelectors } from '../../src/core/select.js';
import { openJournal, readJournal } from '../../src/journal/journal.js';
import { type Loaded, loadMapping } from '../../src/manifest/load.js';
import { namedObjects } from '../../src/orchestrator/named.js';
import { Random } from '../core/pattern-tools.js';
import { directory, endedWell, oneOfEach, record, reopen, started } from '../journal/fixtures.js';
import { damage, makeText } from '../manifest/plain-tools.js';
import { rendered } from '../manifest/render.js';

const repository = path.join(import.meta.dirname, '../..');
const manifests = [
  'examples/shop/objflow.yaml',
  ...readdirSync(path.join(repository, 'test/manifest/bad'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `test/manifest/bad/${name}`),
].map((name) => readFileSync(path.join(repository, name), 'utf8'));
const readme = readFileSync(path.join(repository, 'README.md'), 'utf8');
const good = [...readme.matchAll(/^```yaml\n(version:[\s\S]*?)^```$/gm)].map(([, text = '']) => text);

/** What a terminal, or a file of lines, would obey. */
const commanding = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const rounds = Number(process.env.HISTORIES ?? 200);
const seeds =
  process.env.SEED === undefined ? Array.from({ length: rounds }, (_, n) => n + 1) : [Number(process.env.SEED)];

/** Bytes with one thing wrong: a bit, a hole, a part twice, noise. */
function spoil(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  const end = Math.min(bytes.length, at + 1 + random.below(60));
  const part = bytes.subarray(at, end);
  switch (random.below(4)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, end), part, bytes.subarray(end)]);
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(part.map(() => random.below(256))),
        bytes.subarray(end),
      ]);
  }
}

test('manifests: findings with places inside of them, or a mapping with a graph', async () => {
  const root = directory();
  const file = path.join(root, 'objflow.yaml');
  const came = { fine: 0, wrong: 0 };
  for (const seed of seeds) {
    const random = new Random(seed);
    const text = random.below(4) === 0 ? makeText({ random, nasty: 20 }) : random.of(random.of([manifests, good]));
    const damaged = Array.from({ length: random.below(3) }).reduce((so: string) => damage(so, random), text);
    const bytes = random.below(4) === 0 ? spoil(Buffer.from(damaged), random) : Buffer.from(damaged);
    writeFileSync(file, bytes);
    const loaded = await loadMapping(root);
    const found = loaded.ok ? loaded.value.diagnostics : 'diagnostics' in loaded.error ? loaded.error.diagnostics : [];
    if (loaded.ok) {
      came.fine++;
      expect(graphView(loaded.value.mapping, loaded.value.graph).jobs.length).toBeGreaterThanOrEqual(loaded.value.jobs);
    } else {
      came.wrong++;
      expect({ seed, errors: found.some(({ severity }) => severity === 'error') }).toEqual({ seed, errors: true });
    }
    const lines = bytes.toString().split(/\r?\n/).length + 1;
    for (const { place, message, code } of found) {
      expect({ seed, code, inside: place.line >= 1 && place.line <= lines && place.column >= 1 }).toMatchObject({
        inside: true,
      });
      expect({ seed, code, said: message.length > 5 }).toMatchObject({ said: true });
    }
    if (seed % 4 === 0)
      expect({ seed, obeyed: commanding.test(await rendered(root, root)) }).toEqual({ seed, obeyed: false });
  }
  expect(Math.min(came.fine, came.wrong) * 20).toBeGreaterThan(seeds.length > 1 ? rounds : 0);
});

const pieces = [
  ...[
    'landing/',
    'orders',
    '_',
    '{day}',
    '*',
    '**',
    '?',
    '/',
    '//',
    '.',
    '..',
    '../',
    '{',
    '}',
    '{}',
    '{a b}',
    'table:',
  ],
  ...[
    ':',
    'x',
    '-',
    ' ',
    '\u0000',
    '\n',
    '\u001b[2J',
    '\u202e',
    '\ud800',
    'é',
    '😀',
    '[',
    ']',
    ',',
    '+',
    '2+',
    '=',
    '@',
  ],
  ...[
    'load',
    'load_orders',
    'tag:',
    'state:',
    'failed',
    '[day=1]',
    '__proto__',
    'constructor',
    '%s',
    '$(x)',
    '`',
    "'",
    '"',
  ],
];
const mixture = (random: Random): string => Array.from({ length: random.below(7) }, () => random.of(pieces)).join('');

async function shop(): Promise<Loaded> {
  const loaded = await loadMapping(path.join(repository, 'examples/shop'));
  assert(loaded.ok);
  return loaded.value;
}

test('patterns: read or refused in a sentence; what is read matches what it is filled with, and itself', () => {
  let readable = 0;
  for (let seed = 1; seed <= 10 * rounds; seed++) {
    const random = new Random(seed);
    const text = mixture(random);
    const read = parsePattern(text);
    if (!read.ok) {
      expect(read.error.message.length).toBeGreaterThan(5);
      continue;
    }
    readable++;
    const pattern = read.value;
    expect(match(pattern, fileId(mixture(random)))).not.toBe(null);
    expect({ text, overlaps: overlap(pattern, pattern) !== undefined }).toEqual({ text, overlaps: true });
    if (pattern.gathers) continue;
    const values = Object.fromEntries(pattern.captures.map((name) => [name, random.of(['a', '1', 'é-2', 'x_y'])]));
    const filled = fill(pattern, values);
    // Greed may share the text out otherwise, but what comes of it names the same object.
    const found = match(pattern, filled);
    expect({ text, filled, again: found && fill(pattern, found) }).toEqual({ text, filled, again: filled });
  }
  expect(readable * 20).toBeGreaterThan(rounds);
});

test('names of objects and selectors: found, or refused in a sentence', async () => {
  const { mapping, graph } = await shop();
  for (let seed = 1; seed <= 5 * rounds; seed++) {
    const random = new Random(seed);
    const texts = Array.from({ length: 1 + random.below(3) }, () => mixture(random));
    const named = namedObjects(mapping, texts, '/tmp', 'announced', '; ');
    if (!named.ok) expect({ seed, obeyed: commanding.test(named.error.message) }).toEqual({ seed, obeyed: false });
    const selectors = readSelectors(mapping, graph, texts);
    if (selectors.ok && !selectors.value.needState) expect(selectors.value.select(undefined).ok).toBe(true);
  }
});

function readable(file: string): readonly JournalRecord[] {
  const opened = reopen(file);
  assert(opened.ok);
  return opened.value.records;
}

test('journals: a problem that changes nothing, or a beginning of what was recorded', () => {
  const file = path.join(directory(), 'state.jsonl');
  const records = [
    ...oneOfEach,
    started('r5', 'clean'),
    endedWell('r5', { 'file:a.csv': '1' }),
    started('r6', 'clean'),
  ];
  record(file, records);
  const whole = readFileSync(file);
  const came = { whole: 0, torn: 0, refused: 0 };
  const recorded = readable(file);
  for (const seed of seeds) {
    const random = new Random(seed);
    const spoilt = spoil(whole, random);
    writeFileSync(file, spoilt);
    const read = readJournal(file);
    const opened = openJournal(file);
    if (!opened.ok) {
      came.refused++;
      expect({ seed, kept: readFileSync(file).equals(spoilt), read: read.ok }).toEqual({
        seed,
        kept: true,
        read: false,
      });
      expect({ seed, obeyed: commanding.test(opened.error.message) }).toEqual({ seed, obeyed: false });
      continue;
    }
    opened.value.journal.close();
    const found = readable(file);
    expect({ seed, found }).toEqual({ seed, found: recorded.slice(0, found.length) });
    readHistory(found);
    came[found.length === recorded.length ? 'whole' : 'torn']++;
  }
  if (seeds.length > 1) expect(Math.min(came.torn, came.refused)).toBeGreaterThan(0);
});
