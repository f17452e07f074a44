/** The power goes at any moment: what was confirmed is there, and what is there was. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { JournalRecord } from '../../src/core/record.js';
import { keep } from '../../src/journal/compact.js';
import { openJournal, readJournal } from '../../src/journal/journal.js';
import { announced, directory, endedWell, good, open, reopen, started } from './fixtures.js';
import { type Image, PowerDisk } from './power.js';

/** Records of one object each, but for a few runs: most are gone after compaction. */
const burst = (from: number): JournalRecord[] =>
  Array.from({ length: 1100 }, (_, n) => ({ ...announced(from + n), object: 'table:one' }));

const written = (image: Image): string => {
  const root = directory();
  for (const [name, content] of image) writeFileSync(path.join(root, name), content);
  return path.join(root, 'state.jsonl');
};

/** What replaying the records comes to. */
const meaning = (records: readonly JournalRecord[]): string => JSON.stringify(keep(keep(records)));

test('after every call, with all that a power cut could leave: recovery gives a state that was, and nothing confirmed is lost', () => {
  const appended: JournalRecord[] = [];
  /** Lengths of what was appended, at which it was a state; the first that must be there. */
  let states = [0];
  const images: { readonly image: Image; readonly states: readonly number[] }[] = [];
  const disk = new PowerDisk(() => {
    for (const image of disk.images()) images.push({ image, states });
  });
  const { journal } = good(openJournal(path.join(directory(), 'state.jsonl'), { files: disk.files }));
  const say = (...records: JournalRecord[]): void => {
    const from = appended.length;
    appended.push(...records);
    // A batch may be cut between its records: what acts on it comes after the sync.
    states = [...states, ...records.map((_, at) => from + at + 1)];
    good(journal.append(records));
  };
  const confirm = (): void => {
    good(journal.sync());
    states = [appended.length];
  };
  say(announced(1), started('r1', 'load'));
  confirm();
  say(endedWell('r1', { 'table:raw': 'r1' }));
  say(announced(2));
  confirm();
  say(...burst(10));
  confirm();
  expect(good(journal.compactIfWorthwhile())).toBe(true);
  say(started('r2', 'load'), endedWell('r2'));
  confirm();
  journal.close();

  const meanings = new Map<number, string>();
  const meaningAt = (length: number): string => {
    const known = meanings.get(length) ?? meaning(appended.slice(0, length));
    meanings.set(length, known);
    return known;
  };
  const seen = new Set<string>();
  for (const { image, states } of images) {
    const file = written(image);
    const { records } = good(readJournal(file));
    const found = meaning(records);
    expect(meaning(good(reopen(file)).records)).toBe(found);
    // In the middle of a burst nothing had been compacted yet.
    const possible = states.length > 10 ? states.filter((length) => length === records.length) : states;
    const fits = possible.some((length) => meaningAt(length) === found);
    expect({ image: [...image.keys()], records: records.length, fits }).toMatchObject({
      fits: true,
    });
    seen.add(found);
    const { journal: next } = open(file);
    good(next.append([announced(9999)]));
    good(next.sync());
    next.close();
    expect(good(reopen(file)).records.at(-1)).toEqual(announced(9999));
    expect(readdirSync(path.dirname(file))).toEqual(['state.jsonl']);
  }
  expect(images.length).toBeGreaterThan(80);
  expect(seen.size).toBeGreaterThan(5);
});
