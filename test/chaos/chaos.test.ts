/** The chaos run is one: a short one is well, and what would be wrong is found. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { directory } from '../journal/fixtures.js';

/** What a program here prints, whatever its exit status. */
async function printed(name: string, ...args: string[]): Promise<string> {
  const program = path.join(import.meta.dirname, name);
  const how = promisify(execFile)(process.execPath, [program, ...args]);
  return (await how.catch((error: { readonly stdout: string }) => error)).stdout;
}

test('a short chaos run finds nothing wrong', async () => {
  const said = await printed('main.js', '--seed=6', '--jobs=9', '--rounds=1', '--actions=16');
  expect(said).toMatch(/; nothing was wrong\n$/);
}, 60_000);

const well = `event in/p0 1 1000
landed in/p0 1 1000
start r1 1 k1 left in/p0=in/p0:1 > left/p0
end r1 1
start r2 1 k2 right in/p0=in/p0:1 > db/right
end r2 1
start r3 1 k3 join left/p0=in/p0:1 db/right=in/p0:1 > join
end r3 1
recorded r1 left succeeded 1010 1020
recorded r2 right succeeded 1010 1020
recorded r3 join succeeded 1030 1040
`;
const settled = `settled
expect left in/p0=in/p0:1
history r1 left succeeded
history r2 right succeeded
history r3 join succeeded
`;

test.each([
  ['', well + settled],
  ['left ran again as r4 (line 12), though r1 of the same key', `${well}start r4 1 k1 left in/p0=in/p0:1 > left/p0\n`],
  [
    'end ran again as r6 (line 13) for the work of r5, and nobody',
    `${well}start r5 1 k5 end join=in/p0:1 > end\nstart r6 1 k5 end join=in/p0:1 > end\n`,
  ],
  ['', `${well}start r5 1 k5 end join=in/p0:1 > end\nkill r5\nstart r6 1 k5 end join=in/p0:1 > end\n`],
  ['', `${well}kill r5\nstart r5 1 k5 end join=in/p0:1 > end\nstart r6 1 k5 end join=in/p0:1 > end\n`],
  [
    'end ran again as r6 (line 15) for the work of r5, and nobody',
    `${well}kill r5\nstart r5 1 k5 end join=in/p0:1 > end\nstart r5 2 k5 end join=in/p0:1 > end\nstart r6 1 k5 end join=in/p0:1 > end\n`,
  ],
  [
    'late ran again as r6 (line 14) on what r5 had consumed',
    `${well}start r5 1 k5 late in/p0=in/p0:1 > x\nrecorded r5 late succeeded 90000 90001\nstart r6 1 k6 late in/p0=in/p0:1 > x\n`,
  ],
  [
    'join consumed a mixture of in/p0 in r5 (line 14)',
    `${well}event in/p0 2 5000\nlanded in/p0 2 5000\nstart r5 1 k5 join left/p0=in/p0:2 db/right=in/p0:1 > join\n`,
  ],
  ['left should have consumed in/p0=in/p0:2', `${well}event in/p0 2 5000\n${settled.replace(':1', ':2')}`],
  ['the history knows nothing of r3', well + settled.replace('history r3 join succeeded\n', '')],
  ['r3 of join failed, the journal once said succeeded', well + settled.replace('join succeeded', 'join failed')],
  ['left ran as r4 (line 13), though nothing', `${well}idle\nstart r4 1 k4 left in/p0=in/p0:3 > left/p0\n`],
])('judged: %s', async (wrong, log) => {
  const file = path.join(directory(), 'log');
  writeFileSync(file, log);
  const said = await printed('judge.js', file);
  if (wrong === '') expect(said).toBe('');
  else expect(said).toContain(wrong);
});
