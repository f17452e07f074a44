/**
 * A process of its own that holds a state, or tries to, or writes to it. Uses the built program.
 *   lock FILE    by messages: { at } acquires at that time, { release }; holds at once without a channel
 *   write FILE   appends and syncs for ever, compacting; prints the number of each record that it has synced
 */
import { writeSync } from 'node:fs';
import { openJournal } from '../../dist/journal/journal.js';
import { acquireLock } from '../../dist/journal/lock.js';

const [what, stateFile] = process.argv.slice(2);

/** Ends the process with what is wrong: the test sees that it ended. */
const must = (result) => {
  if (result.ok) return result.value;
  console.error(result.error.message);
  process.exit(1);
};

if (what === 'write') {
  const { journal, records } = must(openJournal(stateFile));
  const first = 1 + Math.max(0, ...records.map(({ version }) => Number(version)));
  for (let n = first; ; n++) {
    must(journal.append([{ type: 'announced', at: n, object: `table:t${n % 10}`, version: String(n) }]));
    if (n % 5 !== 0) continue;
    must(journal.sync());
    writeSync(1, `${n}\n`);
    must(journal.compactIfWorthwhile());
  }
} else if (process.send) {
  let lock;
  process.on('message', ({ at, release }) => {
    if (release) {
      lock?.release();
      lock = undefined;
      process.send({ released: true });
      return;
    }
    while (Date.now() < at); // all at once, as nearly as can be
    const taken = acquireLock(stateFile);
    if (taken.ok) lock = taken.value;
    process.send({ won: taken.ok, ...(taken.ok ? {} : taken.error) });
  });
  process.on('disconnect', () => process.exit());
  process.send({ ready: true });
} else {
  must(acquireLock(stateFile));
  writeSync(1, `${process.pid}\n`);
  setInterval(() => {}, 1000);
}
