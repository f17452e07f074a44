/**
 * The daemon's lives: starts it, kills it at a moment, stops it as one should, and looks at what it leaves then. Knows nothing of
 * why.
 */
import * as fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { leftovers, living } from './world.js';

/** Milliseconds that processes have to end after the daemon has. */
const patience = 3000;

/** Resolves when it holds, or after `most` milliseconds: gives whether it does. */
export async function until(holds, most) {
  const end = Date.now() + most;
  while (!holds()) {
    if (Date.now() > end) return false;
    await setTimeout(1);
  }
  return true;
}

/** `ended` is called after each end of the daemon; `others` are the calls that are made beside it; `mend` mends the manifest. */
export function createDaemon({ calls, world, wrong, count, others, ended, mend }) {
  let daemon;
  let frozen = false;
  /** Milliseconds from a start to what counts as watching: of the last that came so far. */
  let usual = 500;
  /** Where in the log this life began, and how long that was when it was last looked at. */
  let logged = 0;
  let seen = 0;

  /** Starts it where none lives; `run` is another that holds the state, as long as something is due. */
  function start(command = 'watch') {
    if (daemon && !daemon.over) return;
    count.starts += 1;
    // Somebody may hold the state when it comes to take it.
    const had = [...others];
    daemon = calls.begin([command, '--format', 'json'], (status, { asked, ready }) => {
      if (status === 3) return had.length + others.size > 0;
      if (command === 'run' && (status === 0 || status === 1)) return true;
      // It may be told before it catches signals.
      return asked && (status === 143 || (status === 'SIGTERM' && !ready));
    });
    logged = seen = fs.statSync(world.log).size - 1;
    frozen = false;
  }

  /** One that watches. It is started again where the manifest was broken, or the state was held by another. */
  async function ensure() {
    for (;;) {
      start();
      thaw();
      const mine = daemon;
      if (!(await until(() => mine.ready || mine.over, 30_000))) wrong('the daemon is not ready after 30 s');
      if (!mine.over && mine.args[0] === 'watch') return;
      await mine.end();
      if (world.manifest.broken) mend();
      await Promise.all([...others].map((one) => one.end()));
    }
  }

  /** The moment of this life that a plan names. */
  async function meet({ of, ms = 0, share = 0 }) {
    const mine = daemon;
    const there = {
      lock: () => lockedBy(mine.child.pid),
      watching: () => mine.ready,
      // Nothing may be due.
      begun: () => hasBegun() || performance.now() - mine.ready > usual,
      // It comes before it watches, or not.
      compaction: () => mine.ready || fs.existsSync(path.join(world.root, '.objflow/state.jsonl.tmp')),
    }[of];
    if (there) await until(() => mine.over || frozen || there(), 10_000);
    await Promise.race([setTimeout(ms + share * usual), mine.ended]);
    if (mine.ready) usual = mine.ready - mine.began;
  }

  /** A command has begun since this life did. */
  function hasBegun() {
    const { size } = fs.statSync(world.log);
    if (size === seen) return false;
    seen = size;
    return fs.readFileSync(world.log).includes('\nstart ', logged);
  }

  function lockedBy(pid) {
    try {
      return fs.readFileSync(path.join(world.root, '.objflow/state.jsonl.lock'), 'utf8').includes(`"pid":${pid},`);
    } catch {
      return false; // nobody holds it
    }
  }

  function freeze() {
    start();
    daemon.child.kill('SIGSTOP');
    frozen = true;
  }

  function thaw() {
    if (frozen && !daemon.over) daemon.child.kill('SIGCONT');
    frozen = false;
  }

  async function kill(moment) {
    start();
    await meet(moment);
    if (!daemon.over) {
      count.kills += 1;
      world.write('kill daemon');
      daemon.kill('SIGKILL');
    }
    await daemon.end();
    ended();
  }

  async function term(moment) {
    start();
    thaw();
    await meet(moment);
    await stop(false);
  }

  /** Ends it as one should, and looks at what it leaves. `whole`: all that was asked of it has been done. */
  async function stop(whole) {
    // One of them may take the state that this one gives free, and be killed before this one has ended.
    const alone = others.size === 0;
    if (!daemon.over) {
      count.stops += 1;
      daemon.asked = true;
      daemon.kill('SIGTERM');
    }
    const status = await daemon.end();
    ended();
    // One that ended before it caught signals has touched nothing: what is there was left by one that was killed.
    const touched = status !== 'SIGTERM' || lockedBy(daemon.child.pid);
    if (alone && others.size === 0 && touched) await checkLeft(whole, daemon.ready !== undefined);
  }

  /** `tookUp`: the last one came so far that it had taken up what still ran. */
  async function checkLeft(whole, tookUp = true) {
    let left = [];
    const gone = () => {
      left = living(world.above);
      return left.length === 0;
    };
    await until(gone, patience);
    for (const { pid, command } of left) wrong(`process ${pid} is left when all has been stopped: ${command}`);
    const waiting = /^\.objflow\/inbox\/\d[\w.-]*\.json$/;
    const open = /^\.objflow\/runs\/[\w.-]+\.(?:trace|sources)$/;
    for (const name of leftovers(world))
      if ((whole || !waiting.test(name)) && (tookUp || !open.test(name)))
        wrong(`${name} is left when all has been stopped`);
  }

  return { start, ensure, freeze, thaw, kill, term, stop, checkLeft };
}
