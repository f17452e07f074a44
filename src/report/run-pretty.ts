/**
 * A run on a terminal: what is over stands above, one line each; below it a footer says what runs and how far it is.
 * A frame is one write, and leaves the cursor below what it drew; the cursor is never hidden, so nothing needs mending
 * when we are killed.
 */
import { formatDuration } from './durations.js';
import { pad, shorten, widthOf } from './measure.js';
import type { Outlet } from './outlet.js';
import { failureLines, summaryLines } from './run-end.js';
import type { Progress, Reporter } from './run-event.js';
import { droppedLines } from './run-plain.js';
import { eventWords } from './run-words.js';
import { terminal } from './sinks.js';
import { styles } from './styles.js';

/** Time, as the footer needs it. */
export interface Clock {
  now(): number;
  /** Calls back once after so many milliseconds; gives a way to call it off. Must not keep the program alive. */
  after(milliseconds: number, call: () => void): () => void;
}

const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

export interface PrettyOptions {
  readonly out: Outlet;
  readonly err: Outlet;
  readonly color: boolean;
  /** Objects that landed, and runs that start, are told too. */
  readonly verbose: boolean;
  readonly clock?: Clock;
}

/** Milliseconds between two frames, at least; and at most, while something runs. */
const fastest = 100;
const slowest = 250;
/** Tasks named in the footer. */
const most = 8;

interface Running {
  readonly since: number;
  /** It waits for its next attempt. */
  readonly nextAt?: number;
}

/** Draws on standard error; what the run came to goes to standard output. */
export function prettyReporter({ out, err, color, verbose, clock = systemClock }: PrettyOptions): Reporter {
  const style = styles(color);
  const began = clock.now();
  const running = new Map<string, Running>();
  let progress: Progress = { done: 0, total: 0 };
  let failed = 0;
  /** Lines that are not drawn yet, and how many were dropped before them. */
  let lines: string[] = [];
  let dropped = 0;
  /** Widths of the footer's lines, as they stand on the screen. */
  let drawn: readonly number[] = [];
  let lastFrame = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const footer = (columns: number, rows: number): string[] => {
    if (running.size === 0) return [];
    const now = clock.now();
    const shown = [...running].slice(0, Math.max(1, Math.min(most, rows - 4)));
    const wide = Math.min(columns - 24, Math.max(...shown.map(([task]) => widthOf(terminal(task)))));
    const parts = [`${progress.done} of ${progress.total} done`, ...(failed > 0 ? [`${failed} failed`] : [])];
    const rest = running.size - shown.length;
    return [
      ...shown.map(([task, { since, nextAt }]) => {
        const time = nextAt === undefined ? formatDuration(now - since) : `again in ${formatDuration(nextAt - now)}`;
        return `• ${pad(shorten(terminal(task), wide), wide)}  ${time}`;
      }),
      ...(rest > 0 ? [`  … and ${rest} more`] : []),
      `  ${parts.join(', ')}, ${formatDuration(now - began)}`,
    ].map((line) => shorten(line, columns - 1));
  };

  const frame = (below: boolean): void => {
    const { columns, rows } = err.size();
    const next = below ? footer(columns, rows) : [];
    // Lines that were drawn on a wider terminal stand on several rows now.
    const height = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    const above = dropped === 0 ? lines : [droppedLines(dropped).trimEnd(), ...lines];
    const text = [...above, ...next.map((line) => style.faint(line))].map((line) => `${line}\x1b[K\n`).join('');
    const back = height === 0 ? '' : `\x1b[${height}A\r`;
    if (err.write(`${back}${text}${height > 0 ? '\x1b[J' : ''}`, !below)) {
      drawn = next.map(widthOf);
      dropped = 0;
    } else {
      dropped += lines.length;
    }
    lines = [];
    lastFrame = clock.now();
  };

  const draw = (): void => {
    cancel = undefined;
    // A terminal that is behind gets no frame that would only tell the time.
    if (lines.length > 0 || !err.busy) frame(true);
    if (running.size > 0) cancel = clock.after(slowest, draw);
  };
  const soon = (): void => {
    cancel?.();
    cancel = clock.after(Math.max(0, lastFrame + fastest - clock.now()), draw);
  };

  return {
    report(event) {
      if (event.event === 'run-started') running.set(event.task, { since: event.at });
      else if (event.event === 'attempt-failed') running.set(event.task, { since: event.at, nextAt: event.nextAt });
      else if ('task' in event) running.delete(event.task);
      if (event.event === 'run-failed') failed += 1;
      const minor = event.event === 'run-started' || event.event === 'object-landed';
      if (!minor || verbose) {
        const { symbol, style: meaning, subject, rest } = eventWords(event);
        lines.push(`${style[meaning](symbol)} ${subject} ${style.faint(rest)}`);
      }
      soon();
    },
    progress(now) {
      progress = now;
      soon();
    },
    end(end) {
      cancel?.();
      running.clear();
      frame(false);
      const told = [...failureLines(end, { style, github: false }), ...summaryLines(end, style)];
      if (end.failures.length + end.blocked.length > 0) err.write('\n');
      out.write(`${told.join('\n')}\n`, true);
    },
  };
}
