/**
 * Child processes that tell in JSON lines what happens to them, as `objflow watch --format json` does, and the
 * temporary directories that they work in. What was begun here ends here, also when the benchmark is interrupted.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Milliseconds between the request to end and the end by force. */
const patience = 10_000;

/** Leaders of process groups. */
const living = new Set();
const directories = new Set();

process.on('exit', () => {
  for (const pid of living) signal(pid, 'SIGKILL');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
for (const [name, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }))
  process.once(name, () => process.exit(status));

/**
 * Calls `body` with a temporary directory and a function that begins a child (`start` below); afterwards all children
 * have ended and the directory is gone.
 */
export async function within(body) {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'objflow-bench-')));
  directories.add(root);
  const children = [];
  const begin = (...args) => {
    const child = start(...args);
    children.push(child);
    return child;
  };
  try {
    return await body(root, begin);
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    rmSync(root, { recursive: true, force: true });
    directories.delete(root);
  }
}

function start(command, args, cwd) {
  // A group of its own, so that a pipeline ends as a whole.
  const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const waiting = new Set();
  const listeners = new Set();
  let problem;
  let said = '';

  const fail = (message) => {
    problem ??= new Error(message);
    for (const { reject } of waiting) reject(problem);
    waiting.clear();
  };
  const ended = new Promise((resolve) => {
    child.on('error', (error) => {
      fail(error.message);
      resolve();
    });
    child.on('close', (status, by) => {
      living.delete(child.pid);
      fail(`${path.basename(args[0] ?? command)} ended (${by ?? status}): ${said.trim() || 'it said nothing'}`);
      resolve();
    });
  });
  if (child.pid !== undefined) living.add(child.pid);

  eachLine(child.stdout, (line) => {
    // There may be a hundred thousand of these before the first that counts.
    if (line.startsWith('{"event":"object-landed"')) return;
    try {
      hear(JSON.parse(line));
    } catch {
      fail(`this is not JSON: ${line}`);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-2000);
  });
  function hear(event) {
    for (const listener of listeners) listener(event);
    for (const wait of waiting) if (wait.such(event)) wait.resolve(event);
  }

  return {
    pid: child.pid,
    listen: (listener) => listeners.add(listener),
    /** The next such event; undefined where none came in time. Fails when the child ends before. */
    next(such, milliseconds) {
      if (problem) return Promise.reject(problem);
      return new Promise((resolve, reject) => {
        const over = (how) => (value) => {
          clearTimeout(timer);
          waiting.delete(wait);
          how(value);
        };
        const wait = { such, resolve: over(resolve), reject: over(reject) };
        const timer = setTimeout(wait.resolve, milliseconds);
        waiting.add(wait);
      });
    },
    async stop() {
      if (!living.has(child.pid)) return ended;
      signal(child.pid, 'SIGTERM');
      const force = setTimeout(() => {
        process.stderr.write(`${args.join(' ')} went on after SIGTERM, and was killed\n`);
        signal(child.pid, 'SIGKILL');
      }, patience);
      await ended;
      clearTimeout(force);
    },
  };
}

export function eachLine(stream, take) {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) take(line);
  });
}

function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // it has ended by itself
  }
}
