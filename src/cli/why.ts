/** `objflow why`: why a job, a task or an object is where it is. Reads the state at any time, disturbs nobody. */
import path from 'node:path';
import { fileId, kindOf } from '../core/object.js';
import type { Pattern } from '../core/pattern.js';
import { whyJob, whyObject, whyTask } from '../core/why.js';
import type { Facts } from '../core/why-facts.js';
import { apartFromPattern } from '../core/why-near.js';
import type { Near, WhySource, WhyTask, WhyView } from '../core/why-view.js';
import { tailOfLog } from '../execute/log.js';
import type { FileWorld } from '../objects/world.js';
import { fileWorld } from '../orchestrator/file-world.js';
import { logFile } from '../orchestrator/session.js';
import { type Output, renderWhy } from '../report/why.js';
import { whyDocument } from '../report/why-document.js';
import type { Context } from './context.js';
import { exit } from './exit.js';
import { type Mapped, requireMapping } from './mapping.js';
import { type Present, presentState } from './present.js';
import { stateFile } from './state-file.js';
import { nearby } from './why-near.js';
import { findSubject, type Subject } from './why-subject.js';

export interface WhyOptions {
  readonly format: 'text' | 'json';
}

/** As many lines of a failed run's output are shown. */
const tail = 8;

/** Gives the exit status. */
export async function why(context: Context, name: string, { format }: WhyOptions): Promise<number> {
  const mapped = await requireMapping(context);
  const present = await presentState(context, mapped);
  const { state, isHeld } = present;
  const world = fileWorld(mapped.mapping, state);
  const subject = findSubject(state, name, (file) => passedOver(world, mapped, file));
  const facts = await factsOf(mapped, present, world, subject);
  const view = answer(present, facts, subject);
  const outputs = outputsOf(context, stateFile(context, mapped.mapping), view);
  const { colorOut: color, width } = context;
  context.out.write(
    format === 'json'
      ? whyDocument(view, { isHeld, outputs })
      : renderWhy(view, { color, width, now: Date.now(), isHeld, outputs }),
  );
  return view.isUpToDate ? exit.well : exit.unwell;
}

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
async function factsOf({ graph }: Mapped, present: Present, world: FileWorld, subject: Subject): Promise<Facts> {
  const { state, records, isHeld } = present;
  const seen = new Map(present.seen);
  if (subject.kind === 'object' && kindOf(subject.object) === 'file' && !seen.has(subject.object))
    for (const { object, found } of await present.look([subject.object], true)) seen.set(object, found);
  return { graph, records, seen, isHeld, near: nearby(world, (file) => state.sources.match(file).length > 0) };
}

/** What keeps a file that lies there from being read by any job. */
function passedOver(world: FileWorld, { mapping }: Mapped, file: string): Near | undefined {
  const found = nearby(world, () => true)({ object: fileId(file) })[0];
  if (found?.name === file) return found;
  const patterns: Pattern[] = [...mapping.jobs.values()].flatMap(({ sources }) =>
    sources.map(({ pattern }) => pattern),
  );
  for (const pattern of patterns) {
    const apart = pattern.kind === 'file' ? apartFromPattern(pattern, file) : undefined;
    if (apart !== undefined) return { name: file, why: apart };
  }
  return undefined;
}

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
