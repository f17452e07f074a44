/** `objflow why`: why a job, a task or an object is where it is. Reads the state at any time, disturbs nobody. */
import path from 'node:path';
import { hasUnprintable } from '../core/charset.js';
import { kindOf, nameOf } from '../core/object.js';
import type { AtWork } from '../core/views.js';
import { whyJob, whyObject, whyTask } from '../core/why.js';
import type { Facts } from '../core/why-facts.js';
import { apartFromPattern } from '../core/why-near.js';
import type { WhySource, WhyTask, WhyView } from '../core/why-view.js';
import { tailOfLog } from '../execute/log.js';
import { escapeBytes } from '../objects/names.js';
import type { FileWorld } from '../objects/world.js';
import { fileWorld } from '../orchestrator/file-world.js';
import { logFile } from '../orchestrator/places.js';
import { type Present, readPresent } from '../orchestrator/present.js';
import { whyUntaken } from '../orchestrator/untaken.js';
import { type Output, renderWhy } from '../report/why.js';
import { whyDocument } from '../report/why-document.js';
import { type Context, stateFile } from './context.js';
import { exit, must } from './exit.js';
import { type Mapped, requireMapping } from './mapping.js';
import { tellMissingState } from './missing-state.js';
import { nearby } from './why-near.js';
import { findSubject, type NearTo, type Subject } from './why-subject.js';

export interface WhyOptions {
  readonly format: 'text' | 'json';
}

/** As many lines of a failed run's output are shown. */
const tail = 8;

/** Gives the exit status. */
export async function why(context: Context, name: string, { format }: WhyOptions): Promise<number> {
  const mapped = await requireMapping(context);
  tellMissingState(context);
  const present = must(await readPresent(stateFile(context, mapped.mapping), mapped));
  const { state } = present;
  const atWork = atWorkIn(present);
  const world = fileWorld(mapped.mapping, state);
  const untaken = whyUntaken(mapped.mapping);
  // As others show it.
  const shown = hasUnprintable(name) ? escapeBytes(Buffer.from(name)) : name;
  const subject = findSubject(state, shown, nearTo(mapped, untaken));
  const facts = await factsOf(mapped, present, world, subject, untaken);
  const view = answer(present, facts, subject);
  const outputs = outputsOf(context, stateFile(context, mapped.mapping), view);
  const { colorOut: color, width } = context;
  context.out.write(
    format === 'json'
      ? whyDocument(view, { atWork, outputs })
      : renderWhy(view, { color, width, now: Date.now(), atWork, outputs }),
  );
  return view.isUpToDate ? exit.well : exit.unwell;
}

const atWorkIn = ({ heldBy }: Present): AtWork | undefined => (heldBy === 'unknown' ? {} : heldBy);

function answer({ state }: Present, facts: Facts, subject: Subject): WhyView {
  switch (subject.kind) {
    case 'job':
      return whyJob(state, facts, subject.job);
    case 'task':
      return whyTask(state, facts, subject.task);
    case 'would-be':
      return whyJob(state, facts, subject.job, subject.partition);
    case 'object':
      return whyObject(state, facts, subject.object);
  }
}

/** A target that nobody reads is not among what was seen: it is looked at now. */
async function factsOf(
  { graph }: Mapped,
  present: Present,
  world: FileWorld,
  subject: Subject,
  untaken: Untaken,
): Promise<Facts> {
  const { state, records } = present;
  const seen = new Map(present.seen);
  const asked = subject.kind === 'object' ? subject.object : undefined;
  if (asked !== undefined && kindOf(asked) === 'file' && !seen.has(asked) && untaken(asked) === undefined)
    for (const { object, found } of await present.look([asked], true)) seen.set(object, found);
  const near = nearby(world, { isRead: (file) => state.sources.match(file).length > 0, untaken });
  return { graph, records, seen, atWork: atWorkIn(present), near };
}

type Untaken = ReturnType<typeof whyUntaken>;

/** What is to be said of an object that no job is about. */
const nearTo =
  ({ mapping }: Mapped, untaken: Untaken): NearTo =>
  (object) => {
    const why = untaken(object);
    if (why !== undefined || kindOf(object) !== 'file') return why === undefined ? undefined : { why, isNever: true };
    for (const { sources } of mapping.jobs.values())
      for (const { pattern } of sources) {
        const apart = pattern.kind === 'file' ? apartFromPattern(pattern, nameOf(object)) : undefined;
        if (apart !== undefined) return { why: apart, isNever: false };
      }
    return undefined;
  };

/** The last lines of each failed run that the answer tells of. */
function outputsOf(context: Context, state: string, view: WhyView): Map<string, Output> {
  const outputs = new Map<string, Output>();
  const visit = ({ phase, lastRun, sources, because }: WhyTask): void => {
    if (phase === 'failed' && lastRun && !outputs.has(lastRun.run)) {
      const log = logFile(state, lastRun.run);
      outputs.set(lastRun.run, { log: path.relative(context.cwd, log), lines: tailOfLog(log, tail) });
    }
    for (const task of [...sources.flatMap((source: WhySource) => source.because), ...because]) visit(task);
  };
  for (const task of view.kind === 'task' ? [view.task] : view.kind === 'job' ? view.tasks : view.because) visit(task);
  return outputs;
}
