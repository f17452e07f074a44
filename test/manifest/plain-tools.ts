/**
 * What the quick reader is held against: the library's way, part by part. And manifests to read: grammatical ones at
 * random, and real ones with a small damage.
 */
import { readPlain } from '../../src/manifest/plain.js';
import { manifestText } from '../../src/manifest/text.js';
import { type Data, isMap, makeTree, type Path, type Tree } from '../../src/manifest/tree.js';
import { parseYaml } from '../../src/manifest/yaml.js';
import type { Random } from '../core/pattern-tools.js';

/** What became of one text. */
export type Verdict = 'read' | 'left to the library, which reads it' | 'left to the library, which refuses it';

/** Throws where the quick reader reads what the library refuses, or reads it otherwise. */
export function judge(text: string): Verdict {
  const source = manifestText('/objflow.yaml', text);
  const plain = readPlain(text);
  const { tree, findings } = parseYaml(source);
  if (plain === undefined) {
    return tree === undefined ? 'left to the library, which refuses it' : 'left to the library, which reads it';
  }
  if (tree === undefined) throw new Error(`${JSON.stringify(text)}\nthe library refuses it: ${findings[0]?.message}`);
  const difference = differ(makeTree(source, plain.data, plain.spots), plain.data, tree, tree.data, []);
  if (difference !== undefined) throw new Error(`${JSON.stringify(text)}\n${difference}`);
  return 'read';
}

/** The first part that is not the same in both. */
function differ(quick: Tree, one: Data, library: Tree, other: Data, path: Path): string | undefined {
  const say = (what: string, mine: unknown, theirs: unknown) =>
    `${what} at ${JSON.stringify(path)}: ${JSON.stringify(mine)} quickly, ${JSON.stringify(theirs)} by the library`;
  const [kind, otherKind] = [kindOf(one), kindOf(other)];
  if (kind !== otherKind) return say('kind', kind, otherKind);
  if (isMap(one) && (one.toString !== undefined || Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)))
    return `the map at ${JSON.stringify(path)} inherits something`;
  for (const look of ['place', 'keyPlace', 'written'] as const) {
    const [mine, theirs] = [quick[look](path), library[look](path)];
    if (JSON.stringify(mine) !== JSON.stringify(theirs)) return say(look, mine, theirs);
  }
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) {
    return Object.is(one, other) ? undefined : say('value', one, other);
  }
  const [keys, otherKeys] = [Object.keys(one), Object.keys(other)];
  if (JSON.stringify(keys) !== JSON.stringify(otherKeys)) return say('keys', keys, otherKeys);
  for (const key of keys) {
    const step = isMap(one) ? key : Number(key);
    const found = differ(quick, part(one, key), library, part(other, key), [...path, step]);
    if (found !== undefined) return found;
  }
  return undefined;
}

const part = (around: Data, key: string): Data => (around as Record<string, Data>)[key] ?? null; // a map or list, which has the key

const kindOf = (data: Data): string =>
  data === null ? 'null' : isMap(data) ? 'map' : Array.isArray(data) ? 'list' : typeof data;

/** Words that mean something, or seem to, to YAML or to those who read quickly. */
const nasty = [
  ...['no', 'No', 'yes', 'on', 'off', 'true', 'True', 'TRUE', 'tRue', 'false', 'null', 'Null', 'nUll', '~', '~x', ''],
  ...['0', '-0', '+1', '007', '0o7', '0o8', '0x1F', '0xg', '1e3', '1.e3', '.5', '5.', '-.5', '.', '..', '...', '1_000'],
  ...['.inf', '-.INF', '+.Inf', '.nan', '.NaN', '.Nan', '1e999', '12345678901234567890', '0b1', '1:30', '2026-11-20'],
  ...[
    '- -',
    '-',
    '--',
    '---',
    '-x',
    '- x',
    '? x',
    '?x',
    '?',
    ': x',
    ':x',
    ':',
    '::',
    'a:',
    'a: b',
    'a: b: c',
    'a:b',
    'a :b',
  ],
  ...[
    '#',
    '#a',
    'a #b',
    'a# b',
    'a#b',
    'a  # b',
    '" #"',
    "' #'",
    "'a' #b",
    "'a'#b",
    '"a"b',
    '"x" y',
    '"x": y',
    "'x':y",
  ],
  ...[
    '@x',
    '`x',
    '%x',
    '%YAML 1.1',
    '*',
    '*a',
    '&a',
    '&a b',
    '!',
    '!x y',
    '!!str 1',
    '<<',
    '|',
    '>',
    '|-',
    '|x',
    '>2',
    '= x',
  ],
  ...[
    '{date}',
    '{a}',
    '{ a: b }',
    '{a: b}',
    '{a: b, c}',
    '{a:b}',
    '{"a":b}',
    '{a: }',
    '{ a: b, a: c }',
    '{',
    '}',
    '{}',
    '{ }',
  ],
  ...[
    '[a, {b}]',
    '[a, b]',
    '[ a , b ]',
    '[a,b]',
    '[a, ]',
    '[,]',
    '[',
    ']',
    '[]',
    '[ ]',
    '[[a], [b]]',
    '[a: b]',
    '[a #b]',
    '[-]',
  ],
  ...[
    '[-1]',
    '[- 1]',
    '[a]b',
    '[a] b',
    '[a]: b',
    '[a] # b',
    '[a]#b',
    '["a", \'b\']',
    '["a"b]',
    '[a"b]',
    '[:]',
    '[a:]',
    '[a_{x}.csv]',
  ],
  ...[
    '{ a: [b, { c: d }], e: "f" }',
    "{ date: '\\d{4}-\\d{2}' }",
    '{ object: "x_{d}", trigger: false }',
    '{a: b}}',
    '[a]]',
  ],
  ...[
    '"',
    "'",
    '""',
    "''",
    "''''",
    "'it''s'",
    '"a\\"b"',
    '"\\n\\t\\\\"',
    '"\\x41"',
    '"\\u0041"',
    '"\\0"',
    '"\\ud800"',
    '"\\d"',
    '"\\',
    '"a\\',
  ],
  ...[
    '"a',
    "'a",
    'a"',
    "a'",
    'a"b"',
    "x'y'z",
    'ä',
    '日本',
    '😀',
    'a\u2028b',
    '\u2029',
    '\u00a0',
    '\u0085',
    '\ufeff',
    '\u200b',
    '\x07',
  ],
  ...[
    'a\tb',
    '\ta',
    'a\t',
    'a\t#b',
    'a ',
    ' a',
    'a   ',
    '   ',
    'a\\',
    '\\',
    'a,b',
    ',a',
    'a, b',
    'a]',
    'a}',
    'a[b]',
    'a{b}',
    'a|b',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'landing/orders_{date}.csv',
    'table:raw.orders/{d}',
    './run.sh "$d"',
  ],
  ...[
    `sqlite3 shop.db ".import --csv '$source' raw"`,
    'a & b',
    'a * b',
    'a && b || c',
    '"$source" x',
    'x > "$target"',
    'x'.repeat(1100),
  ],
];

/** Scalars that everybody writes. */
const common = [
  ...[
    'a',
    'load.sh',
    'landing/orders_{date}.csv',
    'table:raw.orders/{d}',
    'true',
    'false',
    '4',
    '0.5',
    '10m',
    '"a: b"',
    "'\\d+'",
  ],
  ...[
    './run.sh "$source" > "$target"',
    '[a, b]',
    '{ a: b }',
    '{ date: \'\\d{4}\', shop: "[a-z]+" }',
    '["x_{d}.csv"]',
    '[]',
    '{}',
  ],
];

const names = [
  'a',
  'b',
  'run',
  'sources',
  'jobs',
  'version',
  'landing/*.csv',
  'table:raw.x',
  '"q"',
  "'s'",
  'load_1',
  'x.y-z',
  'ä',
  '_',
];

export interface Making {
  readonly random: Random;
  /** One in so many scalars, keys and lines is a nasty one; 0: none is. */
  readonly nasty: number;
}

/** A manifest at random, by the grammar of plain ones, but for what is nasty in it. */
export function makeText(making: Making): string {
  const { random } = making;
  const lines: string[] = [];
  if (random.below(6) === 0) lines.push('# a comment', '');
  if (random.below(12) === 0) lines.push('---');
  lines.push(...block(making, 0, 1 + random.below(3)));
  return lines.join('\n') + (random.below(5) === 0 ? '' : '\n');
}

const isNasty = ({ random, nasty: oneIn }: Making): boolean => oneIn > 0 && random.below(oneIn) === 0;
const scalar = (making: Making): string => making.random.of(isNasty(making) ? nasty : common);
const spaces = (making: Making): string => ' '.repeat(isNasty(making) ? making.random.below(4) : 1);

/** Lines of a map with so many spaces before each. */
function block(making: Making, indent: number, levels: number): string[] {
  const { random } = making;
  const lines: string[] = [];
  const keys = new Set(Array.from({ length: 1 + random.below(4) }, () => random.of(names)));
  if (isNasty(making)) keys.add(random.of(nasty));
  for (const key of keys) {
    const blank = ' '.repeat(random.below(isNasty(making) ? 9 : indent + 1));
    if (random.below(8) === 0) lines.push(random.of(['', '# c', `${' '.repeat(indent)}# c: d`, blank]));
    const step = isNasty(making) ? random.below(4) : 2;
    const start = `${' '.repeat(Math.max(0, isNasty(making) ? indent + random.below(3) - 1 : indent))}${key}:`;
    lines.push(...value(making, start, indent, step, levels));
    if (isNasty(making)) lines.push(`${' '.repeat(random.below(6))}${random.of(nasty)}`);
  }
  return lines;
}

function value(making: Making, start: string, indent: number, step: number, levels: number): string[] {
  const { random } = making;
  const comment = random.below(8) === 0 ? ' # why' : '';
  const below = ' '.repeat(indent + step);
  switch (levels > 0 ? random.below(6) : 0) {
    case 1:
    case 2:
      return [start + comment, ...block(making, indent + step, levels - 1)];
    case 3: {
      const dash = random.below(4) === 0 ? ' '.repeat(indent) : below;
      const items = Array.from({ length: 1 + random.below(3) }, () => `${dash}-${spaces(making)}${scalar(making)}`);
      return [start + comment, ...items];
    }
    case 4: {
      const item = block(making, indent + step + 2, levels - 1);
      const [first = '', ...rest] = item.slice(item.findIndex((line) => !/^ *(#|$)/.test(line)));
      return [start, `${below}- ${first.trimStart()}`, ...rest, `${below}- ${scalar(making)}${comment}`];
    }
    case 5: {
      const header = random.of(['|', '|', '|-', '>', '>-', isNasty(making) ? '|+' : '|', isNasty(making) ? '|2' : '|']);
      const text = Array.from({ length: 1 + random.below(4) }, () => blockLine(making, below));
      return [`${start}${spaces(making)}${header}${isNasty(making) ? comment : ''}`, `${below}first`, ...text];
    }
    default:
      return [`${start}${spaces(making)}${scalar(making)}${comment}`];
  }
}

function blockLine(making: Making, below: string): string {
  const { random } = making;
  if (isNasty(making)) return ' '.repeat(random.below(8)) + random.of(nasty);
  return random.of([
    '',
    `${below}echo "$source"`,
    `${below}  deeper: yes # no`,
    `${below}# said`,
    `${below}- x`,
    `${below}"q`,
  ]);
}

/** The text with one thing wrong: a character, a line, an indentation. */
export function damage(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  const place = random.below(text.length + 1);
  switch (random.below(7)) {
    case 0:
      return lines.toSpliced(at, 1).join('\n');
    case 1:
      return lines.toSpliced(at, 0, line).join('\n');
    case 2:
      return lines.with(at, ' '.repeat(1 + random.below(3)) + line).join('\n');
    case 3:
      return lines.with(at, line.replace(/^ {1,2}/, '')).join('\n');
    case 4:
      return text.slice(0, place) + text.slice(place + 1);
    case 5:
      return (
        text.slice(0, place) +
        random.of([...' \n\t\r:#-?[]{},&*!|>\'"%@`~<.0\\e']) +
        text.slice(place + random.below(2))
      );
    default:
      return lines.with(at, `${line.slice(0, line.indexOf(':') + 1)} ${random.of(nasty)}`).join('\n');
  }
}
