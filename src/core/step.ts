/**
 * The core: `step(state, event) → effects`. Synchronous and deterministic; time comes in on events and goes out as
 * `wake-at`. The state is changed in place; what an event costs is what it affects.
 */
import { adoptTasks } from './adopt.js';
import { noteEarly, noteLanding } from './early.js';
import type { Effect } from './effect.js';
import type { Event } from './event.js';
import { type Held, versionIn } from './held.js';
import { findObject, forget, forgetTask } from './known.js';
import { decideLanding, type Seen, type Settling } from './landing.js';
import { directoryOf, type Look, type ObjectId, type Observation } from './object.js';
import { touch } from './pending.js';
import { setKnownVersion, settleAll, setVersion, touchReaders, touchWriters } from './phase.js';
import { rememberedKeys } from './record.js';
import { unreachable } from './result.js';
import { endAttempt, interruptPaused, resume, startReady } from './run.js';
import { never } from './soonest.js';
import type { ObjectNode, State, Task } from './state.js';

/** Takes one event in, and gives what is to be done about it, in that order. */
export function step(state: State, event: Event): Effect[] {
  const effects: Effect[] = [];
  state.turn += 1;
  switch (event.type) {
    case 'looked':
      for (const look of event.looks) takeLook(state, look, event.at, effects);
      break;
    case 'attempt-ended':
      endAttempt(state, event.run, event.outcome, event.at, effects);
      break;
    case 'woke':
      wake(state, event.at, effects);
      break;
    case 'announced':
      announce(state, event, effects);
      break;
    case 'asked':
      for (const name of event.tasks) ask(state, event.what, name, event.at, effects);
      break;
    case 'adopt-asked':
      adoptTasks(state, event, effects);
      break;
    case 'adopted':
      adopt(state, event.run, event.at, effects);
      break;
    case 'remapped':
      interruptPaused(state, event.at, effects, true);
      break;
    case 'opened':
      state.open = true;
      state.before = undefined;
      for (const task of state.tasks.values()) touch(state, task);
      break;
    case 'stopping':
      state.stopping = true;
      interruptPaused(state, event.at, effects);
      break;
    default:
      unreachable(event);
  }
  if (state.open) {
    settleAll(state);
    startReady(state, event.at, effects);
  }
  sayWhenToWake(state, effects);
  return effects;
}

function takeLook(state: State, look: Look, at: number, effects: Effect[]): void {
  const { found } = look;
  const object = found.state === 'absent' ? state.objects.get(look.object) : findObject(state, look.object);
  // What is gone was nobody's; what is there and unread stays what a failed run left.
  if (!object && found.state === 'absent') state.strays.leftovers.delete(look.object);
  // What one of our own tasks is writing is looked at when it ends.
  if (!object || object.writing > 0) return;
  noteUnknown(state, object, found);
  // Its version may stay the same, none, and yet it is missing now, or being written.
  if (object.settling) touchReaders(state, object);
  takeObservation(state, object, found, at, effects);
  if (object.settling) touchReaders(state, object);
  touchWriters(state, object);
}

/** As long as it is unknown whether an object is there, who reads it among others must not go on without it. */
function noteUnknown(state: State, object: ObjectNode, found: Observation): void {
  object.trouble = found.state === 'unknown' ? found.problem : undefined;
  const wasUnknown = state.unknown.delete(object);
  if (found.state === 'unknown') state.unknown.add(object);
  if (wasUnknown !== (found.state === 'unknown')) touchReaders(state, object);
}

function takeObservation(state: State, object: ObjectNode, found: Observation, at: number, effects: Effect[]): void {
  switch (found.state) {
    case 'unknown':
      return;
    case 'absent':
      state.lately.delete(object.id);
      object.settling = undefined;
      object.leftover = undefined;
      if (!setVersion(state, object, undefined, state.turn)) forget(state, object);
      return;
    case 'present': {
      const { version } = found;
      if (version !== undefined && (version === object.version || version === object.leftover)) {
        object.settling = undefined;
        // What a failed run left is nobody's, unless somebody is going to make it.
        if (version === object.leftover) forget(state, object);
        return;
      }
      noteEarly(state, object, found, at, effects);
      const known = version !== undefined && isKnown(state, object, version);
      const decision = known ? 'landed' : decide(state, object, found, at);
      if (typeof decision === 'object') {
        object.settling = decision;
        if (decision.deadline !== never && isAwaited(state, object))
          state.deadlines.push({ at: decision.deadline, object });
        setVersion(state, object, undefined, state.turn);
        return;
      }
      if (version === undefined) {
        readIt(state, object, found, at, effects);
        return;
      }
      object.settling = undefined;
      object.leftover = undefined;
      if (!known) noteLanding(state, object, found, at, decision === 'moved');
      if (setVersion(state, object, version, state.turn) && !known)
        effects.push({ type: 'report', report: { event: 'object-landed', at, object: object.id, version } });
      return;
    }
    default:
      unreachable(found);
  }
}

function decide(state: State, object: ObjectNode, found: Seen, at: number): 'landed' | 'moved' | Settling {
  const { rules } = object;
  const before = object.settling ?? state.before?.get(object.id)?.settling;
  const strict = rules.strict || state.early.get(directoryOf(object.id)) === true;
  return decideLanding(before, found, at, strict === rules.strict ? rules : { ...rules, strict });
}

/** It has landed, and only reading it tells its version. Until then it is not there. */
function readIt(state: State, object: ObjectNode, found: Seen, at: number, effects: Effect[]): void {
  const asked = object.settling?.lacks === 'content' && object.settling.last.stamp === found.stamp;
  const since = object.settling?.since ?? Math.min(found.changedAt, at);
  object.settling = { last: found, since, deadline: never, lacks: 'content' };
  setVersion(state, object, undefined, state.turn);
  if (!asked) effects.push({ type: 'look', objects: [object.id], content: true });
}

/** This version has landed before: a success of ours made it, a run of ours read it, or the state before this one had it. */
function isKnown(state: State, object: ObjectNode, version: string): boolean {
  if (state.before?.get(object.id)?.version === version) return true;
  const has = (held: Held | undefined) => held !== undefined && versionIn(held, object.id) === version;
  for (const task of object.writers) if (has(task.success?.produced)) return true;
  for (const input of object.inputs)
    for (const { last, run } of input.tasks) if (has(last?.consumed) || has(run?.consumed)) return true;
  return false;
}

/** A run goes on that an objflow which is gone had started. */
function adopt(state: State, id: string, at: number, effects: Effect[]): void {
  const task = state.runs.get(id);
  const run = task?.run;
  if (!task || run?.stage !== 'doubt') return;
  run.stage = 'executing';
  const { attempt, startedAt } = run;
  const about = { at, task: task.id, job: task.job.job.name, run: id, attempt, startedAt };
  effects.push({ type: 'report', report: { event: 'run-adopted', ...about } });
}

function wake(state: State, at: number, effects: Effect[]): void {
  const objects = new Set<ObjectId>();
  for (let next = state.deadlines.peek(); next && next.at <= at; next = state.deadlines.peek()) {
    state.deadlines.pop();
    if (next.run !== undefined) resume(state, next.run);
    // A file that changed again has a later deadline of its own.
    if (next.object?.settling && next.object.settling.deadline <= at) objects.add(next.object.id);
  }
  state.wakeAt = never;
  if (objects.size > 0) effects.push({ type: 'look', objects: [...objects] });
}

function announce(state: State, event: Extract<Event, { type: 'announced' }>, effects: Effect[]): void {
  const { at, object, version, key } = event;
  if (key !== undefined && state.keys.has(key)) return;
  if (key !== undefined) rememberKey(state, key);
  effects.push({
    type: 'append',
    record: { type: 'announced', at, object, version, ...(key === undefined ? {} : { key }) },
  });
  if (setKnownVersion(state, object, version, state.turn))
    effects.push({ type: 'report', report: { event: 'object-landed', at, object, version } });
}

function rememberKey({ keys }: State, key: string): void {
  keys.add(key);
  for (const oldest of keys) {
    if (keys.size <= rememberedKeys) return;
    keys.delete(oldest);
  }
}

function ask(state: State, what: 'retry' | 'reset' | 'force', name: string, at: number, effects: Effect[]): void {
  const task = state.tasks.get(name);
  if (!task || (what === 'retry' && (task.run || task.last?.outcome !== 'failed'))) return;
  if (what === 'force') task.forced = !task.run;
  else {
    effects.push({ type: 'append', record: { type: 'asked', at, what, task: name } });
    if (what === 'retry') task.retried = true;
    else forgetPast(task);
  }
  touch(state, task);
  if (what === 'reset') forgetTask(state, task);
}

/** Forgets that the task ever ran. */
function forgetPast(task: Task): void {
  task.success = undefined;
  task.last = undefined;
  task.changed = undefined;
  task.retried = false;
}

function sayWhenToWake(state: State, effects: Effect[]): void {
  const isStale = ({ object, run }: { object?: ObjectNode; run?: string }): boolean =>
    run !== undefined ? state.runs.get(run)?.run?.stage !== 'pausing' : !object?.settling;
  for (let next = state.deadlines.peek(); next && isStale(next); next = state.deadlines.peek()) state.deadlines.pop();
  const at = state.deadlines.peek()?.at ?? never;
  if (at === state.wakeAt || at === never) return;
  state.wakeAt = at;
  effects.push({ type: 'wake-at', at });
}

/** Some job that may run reads it: nobody waits for what only others read. */
const isAwaited = ({ selected }: State, { inputs }: ObjectNode): boolean =>
  selected === undefined || inputs.some(({ job }) => selected.jobs.has(job.job.name));

/** Nothing runs, nothing can start, and no time is waited for: only something from outside can bring more. */
export const isIdle = (state: State): boolean => state.runs.size === 0 && state.deadlines.size === 0;
