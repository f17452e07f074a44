/**
 * May the task run, and why or why not? One walk that decides and explains: `settle` obeys the phase, `status` and
 * `why` print the reasons. There is no second explainer that could disagree.
 *
 *     waiting    a required source does not exist, or nobody knows whether one that it read still does
 *     blocked    it has something to do, and a task upstream stands failed
 *     held       due, and what was pending upstream when it became due still is
 *     ready      due, and only room is wanting
 *     running    a run is in progress, or between two attempts
 *     failed     its last run failed, and nothing has changed since
 *     succeeded  nothing to do
 *     disabled   `enabled: false`
 */
import { sizeOf, versionIn } from './held.js';
import type { Settling } from './landing.js';
import { markerOf } from './marker.js';
import { displayName, type ObjectId } from './object.js';
import { fill } from './pattern.js';
import { upstreamWave } from './pending.js';
import { unreachable } from './result.js';
import { never } from './soonest.js';
import type { Input, ObjectNode, Past, State, Task } from './state.js';
import { naturally } from './task-name.js';
import type { Phase, Reason, ReasonCode } from './views.js';

/** At most so many reasons of one kind are spelled out. */
const spelled = 5;

type Say = (code: ReasonCode, message: string, about?: { object?: string; task?: string }) => void;

/** The task's phase; with `reasons`, what led to it is added there. */
export function readiness(state: State, task: Task, reasons?: Reason[]): Phase {
  const say: Say | undefined = reasons && ((code, message, about) => reasons.push({ code, message, ...about }));
  const { job } = task.job;
  if (task.run) {
    if (say) sayRunning(task, say);
    return 'running';
  }
  if (!job.enabled) {
    say?.('disabled', 'the job says enabled: false');
    return 'disabled';
  }
  const missing = task.inputs.some((input) => lacks(input) || unknownIn(state, task, input).length > 0);
  const stands = standsFailed(task, missing);
  const due = isDue(state, task, stands);
  if (missing ? !due && task.last?.outcome !== 'failed' : !due && !stands) {
    if (say) sayUpToDate(task, say);
    return 'succeeded';
  }
  if (stands) {
    if (task.last) say?.('last-run-failed', `its last run ${endingOf(task.last)}, and nothing has changed since`);
    if (say && missing) sayMissing(state, task, say);
    return 'failed';
  }
  if (task.failed > 0 && job.onUpstreamFailure === 'block' && (!task.forced || blockers(task, 1).length > 0)) {
    if (say) sayBlocked(task, say);
    if (say && missing) sayMissing(state, task, say);
    return 'blocked';
  }
  if (missing) {
    if (say) sayMissing(state, task, say);
    return 'waiting';
  }
  if (say) sayDue(task, say);
  const dueIn = task.wave === never ? state.turn : task.dueIn;
  if (task.selected && upstreamWave(task) <= dueIn) {
    if (say) sayHeld(task, say);
    return 'held';
  }
  if (!task.selected) say?.('not-selected', 'it is not among the tasks that were selected');
  else if (state.stopping) say?.('stopping', 'objflow is stopping and starts nothing more');
  return 'ready';
}

/** Is there something to do, whether or not its sources exist? */
function isDue(state: State, task: Task, stands: boolean): boolean {
  if (!task.success || task.forced || task.retried) return true;
  if (task.last && task.last.outcome !== 'succeeded') return !stands;
  return whenSatisfied(task) || lacksTarget(state, task);
}

function whenSatisfied(task: Task): boolean {
  const { changed } = task;
  if (!changed || changed.size === 0) return false;
  if (task.job.job.when === 'any') return true;
  return task.inputs.every((input) => {
    if (input.present === 0 || task.job.job.sources[input.source]?.trigger === false) return true;
    for (const object of changed) if (input.members.has(object)) return true;
    return false;
  });
}

/** `on_missing_target: rerun`, and a file that a success made is gone. Only known once everything has been looked at. */
function lacksTarget(state: State, task: Task): boolean {
  if (task.job.job.onMissingTarget !== 'rerun' || !state.open) return false;
  return task.targets.some((object) => isFile(object) && isAbsent(object));
}

const isFile = (object: ObjectNode): boolean => object.id.startsWith('file:');
const isAbsent = (object: ObjectNode): boolean =>
  object.version === undefined && !object.settling && object.trouble === undefined;
const isOptional = (input: Input): boolean => input.job.job.sources[input.source]?.optional === true;
const lacks = (input: Input): boolean => input.present === 0 && !isOptional(input);

/**
 * What its last run read and nobody knows to be there still: without it the others would be a part. What it never read does
 * not count: a star meets many a directory that is none of its business.
 */
function unknownIn({ unknown }: State, { last }: Task, { members }: Input): readonly ObjectNode[] {
  if (unknown.size === 0 || !last) return [];
  const [few, many] = unknown.size < members.size ? [unknown, members] : [members, unknown];
  return [...few].filter(
    (object) => object.version === undefined && versionIn(last.consumed, object.id) !== undefined && many.has(object),
  );
}

/**
 * The last run failed, and since then no source has changed, the job was not edited and nobody asked for another try.
 * A source that is being written has not changed until it has landed, and one of which nobody knows is as it was: what
 * the failure blocks must not run meanwhile.
 */
function standsFailed(task: Task, missing: boolean): boolean {
  const { last } = task;
  if (last?.outcome !== 'failed' || ((task.retried || task.forced) && !missing)) return false;
  return last.definition === task.job.job.definition && sameSources(task, last);
}

function sameSources(task: Task, past: Past): boolean {
  const seen = new Set<ObjectNode>();
  for (const input of task.inputs) {
    for (const object of input.members) {
      const consumed = versionIn(past.consumed, object.id);
      const isOpen = object.settling !== undefined || object.trouble !== undefined;
      if (object.version === undefined && (!isOpen || consumed === undefined)) continue;
      if (object.version !== undefined && consumed !== object.version) return false;
      seen.add(object);
    }
  }
  return seen.size === sizeOf(past.consumed);
}

/** How a run ended, in words that follow "its last run". */
export function endingOf({ outcome, ending }: Pick<Past, 'outcome' | 'ending'>): string {
  if (outcome === 'interrupted') return 'was interrupted';
  if (ending.problem !== undefined) return `failed: ${ending.problem}`;
  if (ending.signal !== undefined) return `was ended by ${ending.signal}`;
  return `failed with exit status ${ending.exitCode ?? '?'}`;
}

function sayRunning(task: Task, say: Say): void {
  const { run } = task;
  if (!run) return;
  const { retries } = task.job.job;
  // Those of an interrupted run before it are counted with it.
  const attempts = run.first - 1 + retries.attempts;
  const attempt = retries.attempts > 1 ? `, attempt ${run.attempt} of ${attempts}` : '';
  if (run.stage === 'pausing')
    say('next-attempt', `attempt ${run.attempt} of ${attempts} starts when its delay is over`);
  else if (run.stage === 'queued') say('next-attempt', `attempt ${run.attempt} of ${attempts} waits for room`);
  else if (run.stage === 'doubt')
    say('running', `run ${run.run} was left when objflow ended; the next one takes it up`);
  else say('running', `run ${run.run}${attempt}`);
}

function sayUpToDate(task: Task, say: Say): void {
  const changed = task.changed?.size ?? 0;
  if (changed > 0) say('when-unsatisfied', '`when: all` waits until every triggering source has changed');
  else say('up-to-date', 'nothing has changed since its last success');
  if (task.success && task.success.definition !== task.job.job.definition)
    say(
      'definition-changed',
      `its definition has changed since; \`objflow run --force ${task.job.job.name}\` runs it with the new one, \`objflow reset ${task.job.job.name}\` has a daemon do so`,
    );
  for (const [at, { pattern, optional }] of task.job.job.sources.entries()) {
    if (optional || task.inputs[at]?.present !== 0) continue;
    const object = pattern.gathers ? pattern.id : fill(pattern, task.partition);
    say('source-missing', `${displayName(object)} is no longer there`, { object });
  }
}

function sayDue(task: Task, say: Say): void {
  if (task.forced) say('asked', 'asked for with --force');
  else if (task.retried) say('asked', 'another try after its failure');
  else if (task.last?.outcome === 'interrupted') say('interrupted', 'its last run was interrupted');
  else if (task.last?.outcome === 'failed' && task.last.definition !== task.job.job.definition)
    say('definition-changed', 'its definition has changed since its last run failed');
  else if (task.last?.outcome === 'failed' && task.changed === undefined) sayChangedSince(task, task.last, say);
  else if (!task.success) say('never-succeeded', task.last ? 'it has not succeeded yet' : 'it has never run');
  const changed = task.success ? [...(task.changed ?? [])] : [];
  for (const object of changed.slice(0, spelled))
    say('source-changed', `${displayName(object.id)} has changed since its last success`, { object: object.id });
  if (changed.length > spelled) say('source-changed', `and ${changed.length - spelled} more have changed`);
  if (task.success && changed.length === 0)
    for (const object of task.targets)
      if (task.job.job.onMissingTarget === 'rerun' && isFile(object) && isAbsent(object))
        say('target-missing', `${displayName(object.id)} is gone`, { object: object.id });
}

/** What is new since a run failed of a task that has not been well since. */
function sayChangedSince(task: Task, { consumed }: Past, say: Say): void {
  const members = task.inputs.flatMap((input) => [...input.members]);
  const changed = members.filter(({ id, version }) => version !== undefined && version !== versionIn(consumed, id));
  for (const { id } of changed.slice(0, spelled))
    say('source-changed', `${displayName(id)} has changed since its last run failed`, { object: id });
  if (changed.length > spelled) say('source-changed', `and ${changed.length - spelled} more have changed`);
  if (changed.length === 0) say('source-changed', 'a source that its last run failed with is gone');
}

function sayMissing(state: State, task: Task, say: Say): void {
  for (const input of task.inputs)
    if (lacks(input)) sayMissingInput(task, input, say);
    else
      for (const object of unknownIn(state, task, input).slice(0, spelled))
        say(...unknown(object), { object: object.id });
}

const unknown = ({ id, trouble }: ObjectNode): [code: ReasonCode, message: string] => [
  'source-unknown',
  `whether ${displayName(id)} is there is not known: ${trouble}`,
];

function sayMissingInput(task: Task, input: Input, say: Say): void {
  const pattern = task.job.job.sources[input.source]?.pattern;
  if (!pattern) return;
  for (const object of [...input.members].slice(0, spelled)) {
    const about = { object: object.id as string };
    const name = displayName(object.id);
    const maker = [...object.writers].find((writer) => writer.phase !== 'succeeded') ?? [...object.writers][0];
    if (object.settling) say(...lacking(object, object.settling), about);
    else if (object.trouble !== undefined) say(...unknown(object), about);
    else if (maker) say('source-missing', `waits for ${name}, which ${maker.id} makes`, { ...about, task: maker.id });
    else if (object.leftover !== undefined)
      say('source-missing', `${name} was left by a run that did not succeed`, about);
    else say('source-missing', `waits for ${name}`, about);
  }
  if (input.members.size > 0) return;
  const id: ObjectId | string = pattern.gathers ? pattern.id : fill(pattern, task.partition);
  say('source-missing', pattern.gathers ? `nothing matches ${pattern.text} yet` : `waits for ${displayName(id)}`, {
    object: id,
  });
}

/** What keeps an object that is there from having landed. */
function lacking({ id, rules }: ObjectNode, { lacks, last }: Settling): [code: ReasonCode, message: string] {
  const name = displayName(id);
  switch (lacks) {
    case 'time':
      return ['source-settling', `waits until ${name} has not changed for a while`];
    case 'content':
      return ['source-settling', `${name} is being read`];
    case 'size':
      return ['source-too-small', `${name} has ${last.size} bytes, and lands with ${rules.minSize}`];
    case 'marker': {
      const older = last.marker === 'older' ? ', which is there from before its last change' : '';
      return ['marker-missing', `${name} waits for its marker ${displayName(markerOf(id, rules) ?? '')}${older}`];
    }
    default:
      return unreachable(lacks);
  }
}

function sayBlocked(task: Task, say: Say): void {
  const found = [...blockers(task, 1000)].sort((one, other) => naturally(one.writer.id, other.writer.id));
  for (const { object, writer } of found)
    say('blocked-by', `blocked by ${writer.id}, which failed`, { object: object.id, task: writer.id });
}

interface Blocker {
  readonly object: ObjectNode;
  readonly writer: Task;
}

/**
 * What stands failed upstream, the nearest first found, so many at most. Who forces a task has said what may run: what
 * was not selected neither runs nor holds, and blocks it as little.
 */
function blockers(task: Task, most: number): readonly Blocker[] {
  const found: Blocker[] = [];
  const seen = new Set<Task>();
  const walk = (at: Task): void => {
    for (const input of at.inputs) {
      if (input.failed === 0) continue;
      for (const object of input.members) {
        for (const writer of object.failed > 0 ? object.writers : []) {
          if (found.length >= most || seen.size > 1000) return;
          if (!writer.toldFailed || seen.has(writer) || (task.forced && !writer.selected)) continue;
          seen.add(writer);
          if (writer.phase === 'failed') found.push({ object, writer });
          else walk(writer);
        }
      }
    }
  };
  walk(task);
  return found;
}

function sayHeld(task: Task, say: Say): void {
  let at: Task = task;
  for (;;) {
    const object = at.pending?.first?.pending?.first;
    const writer = object?.pending?.first;
    if (!object || !writer) return;
    if (writer.wave <= (writer.pending?.min ?? never)) {
      say('held-by', `held by ${writer.id}, which is ${writer.phase}`, { object: object.id, task: writer.id });
      return;
    }
    at = writer;
  }
}
