/**
 * Random histories: a mapping and commands, both as lines of a scenario, so that what fails can be replayed as one.
 */
import { asVersion, displayName, type ObjectId } from '../../src/core/object.ts';
import { idOf, type Rig, words } from './rig.ts';

/** Numbers that look random and are the same for the same seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to below `sides`. */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * sides);
  }

  /** True `percent` times in a hundred. */
  odds(percent: number): boolean {
    return this.roll(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('nothing to pick from');
    return from[this.roll(from.length)] as T; // it is not empty
  }
}

/** Objects of one name with holes, such as `a0/{}/{}.csv`. */
interface Family {
  readonly text: string;
  readonly holes: number;
  readonly outside: boolean;
  read: boolean;
}

export interface Project {
  readonly lines: readonly string[];
  readonly families: readonly Family[];
}

const values = ['1', '2'];

const filled = (family: Pick<Family, 'text'>, by: readonly string[]): string => {
  let at = 0;
  return family.text.replaceAll('{}', () => by[at++] ?? '');
};

/** Two to seven jobs in layers over one to three families from outside. */
export function randomProject(dice: Dice): Project {
  const families: Family[] = [];
  const add = (name: string, holes: number, outside: boolean): Family => {
    const path = [name, ...Array.from({ length: holes }, () => '{}')].join('/');
    const text = dice.odds(outside ? 25 : 50) ? `table:${path}` : `${path}.csv`;
    const family = { text, holes, outside, read: false };
    families.push(family);
    return family;
  };
  for (let at = 0; at < 1 + dice.roll(3); at += 1) add(`in${at}`, dice.pick([0, 1, 1, 1, 2]), true);
  const lines: string[] = [];
  if (dice.odds(50)) lines.push(`concurrency ${1 + dice.roll(4)}`);
  const pool = dice.odds(30);
  if (pool) lines.push(`pool p ${1 + dice.roll(2)}`);
  const count = 2 + Math.min(dice.roll(6), dice.roll(6), dice.roll(6)); // few as a rule: a history costs their square
  for (let at = 0; at < count; at += 1) lines.push(randomJob(dice, `job${at}`, families, add, pool));
  for (const { text, holes, outside } of families)
    if (!outside && text.startsWith('table:') && dice.odds(20))
      lines.push(`object ${filled({ text }, ['{x}', '{y}'].slice(0, holes))} concurrent`);
  if (dice.odds(15)) lines.push(`select ${randomSelection(dice, count).join(' ')}`);
  return { lines, families };
}

/** Whole jobs, and tasks that may never come to be. */
function randomSelection(dice: Dice, count: number): string[] {
  const partitions = ['x=1', 'y=1', 'z=1', 'x=1,y=1', 'y=1,x=1', 'x=1,y=2', 'y=2,x=1', 'x=1,z=1'];
  return Array.from({ length: count }, (_, at) => `job${at}`).flatMap((job) =>
    dice.odds(60) ? [job] : partitions.filter(() => dice.odds(50)).map((partition) => `${job}[${partition}]`),
  );
}

function randomJob(
  dice: Dice,
  name: string,
  families: readonly Family[],
  add: (name: string, holes: number, outside: boolean) => Family,
  pool: boolean,
): string {
  const captures = new Set<string>();
  const later: string[] = [];
  const sources: string[] = [];
  for (let at = dice.odds(4) ? 3 : 0; at < 1 + dice.roll(3); at += 1) {
    // Rather what another job made than what comes from outside.
    const family = dice.odds(60)
      ? (families.at(-1 - dice.roll(Math.min(3, families.length))) as Family)
      : dice.pick(families); // there is one
    family.read = true;
    const names = dice.odds(70) ? ['x', 'y'] : dice.odds(50) ? ['y', 'x'] : ['z', 'y'];
    const holes = names.slice(0, family.holes).map((hole) => (dice.odds(25) ? '*' : `{${hole}}`));
    const used = holes.filter((hole) => hole !== '*');
    const flags = dice.odds(15) ? '(no-trigger)' : '';
    if (dice.odds(12)) later.push(filled(family, holes));
    else {
      sources.push(filled(family, holes) + flags);
      for (const hole of used) captures.add(hole);
    }
  }
  for (const text of later)
    if ((text.match(/\{.\}/g) ?? []).every((hole) => captures.has(hole))) sources.push(`${text}(optional)`);
  const targets: string[] = [];
  for (let at = 0; at < dice.pick([0, 1, 1, 1, 1, 2]); at += 1) {
    const kept = [...captures].filter(() => dice.odds(90)).slice(0, 2);
    const shared = families.filter((family) => !family.outside && !family.read && family.holes === kept.length);
    const another = shared.filter(({ text }) => text.startsWith('table:'));
    const family = another.length > 0 && dice.odds(30) ? dice.pick(another) : add(`${name}-${at}`, kept.length, false);
    targets.push(filled(family, kept));
  }
  const options = [
    ...(dice.odds(15) ? [`attempts=${2 + dice.roll(2)}`] : []),
    ...(dice.odds(15) ? [`concurrency=${1 + dice.roll(2)}`] : []),
    ...(pool && dice.odds(50) ? ['pool=p'] : []),
    ...(dice.odds(15) ? ['priority=1'] : []),
    ...(dice.odds(5) ? ['disabled'] : []),
    ...(dice.odds(12) ? ['ignore-upstream'] : []),
    ...(dice.odds(15) ? ['rerun-missing'] : []),
    ...(dice.odds(20) ? ['when=all'] : []),
  ];
  return `job ${name}: ${sources.join(' ')} -> ${[...new Set(targets)].join(' ')}${options.length > 0 ? ` ; ${options.join(' ')}` : ''}`;
}

/** What may happen next. */
export function randomCommand(dice: Dice, { families }: Project, rig: Rig, count: number): string {
  const executing = [...rig.executing.keys()];
  const tasks = [...rig.state.tasks.keys()];
  const shown = (id: ObjectId): string => displayName(id);
  const some = (family: Family): string =>
    filled(
      family,
      Array.from({ length: family.holes }, () => dice.pick(values)),
    );
  const outside = families.filter((family) => family.outside);
  const files = (from: readonly Family[]): Family[] => from.filter(({ text }) => !text.startsWith('table:'));
  const dicing = dice.roll(100);
  if (executing.length > 0 && dicing < 40) {
    const how = dice.roll(100);
    const task = dice.pick(executing);
    if (how < 60) return `exit ${task} 0`;
    if (how < 68) return `exit ${task} 0 same`;
    if (how < 72) return `exit ${task} 0 nothing`;
    if (how < 86) return `exit ${task} 1`;
    return `fail-leaving ${task}`;
  }
  if (dicing < 50) {
    const tables = outside.filter(({ text }) => text.startsWith('table:'));
    if (tables.length > 0) return `announce ${some(dice.pick(tables))} a${count}`;
  }
  if (dicing < 57 && rig.disk.size > 0) {
    const ids = [...rig.disk.keys()];
    return `gone ${[...new Set([dice.pick(ids), dice.pick(ids)])].map(shown).join(' ')}`;
  }
  if (dicing < 63 && rig.disk.size > 0) {
    const { object, found } = dice.pick([...rig.disk.values()]);
    if (found.state === 'present') return `seen ${shown(object)} ${found.version}${dice.odds(20) ? ' age=0' : ''}`;
  }
  if (dicing < 66 && tasks.length > 0) {
    const failed = tasks.filter((task) => rig.state.tasks.get(task)?.last?.outcome === 'failed');
    return `retry ${dice.pick(failed.length > 0 ? failed : tasks)}`;
  }
  if (dicing >= 66 && dicing < 68 && tasks.length > 0) return `reset ${dice.pick(tasks)}`;
  if (dicing === 77 && tasks.length > 0) return `take ${[...new Set([dice.pick(tasks), dice.pick(tasks)])].join(' ')}`;
  if (dicing >= 68 && dicing < 71) return dice.odds(50) ? 'crash' : 'reload';
  if (dicing >= 71 && dicing < 78) return `tick ${dice.pick([500, 1000, 2500])}`;
  const possible = files(dice.odds(85) ? outside : families);
  if (possible.length === 0) return 'tick 1000';
  if (dicing >= 78 && dicing < 80) return `unknown ${some(dice.pick(possible))}`;
  const names = new Set(Array.from({ length: 1 + dice.roll(3) }, () => some(dice.pick(possible))));
  return `seen ${[...names].map((name) => `${name} v${count}${dice.odds(15) ? ' age=0' : ''}`).join(', ')}`;
}

/** Says a line of the mapping to the rig. */
export function declare(rig: Rig, line: string): void {
  const [word = '', first = '', second = ''] = words(line);
  if (word === 'job') rig.job(line.slice(4));
  else if (word === 'concurrency') rig.concurrency = Number(first);
  else if (word === 'pool') rig.pools.set(first, Number(second));
  else if (word === 'select') rig.select(words(line).slice(1));
  else rig.object(first, { concurrentWriters: true });
}

/** Does what the command says, as the scenarios do. */
export function perform(rig: Rig, line: string): void {
  const [word = '', first = '', second = '', third] = words(line);
  switch (word) {
    case 'open':
      rig.open();
      return;
    case 'seen':
      rig.look(
        line
          .slice(5)
          .split(',')
          .map((part) => {
            const [name = '', version = '', age] = words(part);
            return [idOf(name), age === undefined ? { version } : { version, age: 0 }] as const;
          }),
      );
      return;
    case 'gone':
      rig.look(
        words(line)
          .slice(1)
          .map((name) => [idOf(name), undefined] as const),
      );
      return;
    case 'unknown':
      rig.look([[idOf(first), 'unknown']]);
      return;
    case 'exit':
      rig.exit(
        first,
        Number(second),
        second === '1' || third === 'nothing' ? 'nothing' : third === 'same' ? 'same' : 'new',
      );
      return;
    case 'fail-leaving':
      rig.exit(first, 1, 'new');
      return;
    case 'announce':
      rig.send({ type: 'announced', at: rig.now, object: idOf(first), version: asVersion(second) });
      return;
    case 'retry':
    case 'reset':
    case 'force':
      rig.send({ type: 'asked', at: rig.now, what: word, tasks: [first] });
      return;
    case 'take':
      rig.take(words(line).slice(1));
      return;
    case 'tick':
      rig.tick(Number(first));
      return;
    case 'crash':
      rig.crash();
      return;
    case 'adopt':
      rig.adopt();
      return;
    case 'reload':
      rig.reload();
      return;
    case 'stop':
      rig.send({ type: 'stopping', at: rig.now });
      return;
    case 'stopped':
      rig.exit(first, 143, 'nothing', 'stopped');
      return;
    case 'not-started':
      rig.exit(first, 1, 'nothing', 'temporary');
      return;
    case 'job':
      declare(rig, line);
      return;
    case 'remove':
      rig.jobs.delete(first);
      return;
    default:
      throw new Error(`not a command: ${line}`);
  }
}
