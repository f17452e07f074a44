/**
 * Who is measured against whom: each watches `landing/` of a directory of its own, runs one and the same command for
 * what is renamed into it, and tells in JSON lines when it is watching and when a run is over.
 */
import { execFileSync } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { eachLine } from './children.js';
import { stage } from './projects.js';

/** Milliseconds: the largest mappings take minutes to load. */
const startLimit = 300_000;
/** Milliseconds after which a landing counts as never seen. */
const landingLimit = 10_000;
/** Milliseconds between two landings: what one of them leaves to do must not delay the next. */
const pause = 100;

/** Its first instruction is to say that it has begun, to us. A file's own times are too coarse: they tick every 4 ms. */
export const command = 'echo "$source" >began';

const script = (name) => path.join(import.meta.dirname, 'contenders', name);

export const startObjflow = (begin, bin, root) =>
  begin(process.execPath, [bin, 'watch', '--format', 'json', '-C', root], root);
export const startFsWatch = (begin, root) => begin(process.execPath, [script('fs-watch-execa.js'), command], root);
export const startChokidar = (begin, root) => begin(process.execPath, [script('chokidar-execa.js'), command], root);
export const startBareChokidar = (begin, root) => begin(process.execPath, [script('chokidar-ready.js')], root);
export const startInotifywait = (begin, root) => begin('sh', [script('inotifywait.sh'), command], root);

/** Waits until the child sees everything; gives the milliseconds since `began`. */
export async function watching(child, began) {
  const seen = await child.next(({ event }) => event === 'watching', startLimit);
  if (!seen) throw new Error(`not watching within ${startLimit / 1000} s`);
  return performance.now() - began;
}

/**
 * Starts contenders, `{ name, root, start, nameOf? }`, one after the other, and calls `body` when each is watching.
 * `took` of each is the milliseconds until then.
 */
export async function withContenders(declared, body) {
  const contenders = [];
  const open = [];
  try {
    for (const contender of declared) {
      const begins = listenForBegins(contender.root);
      open.push(begins);
      const began = performance.now();
      const child = contender.start(contender.root);
      contenders.push({ ...contender, begins, child, took: await watching(child, began) });
    }
    return await body(contenders);
  } finally {
    for (const begins of open) begins.close();
  }
}

/** Hears what runs of `root` say of their begin. */
function listenForBegins(root) {
  const fifo = path.join(root, 'began');
  execFileSync('mkfifo', [fifo]);
  // Open for writing too: with no writer left it would be at its end.
  const socket = new Socket({ fd: openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
  let take = () => {};
  eachLine(socket, (line) => take(line, performance.now()));
  return {
    /** When the run for this source began; undefined where it did not in time. */
    next: (source) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, landingLimit);
        take = (said, at) => {
          if (said !== source) return;
          clearTimeout(timer);
          resolve(at);
        };
      }),
    close: () => socket.destroy(),
  };
}

/** Milliseconds from just before a file is renamed into place to the first instruction of its command. */
async function land({ root, child, begins, nameOf = (number) => `l${number}.csv` }, number) {
  const name = nameOf(number);
  const rename = stage(root, name);
  const over = child.next(({ event }) => event === 'run-succeeded' || event === 'run-failed', landingLimit);
  const beginning = begins.next(`landing/${name}`);
  const at = performance.now();
  rename();
  const [began, end] = await Promise.all([beginning, over]);
  if (end?.event === 'run-failed') throw new Error(`a run failed: ${JSON.stringify(end)}`);
  await new Promise((resolve) => setTimeout(resolve, pause));
  return began === undefined ? Number.POSITIVE_INFINITY : began - at;
}

/**
 * Landings one at a time, by turns for each contender, so that what else the machine does strikes all alike. Gives the
 * milliseconds of each contender's rounds.
 */
export async function landByTurns(contenders, { warmUp, rounds }) {
  const latencies = contenders.map(() => []);
  for (let round = 0; round < warmUp + rounds; round += 1)
    for (const [index, contender] of contenders.entries()) {
      const latency = await land(contender, round);
      if (round >= warmUp) latencies[index].push(latency);
    }
  return latencies;
}
