/**
 * `npm run chaos`: puts the built program through chaos in rounds, each a project of its own, and judges by a log outside of it.
 *
 *     --seed=N     plays that seed: what happens, and in which order, follows from it (when exactly, the machine says)
 *     --minutes=M  begins no round after that long; 5 where neither it nor --rounds is given
 *     --rounds=N   so many rounds
 *     --jobs=N     jobs of the mapping; 200, or 40 for kills
 *     --kills=N    kills only, so many in all: lives of the daemon that end at random moments
 *     --actions=N  troubles of a round; 120
 *     --from=N     begins with that round
 *     --bin=FILE   another build's bin/objflow.js
 *
 * Exits 1 where something was wrong; the project and the log of that round are kept.
 */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from './judge.js';
import { planRound } from './plan.js';
import { createPlayer } from './play.js';
import { createWorld } from './world.js';

/** Kills of one round: a journal of a readable size, which is compacted once or twice. */
const killsOfRound = 50;

const { values } = parseArgs({
  options: Object.fromEntries(
    ['seed', 'minutes', 'rounds', 'jobs', 'kills', 'actions', 'from', 'bin'].map((name) => [name, { type: 'string' }]),
  ),
});
const number = (name) => (values[name] === undefined ? undefined : Number(values[name]));
const seed = number('seed') ?? Date.now() % 1_000_000;
const kills = number('kills');
const jobs = number('jobs') ?? (kills === undefined ? 200 : 40);
const bin = path.resolve(values.bin ?? path.join(import.meta.dirname, '../../bin/objflow.js'));
const first = number('from') ?? 1;
const rounds = number('rounds') ?? (kills === undefined ? undefined : Math.ceil(kills / killsOfRound));
const minutes = number('minutes') ?? (rounds === undefined ? 5 : Infinity);

const count = { starts: 0, kills: 0, stops: 0, strikes: 0, landings: 0, calls: 0, runs: 0 };
const told = () =>
  Object.entries(count)
    .map(([name, n]) => `${n} ${name}`)
    .join(', ');
const began = performance.now();
const seconds = () => Math.round((performance.now() - began) / 1000);
const print = (line) => process.stdout.write(`${line}\n`);
let player;
let brokenOff = false;
for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
  process.once(signal, () => {
    process.exitCode = status;
    brokenOff = true;
    void player?.end();
  });

print(`chaos: --seed=${seed} --jobs=${jobs}${kills === undefined ? '' : ` --kills=${kills}`}`);
let faults = 0;
for (let round = first; round < first + (rounds ?? Infinity) && seconds() < minutes * 60; round++) {
  const world = createWorld(jobs);
  const wrong = [];
  player = createPlayer({ bin, world, count, wrong: (what) => wrong.push(what) });
  const left = kills === undefined ? undefined : Math.min(killsOfRound, kills - (round - first) * killsOfRound);
  try {
    await player.play(planRound(seed, round, { groups: world.groups, kills: left, length: number('actions') ?? 120 }));
  } catch (error) {
    wrong.push(`the round could not be played: ${error.stack}`);
  } finally {
    await player.end();
  }
  if (brokenOff) {
    rmSync(world.above, { recursive: true, force: true });
    process.exit();
  }
  const log = readFileSync(world.log, 'utf8');
  count.runs += log.match(/^start /gm)?.length ?? 0;
  wrong.push(...judge(log));
  print(`round ${round}, ${seconds()} s: ${told()}${wrong.length > 0 ? `; ${wrong.length} WRONG` : ''}`);
  for (const what of wrong.slice(0, 20)) print(`  ${what}`);
  if (wrong.length > 0)
    print(`  kept in ${world.above}: project, log. --seed=${seed} --from=${round} --rounds=1 plays it again`);
  else rmSync(world.above, { recursive: true, force: true });
  faults += wrong.length;
}
print(`chaos: ${told()} in ${seconds()} s; ${faults === 0 ? 'nothing was wrong' : `${faults} things were wrong`}`);
process.exitCode = faults === 0 ? 0 : 1;
