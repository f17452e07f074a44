/**
 * Calls of the built program, each held against what is documented of every call: its exit status is one of those that
 * were said to be well, and standard error holds no stack trace. Knows nothing of what the calls are for.
 */
import { spawn } from 'node:child_process';

/** Milliseconds after which a call that should have ended hangs. */
const patience = 60_000;

/** `wrong` is told, in a sentence, what a call did that it may not do. */
export function createCalls({ bin, world, wrong }) {
  const living = new Set();
  let over = false;

  /** Begins a call. `well` gives whether it may end so: an exit status, or the name of a signal. */
  function begin(args, well) {
    if (over) throw new Error('the round was broken off');
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: world.root,
      env: { PATH: process.env.PATH, HOME: world.above },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const saves = world.manifest.saves;
    const broken = world.manifest.broken;
    const call = { args, child, began: performance.now(), lines: 0, out: '', over: false, killed: false };
    living.add(call);
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      call.lines += text.split('\n').length - 1;
      if (args[0] !== 'watch') call.out += text;
      // What `run` says first it says when it has looked at everything, too.
      if (args[0] === 'run' || text.includes('"event":"watching"')) call.ready ??= performance.now();
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    call.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        call.over = true;
        living.delete(call);
        const status = signal ?? code;
        // Whoever reads the manifest while it is broken, or while it is being written, may say so.
        const edited = broken || saves !== world.manifest.saves;
        const fine = (call.killed && status === 'SIGKILL') || (edited && status === 2) || well(status, call);
        if (!fine) wrong(`objflow ${args.join(' ')} ended with ${status}: ${err.slice(-1000)}`);
        if (/this is a bug|\n {4}at /.test(err)) wrong(`objflow ${args.join(' ')} said: ${err.slice(-2000)}`);
        resolve(status);
      });
    });
    call.kill = (signal) => {
      if (signal === 'SIGKILL') call.killed = true;
      child.kill(signal);
    };
    /** Waits for its end, but not for ever. */
    call.end = async () => {
      const timer = setTimeout(() => {
        wrong(`objflow ${args.join(' ')} has not ended after ${patience / 1000} s`);
        call.kill('SIGKILL');
      }, patience);
      const status = await call.ended;
      clearTimeout(timer);
      return status;
    };
    return call;
  }

  /** What a call prints with `--format json`; undefined where it went wrong, which has been told. */
  async function ask(...args) {
    const call = begin([...args, '--format', 'json'], (status) => status === 0);
    if ((await call.end()) !== 0) return undefined;
    // Of `run`, which prints a document a line, the last.
    return JSON.parse(args[0] === 'run' ? (call.out.trim().split('\n').at(-1) ?? '') : call.out);
  }

  /** Whatever lives is killed, and nothing begins any more. */
  async function end() {
    over = true;
    for (const one of living) {
      one.child.kill('SIGCONT');
      one.kill('SIGKILL');
      await one.ended;
    }
  }

  return { begin, ask, end };
}
