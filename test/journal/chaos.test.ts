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

function writer(stateFile: string) {
  const child = spawn(process.execPath, [script, 'write', stateFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  /** The number of the last record that it has confirmed. */
  const confirmed = (): number => Number(said.slice(0, said.lastIndexOf('\n')).split('\n').pop());
  const until = async (n: number): Promise<void> => {
    while (confirmed() < n) await once(child.stdout, 'data');
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { confirmed, until, kill };
}

/** The number of the last record of a state. */
const lastOf = (stateFile: string): number =>
  Number(good(readJournal(stateFile)).records.at(-1)?.type === 'announced' ? lastVersion(stateFile) : 0);

const lastVersion = (stateFile: string): number =>
  Math.max(
    0,
    ...good(readJournal(stateFile)).records.map((record) => (record.type === 'announced' ? Number(record.version) : 0)),
  );

const generationOf = (stateFile: string): number =>
  JSON.parse(readFileSync(stateFile, 'utf8').split('\n')[0] ?? '').generation;
