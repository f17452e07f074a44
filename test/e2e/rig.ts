/**
 * The built program in a temporary project, with real files and real processes. It checks every JSON line against the
 * schemas, all text for control characters, and at the end that nothing of the project is still running. Knows
 * nothing of the program's code.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';
import { faults } from '../report/schemas.ts';

/** The program. */
export const bin = path.join(import.meta.dirname, '../../bin/objflow.js');

/** A line that `run --format json` or `watch` prints, as far as the tests read it. */
export interface Line {
  readonly event: string;
  readonly at: string;
  readonly task?: string;
  readonly job?: string;
  readonly run?: string;
  readonly attempt?: number;
  readonly exitCode?: number;
  readonly problem?: string;
  readonly message?: string;
  readonly name?: string;
  readonly object?: string;
  readonly signal?: string;
  readonly running?: number;
  readonly grace?: number;
  readonly directory?: string;
  readonly added?: readonly string[];
  readonly changed?: readonly string[];
  readonly removed?: readonly string[];
  readonly diagnostics?: readonly { readonly code: string; readonly file: string; readonly line: number }[];
}

export interface Ended {
  /** The exit status; the signal's name where one ended it. */
  readonly status: number | NodeJS.Signals;
  readonly out: string;
  readonly err: string;
  /** What `run` or `watch` printed with `--format json`; empty for other calls. */
  readonly lines: readonly Line[];
}

export interface Call {
  readonly child: ChildProcess;
  readonly lines: readonly Line[];
  /** The first line, past ones included, that is such; fails when the program ends without it. */
  line(such: (line: Line) => boolean): Promise<Line>;
  /** Resolves once the lines until now are such; fails when the program ends before. */
  when(holds: (lines: readonly Line[]) => boolean): Promise<void>;
  readonly ended: Promise<Ended>;
}

export interface Task {
  readonly task: string;
  readonly job: string;
  readonly phase: string;
  readonly reasons: readonly {
    readonly code: string;
    readonly message: string;
    readonly object?: string;
    readonly task?: string;
  }[];
  readonly lastRun?: { readonly attempts: number; readonly outcome: string; readonly problem?: string };
}

export interface Status {
  readonly tasks: readonly Task[];
  readonly setAside?: readonly { readonly name: string; readonly why: string }[];
}

/** One line of the journal, as far as the tests read it. */
export interface Kept {
  readonly type: string;
  readonly run?: string;
  readonly task?: string;
  readonly outcome?: string;
}

export type Project = ReturnType<typeof project>;

/** A project of this manifest (none where it is undefined) and these files, which have landed. Closed with the test. */
export function project(manifest: string | undefined, files: Readonly<Record<string, string>> = {}) {
  const above = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'objflow-e2e-')));
  const root = path.join(above, 'project');
  const children: ChildProcess[] = [];
  const gates: number[] = [];
  const at = (name: string): string => path.join(root, name);

  /** Puts a file there that has landed: its last write is long ago, and it comes whole. */
  function land(name: string, content: string): void {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    const fresh = path.join(above, `landing-${children.length}`);
    fs.writeFileSync(fresh, content);
    fs.utimesSync(fresh, 1e9, 1e9 + versions++);
    fs.renameSync(fresh, at(name));
  }

  function start(...args: string[]): Call {
    return startWith({}, ...args);
  }

  function startWith(
    { env = {}, program = [process.execPath, bin] }: { env?: Record<string, string>; program?: readonly string[] },
    ...args: string[]
  ): Call {
    const [command = '', ...before] = program;
    const child = spawn(command, [...before, ...args], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: above, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const tells = args[0] === 'watch' || args[0] === 'run';
    return follow(child, tells && args.includes('json') && !args.includes('--dry-run'));
  }

  const objflow = (...args: string[]): Promise<Ended> => start(...args).ended;

  /** `run --format json`. */
  const run = (...args: string[]): Promise<Ended> => objflow('run', '--format', 'json', ...args);

  /** `watch --format json`, which has looked at everything. The test ends it. */
  async function watch(...args: string[]): Promise<Call> {
    const call = start('watch', '--format', 'json', ...args);
    await call.line(({ event }) => event === 'watching');
    return call;
  }

  async function status(...selectors: string[]): Promise<Status> {
    const { out, status: code, err } = await objflow('status', '--format', 'json', ...selectors);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const document: Status = JSON.parse(out);
    expect(faults('status', document)).toEqual([]);
    return document;
  }

  async function close(): Promise<void> {
    for (const fd of gates) fs.closeSync(fd);
    const left = living(above);
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    const journal = at('.objflow/state.jsonl');
    const said = fs.existsSync(journal) && !fs.statSync(journal).isDirectory() ? fs.readFileSync(journal, 'utf8') : '';
    fs.rmSync(above, { recursive: true, force: true });
    expect(left).toEqual([]);
    for (const line of whole(said)) expect({ line, wrong: faults('journal', line) }).toMatchObject({ wrong: [] });
  }

  fs.mkdirSync(root);
  if (manifest !== undefined) fs.writeFileSync(at('objflow.yaml'), manifest);
  for (const [name, content] of Object.entries(files)) land(name, content);
  onTestFinished(close);

  return {
    root,
    above,
    at,
    land,
    start,
    startWith,
    objflow,
    run,
    watch,
    status,
    read: (name: string): string => fs.readFileSync(at(name), 'utf8'),
    has: (name: string): boolean => fs.existsSync(at(name)),
    nothingRuns: (): void => expect(living(above)).toEqual([]),
    /** Each task's phase. */
    phases: async (): Promise<Record<string, string>> =>
      Object.fromEntries((await status()).tasks.map(({ task, phase }) => [task, phase])),
    /** Lines that jobs wrote outside of the project, in `../NAME`. */
    told(name: string): string[] {
      const file = path.join(above, name);
      return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    },
    /** A gate at `../NAME`: `read x <../NAME` waits until the test lets one through. */
    gate(name: string): () => void {
      execFileSync('mkfifo', [path.join(above, name)]);
      const fd = fs.openSync(path.join(above, name), fs.constants.O_RDWR);
      gates.push(fd);
      return () => void fs.writeSync(fd, '\n');
    },
    /** The whole lines of the journal. */
    journal: (): Kept[] =>
      fs.existsSync(at('.objflow/state.jsonl')) ? whole(fs.readFileSync(at('.objflow/state.jsonl'), 'utf8')) : [],
  };
}

let versions = 0;

function whole(journal: string): Kept[] {
  const end = journal.lastIndexOf('\n') + 1;
  return journal
    .slice(0, end)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Anything below a space but a line's end, and what follows 7-bit ASCII: what paints a terminal. */
const paints = /[^\n\u0020-\u007e\u00a0-\u{10ffff}]/u;

function follow(child: ChildProcess, json: boolean): Call {
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the program was started without pipes');
  let out = '';
  let over: string | undefined;
  let taken = 0;
  const wrong: string[] = [];
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
    if (!json) return;
    for (let end = out.indexOf('\n', taken); end >= 0; end = out.indexOf('\n', taken)) {
      const line: Line = JSON.parse(out.slice(taken, end));
      taken = end + 1;
      wrong.push(...faults('events', line).map((fault) => `${JSON.stringify(line)}: ${fault}`));
      lines.push(line);
    }
    for (const look of waiting) look();
  });
  const errors = text(stderr);
  const ended = new Promise<Ended['status']>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(signal ?? status ?? -1));
  }).then(async (status) => {
    const err = await errors;
    over = `the program ended with ${status}\n${out}\n${err}`;
    for (const look of waiting) look();
    expect(wrong).toEqual([]);
    expect(out).not.toMatch(paints);
    expect(err).not.toMatch(paints);
    expect(err).not.toMatch(/this is a bug|\n {4}at /);
    return { status, out, err, lines };
  });
  ended.catch(() => undefined); // told to whoever awaits it
  const find = <T>(found: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const value = found();
        if (value !== undefined) resolve(value);
        else if (over !== undefined) reject(new Error(`no such line: ${over}`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  return {
    child,
    lines,
    ended,
    line: (such) => find(() => lines.find(such)),
    when: async (holds) => void (await find(() => holds(lines) || undefined)),
  };
}

/** Processes that were told of this project or stand in it. */
function living(above: string): { readonly pid: number; readonly command: string }[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const told = fs.readFileSync(`/proc/${name}/environ`, 'utf8').includes(`OBJFLOW_PROJECT=${above}/project\0`);
      if (!told && !`${fs.readlinkSync(`/proc/${name}/cwd`)}/`.startsWith(`${above}/`)) return [];
      return [{ pid: Number(name), command: fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
    } catch {
      return []; // gone in the meantime, or buried
    }
  });
}

/** Tasks in the order in which their runs started, first attempts only. */
export const started = ({ lines }: { readonly lines: readonly Line[] }): (string | undefined)[] =>
  lines.flatMap(({ event, attempt, task }) => (event === 'run-started' && attempt === 1 ? [task] : []));

/** The lines of one kind. */
export const those = ({ lines }: { readonly lines: readonly Line[] }, event: string): Line[] =>
  lines.filter((line) => line.event === event);

/** Tells a daemon to stop, and gives how it ended. */
export async function stop({ child, ended }: Call): Promise<Ended> {
  child.kill('SIGTERM');
  const how = await ended;
  expect({ status: how.status, err: how.err, last: how.lines.at(-1)?.event }).toEqual({
    status: 143,
    err: '',
    last: 'stopped',
  });
  return how;
}

/** The counts of the last line. */
export function summary({ lines }: Ended): Omit<Record<string, unknown>, 'event' | 'at'> {
  const last = lines.at(-1);
  expect(last?.event).toBe('summary');
  const { event: _, at: __, ...counts } = { ...last };
  return counts;
}

/** Most tasks at a time, as the lines tell; `of` says which tasks count. */
export function mostAtATime({ lines }: Ended, of: (task: string) => boolean = () => true): number {
  let now = 0;
  let most = 0;
  for (const { event, task = '' } of lines) {
    if (!of(task)) continue;
    if (event === 'run-started') now += 1;
    else if (['run-succeeded', 'run-failed', 'attempt-failed', 'run-interrupted'].includes(event)) now -= 1;
    most = Math.max(most, now);
  }
  return most;
}

/** Resolves when it holds; polls, because it is another process that makes it so. */
export const until = (holds: () => boolean): Promise<void> =>
  expect.poll(holds, { interval: 10, timeout: 20_000 }).toBe(true);
