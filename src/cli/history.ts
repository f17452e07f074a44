/** `objflow history`: past runs, newest first. Reads the journal at any time, disturbs nobody. */
import path from 'node:path';
import { pastRuns } from '../core/past.js';
import { matchesGlob } from '../core/selector.js';
import type { RunView } from '../core/views.js';
import { readEnding } from '../execute/wrapper.js';
import { followJournal } from '../journal/follow.js';
import { isHeld } from '../journal/lock.js';
import { logFile, traceFile } from '../orchestrator/places.js';
import { historyDocument, renderHistory } from '../report/history.js';
import { terminal } from '../report/sinks.js';
import type { Context } from './context.js';
import { exit, UserError } from './exit.js';
import { mappingOrWhy, recordedIn } from './recorded.js';
import { requireSelection } from './selection.js';
import { momentOf } from './since.js';

export interface HistoryOptions {
  readonly format: 'text' | 'json';
  readonly since?: string;
  readonly failed?: boolean;
  readonly limit?: number;
}

/** Runs that a person is shown who asks for no number and no time. */
const usual = 20;
/** Characters that may wait for the reader. */
const atOnce = 1024 * 1024;

/** Gives the exit status. */
export async function history(
  context: Context,
  selectors: readonly string[],
  options: HistoryOptions,
): Promise<number> {
  const { format, failed = false } = options;
  const now = Date.now();
  const since = sinceOf(options.since, now);
  const file = recordedIn(context);
  const limit = options.limit ?? (format === 'text' && since === undefined ? usual : undefined);
  const recent = (run: RunView): boolean =>
    (!failed || run.outcome === 'failed') && (since === undefined || (run.endedAt ?? now) >= since);

  const names = recordedNames(selectors);
  const read = (isSelected: (run: RunView) => boolean) => {
    const runs = pastRuns({
      ...(limit === undefined ? {} : { limit }),
      wants: (run) => isSelected(run) && recent(run),
    });
    const told = followJournal(file, runs).read();
    if (!told.ok) throw new UserError(told.error.message, exit.state);
    return runs.told();
  };
  let told = read(names.has);
  if (names.missing().length > 0) {
    const others = await selectionOf(context, names.missing());
    told = read((run) => names.has(run) || others(run));
  }

  const { runs, total } = told;
  if (format === 'json') await write(context, historyDocument(runs));
  else {
    const narrowed = selectors.length > 0 || failed || since !== undefined;
    const { colorOut: color, width, cwd } = context;
    const endOf = (run: string) => readEnding(traceFile(file, run));
    const log = (run: string): string => path.relative(cwd, logFile(file, run));
    const shape = { color, width, now, total, narrowed, isHeld: isHeld(file), endOf };
    context.out.write(renderHistory(runs, { ...shape, ...(context.options.verbose ? { log } : {}) }), true);
  }
  return exit.well;
}

function sinceOf(text: string | undefined, now: number): number | undefined {
  const at = text === undefined ? undefined : momentOf(text, now);
  if (text === undefined || at !== undefined) return at;
  throw new UserError(
    `--since ${text === '' ? 'is empty' : `\`${terminal(text)}\` is no moment`}; write a duration (\`2h\`), a date (\`2026-11-20\`), or a date and a time (\`2026-11-20T08:00\`)`,
  );
}

/** Selectors that are the names of jobs or tasks that have run: for these it takes no mapping. */
function recordedNames(selectors: readonly string[]) {
  const ofTasks = selectors.filter((selector) => selector.includes('['));
  const met = new Set<string>();
  const isNamed = (name: string, by: readonly string[]): boolean => {
    const those = by.filter((selector) => selector === name || matchesGlob(selector, name));
    for (const selector of those) met.add(selector);
    return those.length > 0;
  };
  /** Jobs are few, and their runs are many. */
  const jobs = new Map<string, boolean>();
  return {
    has({ job, task }: RunView): boolean {
      if (selectors.length === 0) return true;
      const named = jobs.get(job) ?? isNamed(job, selectors);
      jobs.set(job, named);
      // Both are asked: a task that is named beside its job is known, too.
      return (ofTasks.length > 0 && isNamed(task, ofTasks)) || named;
    },
    missing: (): readonly string[] => selectors.filter((selector) => !met.has(selector)),
  };
}

/** What the mapping says of selectors that the state alone does not know. */
async function selectionOf(context: Context, selectors: readonly string[]): Promise<(run: RunView) => boolean> {
  const mapped = await mappingOrWhy(context);
  if (typeof mapped === 'string')
    throw new UserError(
      `no run of \`${terminal(selectors.join(' '))}\` is recorded, and what else it may be cannot be told: ${mapped}`,
    );
  const selection = await requireSelection(context, mapped, selectors);
  return (run) => selection?.has(run) ?? true;
}

/** Waits for the reader: there may be more than is good to keep. */
async function write({ out }: Context, pieces: Iterable<string>): Promise<void> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < atOnce) continue;
    out.write(text, true);
    await out.flush();
    if (out.failure !== undefined) return;
    text = '';
  }
  out.write(text, true);
}
