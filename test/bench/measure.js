/** Figures and goals: medians, the sheet that measurements fill in, and how it is printed. Knows nothing of what is measured. */
import { spawnSync } from 'node:child_process';

/** The value below which this share of the samples lies; a sample that never came is Infinity. */
export function quantile(samples, share) {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (samples) => quantile(samples, 0.5);

/** Milliseconds that each of so many calls of a command takes. */
export function times(rounds, command, ...args) {
  return Array.from({ length: rounds }, () => {
    const began = performance.now();
    const { status, stderr, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
    return performance.now() - began;
  });
}

/** Takes turns; gives each contender's figure. `before` comes before each call of it, and is not counted. */
export function turns(sheet, rounds, contenders) {
  const samples = contenders.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    contenders.forEach(({ command, before }, index) => {
      before?.(round);
      samples[index].push(...times(1, ...command));
    });
  return contenders.map(({ what }, index) => sheet.figure(what, 'ms', samples[index]));
}

/** What every call of ours pays. */
export const bareNode = { what: 'node -e 0', command: [process.execPath, '-e', '0'] };

export const has = (command) => spawnSync(command, ['--help'], { stdio: 'ignore' }).error === undefined;

export const count = (number) => number.toLocaleString('en');

/** What came of the measurements. Each adds its figures; what could not be measured is named, never left out in silence. */
export function createSheet() {
  const figures = [];
  const goals = [];
  const skipped = [];
  const failed = [];
  return {
    figures,
    goals,
    skipped,
    failed,
    /** A figure of several samples; gives their median. `ms`, `MiB`, … */
    figure(what, unit, samples) {
      const missed = samples.filter((sample) => sample === Number.POSITIVE_INFINITY).length;
      const p90 = samples.length < 10 ? {} : { p90: quantile(samples, 0.9) };
      figures.push({
        what,
        unit,
        median: median(samples),
        ...p90,
        rounds: samples.length,
        ...(missed ? { missed } : {}),
      });
      return median(samples);
    },
    /** What a value may be at most. */
    goal(what, value, limit) {
      goals.push({ what, value, limit, met: value <= limit });
    },
    skip: (what, why) => skipped.push(`${what}: skipped, ${why}`),
    fail: (what, error) => failed.push(`${what}: ${error.message}`),
  };
}

/** The sheet as two tables and what is missing from them. */
export function renderSheet({ figures, goals, skipped, failed }) {
  const lines = table(
    ['', 'median', 'p90', '', 'rounds'],
    figures.map(({ what, unit, median: middle, p90, rounds, missed }) => [
      what,
      short(middle),
      p90 === undefined ? '' : short(p90),
      unit,
      `${rounds}${missed ? `, ${missed} never came` : ''}`,
    ]),
  );
  const judged = table(
    ['', 'value', 'goal', ''],
    goals.map(({ what, value, limit, met }) => [what, short(value), `<= ${limit}`, met ? 'met' : 'NOT MET']),
  );
  return [...lines, ...(goals.length > 0 ? ['', ...judged] : []), ...skipped, ...failed].join('\n');
}

/** Three digits are what such a figure is worth. */
const short = (value) => (Number.isInteger(value) || Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** The first column to the left, words to the left, figures to the right. */
function table(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) =>
    row
      .map((cell, column) =>
        /^[\d<]|^median|^p90|^value|^goal/.test(cell) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
}
