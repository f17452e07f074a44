/**
 * Performs the actions of a plan on a project and tells the log what it does; and settles: waits until objflow says that
 * nothing is due, and the log that everything has been consumed.
 */
import * as fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createCalls } from './calls.js';
import { createDaemon, until } from './daemon.js';
import { followJournal } from './journal.js';
import { unmet } from './judge.js';
import { living, noise } from './world.js';

/** Milliseconds without any progress after which what has not been consumed is lost. */
const patience = 20_000;
/** Calls beside the daemon at a time. */
const mostCalls = 3;

/** How calls beside the daemon may end. */
const statuses = {
  ...{ status: [0, 1], why: [0, 1], history: [0], graph: [0], emit: [0] },
  // Whoever holds the state is told; a second daemon holds it where it finds no first, until it is killed.
  ...{ retry: [0, 1, 3], run: [0, 1, 3], watch: [3] },
};

/** `wrong` is told, in a sentence, what calls and their leftovers show; the log is for others to judge. */
export function createPlayer({ bin, world, wrong, count }) {
  const calls = createCalls({ bin, world, wrong });
  const readJournal = followJournal(world.root, ({ run, task, outcome, startedAt, endedAt }) =>
    world.write(`recorded ${run} ${task} ${outcome} ${startedAt} ${endedAt}`),
  );
  const calm = path.join(world.above, 'calm');
  const others = new Set();
  /** What could not be announced, because the manifest was broken. */
  const unsaid = new Set();
  const mend = () => edit('mend', {});
  const daemon = createDaemon({ calls, world, wrong, count, others, ended: readJournal, mend });
  let generation = 0;

  function edit(what, { job, inPlace }) {
    const { manifest } = world;
    if (what === 'comment') manifest.comment += 1;
    if (what === 'command') manifest.edits += 1;
    if (what === 'remove') manifest.removed.add(job);
    if (what === 'add') manifest.removed.clear();
    if (what === 'break' || what === 'mend') manifest.broken = what === 'break';
    world.saveManifest(inPlace);
  }

  /** Begins one, and does not wait for its end. */
  async function call(args, killAfter = args[0] === 'watch' ? 1000 : undefined) {
    while (others.size >= mostCalls) await Promise.race([...others].map(({ ended }) => ended));
    const [name] = args;
    const one = calls.begin(name === 'watch' ? [...args, '--format', 'json'] : args, (status) =>
      statuses[name].includes(status),
    );
    count.calls += 1;
    others.add(one);
    void one.ended.then(() => others.delete(one));
    if (killAfter === undefined) return one;
    void setTimeout(killAfter).then(() => {
      if (one.over) return;
      world.write('kill daemon');
      one.kill('SIGKILL');
    });
    return one;
  }

  async function emit(name) {
    const { ended } = await call(['emit', `table:${name}`]);
    void ended.then((status) => {
      if (status !== 0) unsaid.add(name);
    });
  }

  const finish = async () => void (await Promise.all([...others].map((one) => one.end())));

  async function settle() {
    if (world.manifest.broken || world.manifest.removed.size > 0) {
      world.manifest.broken = false;
      edit('add', { inPlace: false });
    }
    await finish();
    for (const name of unsaid) await emit(name);
    unsaid.clear();
    await finish();
    fs.writeFileSync(calm, '');
    let progress = Date.now();
    let size = 0;
    for (;;) {
      await daemon.ensure();
      const document = await calls.ask('status');
      readJournal();
      const log = fs.readFileSync(world.log, 'utf8');
      if (log.length !== size) progress = Date.now();
      size = log.length;
      const open = document?.tasks.filter(({ phase }) => !/^(?:succeeded|waiting|disabled)$/.test(phase)) ?? [];
      const failed = open.length > 0 && open.every(({ phase }) => phase === 'failed' || phase === 'blocked');
      const expected = world.expected();
      const missing = unmet(log, expected);
      if (failed) await calls.ask('retry', '--failed');
      else if (document && open.length === 0 && missing.length === 0) {
        await tellSettled(expected);
        break;
      } else if (Date.now() - progress > patience) {
        for (const one of missing) wrong(`never consumed: ${one}`);
        wrong(`does not settle: ${JSON.stringify(open.slice(0, 3))}`);
        break;
      }
    }
    fs.rmSync(calm, { force: true });
  }

  async function tellSettled(expected) {
    world.write('settled');
    for (const one of expected) world.write(`expect ${one}`);
    const history = await calls.ask('history');
    for (const { run, task, outcome } of history?.runs ?? []) world.write(`history ${run} ${task} ${outcome}`);
  }

  const actions = {
    async land(name, how) {
      count.landings += 1;
      await world.land(name, ++generation, how);
    },
    remove: (name) => world.remove(name, ++generation),
    async emit(name) {
      world.fill(name, ++generation);
      await emit(name);
    },
    noise: () => call(['emit', ...noise]),
    edit,
    call,
    settle,
    wait: (ms) => setTimeout(ms),
    ...{ start: daemon.start, kill: daemon.kill, term: daemon.term, freeze: daemon.freeze, thaw: daemon.thaw },
    async 'kill-launcher'() {
      await daemon.ensure();
      for (const { pid, command } of living(world.above)) if (command.includes('launcher')) strike('launcher', pid);
    },
    async 'kill-job'(share) {
      await daemon.ensure();
      let jobs = [];
      await until(() => {
        jobs = living(world.above).filter(({ run }) => run !== undefined);
        return jobs.length > 0;
      }, 300);
      const job = jobs[Math.floor(share * jobs.length)];
      if (job) strike(job.run, job.pid);
    },
  };

  function strike(what, pid) {
    world.write(`kill ${what}`);
    count.strikes += 1;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }

  /** Performs them in order; at the end nothing lives, and nothing is left to do. */
  async function play(plan) {
    for (const [what, ...about] of plan) await actions[what](...about);
    await finish();
    await daemon.stop(true);
    world.write('idle');
    // The second is answered by what the first has found out.
    for (const _ of 'ab') await calls.ask('run');
    world.write('busy');
    await daemon.checkLeft(true);
    fs.writeFileSync(calm, '');
    await actions.land('in/0/p0', { how: 'rename' });
    await calls.ask('run');
    readJournal();
    for (const one of unmet(fs.readFileSync(world.log, 'utf8'), world.expected()))
      wrong(`not consumed by a run without a daemon: ${one}`);
    await daemon.checkLeft(true);
  }

  /** Whatever happened, nothing of it lives on. */
  async function end() {
    await calls.end();
    await until(() => living(world.above).length === 0, 2000);
    for (const { pid } of living(world.above)) strike('what is left', pid);
  }

  return { play, end };
}
