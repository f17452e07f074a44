/** Why something is where it is: for people as a tree with the next thing to do, for programs as a document. */
import { displayName } from '../core/object.js';
import type { AtWork, Phase, Reason, ReasonCode, RunView } from '../core/views.js';
import type { Near, ObjectFacts, WhyGathered, WhySource, WhyTask, WhyView } from '../core/why-view.js';
import { counted } from './count.js';
import { looks } from './graph-standing.js';
import { wrap } from './measure.js';
import { terminal } from './sinks.js';
import { countWords } from './status-words.js';
import { type Styles, styles } from './styles.js';
import { type Branch, type Line, treeLines } from './why-tree.js';
import { lastRunWords, nextWords, objectWords, sourceWords, versionWords } from './why-words.js';

/** What a failing run wrote last, and where the rest is. */
export interface Output {
  readonly log: string;
  readonly lines: readonly string[];
}

export interface WhyOptions {
  readonly color: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width?: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Who is at work on the state. */
  readonly atWork?: AtWork | undefined;
  /** By run. */
  readonly outputs: ReadonlyMap<string, Output>;
}

interface Saying extends WhyOptions {
  readonly style: Styles;
}

/** The tree, and a last line that says what would make it go; ends with a newline. */
export function renderWhy(view: WhyView, options: WhyOptions): string {
  const { width = 80, color } = options;
  const saying: Saying = { ...options, style: styles(color) };
  const trees =
    view.kind === 'task'
      ? [taskBranch(view.task, saying, true)]
      : view.kind === 'object'
        ? [objectBranch(view, saying)]
        : [jobBranch(view, saying)];
  const next = wrap(nextWords(view.next, options), width - 6).map((line, at) => (at === 0 ? line : `      ${line}`));
  const lines = trees.flatMap((tree) => treeLines(tree, saying.style, width));
  return `${[...lines, `${saying.style.strong('next:')} ${next.join('\n')}`].join('\n')}\n`;
}

function markOf({ phase, task, job }: WhyTask, style: Styles): NonNullable<Branch['mark']> {
  if (phase === undefined) return { text: task === job ? 'no task yet' : 'not known yet', style: style.warning };
  const { symbol, style: meaning } = looks[phase];
  return { text: `${symbol} ${phase}`, style: style[meaning] };
}

/** Said by the branches below, where they are told. */
const ofSources: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  ...(['source-missing', 'source-settling', 'source-too-small', 'marker-missing', 'source-unknown'] as const),
  'source-changed',
]);

/** `isTop`: it was asked for; of others only what leads to the cause is told. */
function taskBranch(task: WhyTask, saying: Saying, isTop = false): Branch {
  const { style, now, outputs } = saying;
  const { lastRun, sources, gathered, because, ends, phase } = task;
  const text =
    ends === 'told' ? 'told above' : lastRun && isWorthTelling(phase, lastRun) ? lastRunWords(lastRun, now) : '';
  const output = phase === 'failed' && lastRun && ends === undefined ? outputs.get(lastRun.run) : undefined;
  const isPassedOn = !isTop && phase === 'succeeded' && task.next.do !== 'nothing';
  const reasons = ends === 'told' || isPassedOn ? [] : reasonLines(task, style, isTop);
  const lines = [...reasons, ...outputLines(output, style)];
  const leading = sources.filter((source) => source.because.length > 0 || !isFine(source));
  const shown = isTop || leading.length === 0 ? sources : leading;
  const branches = [
    ...shown.map((source) => sourceBranch(source, task, saying)),
    ...(shown === sources ? gathered.map((one) => gatheredBranch(one)) : []),
    ...because.map((other) => taskBranch(other, saying)),
  ];
  return { label: terminal(task.task), mark: markOf(task, style), text, lines, branches };
}

const isFine = ({ state, changed, optional }: WhySource): boolean => (state === 'there' || optional) && !changed;

const isWorthTelling = (phase: Phase | undefined, run: RunView): boolean =>
  phase === 'failed' || phase === 'running' || phase === 'succeeded' ? true : run.outcome !== 'succeeded';

/** Reasons that no branch below tells. */
function reasonLines({ reasons, sources, ends, phase }: WhyTask, style: Styles, isTop: boolean): Line[] {
  const leads = !isTop && sources.some(({ because }) => because.length > 0);
  const named = new Set(sources.map(({ object }) => object));
  const told = reasons.filter(
    ({ code, object }) =>
      !(ends === undefined && ofSources.has(code) && object !== undefined && named.has(object)) &&
      code !== 'running' &&
      !(leads && (code === 'blocked-by' || code === 'held-by')) &&
      !(code === 'last-run-failed' && phase === 'failed'),
  );
  return foldReasons(told).map((message) => ({ text: terminal(message), style: style.faint }));
}

/** At most so many reasons of one kind. */
const most = 3;

function foldReasons(reasons: readonly Reason[]): string[] {
  const counts = new Map<ReasonCode, number>();
  const out: string[] = [];
  for (const { code, message } of reasons) {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    if (count <= most) out.push(message);
  }
  for (const [code, count] of counts)
    if (count > most) out.push(`and ${count - most} more ${code === 'blocked-by' ? 'that failed' : 'like these'}`);
  return [...new Set(out)];
}

/** Empty lines at the end say nothing. */
const withoutEnd = (lines: readonly string[]): readonly string[] =>
  lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1);

const outputLines = (output: Output | undefined, style: Styles): Line[] =>
  output === undefined
    ? []
    : [
        ...withoutEnd(output.lines).map((line): Line => ({ text: terminal(line), bar: true })),
        { text: `log: ${terminal(output.log)}`, style: style.faint },
      ];

function sourceBranch(source: WhySource, task: WhyTask, saying: Saying): Branch {
  const { name, because, object } = source;
  const label = `${name === undefined ? '' : `${terminal(name)}: `}${terminal(displayName(object))}`;
  const run = task.phase === undefined ? undefined : comparedWith(task);
  const [maker] = source.makers;
  const isPending = source.state === 'absent' && because.length === 0 && maker !== undefined;
  const pending = isPending ? `; ${terminal(maker)} makes it` : '';
  const words = isPattern(source) ? 'nothing matches it yet' : `${sourceWords(source, run, saying.now)}${pending}`;
  return {
    label,
    text: untakenWords(source) ?? words,
    lines: nearLines(source, saying.style),
    branches: because.map((maker) => taskBranch(maker, saying)),
  };
}

/** What has the very name and is not taken says it all of an object. */
const isItself = ({ object }: ObjectFacts, { name }: Near): boolean => name === displayName(object).replace(/\/$/, '');

const untakenWords = (facts: ObjectFacts): string | undefined => {
  const [own] = facts.near;
  return own && isItself(facts, own) ? terminal(own.why) : undefined;
};

const nearLines = (facts: ObjectFacts, style: Styles): Line[] =>
  facts.near
    .filter((one) => !isItself(facts, one))
    .map(({ name, why }) => ({ text: `${terminal(name)} ${terminal(why)}`, style: style.warning }));

const isPattern = ({ object, state }: ObjectFacts): boolean => state === 'absent' && /[{*?]/.test(object);

/** The run with which sources are compared, as far as it is told. */
function comparedWith({ lastRun, sources }: WhyTask): RunView | undefined {
  if (lastRun === undefined) return undefined;
  const isCompared = lastRun.outcome !== 'interrupted' || sources.some(({ consumed }) => consumed !== undefined);
  return isCompared ? lastRun : undefined;
}

function gatheredBranch({ pattern, objects, there, changed, told }: WhyGathered): Branch {
  const missing = there === objects ? '' : `, ${there} there`;
  const news = changed === 0 ? '' : `, ${changed} changed`;
  const rest = told === 0 ? '' : `, ${told} of them above`;
  return {
    label: terminal(pattern),
    text: `${counted(objects, 'object')}${missing}${news}${rest}`,
    lines: [],
    branches: [],
  };
}

function jobBranch(view: Extract<WhyView, { kind: 'job' }>, saying: Saying): Branch {
  const all = Object.values(view.phases).reduce((sum, count) => sum + count, 0);
  const pending = all - (view.phases.succeeded ?? 0) - view.tasks.length;
  const more = pending > 0 ? [{ text: `${pending} more of these: objflow status ${terminal(view.subject)}` }] : [];
  return {
    label: terminal(view.subject),
    text: `${counted(all, 'task')}: ${countWords(view.phases)}`,
    lines: more.map((line) => ({ ...line, style: saying.style.faint })),
    branches: view.tasks.map((task) => taskBranch(task, saying)),
  };
}

const unread = (jobs: readonly string[]): string =>
  jobs.length === 0
    ? 'no job reads it'
    : `${jobs.slice(0, 5).map(terminal).join(', ')} ${jobs.length === 1 ? 'reads' : 'read'} it when it is there`;

function objectBranch(view: Extract<WhyView, { kind: 'object' }>, saying: Saying): Branch {
  const { object, makers, readers, readersInAll, jobs, because } = view;
  const { style, now } = saying;
  const reading = readers.slice(0, 5).map(({ task, phase, consumed }): Line => {
    const which =
      consumed === undefined
        ? 'has not consumed it'
        : consumed === object.version
          ? 'has consumed it as it is'
          : object.version === undefined
            ? `has consumed it (${versionWords(consumed, now)})`
            : `has consumed an earlier version: ${versionWords(consumed, now)}`;
    return { text: `read by ${terminal(task)}, ${looks[phase].symbol} ${phase}: ${which}` };
  });
  const shown = makers.slice(0, 3).map(terminal).join(', ');
  const isMade = object.came?.how === 'made' || because.some(({ task }) => makers.includes(task));
  const making = makers.length > 0 && !isMade ? [{ text: `made by ${shown}` }] : [];
  return {
    label: terminal(view.subject),
    text: untakenWords(object) ?? objectWords(object, now),
    lines: [
      ...nearLines(object, style),
      ...making,
      ...reading,
      ...(readersInAll > reading.length ? [{ text: `and by ${readersInAll - reading.length} more` }] : []),
      ...(readersInAll === 0 ? [{ text: unread(jobs) }] : []),
    ],
    branches: because.map((task) => taskBranch(task, saying)),
  };
}
