/** Reads what the state tells of runs, as anybody may at any time: JSON lines, a record each. Only what is new. */
import * as fs from 'node:fs';
import path from 'node:path';

/** Gives a function that reads what was added since it was last called, and tells of each run that has ended. */
export function followJournal(root, tell) {
  const file = path.join(root, '.objflow/state.jsonl');
  const started = new Map();
  const told = new Set();
  let header;
  let offset = 0;
  return () => {
    let text;
    try {
      text = fs.readFileSync(file);
    } catch {
      return; // there is none yet
    }
    const first = text.indexOf('\n') + 1;
    const now = text.toString('utf8', 0, first);
    if (now !== header) offset = first; // another one: it was compacted
    header = now;
    const end = text.lastIndexOf('\n') + 1;
    if (end <= offset) return;
    for (const line of text.toString('utf8', offset, end).trimEnd().split('\n')) {
      const record = JSON.parse(line);
      const { type, run, task, at, outcome } = record;
      if (type === 'run-started' && !started.has(run)) started.set(run, { task, at });
      if ((type !== 'run-ended' && type !== 'run') || told.has(run)) continue;
      told.add(run);
      const begun = started.get(run);
      tell({
        run,
        outcome,
        task: task ?? begun?.task,
        startedAt: record.startedAt ?? begun?.at,
        endedAt: record.endedAt ?? at,
      });
    }
    offset = end;
  };
}
