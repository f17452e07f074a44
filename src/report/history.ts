/** Past runs: for people as a table, for programs as a document. Asks nobody but its arguments. */
import { displayName } from '../core/object.js';
import type { Ending, Versions } from '../core/record.js';
import type { RunView } from '../core/views.js';
import { counted } from './count.js';
import { formatDuration, isoTime } from './durations.js';
import { pad, widthOf, wrap } from './measure.js';
import { stamp } from './run-stamp.js';
import { endingWords } from './run-words.js';
import { json, terminal } from './sinks.js';
import { type Style, type Styles, styles } from './styles.js';

export interface HistoryOptions {
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** So many runs were asked for, shown or not. */
  readonly total: number;
  /** Not all runs were asked for. */
  readonly narrowed: boolean;
  /** An objflow is at work on the state; without one, what runs is seen to by nobody. */
  readonly isHeld: boolean;
  /** How and when the command of a run ended that is not known to have ended; undefined where that is not known. */
  readonly endOf?: (run: string) => (Ending & { readonly endedAt: number }) | undefined;
  /** Shows each run's id, its log, and the versions that it consumed and produced. */
  readonly log?: (run: string) => string;
}

/** The outcome of a run, as it is told. */
interface Told {
  readonly symbol: string;
  readonly word: string;
  readonly style: keyof Styles;
}

const outcomes: Readonly<Record<RunView['outcome'], Told>> = {
  running: { symbol: '•', word: 'running', style: 'active' },
  succeeded: { symbol: '✓', word: 'succeeded', style: 'good' },
  failed: { symbol: '✗', word: 'failed', style: 'bad' },
  interrupted: { symbol: '■', word: 'interrupted', style: 'warning' },
};

/** Nothing ran: somebody said that it is up to date. */
const adopted: Told = { symbol: '✓', word: 'adopted', style: 'good' };

/** How a run is told in a word: `succeeded`, `adopted`. */
export const outcomeOf = (run: Pick<RunView, 'outcome' | 'attempts'>): Told =>
  run.attempts === 0 && run.outcome === 'succeeded' ? adopted : outcomes[run.outcome];

/** So many objects of a run are named. */
const mostObjects = 20;
/** Columns of what stands below a run, from the left. */
const indent = 15;

/** The table, and a line where there are more runs than it shows; ends with a newline. */
export function renderHistory(runs: readonly RunView[], options: HistoryOptions): string {
  const { color, width = 80, now, total, narrowed, isHeld, endOf, log } = options;
  const style = styles(color);
  if (runs.length === 0) return `${narrowed ? 'no such run is recorded' : 'nothing has run yet'}\n`;
  const rows = runs.map((run) =>
    rowOf(run, now, isHeld, run.outcome === 'running' && !isHeld ? endOf?.(run.run) : undefined),
  );
  const more = total - runs.length;
  const hint = `… and ${counted(more, 'run')} before: --limit shows more`;
  const lines = layout(rows, style, width).flatMap((row, at) => {
    const run = runs[at - 1];
    return run === undefined || log === undefined ? row : [...row, ...inFull(run, log(run.run), width)];
  });
  return `${[...lines, ...(more > 0 ? [style.faint(hint)] : [])].join('\n')}\n`;
}

/** Escaped. */
interface Row {
  readonly outcome: Told;
  readonly started: string;
  readonly took: string;
  readonly task: string;
  readonly details: string;
}

type Left = ReturnType<NonNullable<HistoryOptions['endOf']>>;

const rowOf = (run: RunView, now: number, isHeld: boolean, left: Left): Row => ({
  outcome: outcomeOf(run),
  started: stamp(run.startedAt, true),
  took: run.attempts === 0 ? '' : formatDuration((run.endedAt ?? left?.endedAt ?? now) - run.startedAt),
  task: terminal(run.task),
  details: detailsOf(run, isHeld, left),
});

/** What the outcome alone does not say. */
function detailsOf(run: RunView, isHeld: boolean, left: Left): string {
  const ending = run.outcome === 'failed' || hasEnding(run) ? [endingWords(run)] : [];
  const attempts =
    run.attempts < 2 ? [] : [run.endedAt === undefined ? `attempt ${run.attempts}` : `${run.attempts} attempts`];
  const alone =
    run.outcome !== 'running' || isHeld
      ? []
      : left
        ? [
            `its command has ended (${left.exitCode === 0 ? 'exit status 0' : endingWords(left)}): the next run or watch records it`,
          ]
        : ['no objflow sees to it: the next run or watch takes it up'];
  return [...ending, ...attempts, ...alone].join(', ');
}

const hasEnding = ({ outcome, exitCode, signal, problem }: RunView): boolean =>
  outcome === 'interrupted' && (exitCode ?? signal ?? problem) !== undefined;

/** The lines of the heading and of each row. The task comes last: its name is what may be long. */
function layout(rows: readonly Row[], style: Styles, width: number): string[][] {
  const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const took = widest(['TOOK', ...rows.map((row) => row.took)]);
  const before = indent + stampWidth + 2 + took + 2;
  const room = width - before;
  if (room < narrowest) return [[], ...rows.map((row) => paragraph(row, style, width))];
  const tasks = widest(rows.map(({ task }) => task));
  const beside = rows.every(({ details }) => tasks + 2 + widthOf(details) <= room);
  const heading = `${pad('OUTCOME', indent)}${pad('STARTED', stampWidth)}  ${pad('TOOK', took)}  TASK`;
  return [
    [style.faint(heading)],
    ...rows.map((row) => {
      const { symbol, word, style: meaning } = row.outcome;
      const head =
        style[meaning](pad(`${symbol} ${word}`, indent)) + style.faint(`${row.started}  ${pad(row.took, took)}`);
      const [task = '', ...rest] = wrap(row.task, room);
      const end = beside && row.details !== '' ? `${pad('', tasks - widthOf(task))}  ${row.details}` : '';
      const below = beside || row.details === '' ? [] : wrap(row.details, room);
      return [`${head}  ${style.strong(task)}${end}`, ...[...rest, ...below].map((line) => pad('', before) + line)];
    }),
  ];
}

/** Columns for tasks, at least, where they have a column of their own. */
const narrowest = 20;

/** A run on a terminal that is too narrow for columns. */
function paragraph({ outcome, started, took, task, details }: Row, style: Styles, width: number): string[] {
  const head = style[outcome.style](pad(`${outcome.symbol} ${outcome.word}`, indent)) + style.faint(started);
  const below = (text: string, paint: Style = (plain) => plain): string[] =>
    text === '' ? [] : wrap(text, width - 2).map((line) => `  ${paint(line)}`);
  return [
    head,
    ...below(task, style.strong),
    ...below([took === '' ? [] : `took ${took}`, details === '' ? [] : details].flat().join(', ')),
  ];
}

const stampWidth = '2026-11-24 10:03:12'.length;

/** The run's id, its log, and each object with its version. */
function inFull(run: RunView, log: string, width: number): string[] {
  const where = run.attempts === 0 ? [] : [`log ${terminal(log)}`];
  return [
    `run ${terminal(run.run)}`,
    ...where,
    ...objects('consumed', run.consumed),
    ...objects('produced', run.produced),
  ]
    .flatMap((line) => wrap(line, Math.max(narrowest, width - indent)))
    .map((line) => pad('', indent) + line);
}

function objects(what: string, versions: Versions): string[] {
  const all = Object.entries(versions);
  const rest = all.length - mostObjects;
  return [
    ...all
      .slice(0, mostObjects)
      .map(([id, version]) => `${what} ${terminal(displayName(id))}, version ${terminal(version)}`),
    ...(rest > 0 ? [`${what} ${rest} more: --format json has them all`] : []),
  ];
}

/** A run as documents have it: times in ISO 8601. */
export const runDocument = ({ startedAt, endedAt, ...run }: RunView) => ({
  ...run,
  ...(outcomeOf(run) === adopted ? { adopted: true } : {}),
  startedAt: isoTime(startedAt),
  ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt) }),
});

/** The document that `history --format json` prints, in pieces: all runs together may be more than a text can hold. */
export function* historyDocument(runs: readonly RunView[]): Iterable<string> {
  if (runs.length === 0) {
    yield '{\n  "runs": []\n}\n';
    return;
  }
  for (const [at, run] of runs.entries()) {
    const text = json(runDocument(run), 2).replace(/^/gm, '    ');
    yield `${at === 0 ? '{\n  "runs": [\n' : ',\n'}${text}`;
  }
  yield '\n  ]\n}\n';
}
