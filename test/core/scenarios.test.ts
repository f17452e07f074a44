/**
 * Runs test/scenarios/*.txt: commands, `----`, what came of them. `UPDATE=1` rewrites what came of them; read the diff.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Effect } from '../../src/core/effect.ts';
import { asVersion, displayName } from '../../src/core/object.ts';
import { idOf, pattern, Rig, type Seen, words } from './rig.ts';

const directory = path.join(import.meta.dirname, '../scenarios');

for (const name of readdirSync(directory).sort()) {
  const text = readFileSync(path.join(directory, name), 'utf8');
  test(`${name}: ${text.split('\n')[0]?.replace(/^# /, '')}`, () => {
    const played = play(text);
    if (process.env.UPDATE) writeFileSync(path.join(directory, name), played);
    else expect(played).toBe(text);
  });
}

/** Plays the scenario, and gives it back with what really came. */
function play(text: string): string {
  const rig = new Rig();
  const blocks = text.trimEnd().split(/\n\n+/);
  return `${blocks
    .map((block) => {
      const commands = block.split('\n----')[0] as string; // split gives one at least
      if (!block.includes('\n----')) {
        for (const line of commands.split('\n')) declare(rig, line);
        return commands;
      }
      const came = commands.split('\n').flatMap((line) => command(rig, line));
      return [commands, '----', ...came].join('\n');
    })
    .join('\n\n')}\n`;
}

function declare(rig: Rig, line: string): void {
  const [word = '', ...rest] = words(line);
  const argument = line.slice(word.length).trim();
  if (word === '' || word.startsWith('#')) return;
  if (word === 'job') rig.job(argument);
  else if (word === 'concurrency') rig.concurrency = Number(argument);
  else if (word === 'pool') rig.pools.set(rest[0] ?? '', Number(rest[1]));
  else if (word === 'select') rig.select(rest);
  else if (word === 'object')
    rig.object(rest[0] ?? '', {
      ...(rest.includes('strict') ? { strict: true } : {}),
      ...(rest.includes('concurrent') ? { concurrentWriters: true } : {}),
      ...(rest.includes('marker') ? { marker: { where: 'beside', pattern: pattern(`${rest[0]}.done`) } as const } : {}),
      minSize: Number(rest.find((option) => option.startsWith('min-size='))?.slice(9) ?? 0),
      settle: Number(rest.find((option) => option.startsWith('settle='))?.slice(7) ?? 2000),
    });
  else throw new Error(`not a declaration: ${line}`);
}

function command(rig: Rig, line: string): string[] {
  const [word = '', ...rest] = words(line);
  const argument = line.slice(word.length).trim();
  const task = rest[0] ?? '';
  switch (word) {
    case '#':
      return [];
    case 'job':
      rig.job(argument);
      return [];
    case 'open':
      return told(rig, rig.open());
    case 'there':
      for (const [id, seen] of parseSeen(argument)) rig.put(id, seen);
      return [];
    case 'seen':
      return told(rig, rig.look(parseSeen(argument)));
    case 'gone':
      return told(rig, rig.look(rest.map((name) => [idOf(name), undefined] as const)));
    case 'unknown':
      return told(rig, rig.look(rest.map((name) => [idOf(name), 'unknown'] as const)));
    case 'hidden':
      for (const name of rest)
        rig.disk.set(idOf(name), { object: idOf(name), found: { state: 'unknown', problem: 'EIO' } });
      return [];
    case 'exit': {
      const made = rest.includes('same') ? 'same' : rest.includes('nothing') ? 'nothing' : 'new';
      return told(rig, rig.exit(task, Number(rest[1]), rest[1] === '0' || made !== 'new' ? made : 'nothing'));
    }
    case 'fail-leaving':
      return told(rig, rig.exit(task, 1, 'new'));
    case 'stopped':
      return told(rig, rig.exit(task, 143, 'nothing', 'stopped'));
    case 'not-started':
      return told(rig, rig.exit(task, 1, 'nothing', 'temporary'));
    case 'tick':
      return told(rig, rig.tick(Number(argument)));
    case 'crash':
      return told(rig, rig.crash());
    case 'remove':
      for (const name of rest) rig.jobs.delete(name);
      return [];
    case 'adopt':
      return told(rig, rig.adopt());
    case 'reload':
      return told(rig, rig.reload());
    case 'announce': {
      const key = rest[2] === undefined ? {} : { key: rest[2] };
      return told(
        rig,
        rig.send({ type: 'announced', at: rig.now, object: idOf(task), version: asVersion(rest[1] ?? ''), ...key }),
      );
    }
    case 'retry':
    case 'reset':
    case 'force':
      return told(rig, rig.send({ type: 'asked', at: rig.now, what: word, tasks: rest }));
    case 'take':
      return told(rig, rig.take(rest));
    case 'note':
      rig.noteKeys(rest);
      return [];
    case 'take-noted':
      return told(rig, rig.take(rest, rig.keys));
    case 'stop':
      return told(rig, rig.send({ type: 'stopping', at: rig.now }));
    case 'status':
      return rig
        .status()
        .filter((view) => rest.length === 0 || rest.includes(view.task))
        .map((view) => `${view.task}: ${view.phase}: ${view.reasons.map((reason) => reason.message).join('; ')}`);
    default:
      throw new Error(`not a command: ${line}`);
  }
}

/** `PATH VERSION [age=MS] [moved] [size=N]`, several of them with commas between. */
function parseSeen(text: string): [ReturnType<typeof idOf>, Seen][] {
  return text.split(',').map((part) => {
    const [name = '', version = '', ...options] = words(part);
    const value = (key: string) => options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1);
    const seen: Seen = {
      version,
      moved: options.includes('moved'),
      ...(options.includes('unread') ? { unread: true } : {}),
      ...(value('marker') === undefined ? {} : { marker: value('marker') as Seen['marker'] & string }),
      ...(value('age') === undefined ? {} : { age: Number(value('age')) }),
      ...(value('size') === undefined ? {} : { size: Number(value('size')) }),
    };
    return [idOf(name), seen];
  });
}

function told(rig: Rig, effects: readonly Effect[]): string[] {
  return effects.flatMap((effect): string[] => {
    switch (effect.type) {
      case 'append':
        if (effect.record.type === 'run-ended') return [`record ${effect.record.run} ${effect.record.outcome}`];
        if (effect.record.type === 'run') return [`record ${effect.record.task} adopted as ${effect.record.run}`];
        if (effect.record.type === 'asked') return [`record ${effect.record.what} ${effect.record.task}`];
        return [];
      case 'start': {
        const { task, run, attempt, sources } = effect.work;
        const read = sources.flatMap(({ objects }) => objects).map(displayName);
        return [`start ${task} as ${run}${attempt > 1 ? `, attempt ${attempt}` : ''}: ${read.join(' ')}`];
      }
      case 'hook':
        return [`hook ${effect.which} of ${effect.work.run}`];
      case 'look':
        return [`${effect.content ? 'read' : 'look at'} ${effect.objects.map(displayName).join(' ')}`];
      case 'wake-at':
        return [`wake in ${effect.at - rig.now}`];
      case 'report':
        if (effect.report.event === 'object-landed')
          return [`landed ${displayName(effect.report.object)} ${effect.report.version}`];
        if (effect.report.event === 'run-adopted') return [`adopted ${effect.report.run}`];
        if (effect.report.event === 'attempt-failed')
          return [`attempt ${effect.report.attempt} of ${effect.report.run} failed`];
        if (effect.report.event === 'landed-early' && effect.report.distrusted !== undefined)
          return [`landed early ${displayName(effect.report.object)}: ${effect.report.distrusted}/ is distrusted`];
        return [];
      default:
        throw new Error('an effect without a line');
    }
  });
}
