/**
 * What is to happen, in order: a function of the seed and the round alone. Knows nothing of processes and files.
 *
 * A round of chaos has all kinds of trouble; a round of kills has many lives of the daemon, each ended by kill -9 at
 * some moment of it, while files land.
 */
import { kindNames, partitions } from './world.js';

/** Numbers from 0 to 1 that follow from the seed. */
function numbers(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let n = 0; n < 8; n++) next();
  return next;
}

/** Actions of a round, each `[what, …]`: those that `play.js` knows. `kills`: so many lives; `length`: so many troubles. */
export function planRound(seed, round, { groups, kills, length }) {
  const random = numbers(seed * 7919 + round * 104729);
  const below = (n) => Math.floor(random() * n);
  const one = (list) => list[below(list.length)];
  const chance = (share) => random() < share;
  const input = () => `in/${below(groups)}/${one(partitions)}`;
  const flag = () => (chance(0.4) ? `${one(['fail', 'slow', 'slow', 'slow'])}-${one(kindNames)}` : undefined);
  const land = () => ['land', input(), { how: one(['rename', 'rename', 'rename', 'copy', 'slow']), flag: flag() }];
  const emit = () => ['emit', `db/ext/${below(groups)}`];
  /** Of a life of the daemon, from its start: after a share of the time that a start takes, or after something that it does. */
  const moment = () =>
    one([
      { share: 1.2 * random() },
      { of: 'lock', ms: below(150) },
      { of: 'watching', ms: below(100) },
      { of: 'begun', ms: below(40) },
      { of: 'begun', ms: below(300) },
    ]);

  const begin = [];
  for (let group = 0; group < groups; group++) {
    begin.push(['emit', `db/ext/${group}`]);
    for (const n of partitions)
      if (chance(0.8)) begin.push(['land', `in/${group}/${n}`, { how: 'rename', flag: flag() }]);
  }
  const actions = [...begin];
  if (kills !== undefined) {
    // Enough for the second life to compact.
    for (let n = 0; n < 4; n++) actions.push(['noise']);
    for (let life = 1; life <= kills; life++) {
      if (chance(0.04)) actions.push(['noise']);
      if (chance(0.06)) actions.push(emit());
      for (let n = below(3); n > 0; n--) actions.push(land());
      actions.push(['start', chance(0.3) ? 'run' : 'watch']);
      if (chance(0.5)) actions.push(land());
      if (chance(0.1)) actions.push(['remove', input()]);
      actions.push(['kill', chance(0.08) ? { of: 'compaction', ms: below(8) } : moment()]);
      if (life % 50 === 0 || life === kills) actions.push(['settle']);
    }
    return actions;
  }

  const edits = ['comment', 'comment', 'command', 'remove', 'add', 'break', 'mend', 'mend'];
  const calls = [
    ['status'],
    ['why', 'join_0'],
    ['history'],
    ['status', '--check'],
    ['retry', '--failed'],
    ['run'],
    ['watch'],
    ['graph', '--status'],
  ];
  const kinds = {
    land: [30, () => [land()]],
    burst: [4, () => Array.from({ length: 12 }, land)],
    again: [
      6,
      () => {
        const [, name, how] = land();
        return [
          ['land', name, how],
          ['wait', below(60)],
          ['land', name, how],
        ];
      },
    ],
    remove: [6, () => [['remove', input()]]],
    emit: [5, () => [emit()]],
    noise: [2, () => [['noise']]],
    edit: [9, () => [['edit', one(edits), { job: `second_${below(groups)}`, inPlace: chance(0.5) }]]],
    call: [9, () => [['call', one(calls), chance(0.3) ? below(900) : undefined]]],
    kill: [8, () => [['kill', { ms: below(300) }]]],
    early: [6, () => [['kill', { ms: 0 }], ['start'], land(), ['kill', moment()]]],
    term: [3, () => [['term', { ms: below(200) }]]],
    earlyTerm: [3, () => [['term', { ms: 0 }], ['start'], ['term', moment()]]],
    freeze: [
      4,
      () => [['freeze'], land(), land(), ['wait', below(400)], one([['thaw'], ['thaw'], ['kill', { ms: 0 }]])],
    ],
    launcher: [4, () => [['kill-launcher'], land()]],
    job: [5, () => [land(), ['wait', below(300)], ['kill-job', random()]]],
    wait: [10, () => [['wait', below(400)]]],
  };
  const weights = Object.values(kinds).flatMap(([weight, make]) => Array(weight).fill(make));
  for (let n = 1; n <= length; n++) {
    actions.push(...one(weights)());
    if (n % 40 === 0 || n === length) actions.push(['settle']);
  }
  return actions;
}
