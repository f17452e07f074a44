import { describe, expect, test } from 'vitest';
import type { Work } from '../../src/core/effect.js';
import { fileId, objectId } from '../../src/core/object.js';
import { environmentOf, handedOn } from '../../src/execute/environment.js';
import { files, work } from './rig.js';

const of = (given: Work, inherited: Record<string, string> = {}) =>
  environmentOf(given, given.job.run, {
    root: '/project',
    sourcesFile: '/project/.objflow/runs/1.sources',
    inherited: handedOn(inherited),
  });

function environment(given: Work, inherited: Record<string, string> = {}) {
  const result = of(given, inherited);
  if (!result.ok) throw new Error(result.error);
  const { own, ...rest } = result.value;
  return { ...rest, variables: { ...handedOn(inherited), ...own } };
}

const problem = (given: Work): string => {
  const result = of(given);
  return result.ok ? 'fits' : result.error;
};

const gathered = (count: number, length = 100) => ({
  objects: Array.from({ length: count }, (_, index) => fileId(`in/${String(index).padStart(length - 3, '0')}`)),
  gathers: true,
});

describe('what a command is told', () => {
  test('sources, targets, captures, names and itself', () => {
    const given = work(
      { env: { LEVEL: 'x', source: 'not this' } },
      {
        run: 'r1',
        task: 'load[date=2026-11-23]',
        partition: { date: '2026-11-23' },
        attempt: 2,
        sources: [
          { ...files('landing/a b.csv'), name: 'orders' },
          { name: 'customers', objects: [objectId('table', 'raw.customers')], gathers: false },
          { name: 'absent', objects: [], gathers: false },
        ],
        targets: [{ ...files('out/x.csv'), name: 'result' }, files('out/y.csv')],
      },
    );
    expect(environment(given, { HOME: '/h', sources_file: 'an outer one' })).toEqual({
      variables: {
        HOME: '/h',
        LEVEL: 'x',
        date: '2026-11-23',
        orders: 'landing/a b.csv',
        customers: 'raw.customers',
        absent: '',
        result: 'out/x.csv',
        source: 'landing/a b.csv',
        sources: 'landing/a b.csv\nraw.customers',
        target: 'out/x.csv',
        targets: 'out/x.csv\nout/y.csv',
        OBJFLOW_JOB: 'load',
        OBJFLOW_TASK: 'load[date=2026-11-23]',
        OBJFLOW_RUN: 'r1',
        OBJFLOW_ATTEMPT: '2',
        OBJFLOW_PROJECT: '/project',
        OBJFLOW_KEY: 'key-1',
      },
      arguments: ['landing/a b.csv', 'raw.customers'],
    });
  });

  test('nothing with which it could speak to systemd in the name of objflow, unless the job says so', () => {
    const inherited = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7', HOME: '/h' };
    const names = (given: Work) => Object.keys(environment(given, inherited).variables);
    expect(names(work()).filter((name) => name in inherited)).toEqual(['HOME']);
    expect(names(work({ env: { NOTIFY_SOCKET: '/other' } }))).toContain('NOTIFY_SOCKET');
  });

  test('a file with a leading dash is no option; where the job has its own cwd, files are absolute', () => {
    const sources = [files('-rf', 'a/-b', '/abs/x', '../up')];
    expect(environment(work({}, { sources })).arguments).toEqual(['./-rf', 'a/-b', '/abs/x', '../up']);
    expect(environment(work({ cwd: '/elsewhere' }, { sources })).arguments).toEqual([
      '/project/-rf',
      '/project/a/-b',
      '/abs/x',
      '/up',
    ]);
  });

  test('a capture named like a property of every object is a variable', () => {
    const partition = JSON.parse('{"__proto__":"p","constructor":"c"}');
    const { variables } = environment(work({}, { partition }));
    expect(Object.entries(variables).filter(([name]) => ['__proto__', 'constructor'].includes(name))).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
  });

  test('sources_as asks for less', () => {
    const sources = [{ ...gathered(2, 5), name: 'parts' }];
    const has = (sourcesAs: 'all' | 'arguments' | 'file') => {
      const { variables, arguments: given, list } = environment(work({ sourcesAs }, { sources }));
      const lists = ['source', 'sources', 'parts', 'sources_file'].filter((name) => name in variables);
      return { lists, given: given.length, list };
    };
    const list = 'in/00\0in/01\0';
    expect(has('all')).toEqual({ lists: ['source', 'sources', 'parts', 'sources_file'], given: 2, list });
    expect(has('arguments')).toEqual({ lists: ['source'], given: 2, list: undefined });
    expect(has('file')).toEqual({ lists: ['source', 'sources_file'], given: 0, list });
  });
});

describe('a list that is too long fails, and the message names the way out', () => {
  test('for a variable', () => {
    const sources = [gathered(1400)];
    expect(problem(work({}, { sources }))).toBe(
      '$sources of job "load" is 139 KiB long, and the system takes 128 KiB in a variable: ' +
        'set "sources_as: arguments" on the job and read "$@", or "sources_as: file" and read "$sources_file"',
    );
    expect(problem(work({ sourcesAs: 'arguments' }, { sources }))).toBe('fits');
  });

  test('for all arguments together', () => {
    const sources = [gathered(30_000)];
    const way = 'set "sources_as: file" on the job and read "$sources_file" (NUL between names)';
    expect(problem(work({}, { sources }))).toContain(way);
    expect(problem(work({ sourcesAs: 'arguments' }, { sources }))).toBe(
      `the sources and the environment of job "load" come to 3.1 MiB, and the system gives a command 1.9 MiB at most: ${way}`,
    );
    expect(problem(work({ sourcesAs: 'file' }, { sources }))).toBe('fits');
  });

  test('for what no list of sources is to blame for', () => {
    const huge = 'x'.repeat(130 * 1024);
    expect(problem(work({ env: { HUGE: huge } }))).toContain('$HUGE of job "load" is 131 KiB long');
    expect(problem(work({ run: huge }))).toContain('move it into a script');
  });
});
