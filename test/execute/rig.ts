/** A project in a temporary directory, runs in it, and the proof that nothing of it is left running. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Given, Work } from '../../src/core/effect.js';
import type { Job } from '../../src/core/job.js';
import { fileId } from '../../src/core/object.js';
import { handedOn } from '../../src/execute/environment.js';
import type { Execution, Executor } from '../../src/execute/executor.js';
import { localExecutor } from '../../src/execute/local.js';
import { goneOf, type Starter, startHere } from '../../src/execute/start.js';

export const job = (fields: Partial<Job> = {}): Job => ({
  name: 'load',
  index: 0,
  tags: [],
  sources: [],
  targets: [],
  captures: [],
  when: 'any',
  run: 'true',
  shell: 'sh',
  env: {},
  retries: { attempts: 1, delay: 0, backoff: 1 },
  priority: 0,
  enabled: true,
  onUpstreamFailure: 'block',
  onMissingTarget: 'ignore',
  sourcesAs: 'all',
  definition: 'd',
  place: { file: '/objflow.yaml', line: 1, column: 1, endLine: 1, endColumn: 2 },
  ...fields,
});

let runs = 0;

export const work = (fields: Partial<Job> = {}, more: Partial<Work> = {}): Work => ({
  run: `run-${process.pid}-${++runs}`,
  task: 'load',
  job: job(fields),
  partition: {},
  attempt: 1,
  key: 'key-1',
  sources: [],
  targets: [],
  ...more,
});

export const files = (...names: readonly string[]): Given => ({ objects: names.map(fileId), gathers: false });

export interface Project {
  readonly root: string;
  readonly directory: string;
  readonly executor: Executor;
  run(fields: Partial<Job>, more?: Partial<Work>): Execution;
  /** The bytes of a file that a job made. */
  read(name: string): string;
  log(run: string): string;
  /** To be called at the end: fails when a process of this project lives. */
  close(): void;
}

/** Starts nothing itself: each command is given to a shell that was started ahead. Its text goes through `change`. */
export function waiting(shell: readonly string[], change = (text: string): string => text): Starter {
  let count = 0;
  return {
    start: startHere,
    async waitingIn(cwd) {
      const token = `waiting-${process.pid}-${++count}`;
      const [program = '', ...options] = shell;
      const child = spawn(program, [...options, '-s', token], {
        cwd,
        env: handedOn(process.env),
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      return {
        pid: child.pid ?? 0,
        token,
        async run(text) {
          const gone = once(child, 'exit').then(([exitCode, signal]) => goneOf(exitCode, signal));
          child.stdin.end(change(text));
          return { pid: child.pid ?? 0, gone };
        },
        release: () => child.stdin.end(),
      };
    },
  };
}

/** `starter` may depend on the project's root. */
export function project(grace = 300, given?: Starter | ((root: string) => Starter)): Project {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'objflow-execute-')));
  const starter = typeof given === 'function' ? given(root) : given;
  const directory = path.join(root, '.objflow');
  const executor = localExecutor({ root, directory, grace, ...(starter ? { starter } : {}) });
  const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
  return {
    root,
    directory,
    executor,
    run: (fields, more) => executor.start(work(fields, more)),
    read,
    log: (run) => (existsSync(path.join(directory, 'logs', `${run}.log`)) ? read(`.objflow/logs/${run}.log`) : ''),
    close() {
      const left = living(root);
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      rmSync(root, { recursive: true, force: true });
      expect(left).toEqual([]);
    },
  };
}

/** Processes that were told of this project, looked for in another way than the executor does. */
export function living(root: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      if (!/^\d+$/.test(name) || !readFileSync(`/proc/${name}/environ`, 'utf8').includes(`OBJFLOW_PROJECT=${root}\0`)) {
        return [];
      }
      return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      return []; // gone in the meantime
    }
  });
}

/** Resolves when it holds; polls, because it is another process that makes it so. */
export const until = (holds: () => boolean): Promise<void> =>
  expect.poll(holds, { interval: 10, timeout: 15_000 }).toBe(true);
