/**
 * `objflow adopt`: takes everything as it stands for up to date, for a platform that was there before objflow. Nothing
 * runs. It works out which tasks can be adopted, and asks for these as they are now: what changes before it is on record is
 * not adopted.
 */
import { fileTargets, isUpToDate, obstacle, targetsOf } from '../core/adopt.js';
import type { State, Task } from '../core/state.js';
import { step } from '../core/step.js';
import type { AskedView } from '../core/views.js';
import { systemClock } from '../engine/clock.js';
import { type Present, readPresent } from '../orchestrator/present.js';
import { type AskedOptions, askOf, selectedTasks, tellAsked } from './asked.js';
import { type Context, stateFile } from './context.js';
import { exit, must } from './exit.js';
import { requireMapping } from './mapping.js';
import { requireSelection } from './selection.js';

export interface AdoptOptions extends AskedOptions {
  readonly dryRun?: boolean;
}

/** Gives the exit status. */
export async function adopt(
  context: Context,
  selectors: readonly string[],
  { format, dryRun = false }: AdoptOptions,
): Promise<number> {
  const mapped = await requireMapping(context);
  const present = must(await readPresent(stateFile(context, mapped.mapping), mapped));
  const selection = await requireSelection(context, mapped, selectors, async () => present);
  await readContents(present);
  const { adopted, ...rest } = await adoptHere(present, selectedTasks(present.state, selection));
  const how = dryRun ? 'done' : await askOf(context, mapped, { what: 'adopt', tasks: adopted });
  const tasks = adopted.map(({ task }) => task);
  tellAsked(context, mapped, { what: 'adopt', tasks, ...rest, asked: how === 'asked', dryRun }, format);
  return exit.well;
}

/** What only its content tells the version of: a run would read it before it starts. */
async function readContents({ state, look }: Present): Promise<void> {
  const unread = [...state.objects.values()].flatMap(({ id, settling }) => (settling?.lacks === 'content' ? [id] : []));
  if (unread.length > 0) step(state, { type: 'looked', at: systemClock.now(), looks: await look(unread, true) });
}

interface Adopted extends Pick<AskedView, 'left' | 'already'> {
  /** Producers before their consumers. */
  readonly adopted: readonly { readonly task: string; readonly key: string }[];
}

/** Adopts them in this state, which is nobody's but ours, and gives what came of it. */
async function adoptHere({ state, look }: Present, selected: readonly Task[]): Promise<Adopted> {
  const names = selected.map(({ id }) => id);
  const looks = await look(fileTargets(state, names), true);
  const targets = targetsOf(looks);
  const already = selected.filter((task) => isUpToDate(task, targets)).map(({ id }) => id);
  const adopted = keysOfAdopted(state, names, looks);
  const well = new Set([...already, ...adopted.map(({ task }) => task)]);
  const left = selected.flatMap((task) => {
    const reason = well.has(task.id) ? undefined : obstacle(state, task, targets);
    return reason === undefined ? [] : [{ task: task.id, reason }];
  });
  return { adopted, left, already };
}

const keysOfAdopted = (
  state: State,
  names: readonly string[],
  targets: Awaited<ReturnType<Present['look']>>,
): Adopted['adopted'] =>
  step(state, { type: 'adopt-asked', at: systemClock.now(), tasks: names.map((task) => ({ task })), targets }).flatMap(
    (effect) =>
      effect.type === 'append' && effect.record.type === 'run'
        ? [{ task: effect.record.task, key: effect.record.key }]
        : [],
  );
