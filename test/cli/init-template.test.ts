/**
 * The template of `init`: its commands are good shell, and make the right files from the sample data, when they are
 * given their sources and targets as a task is.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { initFiles } from '../../src/cli/init-template.js';

const manifest = initFiles()[0]?.content ?? '';
const jobs = new Map(Object.entries(commandsOf(parse(manifest))));

/** The commands by job, for a manifest that is shaped as ours is. */
function commandsOf(document: { readonly jobs: Record<string, { readonly run: string }> }): Record<string, string> {
  return Object.fromEntries(Object.entries(document.jobs).map(([job, { run }]) => [job, run]));
}

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'objflow-init-'));
  for (const { path, content } of initFiles()) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a job's command as a task's shell does, and gives what it wrote into its target. */
function runJob(
  job: string,
  sources: readonly string[],
  target: string,
  captures: Record<string, string> = {},
): string {
  const env = { PATH: process.env.PATH, source: sources[0], sources: sources.join('\n'), target, ...captures };
  const command = jobs.get(job) ?? 'false';
  const done = spawnSync('sh', ['-e', '-c', command, 'sh', ...sources], { cwd: directory, env, encoding: 'utf8' });
  expect({ status: done.status, output: done.stdout + done.stderr }).toEqual({ status: 0, output: '' });
  return readFileSync(join(directory, target), 'utf8');
}

const days = ['2026-11-20', '2026-11-21', '2026-11-22'];

const cleanDay = (date: string) =>
  runJob('clean_orders', [`landing/orders_${date}.csv`], `clean/orders_${date}.csv`, { date });

const totalDay = (date: string) => runJob('daily_totals', [`clean/orders_${date}.csv`], `totals/${date}.csv`, { date });

describe('the template of init', () => {
  test('the manifest comes first, fits a page, and its jobs are the ones tested here', () => {
    expect(initFiles()[0]?.path).toBe('objflow.yaml');
    expect(manifest.split('\n').length).toBeLessThanOrEqual(41);
    expect([...jobs.keys()]).toEqual(['clean_orders', 'daily_totals', 'report']);
  });

  test.each([...jobs])('the command of %s is good shell', (_job, command) => {
    const checked = spawnSync('sh', ['-n', '-c', command], { encoding: 'utf8' });
    expect({ status: checked.status, errors: checked.stderr }).toEqual({ status: 0, errors: '' });
  });

  test('clean_orders drops orders without a quantity and those that were sent twice', () => {
    expect(cleanDay('2026-11-20')).toBe(
      'id,category,quantity,price\n1001,books,2,14.99\n1002,toys,1,18.99\n1004,music,3,11.50\n',
    );
    expect(cleanDay('2026-11-21')).toBe('id,category,quantity,price\n1005,garden,1,24.50\n1006,books,1,14.99\n');
  });

  test('daily_totals counts a day, also a day without orders', () => {
    cleanDay('2026-11-20');
    expect(totalDay('2026-11-20')).toBe('2026-11-20,3,83.47\n');
    writeFileSync(join(directory, 'clean/orders_2026-11-23.csv'), 'id,category,quantity,price\n');
    expect(totalDay('2026-11-23')).toBe('2026-11-23,0,0.00\n');
  });

  test('report puts all days into one file, and leaves no part behind', () => {
    for (const date of days) {
      cleanDay(date);
      totalDay(date);
    }
    const sources = days.map((date) => `totals/${date}.csv`);
    expect(runJob('report', sources, 'reports/totals.csv')).toBe(
      'date,orders,revenue\n2026-11-20,3,83.47\n2026-11-21,2,39.49\n2026-11-22,3,205.46\n',
    );
    expect(readdirSync(join(directory, 'reports'))).toEqual(['totals.csv']);
  });
});
