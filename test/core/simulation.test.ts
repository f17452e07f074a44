/**
 * Random histories, the core held against the model after each event. `SEED=n` plays one, `HISTORIES=n` so many.
 * What fails is printed with its seed and as a scenario that replays it.
 */
import { expect, test } from 'vitest';
import type { Effect } from '../../src/core/effect.ts';
import type { Event } from '../../src/core/event.ts';
import { heldOf, versionIn } from '../../src/core/held.ts';
import { touch } from '../../src/core/pending.ts';
import { settleAll } from '../../src/core/phase.ts';
import { startReady } from '../../src/core/run.ts';
import type { State, Task } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import { Dice, declare, perform, randomCommand, randomProject } from './history.ts';
import { Model, same, settleTime } from './model.ts';
import { Rig } from './rig.ts';

type Decide = (state: State, event: Event) => Effect[];

const histories = Number(process.env.HISTORIES ?? 10_000);

/** Plays the history of this seed; gives what was wrong with it, undefined when nothing was. */
function play(seed: number, decide: Decide = step): string | undefined {
  const dice = new Dice(seed);
  const project = randomProject(dice);
  const commands: string[] = [];
  const rig = new Rig();
  for (const line of project.lines) declare(rig, line);
  const model = new Model(rig.mapping, rig.concurrency, rig.selected);
  const successes = new Successes();
  rig.decide = (state, event) => {
    const effects = decide(state, event);
    model.take(event, effects);
    successes.take(event, effects, model);
    differences(state, model);
    return effects;
  };
  const act = (line: string): void => {
    commands.push(line);
    if (line !== 'crash' && line !== 'reload') {
      perform(rig, line);
      return;
    }
    const before = isSteady(rig) ? phases(rig.state) : undefined;
    const running = [...rig.executing.keys()].sort();
    if (line === 'crash') model.die();
    else model.remap();
    perform(rig, line);
    const still = [...rig.state.runs.values()].flatMap((task) => (task.run?.stage === 'executing' ? [task.id] : []));
    if (line === 'reload' && running.some((task) => !still.includes(task))) throw new Error('a run was disturbed');
    if (before === undefined) return;
    const after = phases(rig.state);
    for (const id of new Set([...Object.keys(before), ...Object.keys(after)]))
      if (before[id] !== after[id]) throw new Error(`${id} was ${before[id]} and is ${after[id]} when restored`);
  };
  try {
    act('open');
    const length = 6 + dice.roll(18);
    for (let count = 0; count < length; count += 1) act(randomCommand(dice, project, rig, count));
    finish(rig, act);
    checkQuiet(rig.state);
    if (dice.odds(30)) act('crash');
  } catch (error) {
    const message = error instanceof Error ? error.stack : String(error);
    return `SEED=${seed}: ${message}\n\n# Seed ${seed}\n${project.lines.join('\n')}\n\n${commands.join('\n')}\nstatus\n----\n`;
  }
  return undefined;
}

/** Everything that runs ends well, until nothing does and no time is waited for. */
function finish(rig: Rig, act: (line: string) => void): void {
  for (let count = 0; rig.executing.size > 0 || rig.wakeAt !== undefined; count += 1) {
    if (count > 1000) throw new Error('it never comes to an end');
    const [task] = rig.executing.keys();
    act(task === undefined ? 'tick 5000' : `exit ${task} 0`);
  }
}

/** Throws where the core's phases, tasks or objects are not the model's. */
function differences(state: State, model: Model): void {
  const [complaint] = model.complaints;
  if (complaint !== undefined) throw new Error(complaint);
  if (!state.open) return;
  for (const { id, phase } of model.tasks.values()) {
    const task = state.tasks.get(id);
    if (!task) throw new Error(`${id} is not known`);
    if (task.phase !== phase) throw new Error(`${id} is ${task.phase} and should be ${phase}`);
  }
  for (const id of state.tasks.keys()) if (!model.tasks.has(id)) throw new Error(`${id} is known and should not be`);
  for (const id of model.objects) if (!state.objects.has(id)) throw new Error(`${id} is not known`);
  for (const { id, version, settling, trouble } of state.objects.values())
    if (!model.objects.has(id) && version === undefined && !settling && trouble === undefined)
      throw new Error(`${id} is known and should not be`);
}

/** No recorded success is repeated without a reason. */
class Successes {
  readonly #last = new Map<string, Readonly<Record<string, string>>>();
  readonly #going = new Map<string, { task: string; consumed: Readonly<Record<string, string>> }>();

  take(event: Event, effects: readonly Effect[], model: Model): void {
    if (event.type === 'asked') for (const task of event.what === 'reset' ? event.tasks : []) this.#last.delete(task);
    // What may be missing now may be made again.
    for (const task of model.tasks.values())
      if (task.job.onMissingTarget === 'rerun' && task.targets.some((id) => !model.versions.has(id)))
        this.#last.delete(task.id);
    for (const effect of effects) {
      if (effect.type !== 'append') continue;
      const { record } = effect;
      if (record.type === 'run') this.#last.set(record.task, record.consumed);
      if (record.type === 'run-started') this.#going.set(record.run, record);
      if (record.type !== 'run-ended') continue;
      const run = this.#going.get(record.run);
      if (!run) throw new Error(`${record.run} ended and never started`);
      const last = this.#last.get(run.task);
      if (record.outcome !== 'succeeded') this.#last.delete(run.task);
      else if (last && same(last, run.consumed)) throw new Error(`${run.task} repeated a success`);
      else this.#last.set(run.task, run.consumed);
    }
  }
}

/** Nothing runs: what could run did, on the last version of everything. */
function checkQuiet(state: State): void {
  for (const task of state.tasks.values()) {
    if (!task.selected) continue;
    if (task.phase === 'held' || task.phase === 'ready' || task.phase === 'running')
      throw new Error(`${task.id} is ${task.phase}, and nothing runs`);
    if (task.phase === 'succeeded' && task.job.job.when === 'any' && lost(task))
      throw new Error(`${task.id} missed ${lost(task)}`);
  }
}

const lost = (task: Task): string | undefined =>
  task.inputs
    .filter((input) => task.job.job.sources[input.source]?.trigger)
    .flatMap((input) => [...input.members])
    .find(({ id, version }) => version !== undefined && !(task.last && versionIn(task.last.consumed, id) === version))
    ?.id;

/** Nothing runs, and all that is known was written down or can be seen at one look. */
const isSteady = ({ state, disk, now }: Rig): boolean =>
  state.runs.size === 0 &&
  [...state.objects.values()].every(({ settling, trouble }) => !settling && trouble === undefined) &&
  [...disk.values()].every(({ found }) => found.state === 'present' && now - found.changedAt >= settleTime);

/** Restored, what was held may start: what held it is known no more. */
const phases = (state: State): Record<string, string> =>
  Object.fromEntries(
    [...state.tasks.values()].map(({ id, phase }) => [
      id,
      ['held', 'ready', 'running'].includes(phase) ? 'due' : phase,
    ]),
  );

/** The first history that this core fails. */
function firstFailure(seeds: Iterable<number>, decide?: () => Decide): string | undefined {
  for (const seed of seeds) {
    const failure = play(seed, decide?.());
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function* numbers(count: number): Iterable<number> {
  for (let seed = 1; seed <= count; seed += 1) yield seed;
}

test('the core decides as the model does', { timeout: 600_000 }, () => {
  const { SEED } = process.env;
  const failure = firstFailure(SEED === undefined ? numbers(histories) : [Number(SEED)]);
  if (failure !== undefined) expect.fail(failure);
});

const planted: Record<string, () => Decide> = {
  'a look is swallowed': () => {
    let count = 0;
    return (state, event) => {
      if (event.type !== 'looked') return step(state, event);
      const looks = event.looks.filter((_, at) => (count + at) % 7 !== 0);
      count += event.looks.length;
      return step(state, { ...event, looks });
    };
  },
  'a run consumes what is there when it ends': () => (state, event) => {
    const task = event.type === 'attempt-ended' ? state.runs.get(event.run) : undefined;
    if (task?.run) {
      const consumed: Record<string, string> = {};
      for (const input of task.inputs)
        for (const { id, version } of input.members) if (version !== undefined) consumed[id] = version;
      task.run = { ...task.run, consumed: heldOf(consumed) };
    }
    return step(state, event);
  },
  'what is pending upstream holds nobody': () => (state, event) => {
    const effects = step(state, event);
    for (const task of state.tasks.values()) {
      if (task.phase !== 'held') continue;
      task.dueIn = -1;
      touch(state, task);
    }
    settleAll(state);
    startReady(state, event.at, effects);
    return effects;
  },
};

for (const [bug, decide] of Object.entries(planted))
  test(`finds it when ${bug}`, { timeout: 60_000 }, () => {
    expect(firstFailure(numbers(300), decide)).toMatch(/^SEED=/);
  });
