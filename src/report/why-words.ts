/** What `why` says of an object, a run and the next thing to do, in words. Its text is escaped, and not yet coloured. */
import { displayName } from '../core/object.js';
import { unreachable } from '../core/result.js';
import type { AtWork, RunView } from '../core/views.js';
import type { Came, Lacks, Next, ObjectFacts, WhySource } from '../core/why-view.js';
import { counted } from './count.js';
import { formatAgo, formatTime } from './durations.js';
import { endingWords } from './run-words.js';
import { terminal } from './sinks.js';

const show = (id: string): string => terminal(displayName(id));

/** An argument that a shell takes as it is. */
const argument = (text: string): string =>
  /^[\w.:/@%+-]+$/.test(text) ? text : `'${terminal(text).replaceAll("'", String.raw`'\''`)}'`;

/** Bytes as a person reads them: `212 B`, `1.2 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const step = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toFixed(1)} ${['B', 'kB', 'MB', 'GB', 'TB'][step]}`;
}

/** Size and time of a file's version, where it is made of these: device, inode, size, mtime and ctime. */
function fileOf(version: string): { readonly size: number; readonly at: number } | undefined {
  const [, size, nanoseconds] = /^\d+:\d+:(\d+):(\d+):\d+$/.exec(version) ?? [];
  return size === undefined || nanoseconds === undefined
    ? undefined
    : { size: Number(size), at: Number(nanoseconds) / 1e6 };
}

/** A version as a person can tell it from another. */
export function versionWords(version: string, now: number): string {
  const file = fileOf(version);
  if (file) return `${formatBytes(file.size)} written ${formatAgo(file.at, now)}`;
  return terminal(version.replace(/^(sha256:[\da-f]{8})[\da-f]+$/, '$1'));
}

/** How an object stands, without what was consumed of it. `isBrief`: it is nothing new. */
export function objectWords(facts: ObjectFacts, now: number, isBrief = false): string {
  const { state, size, came, lacks, problem } = facts;
  switch (state) {
    case 'absent':
      return 'is not there';
    case 'unknown':
      return `cannot be looked at: ${terminal(problem ?? '')}`;
    case 'left':
      return `was left by ${came ? makerOf(came) : 'a run'}, which did not succeed; nothing may read it`;
    case 'landing':
      return `is there (${formatBytes(size ?? 0)}), and has not landed: ${lacks ? lacksWords(lacks) : ''}`;
    case 'there':
      return [...(size === undefined ? [] : [formatBytes(size)]), cameWords(came, now, isBrief)]
        .filter((w) => w !== '')
        .join(', ');
    default:
      return unreachable(state);
  }
}

const makerOf = ({ task, run }: Came, isBrief = false): string =>
  task === undefined ? 'a run' : `${terminal(task)}${isBrief ? '' : ` (run ${terminal(run ?? '')})`}`;

function cameWords(came: Came | undefined, now: number, isBrief: boolean): string {
  if (!came) return 'is there';
  const { how, at } = came;
  const when = at === undefined ? '' : ` ${formatAgo(at, now)}`;
  switch (how) {
    case 'landed':
      return `changed${when}`;
    case 'made':
      return `made${when} by ${makerOf(came, isBrief)}`;
    case 'adopted':
      return `adopted${when}`;
    case 'announced':
      return at === undefined ? 'announced, and not yet recorded' : `announced${when}`;
    default:
      return unreachable(how);
  }
}

function lacksWords(lacks: Lacks): string {
  switch (lacks.what) {
    case 'time':
      return `unchanged since ${formatTime(lacks.since)}, landed if it stays so until ${formatTime(lacks.until)}`;
    case 'content':
      return 'its content has to be read to tell its version';
    case 'size':
      return `it lands with ${formatBytes(lacks.least)}`;
    case 'marker':
      return lacks.older
        ? `its marker ${terminal(lacks.marker)} is from before its last change`
        : `its marker ${terminal(lacks.marker)} is not there`;
    default:
      return unreachable(lacks);
  }
}

/** How a source stands, with what was consumed of it, for a task whose run it is compared with. */
export function sourceWords(source: WhySource, run: RunView | undefined, now: number): string {
  const words = objectWords(source, now, !source.changed);
  const why = source.trigger ? '' : ' (trigger: false, so that starts nothing)';
  if (source.state === 'absent') {
    if (source.consumed !== undefined) return `${words} any more; it was consumed by the last run`;
    return source.optional ? `${words}, and need not be (optional)` : words;
  }
  if (source.state !== 'there') return words;
  if (run === undefined) return words;
  if (!source.changed)
    return `${words}; ${run.outcome === 'failed' ? 'not changed since it failed' : 'consumed as it is'}`;
  if (source.consumed === undefined) return `${words}; new since the last run${why}`;
  const before = versionWords(source.consumed, now);
  const after = source.version === undefined ? '' : versionWords(source.version, now);
  return before === after
    ? `${words}; replaced since the last run by another of the same size and time${why}`
    : `${words}; changed: ${run.outcome === 'running' ? 'this' : 'the last'} run consumed ${before}${why}`;
}

/** How the last run stands or ended: `2m ago, exit status 3, after 3 attempts`. */
export function lastRunWords(run: RunView, now: number): string {
  const { outcome, startedAt, endedAt, attempts } = run;
  if (outcome === 'running') return `since ${formatTime(startedAt)}, run ${terminal(run.run)}`;
  const when = endedAt === undefined ? '' : formatAgo(endedAt, now);
  const tries = attempts > 1 ? `, ${attempts} attempts` : '';
  if (attempts === 0) return `${when}, adopted`;
  return outcome === 'failed' ? `${when}: ${endingWords(run)}${tries}` : `${when}${tries}`;
}

/** The one thing that would make it go. `atWork`: who does by itself what it can. */
export function nextWords(next: Next, { atWork }: { readonly atWork?: AtWork | undefined }): string {
  const isDaemon = atWork?.role === 'watch';
  switch (next.do) {
    case 'nothing':
      return 'nothing: it is up to date';
    case 'end':
      return `waits for ${terminal(next.task)} to end; objflow logs -f ${argument(next.task)}`;
    case 'attempt':
      return `attempt ${next.attempt} of ${terminal(next.task)} starts at ${formatTime(next.at)}`;
    case 'take-up':
      return `objflow run: it takes up ${terminal(next.task)}, which was running when objflow ended`;
    case 'settle':
      if (!atWork) return `objflow run: it waits for ${show(next.object)} to settle`;
      return `waits until ${formatTime(next.until)} for ${show(next.object)} to settle${isDaemon ? '' : `; then ${runWords(atWork)}`}`;
    case 'read':
      return `waits for ${show(next.object)} to stay as it is while it is read${isDaemon ? '' : `, then ${runWords(atWork)}`}`;
    case 'start':
      return startWords(next, atWork);
    case 'change':
      return `waits for ${next.objects.slice(0, 3).map(show).join(', ')} to change too`;
    case 'land':
      return landWords(next);
    case 'announce':
      return /[{*?]/.test(next.object)
        ? `waits for something that matches ${show(next.object)} to be announced`
        : `waits for ${show(next.object)}: objflow emit ${argument(displayName(next.object))}`;
    case 'agree':
      return `waits for sources of ${terminal(next.job)} that share the values of their captures`;
    case 'marker':
      return `waits for ${terminal(next.marker)} to ${next.older ? 'be written again' : 'land'}, the marker of ${show(next.object)}`;
    case 'grow':
      return `waits for ${show(next.object)} to grow: ${formatBytes(next.size)} of ${formatBytes(next.least)}`;
    case 'remake':
      return `objflow run --force ${argument(next.task)}: it made ${show(next.object)}, which was removed since`;
    case 'look':
      return `mend what keeps ${show(next.object)} from being looked at: ${terminal(next.problem)}`;
    case 'enable':
      return `take enabled: false out of ${terminal(next.job)} (${terminal(next.place)})`;
    case 'mend': {
      const more =
        next.more === 0 ? '' : `; ${counted(next.more, 'other')} ${next.more === 1 ? 'stands' : 'stand'} failed too`;
      return `mend ${terminal(next.job)}, then objflow retry ${argument(next.task)}${more}`;
    }
    case 'ask':
      return `objflow why ${argument(next.task)} goes on from there`;
    default:
      return unreachable(next);
  }
}

function landWords({ object, near }: Extract<Next, { do: 'land' }>): string {
  const name = displayName(object);
  // What has the right name, and is not taken.
  if (near?.name === name.replace(/\/$/, '')) return `waits for ${terminal(name)}, which ${terminal(near.why)}`;
  const close = near === undefined ? '' : ` (${terminal(near.name)} ${terminal(near.why)})`;
  const what = /[{*?]/.test(object) ? `something that matches ${terminal(name)}` : terminal(name);
  return `waits for ${what} to land${close}`;
}

function startWords({ task, by }: Extract<Next, { do: 'start' }>, atWork: AtWork | undefined): string {
  if (by.length === 0)
    return atWork?.role === 'watch' ? `nothing: the running objflow starts ${terminal(task)}` : runWords(atWork);
  const more = by.length > 3 ? ` and ${by.length - 3} more` : '';
  return `waits for room: for ${by.slice(0, 3).map(terminal).join(', ')}${more} to end`;
}

/** The command that starts what is due, and when: what a run at work takes up is known to itself alone. */
function runWords(atWork: AtWork | undefined): string {
  if (!atWork) return 'objflow run';
  const { role, selected, pid } = atWork;
  const then = `objflow run, once ${pid === undefined ? 'who holds the state' : `process ${pid}`} has ended`;
  if (role === 'take-up') return then;
  if (role === undefined) return `${then}, unless that starts it: it does not say whether it is a daemon`;
  const taken = selected ? 'only what it selects of what was there when it began' : 'what was there when it began';
  return `${then}, unless that run starts it: it takes up ${taken}`;
}
