/**
 * A run, or the daemon, on a terminal: what happened stands above, one line each; below it a footer says what runs and
 * how it stands. What a frame is and when one is drawn is the matter of run-live.ts.
 */
import { wrap } from './measure.js';
import type { Outlet } from './outlet.js';
import { failureLines, summaryLines } from './run-end.js';
import type { Progress, Reporter, RunEvent, Standing } from './run-event.js';
import { findingLines } from './run-findings.js';
import { progressFooter, type Running, standingFooter } from './run-footer.js';
import { type Clock, liveView, systemClock } from './run-live.js';
import { stamp } from './run-stamp.js';
import { tailLines } from './run-tail.js';
import { eventWords } from './run-words.js';
import { terminal } from './sinks.js';
import { styles } from './styles.js';
import type { WatchOptions } from './watch-options.js';
import { leftWords } from './watch-words.js';

export interface PrettyOptions extends WatchOptions {
  readonly out: Outlet;
  readonly err: Outlet;
  readonly color: boolean;
  /** Objects that landed, and runs that start, are told too. */
  readonly verbose: boolean;
  readonly clock?: Clock;
}

/** Columns of a sentence, at least: on what is narrower the terminal breaks it. */
const narrowest = 20;

/** Draws on standard error; what it came to goes to standard output. Once `standing` was told, the footer is the daemon's. */
export function prettyReporter(options: PrettyOptions): Reporter {
  const {
    out,
    err,
    color,
    verbose,
    landings = false,
    dates = false,
    findings,
    log,
    tail,
    clock = systemClock,
  } = options;
  const style = styles(color);
  const began = clock.now();
  const running = new Map<string, Running>();
  let progress: Progress = { done: 0, total: 0 };
  let failed = 0;
  let standing: Standing | undefined;

  const live = liveView({
    err,
    clock,
    style: style.faint,
    ticking: () => running.size > 0,
    footer(columns, rows) {
      const scene = { running, now: clock.now(), columns, rows };
      return standing === undefined ? progressFooter(scene, progress, failed, began) : standingFooter(scene, standing);
    },
  });

  const minor = (event: RunEvent): boolean =>
    event.event === 'run-started' || (event.event === 'object-landed' && !landings);

  return {
    report(event) {
      if (event.event === 'run-started') running.set(event.task, { since: event.at });
      else if (event.event === 'run-adopted') running.set(event.task, { since: event.startedAt });
      else if (event.event === 'attempt-failed') running.set(event.task, { since: event.at, nextAt: event.nextAt });
      else if ('task' in event) running.delete(event.task);
      if (event.event === 'run-failed') failed += 1;
      if (minor(event) && !verbose) {
        live.changed();
        return;
      }
      const { symbol, style: meaning, subject, rest } = eventWords(event, log);
      const when = dates ? `${stamp(event.at, true)} ` : '';
      const before = `${style.faint(when)}${style[meaning](symbol)}`;
      const room = Math.max(narrowest, err.size().columns - when.length - 2);
      const [first = '', ...below] = wrap(`${subject} ${rest}`.trimEnd(), room);
      if (below.length === 0) live.say(`${before} ${subject} ${style.faint(rest)}`.trimEnd());
      else for (const line of [`${before} ${first}`, ...below.map((line) => `  ${line}`)]) live.say(line);
      for (const line of findingLines(event, findings, { color, width: err.size().columns })) live.say(line);
      for (const line of tailLines(event, tail, style, terminal)) live.say(line);
    },
    progress(now) {
      progress = now;
      live.changed();
    },
    standing(now) {
      standing = now;
      live.changed();
    },
    end(end) {
      running.clear();
      live.close();
      const told = [...failureLines(end, { style, github: false }), ...summaryLines(end, style)];
      if (end.failures.length + end.blocked.length > 0) err.write('\n');
      out.write(`${told.join('\n')}\n`, true);
    },
    left(end) {
      live.close();
      out.write(`${(end.failed > 0 ? style.bad : style.good)(leftWords(end))}\n`, true);
    },
  };
}
