/** A writer that is watched while it writes and compacts, and one that is killed at any moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readJournal } from '../../src/journal/journal.js';
import { directory, good } from './fixtures.js';

const script = fileURLToPath(new URL('contender.mjs', import.meta.url));

/** A process that writes records numbered from where the state ends. */
function writer(stateFile: string) {
  const child = spawn(process.execPath, [script, 'write', stateFile], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  let ended = false;
  let look = (): void => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.on('close', () => {
    ended = true;
    look();
  });
  /** The number of the last record that it has confirmed to be on disk. */
  const confirmed = (): number =>
    Number(
      said
        .slice(0, said.lastIndexOf('\n') + 1)
        .trimEnd()
        .split('\n')
        .pop(),
    );
  return {
    confirmed,
    until: async (n: number): Promise<void> => {
      while (confirmed() < n) {
        expect(ended, complaint).toBe(false);
        await new Promise<void>((resolve) => {
          look = resolve;
        });
      }
    },
    kill: async (): Promise<void> => {
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(complaint).toBe('');
    },
  };
}

/** The numbers of the records that stand in a state. */
const numbersIn = (stateFile: string): number[] =>
  good(readJournal(stateFile)).records.map((record) =>
    record.type === 'announced' ? Number(record.version) : Number.NaN,
  );

const generationOf = (stateFile: string): number =>
  JSON.parse(readFileSync(stateFile, 'utf8').split('\n')[0] ?? '').generation;

/** The last is there, and before it, at least, all that compaction never leaves out. */
function expectWhole(numbers: readonly number[], atLeast: number): void {
  const last = numbers.at(-1) ?? 0;
  expect(last).toBeGreaterThanOrEqual(atLeast);
  const tail = Array.from({ length: Math.min(10, last) }, (_, n) => last - Math.min(10, last) + 1 + n);
  expect(numbers.slice(-tail.length)).toEqual(tail);
}

test('a reader never sees an error, nor less than what was confirmed, while a writer appends and compacts', async () => {
  const path = join(directory(), 'state.jsonl');
  const { until, confirmed, kill } = writer(path);
  await until(5);
  let reads = 0;
  while (generationOf(path) < 6) {
    const atLeast = confirmed();
    expectWhole(numbersIn(path), atLeast);
    reads++;
    await until(atLeast + 1);
  }
  await kill();
  expect(reads).toBeGreaterThan(5);
});

test('a writer killed at any moment has lost nothing that it confirmed, and the next one goes on', async () => {
  const path = join(directory(), 'state.jsonl');
  let last = 0;
  for (let round = 0; round < 30; round++) {
    const { until, confirmed, kill } = writer(path);
    await until(last + 1);
    // Many of the kills come around the line where compaction is due.
    await until(last + Math.floor(Math.random() * 400));
    await kill();
    const numbers = numbersIn(path);
    expectWhole(numbers, confirmed());
    last = numbers.at(-1) ?? 0;
  }
  expect(generationOf(path)).toBeGreaterThan(1);
}, 120_000);
