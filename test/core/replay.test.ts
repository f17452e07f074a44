/**
 * What a state remembers, what its journal tells, and what is left of that after compaction say the same; so a reload
 * comes to the same state as a restart. Random histories, with kills, stops and edits in them. `SEED=n` plays one,
 * `HISTORIES=n` so many.
 */
import { expect, test } from 'vitest';
import { versionsOf } from '../../src/core/held.ts';
import { asTold, type History, historyOf, readHistory } from '../../src/core/history.ts';
import { markPaused } from '../../src/core/paused.ts';
import type { JournalRecord } from '../../src/core/record.ts';
import type { State, Told } from '../../src/core/state.ts';
import { keep } from '../../src/journal/compact.ts';
import { Dice, declare, type Project, perform, randomCommand, randomProject } from './history.ts';
import { settleTime } from './model.ts';
import { Rig } from './rig.ts';

const histories = Number(process.env.HISTORIES ?? 100);

/** What compaction makes of the records, keeping few. */
const compacted = (records: readonly JournalRecord[]): JournalRecord[] => keep(records, 2) as JournalRecord[]; // none is strange

/** As much of a history as decides anything, so that it can be compared. */
function tasksIn(history: History): Record<string, unknown> {
  const past = (tell: Told['last']) => {
    const told = tell?.(asTold);
    return told && { ...told, consumed: versionsOf(told.consumed), produced: versionsOf(told.produced) };
  };
  const found: Record<string, unknown> = {};
  for (const [name, { success, last, open, retried }] of history.tasks) {
    if (!last && !open) continue;
    const { run, key, definition, consumed, targets } = open?.latest ?? {};
    const since = open && { at: open.first.at, attempt: open.first.attempt };
    found[name] = { success: past(success), last: past(last), run, key, definition, consumed, targets, since, retried };
  }
  return found;
}

/** Throws where the three do not say the same. */
function compareTold(rig: Rig): void {
  const remembered = historyOf(rig.state);
  const told = readHistory(rig.records);
  const kept = readHistory(compacted(rig.records));
  for (const history of [remembered, kept]) {
    expect(tasksIn(history)).toEqual(tasksIn(told));
    expect(new Map(history.versions)).toEqual(new Map(told.versions));
  }
  expect(kept.leftovers).toEqual(told.leftovers);
  // What is there and was left is remembered; of a run that goes on its end will tell.
  const isWritten = (id: string): boolean =>
    [...rig.state.runs.values()].some(({ run }) => run?.targets.some((object) => object.id === id));
  for (const id of [...remembered.leftovers.keys(), ...told.leftovers.keys()]) {
    const found = rig.disk.get(id)?.found;
    if (found?.state !== 'present' || isWritten(id)) continue;
    const isLeft = (history: History): boolean => history.leftovers.get(id) === found.version;
    expect([id, isLeft(remembered)]).toEqual([id, isLeft(told)]);
  }
  expect(paused(rig, compacted(rig.records))).toEqual(paused(rig, rig.records));
}

/** How runs stand, as whoever only reads sees them. */
function paused(rig: Rig, records: readonly JournalRecord[]): Record<string, unknown> {
  const state = rig.restored(records);
  for (const { run } of state.runs.values()) if (run) run.stage = 'executing';
  markPaused(state, records);
  const runs = [...state.runs].map(([id, { run }]) => [id, [run?.stage, run?.attempt, run?.nextAt]]);
  return Object.fromEntries(runs);
}

/** Nothing but what executes goes on, and all that is there has landed and can be seen at one look. */
const isSteady = ({ state, disk, now }: Rig): boolean =>
  !state.stopping &&
  [...state.runs.values()].every(({ run }) => run?.stage === 'executing') &&
  [...state.tasks.values()].every(({ forced }) => !forced) &&
  [...state.objects.values()].every(({ settling, trouble }) => !settling && trouble === undefined) &&
  [...disk.values()].every(({ found }) => found.state === 'present' && now - found.changedAt >= settleTime);

/** Restored, what was held may start: what held it is known no more. */
function shown({ tasks, objects }: State): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { id, phase, changed, retried } of tasks.values()) {
    const isDue = phase === 'held' || phase === 'ready' || phase === 'running';
    found[id] = [isDue ? 'due' : phase, [...(changed ?? [])].map((object) => object.id).sort(), retried];
  }
  for (const { id, version, failed, inputs } of objects.values())
    if (inputs.length > 0) found[id] = [version, failed > 0];
  return found;
}

/** Like `randomCommand`, with kills that leave runs alive, stops and edits. */
function randomCommands(dice: Dice, project: Project, rig: Rig, count: number): string[] {
  const dicing = dice.roll(100);
  const executing = [...rig.executing.keys()];
  const tasks = [...rig.state.tasks.keys()];
  const back = (): string => dice.pick(['crash', 'adopt']);
  if (dicing < 4 && tasks.length > 0) return [`force ${dice.pick(tasks)}`];
  if (dicing < 6) return ['compact'];
  if (dicing < 8) return ['stop', ...(dice.odds(30) ? ['reload'] : []), ...(dice.odds(60) ? ['compact'] : []), back()];
  if (dicing < 10 && executing.length > 0) return [`not-started ${dice.pick(executing)}`];
  if (dicing < 12 && executing.length > 0) return [`stopped ${dice.pick(executing)}`];
  if (dicing < 15) return ['adopt'];
  if (dicing >= 20) return [randomCommand(dice, project, rig, count)];
  const job = dice.pick(project.lines.filter((line) => line.startsWith('job ')));
  const [, name = ''] = /^job (\w+):/.exec(job) ?? [];
  const line = job.replace(/ (disabled|attempts=\d)/g, '');
  const option = dice.pick(['', 'disabled', `definition=${count}`, `definition=${count} attempts=3`]);
  const edited = option === '' ? job : `${line}${line.includes(' ;') ? '' : ' ;'} ${option}`;
  return [dice.odds(25) ? `remove ${name}` : edited, dice.odds(50) ? 'reload' : back()];
}

/** Plays the history of this seed; gives what was wrong with it, undefined when nothing was. */
function play(seed: number): string | undefined {
  const dice = new Dice(seed);
  const project = randomProject(dice);
  const order = project.lines.flatMap((line) => /^job (\w+):/.exec(line)?.[1] ?? []);
  const commands: string[] = [];
  const rig = new Rig();
  for (const line of project.lines) declare(rig, line);
  const act = (line: string): void => {
    commands.push(line);
    if (line === 'compact') rig.records.splice(0, Number.POSITIVE_INFINITY, ...compacted(rig.records));
    else perform(rig, line);
    if (/^(job|remove) /.test(line)) {
      rig.sort(order);
      return; // nobody has read it yet
    }
    compareTold(rig);
    if (isSteady(rig)) expect(shown(rig.reloaded())).toEqual(shown(rig.restarted(compacted(rig.records))));
  };
  try {
    act('open');
    const length = 6 + dice.roll(24);
    for (let count = 0; count < length; count += 1)
      for (const line of randomCommands(dice, project, rig, count)) act(line);
    for (let count = 0; rig.executing.size > 0 || rig.wakeAt !== undefined; count += 1) {
      if (count > 1000) throw new Error('it never comes to an end');
      const [task] = rig.executing.keys();
      act(task === undefined ? 'tick 5000' : `exit ${task} 0`);
    }
    if (rig.state.running !== 0) throw new Error('room is taken, and nothing runs');
    for (const { id, phase, selected } of rig.state.tasks.values())
      if (selected && ['held', 'ready', 'running'].includes(phase))
        throw new Error(`${id} is ${phase}, and nothing runs`);
  } catch (error) {
    const message = error instanceof Error ? error.stack : String(error);
    return `SEED=${seed}: ${message}\n\n# Seed ${seed}\n${project.lines.join('\n')}\n\n${commands.join('\n')}\nstatus\n----\n`;
  }
  return undefined;
}

test('a reload, a restart and a compaction change nothing', { timeout: 600_000 }, () => {
  const { SEED } = process.env;
  const seeds = SEED === undefined ? Array.from({ length: histories }, (_, at) => at + 1) : [Number(SEED)];
  for (const seed of seeds) {
    const failure = play(seed);
    if (failure !== undefined) expect.fail(failure);
  }
});
