/**
 * The state as anybody may read it at any time: without the lock, up to the last whole line, changing nothing.
 */
import type { JournalRecord } from '../core/record.js';
import { err, ok, type Result } from '../core/result.js';
import { type Files, openRegular, readWhole, realFiles } from './files.js';
import type { Line } from './line.js';
import { type JournalProblem, shown, systemCode, unusable } from './problem.js';
import { type Scan, scan } from './scan.js';
import { isWritten } from './written.js';

export interface Recorded {
  readonly records: readonly JournalRecord[];
  /** Sentences without a final full stop. */
  readonly warnings: readonly string[];
}

/** What a state records, all of it read: as `skimJournal`, but for what it costs. */
export function readJournal(stateFile: string, files: Files = realFiles): Result<Recorded, JournalProblem> {
  const skimmed = skimJournal(stateFile, files);
  if (!skimmed.ok) return skimmed;
  const { records, warnings } = skimmed.value;
  return ok({ records: records.map((record) => (isWritten(record) ? record.toJSON() : record)), warnings });
}

/**
 * What a state records, for who asks little of most records: those of runs that went well are read where they are asked,
 * and a spread does not copy them. A missing or empty file is an empty state; an end that is not whole is not recorded
 * yet. A damaged, newer or unreadable file is a problem.
 */
export function skimJournal(stateFile: string, files: Files = realFiles): Result<Recorded, JournalProblem> {
  try {
    let found = scanFile(stateFile, files);
    // A writer that found no room cuts off what it wrote: one reading that straddles this and the next append is wrong.
    if (found.kind === 'problem') found = scanFile(stateFile, files);
    if (found.kind === 'problem') return err(found.problem);
    if (found.kind === 'fresh') return ok({ records: [], warnings: [] });
    return ok(known(found.lines, stateFile));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ok({ records: [], warnings: [] });
    return err(unusable('cannot read the state', stateFile, error));
  }
}

function scanFile(stateFile: string, files: Files): Scan {
  const descriptor = openRegular(files, stateFile, 'read');
  try {
    return scan(readWhole(files, descriptor), stateFile);
  } finally {
    files.close(descriptor);
  }
}

/** The records among the lines that we know, and a word about the others. */
export function known(lines: readonly Line[], stateFile: string): Recorded {
  const records: JournalRecord[] = [];
  const strange = new Set<string>();
  for (const line of lines) {
    if (line.type === 'strange') strange.add(shown(String(line.fields.type)));
    else records.push(line);
  }
  if (strange.size === 0) return { records, warnings: [] };
  const types = [...strange].map((type) => `"${type}"`).join(', ');
  const count = lines.length - records.length;
  const warning = `${count} records of the state ${shown(stateFile)} are of types that this objflow does not know (${types}): it ignores and keeps them; a newer objflow wrote them`;
  return { records, warnings: [warning] };
}
