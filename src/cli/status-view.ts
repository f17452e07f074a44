/** What `status` tells: the present state under these selectors, put together for people and for programs. */
import { tasksView } from '../core/answers.js';
import { eachProduced } from '../core/history.js';
import type { ObjectId } from '../core/object.js';
import { briefs, type Chosen, jobsView } from '../core/overview.js';
import type { Times } from '../core/since.js';
import type { Phase } from '../core/views.js';
import { tailOfLog } from '../execute/log.js';
import { logFile } from '../orchestrator/places.js';
import { type Present, readPresent } from '../orchestrator/present.js';
import { phasesByNeed } from '../report/graph-standing.js';
import type { StatusView } from '../report/status.js';
import { statusDocument } from '../report/status-document.js';
import { type Context, stateFile } from './context.js';
import { must } from './exit.js';
import type { Mapped } from './mapping.js';
import { requireSelection } from './selection.js';

export interface Reading {
  readonly view: StatusView;
  /** Some task stands failed or blocked. */
  readonly isUnwell: boolean;
  /** The document; `indent`: 0 makes it one line. Costs a few steps for each task's reasons. */
  document(indent: number): string;
  /** The last line that a run left in its log, and that is not ours. */
  lastLine(run: string): string | undefined;
}

/** Lines of a log, from its end, among which the last that says something is looked for. */
const looked = 20;

/** Reads the state, looks at what is there, and sums up. Throws a `UserError` where that cannot be. */
export async function readStatus(context: Context, mapped: Mapped, selectors: readonly string[]): Promise<Reading> {
  const present = must(await readPresent(stateFile(context, mapped.mapping), mapped));
  const selected = await requireSelection(context, mapped, selectors, async () => present);
  const { state, heldBy } = present;
  const { polling: polled } = mapped.mapping.watch;
  const isPart = selected !== undefined;
  const chosen: Chosen = (task) => selected?.has(task) ?? true;
  const times = timesOf(present);
  const jobs = jobsView(state, chosen, (job) => selected?.jobs.has(job) ?? true, times);
  // What is set aside belongs to no job.
  const setAside = isPart ? [] : present.setAside;
  const around = { setAside, heldBy, polled, lastLandingAt: lastLanding(present) };
  const phases = phasesByNeed.filter((phase) => isPart || !isQuiet(phase));
  const file = stateFile(context, mapped.mapping);
  return {
    view: { ...around, jobs, isPart, tasks: briefs(state, new Set(phases), chosen, times) },
    isUnwell: jobs.some(({ counts }) => (counts.failed ?? 0) + (counts.blocked ?? 0) > 0),
    document: (indent) => statusDocument(tasksView(state).filter(chosen), jobs, around, indent),
    lastLine: (run) =>
      tailOfLog(logFile(file, run), looked).findLast((line) => line.trim() !== '' && !line.startsWith('objflow: ')),
  };
}

/** Nobody has to read of it, unless it was asked for. */
const isQuiet = (phase: Phase): boolean => phase === 'succeeded' || phase === 'disabled';

/**
 * When objects came to be as they are: files by their own times, others by what is recorded. Where nothing is recorded,
 * nobody knows since when anything waits: files may have lain there for years.
 */
function timesOf({ seen, records }: Present): Times {
  if (records.length === 0) return { cameAt: () => undefined, askedAt: () => undefined };
  let recorded: ReadonlyMap<string, number> | undefined;
  const asked = new Map<string, number>();
  for (const record of records) if (record.type === 'asked') asked.set(record.task, record.at);
  return {
    cameAt(object: ObjectId) {
      const found = seen.get(object);
      if (found?.state === 'present') return found.changedAt;
      recorded ??= arrivals(records);
      return recorded.get(object);
    },
    askedAt: (task) => asked.get(task),
  };
}

function arrivals(records: Present['records']): ReadonlyMap<string, number> {
  const recorded = new Map<string, number>();
  for (const record of records) {
    if (record.type === 'announced') recorded.set(record.object, record.at);
    if (record.type !== 'run' && record.type !== 'run-ended') continue;
    const at = record.type === 'run' ? record.endedAt : record.at;
    eachProduced(record, (made) => recorded.set(made, at));
  }
  return recorded;
}

/** When the last object came that no task makes. */
function lastLanding({ state, seen, records }: Present): number | undefined {
  let last = Number.NEGATIVE_INFINITY;
  for (const [object, found] of seen)
    if (found.state === 'present' && state.objects.get(object)?.writers.size === 0)
      last = Math.max(last, found.changedAt);
  for (const record of records) if (record.type === 'announced') last = Math.max(last, record.at);
  return last === Number.NEGATIVE_INFINITY ? undefined : last;
}
