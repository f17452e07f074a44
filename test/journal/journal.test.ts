/** The state file from outside: what is written comes back, and what cannot be trusted is refused and left as it is. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { JournalRecord } from '../../src/core/record.js';
import { openJournal, readJournal } from '../../src/journal/journal.js';
import { announced, directory, good, oneOfEach, open, problemOf, record, reopen, started } from './fixtures.js';

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const seal = (body: string): string => `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}\n`;

describe('a new state', () => {
  test('is made with its directory, for us alone', () => {
    const path = join(directory(), 'a', '.objflow', 'state.jsonl');
    const { records, warnings } = open(path);
    expect(records).toEqual([]);
    expect(warnings).toEqual([]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      format: 'objflow-state',
      version: 1,
      generation: 1,
    });
  });

  test('an empty file is a fresh start, without a word', () => {
    const path = join(directory(), 'state.jsonl');
    writeFileSync(path, '');
    expect(good(reopen(path))).toMatchObject({ records: [], warnings: [] });
    expect(linesOf(path)).toHaveLength(1);
  });

  test('a reader finds an empty state where there is none, and makes none', () => {
    const path = join(directory(), '.objflow', 'state.jsonl');
    expect(readJournal(path)).toEqual({ ok: true, value: { records: [], warnings: [] } });
    expect(existsSync(join(path, '..'))).toBe(false);
  });
});

test('what was appended comes back, to writers and readers, over several openings', () => {
  const path = join(directory(), 'state.jsonl');
  for (const each of oneOfEach) record(path, [each]);
  expect(good(readJournal(path)).records).toEqual(oneOfEach);
  expect(good(reopen(path)).records).toEqual(oneOfEach);
  expect(readdirSync(join(path, '..'))).toEqual(['state.jsonl']);
});

test('every line is what the schema says, and a JSON object with its sequence number', () => {
  const path = join(directory(), 'state.jsonl');
  record(path, oneOfEach);
  const schema = JSON.parse(readFileSync(new URL('../../schema/journal.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv({ allErrors: true }).compile(schema);
  const lines = linesOf(path).map((line) => JSON.parse(line));
  for (const line of lines) expect(validate(line), JSON.stringify([line, validate.errors])).toBe(true);
  expect(lines.slice(1).map(({ s }) => s)).toEqual(oneOfEach.map((_, index) => index + 1));
  for (const line of lines) {
    const { crc: _, ...without } = line;
    expect(validate(without)).toBe(false);
  }
});

test('a state that the first format was written in is read for ever, and left as it is', () => {
  const kept = readFileSync(new URL('format-1.jsonl', import.meta.url));
  const path = join(directory(), 'state.jsonl');
  writeFileSync(path, kept);
  const written = linesOf(path)
    .slice(1)
    .map((line) => JSON.parse(line));
  const expected = written.map(({ s: _, crc: __, ...each }) => each);
  expect(new Set(expected.map(({ type }) => type)).size).toBe(6);
  expect(good(readJournal(path)).records).toEqual(expected);
  expect(good(reopen(path)).records).toEqual(expected);
  expect(readFileSync(path).equals(kept)).toBe(true);
});

test('a record that could not be read again is a bug, and is not written', () => {
  const path = join(directory(), 'state.jsonl');
  const { journal } = open(path);
  expect(() => journal.append([{ ...announced(1), at: Number.NaN }])).toThrow('"at"');
  expect(linesOf(path)).toHaveLength(1);
});

describe('records of a type that nobody here knows', () => {
  const path = (): string => {
    const made = join(directory(), 'state.jsonl');
    record(made, [announced(1)]);
    writeFileSync(made, seal('{"type":"from-the-future","x":[1],"s":2'), { flag: 'a' });
    record(made, [announced(2)]);
    return made;
  };

  test('are ignored with a warning', () => {
    const { records, warnings } = good(readJournal(path()));
    expect(records).toEqual([announced(1), announced(2)]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"from-the-future"');
  });

  test('are still there after compaction', () => {
    const state = path();
    record(
      state,
      Array.from({ length: 2000 }, () => announced(3)),
    );
    expect(good(reopen(state)).records).toEqual([announced(1), announced(2), announced(3)]);
    expect(linesOf(state)[2]).toContain('"type":"from-the-future","x":[1],"s":2');
  });
});

describe('refused, and left as it is', () => {
  const cases: Readonly<Record<string, [content: string, message: RegExp]>> = {
    'somebody else’s file': ['hello\nworld\n', /is not a state of objflow/],
    'somebody else’s file without a line': ['hello', /is not a state of objflow/],
    'somebody else’s JSON': ['{"format":"other"}\n', /is not a state of objflow/],
    'a newer format': [seal('{"format":"objflow-state","version":7,"id":"x"'), /version 7.*knows up to 1/],
    'a newer format with another checksum': ['{"format":"objflow-state","version":2}\n', /version 2.*knows up to 1/],
    'a header with its fields missing': [
      `${seal('{"format":"objflow-state","version":1')}x\n`,
      /damaged at line 1 \(byte 0\)/,
    ],
  };
  for (const [name, [content, message]] of Object.entries(cases)) {
    test(name, () => {
      const path = join(directory(), 'state.jsonl');
      writeFileSync(path, content);
      expect(problemOf(reopen(path)).message).toMatch(message);
      expect(problemOf(readJournal(path)).message).toMatch(message);
      expect(readFileSync(path, 'utf8')).toBe(content);
      expect(readdirSync(join(path, '..'))).toEqual(['state.jsonl']);
    });
  }

  test('a whole line that is no record', () => {
    const path = join(directory(), 'state.jsonl');
    record(path, [announced(1)]);
    writeFileSync(path, seal('{"type":"announced","at":1,"object":7,"version":"1","s":2'), { flag: 'a' });
    const before = readFileSync(path);
    expect(problemOf(reopen(path))).toMatchObject({
      code: 'damaged',
      line: 3,
      message: expect.stringContaining('"object"'),
    });
    expect(readFileSync(path)).toEqual(before);
  });

  test('lines dropped, repeated or swapped, with line and offset', () => {
    const path = join(directory(), 'state.jsonl');
    record(path, [1, 2, 3, 4].map(announced));
    const lines = linesOf(path);
    const offset = (line: number): number => lines.slice(0, line - 1).join('\n').length + 1;
    const [header = '', one = '', two = '', three = '', four = ''] = lines;
    const attempts: [string[], line: number, offset: number][] = [
      [[header, two, three, four], 2, offset(2)],
      [[header, one, three, four], 3, offset(3)],
      [[header, one, one, two, three, four], 3, offset(3)],
      [[header, one, two, three, four, four], 6, offset(6)],
      [[header, one, two, four, three], 4, offset(4)],
      [[header, header, one], 2, offset(2)],
    ];
    for (const [changed, line, byte] of attempts) {
      const text = `${changed.join('\n')}\n`;
      writeFileSync(path, text);
      expect(problemOf(reopen(path))).toMatchObject({ code: 'damaged', line, offset: byte });
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    writeFileSync(path, `${[one, two].join('\n')}\n`);
    expect(problemOf(reopen(path)).code).toBe('not-ours');
  });
});

describe('a path that cannot be a state', () => {
  const refuses = (path: string, message: RegExp): void => {
    expect(problemOf(openJournal(path)).message).toMatch(message);
    expect(problemOf(readJournal(path)).message).toMatch(message);
  };

  test('a directory', () => {
    const path = join(directory(), 'state.jsonl');
    mkdirSync(path);
    refuses(path, /directory|regular file/);
  });

  test('a FIFO, without waiting for its other end', () => {
    const path = join(directory(), 'state.jsonl');
    execFileSync('mkfifo', [path]);
    refuses(path, /not a regular file/);
  });

  test('a symbolic link, whatever it leads to', () => {
    const made = directory();
    writeFileSync(join(made, 'elsewhere'), '');
    symlinkSync(join(made, 'elsewhere'), join(made, 'state.jsonl'));
    refuses(join(made, 'state.jsonl'), /symbolic link/);
    expect(readFileSync(join(made, 'elsewhere'), 'utf8')).toBe('');
  });

  test('below a file', () => {
    const made = directory();
    writeFileSync(join(made, 'file'), '');
    refuses(join(made, 'file', 'state.jsonl'), /not a directory|EEXIST/);
  });

  test('a name that could paint the terminal is escaped', () => {
    const path = join(directory(), 'a\u001b[31m.jsonl');
    writeFileSync(path, 'no\n');
    expect(problemOf(readJournal(path)).message).toContain('a\\u001b[31m.jsonl');
  });

  // Permissions bind everybody but root: as root, the same is tried as nobody.
  test('without permission: a read-only file, a read-only directory', () => {
    const made = directory();
    const path = join(made, 'state.jsonl');
    record(path, [announced(1)]);
    chmodSync(path, 0o444);
    const asNobody = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
    const built = fileURLToPath(new URL('../../dist/journal/journal.js', import.meta.url));
    const source = `import { openJournal } from ${JSON.stringify(`file://${built}`)};
      const opened = openJournal(${JSON.stringify(path)});
      console.log(opened.ok ? 'opened' : opened.error.message);`;
    const [program = '', ...given] = [...asNobody, process.execPath, '--input-type=module', '-e', source];
    const said = (mode: number): string => {
      chmodSync(made, mode);
      return execFileSync(program, given, { encoding: 'utf8', cwd: '/' });
    };
    expect(said(0o777)).toMatch(/cannot open the state .*: permission denied; give this user/);
    expect(said(0o555)).toMatch(/cannot lock the state .*: permission denied; give this user/);
    chmodSync(made, 0o700);
  });
});

test('records are read in the order in which they were written, 100,000 of them', () => {
  const path = join(directory(), 'state.jsonl');
  const records: JournalRecord[] = Array.from({ length: 100_000 }, (_, n) => announced(n));
  record(path, records);
  const { records: back } = good(readJournal(path));
  expect(back).toHaveLength(records.length);
  expect(back[77_777]).toEqual(records[77_777]);
});

test('a record of more than 1 MB is one as any other', () => {
  const path = join(directory(), 'state.jsonl');
  const consumed = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, n) => [`file:in/${'x'.repeat(80)}${n}`, '1:2:3']),
  );
  const records = [announced(1), started('r1', 'all', { consumed }), announced(2)];
  record(path, records);
  expect(statSync(path).size).toBeGreaterThan(1e6);
  expect(good(readJournal(path)).records).toEqual(records);
  expect(good(reopen(path)).records).toEqual(records);
});
