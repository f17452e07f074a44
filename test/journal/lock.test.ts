/** One holder, however many try, and none that is dead. With real processes that are really stopped and killed. */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { acquireLock, holderOf } from '../../src/journal/lock.js';
import type { JournalProblem } from '../../src/journal/problem.js';
import { directory, good, open, problemOf } from './fixtures.js';

const script = fileURLToPath(new URL('contender.mjs', import.meta.url));
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

type Answer = Partial<JournalProblem> & { readonly won: boolean };

async function contender(stateFile: string): Promise<ChildProcess> {
  const child = fork(script, ['lock', stateFile]);
  children.push(child);
  await once(child, 'message');
  return child;
}

async function ask(child: ChildProcess, question: object): Promise<Answer> {
  const answer = once(child, 'message');
  child.send(question);
  const [message] = await answer;
  return message as Answer; // contender.mjs sends nothing else
}

const acquire = (child: ChildProcess, at = 0): Promise<Answer> => ask(child, { at });

const stateFile = (): string => join(directory(), 'state.jsonl');

/** What a lock of ours holds, to be forged. */
function lockContents(): Record<string, unknown> {
  const path = stateFile();
  const lock = good(acquireLock(path));
  const contents: Record<string, unknown> = JSON.parse(readFileSync(`${path}.lock`, 'utf8'));
  lock.release();
  return contents;
}

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('a state is held until it is given free; a second is told by whom, in the same process too', () => {
  const path = stateFile();
  const lock = good(acquireLock(path));
  const problem = problemOf(acquireLock(path));
  const { pid, host, since } = problem.holder ?? {};
  expect(pid).toBe(process.pid);
  expect(problem).toMatchObject({ code: 'held', retryable: false });
  expect(problem.message).toContain(`the state ${path} is held by process ${pid} on host ${host} since ${since}`);
  lock.release();
  good(acquireLock(path)).release();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('it says what the state is held for, where that is said in words that we know', () => {
  const path = stateFile();
  const told = (): unknown => {
    const { pid, host, since, ...purpose } = Object(holderOf(path));
    expect([pid, typeof host, typeof since]).toEqual([process.pid, 'string', 'string']);
    return purpose;
  };
  for (const purpose of [{}, { role: 'watch' }, { role: 'run', selected: true }, { role: 'take-up' }] as const) {
    const lock = good(acquireLock(path, purpose));
    expect(told()).toEqual(purpose);
    lock.release();
    expect(holderOf(path)).toBeUndefined();
  }
  const contents = lockContents();
  writeFileSync(`${path}.lock`, JSON.stringify({ ...contents, role: 'serve', selected: 'some', more: 1 }));
  expect(told()).toEqual({});
  expect(problemOf(acquireLock(path)).code).toBe('held');
});

test('a journal that is open is held', () => {
  const path = stateFile();
  open(path);
  expect(problemOf(acquireLock(path)).code).toBe('held');
});

test('one state through two paths is one state', () => {
  const made = directory();
  mkdirSync(join(made, 'real'));
  symlinkSync('real', join(made, 'link'));
  const lock = good(acquireLock(join(made, 'real', 'state.jsonl')));
  expect(problemOf(acquireLock(join(made, 'link', 'state.jsonl'))).code).toBe('held');
  expect(problemOf(acquireLock(join(made, 'link', '..', 'real', 'state.jsonl'))).code).toBe('held');
  lock.release();
});

test('only its own lock is removed, and only once', () => {
  const path = stateFile();
  const lock = good(acquireLock(path));
  writeFileSync(`${path}.lock`, 'another');
  lock.release();
  expect(readFileSync(`${path}.lock`, 'utf8')).toBe('another');
  const next = good(acquireLock(path));
  lock.release();
  expect(existsSync(`${path}.lock`)).toBe(true);
  next.release();
  // Two locks of one process within one millisecond are the same, to the byte.
  const former = good(acquireLock(path));
  const contents = readFileSync(`${path}.lock`);
  former.release();
  writeFileSync(`${path}.lock`, contents);
  former.release();
  expect(existsSync(`${path}.lock`)).toBe(true);
});

describe('twenty at once', { timeout: 120_000 }, () => {
  const rounds = async (prepare: (path: string) => void): Promise<void> => {
    const path = stateFile();
    const all = await Promise.all(Array.from({ length: 20 }, () => contender(path)));
    for (let round = 0; round < 30; round++) {
      prepare(path);
      const at = Date.now() + 5;
      const answers = await Promise.all(all.map((child) => acquire(child, at)));
      const winners = all.filter((_, index) => answers[index]?.won);
      expect(winners, `round ${round}`).toHaveLength(1);
      for (const { won, code, holder } of answers)
        if (!won) expect([code, holder?.pid]).toEqual(['held', winners[0]?.pid]);
      for (const winner of winners) await ask(winner, { release: true });
      expect(readdirSync(dirname(path))).toEqual([]);
    }
  };

  test('exactly one holds, and the others name it', async () => {
    await rounds(() => {});
  });

  test('exactly one replaces a dead holder', async () => {
    const contents = { ...lockContents(), pid: await deadPid() };
    await rounds((path) => writeFileSync(`${path}.lock`, JSON.stringify(contents)));
  });

  test('exactly one, where a dead one had been replacing a dead one', async () => {
    const contents = { ...lockContents(), pid: await deadPid() };
    const dead = JSON.stringify(contents);
    const second = createHash('sha256').update(dead).digest('hex').slice(0, 16);
    await rounds((path) => {
      writeFileSync(`${path}.lock`, dead);
      writeFileSync(`${path}.lock~${second}`, JSON.stringify({ ...contents, since: 'later' }));
    });
  });
});

describe('a holder', () => {
  test('killed is replaced at once', async () => {
    const path = stateFile();
    const child = await contender(path);
    expect(await acquire(child)).toMatchObject({ won: true });
    expect(problemOf(acquireLock(path)).holder?.pid).toBe(child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const before = performance.now();
    good(acquireLock(path)).release();
    expect(performance.now() - before).toBeLessThan(200);
  });

  test('killed and not yet waited for by its parent is replaced too', async () => {
    const path = stateFile();
    // The shell becomes a program that never waits for the child that it has inherited.
    const parent = spawn('sh', ['-c', '"$@" & exec sleep 1000', 'sh', process.execPath, script, 'lock', path]);
    children.push(parent);
    const [data] = await once(parent.stdout, 'data');
    const pid = Number(String(data));
    expect(problemOf(acquireLock(path)).holder?.pid).toBe(pid);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => acquireLock(path).ok, { timeout: 5000, interval: 5 }).toBe(true);
  });

  test('stopped holds it still', async () => {
    const path = stateFile();
    const child = await contender(path);
    await acquire(child);
    child.kill('SIGSTOP');
    expect(problemOf(acquireLock(path)).holder?.pid).toBe(child.pid);
    child.kill('SIGCONT');
    await ask(child, { release: true });
    good(acquireLock(path)).release();
  });
});

describe('a lock file', () => {
  const forged = (contents: string): ReturnType<typeof acquireLock> => {
    const path = stateFile();
    writeFileSync(`${path}.lock`, contents);
    const taken = acquireLock(path);
    if (taken.ok) taken.value.release();
    else expect(readFileSync(`${path}.lock`, 'utf8')).toBe(contents);
    expect(readdirSync(dirname(path))).toEqual(taken.ok ? [] : [`${basename(path)}.lock`]);
    return taken;
  };
  const changed = (change: object): ReturnType<typeof acquireLock> =>
    forged(JSON.stringify({ ...lockContents(), ...change }));

  test('of this very process is held', () => {
    expect(changed({}).ok).toBe(false);
  });

  test('of a number that is another process by now, or of an earlier boot, is dead', () => {
    expect(changed({ start: '1' }).ok).toBe(true);
    expect(changed({ pid: process.ppid }).ok).toBe(true);
    expect(changed({ bootId: 'earlier' }).ok).toBe(true);
    expect(changed({ pid: 2 ** 40 }).ok).toBe(true);
  });

  test('of another host or another container is never replaced, and the file to remove is named', async () => {
    const pid = await deadPid();
    for (const change of [{ host: 'elsewhere' }, { host: 'elsewhere', bootId: 'x' }, { pidns: 'pid:[1]' }]) {
      const problem = problemOf(changed({ pid, ...change }));
      expect(problem.code).toBe('held');
      expect(problem.message).toMatch(/another (host|container).*if it is gone, remove .*state\.jsonl\.lock$/);
    }
  });

  test('that is no JSON has nobody behind it', () => {
    for (const contents of ['', '\0\0\0\0', '{"pid":4711,"sta', 'garbage']) expect(forged(contents).ok).toBe(true);
  });

  test('in a form that is not known is not replaced', () => {
    for (const contents of ['{}', '[]', '7', 'null', '{"pid":"1"}']) {
      expect(problemOf(forged(contents)).message).toMatch(/cannot identify; if it is gone, remove/);
    }
    expect(problemOf(changed({ pid: -1 })).message).toContain('cannot identify');
  });

  test('cannot paint the terminal', () => {
    expect(problemOf(changed({ host: 'a\u001b[2Jb' })).message).toContain('a\\u001b[2Jb');
  });

  test('that cannot be a file is a problem, not a crash', () => {
    const path = stateFile();
    mkdirSync(`${path}.lock`);
    expect(problemOf(acquireLock(path))).toMatchObject({ code: 'unusable' });
    expect(problemOf(acquireLock(join(path, 'none', 'state.jsonl'))).code).toBe('unusable');
  });

  test('what killed contenders left beside it is removed by the next holder', () => {
    const path = stateFile();
    for (const end of ['.7f0c', '~0123456789abcdef', '~0123456789abcdef.7f0c'])
      writeFileSync(`${path}.lock${end}`, '{}');
    writeFileSync(`${path}.locksmith`, '');
    mkdirSync(`${path}.lock.d`);
    good(acquireLock(path)).release();
    expect(readdirSync(dirname(path))).toEqual(['state.jsonl.lock.d', 'state.jsonl.locksmith']);
  });
});

test('a disk that is full is told as such, and no part of a lock is left there', () => {
  const path = stateFile();
  // A file that may hold no byte is made and cannot be filled, as on a full disk.
  const limited = 'trap "" XFSZ; ulimit -f 0; exec "$0" --input-type=module -e "$1" "$2" "$3"';
  const program = `
    const { acquireLock } = await import(process.argv[1]);
    process.exitCode = acquireLock(process.argv[2]).ok ? 1 : 0;`;
  const lock = new URL('../../dist/journal/lock.js', import.meta.url).href;
  const { status } = spawnSync('bash', ['-c', limited, process.execPath, program, lock, path], { stdio: 'ignore' });
  expect({ status, left: readdirSync(dirname(path)) }).toEqual({ status: 0, left: [] });
});
