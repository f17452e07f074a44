/** A disk that fails: full, in error, or written to by somebody else. What was confirmed stays, and no doubt is written over. */
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { realFiles } from '../../src/journal/files.js';
import { openJournal, readJournal } from '../../src/journal/journal.js';
import {
  announced,
  directory,
  endedWell,
  failingAt,
  filesWith,
  good,
  open,
  problemOf,
  record,
  reopen,
  started,
  systemError,
} from './fixtures.js';

const stateFile = (): string => join(directory(), 'state.jsonl');
/** Many records of which few are kept. */
const many = Array.from({ length: 1500 }, (_, n) => announced(n % 10));
const kept = many.slice(-10);

describe('a full disk', () => {
  const ways = {
    'a short write': (descriptor: number, bytes: Uint8Array, position: number) =>
      realFiles.write(descriptor, bytes.subarray(0, Math.floor(bytes.length * 0.6)), position),
    ENOSPC: () => {
      throw systemError('ENOSPC');
    },
    'a quota': () => {
      throw systemError('EDQUOT');
    },
  };
  for (const [name, write] of Object.entries(ways)) {
    test(`${name}: nothing of it stays, and the same append succeeds when there is room`, () => {
      const path = stateFile();
      let full = false;
      const files = filesWith({ write: (...given) => (full ? write(...given) : realFiles.write(...given)) });
      const { journal } = open(path, { files });
      good(journal.append([announced(1)]));
      const { size } = statSync(path);
      full = true;
      for (let attempt = 0; attempt < 3; attempt++) {
        expect(problemOf(journal.append([announced(2), announced(3)]))).toMatchObject({
          code: 'full',
          retryable: true,
        });
        expect(statSync(path).size).toBe(size);
      }
      full = false;
      good(journal.append([announced(2), announced(3)]));
      good(journal.sync());
      expect(good(readJournal(path)).records).toEqual([1, 2, 3].map(announced));
    });
  }

  test('what was half written and cannot be cut off is final', () => {
    const path = stateFile();
    let full = false;
    const files = filesWith({
      write: (descriptor, bytes, position) => realFiles.write(descriptor, full ? bytes.subarray(1) : bytes, position),
      truncate: () => {
        throw systemError('EIO');
      },
    });
    const { journal } = open(path, { files });
    full = true;
    const problem = problemOf(journal.append([announced(1)]));
    expect(problem).toMatchObject({ code: 'failed', retryable: false });
    full = false;
    expect(problemOf(journal.append([announced(1)]))).toBe(problem);
    expect(problemOf(journal.sync())).toBe(problem);
  });
});

test('an error on writing is final', () => {
  const path = stateFile();
  let calls = 0;
  const files = filesWith({
    write: (...given) => {
      calls++;
      if (calls === 2) throw systemError('EIO');
      return realFiles.write(...given);
    },
  });
  const { journal } = open(path, { files });
  const problem = problemOf(journal.append([announced(1)]));
  expect(problem).toMatchObject({ code: 'failed', retryable: false, message: expect.stringContaining('EIO') });
  expect(problemOf(journal.append([announced(1)]))).toBe(problem);
  expect(calls).toBe(2);
});

test('an error on syncing is final: the disk is not asked again, though it would say that all is well', () => {
  const path = stateFile();
  let calls = 0;
  const files = filesWith({
    datasync: (descriptor) => {
      calls++;
      if (calls === 2) throw systemError('EIO');
      realFiles.datasync(descriptor);
    },
  });
  const { journal } = open(path, { files });
  good(journal.append([announced(1)]));
  good(journal.sync());
  good(journal.sync()); // nothing to sync
  expect(calls).toBe(1);
  good(journal.append([announced(2)]));
  const problem = problemOf(journal.sync());
  expect(problem).toMatchObject({ code: 'failed', retryable: false });
  expect(problemOf(journal.sync())).toBe(problem);
  expect(problemOf(journal.append([announced(3)]))).toBe(problem);
  expect(problemOf(journal.compactIfWorthwhile())).toBe(problem);
  expect(calls).toBe(2);
});

describe('somebody else', () => {
  const deeds: Readonly<Record<string, [deed: (path: string) => void, message: RegExp]>> = {
    deletes: [(path) => rmSync(path), /was removed/],
    truncates: [(path) => truncateSync(path, 10), /was changed \(it has 10 bytes/],
    empties: [(path) => writeFileSync(path, ''), /was changed \(it has 0 bytes/],
    'appends to': [(path) => appendFileSync(path, 'x\n'), /was changed/],
    replaces: [
      (path) => {
        writeFileSync(`${path}.new`, readFileSync(path));
        renameSync(`${path}.new`, path);
      },
      /was replaced/,
    ],
  };
  for (const [name, [deed, message]] of Object.entries(deeds)) {
    test(`${name} the file: noticed before the next append, for ever, and nothing is made anew`, () => {
      const path = stateFile();
      const { journal } = open(path);
      good(journal.append([announced(1)]));
      deed(path);
      const before = readdirSync(dirname(path)).map((file) => [file, readFileSync(join(dirname(path), file), 'utf8')]);
      expect(problemOf(journal.append([announced(2)]))).toMatchObject({
        code: 'changed',
        message: expect.stringMatching(message),
      });
      expect(problemOf(journal.append([announced(2)]))).toMatchObject({ code: 'changed', retryable: false });
      const after = readdirSync(dirname(path)).map((file) => [file, readFileSync(join(dirname(path), file), 'utf8')]);
      expect(after).toEqual(before);
    });
  }

  test('damages the middle: compaction does not make it look well', () => {
    const path = stateFile();
    const { journal } = open(path);
    good(journal.append(many));
    const bytes = readFileSync(path);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(problemOf(journal.compactIfWorthwhile())).toMatchObject({ code: 'damaged', retryable: false });
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

describe('compaction', () => {
  test('at opening and when idle, where it pays; generation and sequence go on', () => {
    const path = stateFile();
    const { journal } = open(path);
    expect(good(journal.compactIfWorthwhile())).toBe(false);
    good(journal.append(many));
    expect(good(journal.compactIfWorthwhile())).toBe(true);
    expect(good(journal.compactIfWorthwhile())).toBe(false);
    expect(good(readJournal(path)).records).toEqual(kept);
    good(journal.append(many));
    good(journal.sync());
    journal.close();
    expect(good(reopen(path)).records).toEqual(kept);
    const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(header)).toMatchObject({ generation: 3 });
    expect(lines.map((line) => JSON.parse(line).s)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('says which runs it does not know any more, once it does not', () => {
    const path = stateFile();
    const told: { readonly runs: readonly string[]; readonly left: number }[] = [];
    const forget = (runs: readonly string[]): void => {
      told.push({ runs, left: good(readJournal(path)).records.length });
    };
    const runs = Array.from({ length: 27_000 }, (_, n) => `r${n}`);
    const records = runs.flatMap((run) => [started(run, 'load'), endedWell(run)]);
    const { journal } = open(path, { forget });
    good(journal.append(records.slice(0, 2 * 16_000)));
    expect(good(journal.compactIfWorthwhile())).toBe(true);
    good(journal.append(records.slice(2 * 16_000)));
    journal.close();
    good(reopen(path, { forget }));
    expect(told).toEqual([
      { runs: runs.slice(0, 6000), left: 10_000 },
      { runs: runs.slice(6000, 17_000), left: 10_000 },
    ]);
  });

  test('not where most records are kept', () => {
    const path = stateFile();
    const { journal } = open(path);
    good(journal.append(Array.from({ length: 1500 }, (_, n) => announced(n))));
    expect(good(journal.compactIfWorthwhile())).toBe(false);
  });

  test('a temporary file that a crash left is removed at opening', () => {
    const path = stateFile();
    record(path, [announced(1)]);
    writeFileSync(`${path}.tmp`, 'half');
    expect(good(reopen(path)).records).toEqual([announced(1)]);
    expect(readdirSync(dirname(path))).toEqual(['state.jsonl']);
  });

  // A process that dies there is the same as one of which the call fails and which then does nothing more.
  const appended = failingAt(0, 'before');
  const setUp = (tap: ReturnType<typeof failingAt>, path: string): ReturnType<typeof openJournal> => {
    record(path, many);
    return openJournal(path, { files: tap.files });
  };

  test('every call that opening with compaction makes, failing before or after it is done', () => {
    const first = stateFile();
    good(setUp(appended, first)).journal.close();
    const { calls } = appended;
    expect(calls).toEqual(['open', 'open', 'write', 'sync', 'rename', 'open', 'sync']);
    for (const code of ['EIO', 'ENOSPC']) {
      for (const when of ['before', 'after'] as const) {
        for (let n = 1; n <= calls.length; n++) {
          const path = stateFile();
          const opened = setUp(failingAt(n, when, code), path);
          const found = good(readJournal(path)).records;
          expect([many.length, kept.length]).toContain(found.length);
          expect(found.slice(-10)).toEqual(kept);
          const next = opened.ok ? opened.value.journal.append([announced(77)]) : opened;
          // Where it opened, the old file stands and is written on; but for a rename that reports a failure and was done.
          if (opened.ok) {
            if (calls[n - 1] === 'rename' && when === 'after') expect(problemOf(next).code).toBe('changed');
            else good(next);
            opened.value.journal.close();
          }
          expect(opened.ok).toBe(n >= 2 && n <= 5);
          expect(good(reopen(path)).records).toEqual(next.ok ? [...kept, announced(77)] : kept);
          expect(readdirSync(dirname(path))).toEqual(['state.jsonl']);
        }
      }
    }
  });

  test('failing while it runs: without room it goes on with the old file; in doubt about the directory it stops', () => {
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; n <= 6; n++) {
        const path = stateFile();
        // Opening a new state makes seven calls, the append one.
        const { files, calls } = failingAt(8 + n, when, 'ENOSPC');
        const forget = vi.fn();
        const { journal } = good(openJournal(path, { files, forget }));
        good(journal.append(many));
        expect(calls).toHaveLength(8);
        const problem = problemOf(journal.compactIfWorthwhile());
        const step = ['open', 'write', 'sync', 'rename', 'open', 'sync'][n - 1];
        expect(calls[7 + n]).toBe(step);
        expect(good(readJournal(path)).records.slice(-10)).toEqual(kept);
        const next = journal.append([announced(77)]);
        // A rename that reports a failure and was done after all: the path has another file than ours.
        if (step === 'rename' && when === 'after') expect(problemOf(next).code).toBe('changed');
        else if (n >= 5) expect(problemOf(next)).toBe(problem);
        else good(next);
        expect(problem.retryable).toBe(n <= 4);
        expect(forget).not.toHaveBeenCalled();
        journal.close();
        expect(good(reopen(path)).records).toEqual(next.ok ? [...kept, announced(77)] : kept);
      }
    }
  });
});

test('every call that opening a new state makes, failing: a problem, and the next opening is well', () => {
  const { files, calls } = failingAt(0, 'before');
  good(openJournal(stateFile(), { files })).journal.close();
  expect(calls).toEqual(['open', 'open', 'write', 'sync', 'rename', 'open', 'sync']);
  for (const when of ['before', 'after'] as const) {
    for (let n = when === 'before' ? 1 : 2; n <= calls.length; n++) {
      const path = stateFile();
      expect(problemOf(openJournal(path, { files: failingAt(n, when).files })).message).toContain('state.jsonl');
      record(path, [announced(1)]);
      expect(good(readJournal(path)).records).toEqual([announced(1)]);
      expect(readdirSync(dirname(path))).toEqual(['state.jsonl']);
    }
  }
});

test('every call that mending a torn end makes, failing: a problem, and the next opening is well', () => {
  const tear = (): string => {
    const path = stateFile();
    record(path, [announced(1), announced(2)]);
    truncateSync(path, statSync(path).size - 5);
    return path;
  };
  const { files, calls } = failingAt(0, 'before');
  good(reopen(tear(), { files }));
  expect(calls).toEqual(['open', 'truncate', 'sync']);
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; n <= 3; n++) {
      const path = tear();
      expect(reopen(path, { files: failingAt(n, when).files }).ok).toBe(false);
      expect(good(reopen(path)).records).toEqual([announced(1)]);
    }
  }
});
