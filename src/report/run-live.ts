/**
 * Draws on a terminal: lines that stay, and below them a footer that changes. A frame is one write, and leaves the
 * cursor below what it drew; the cursor is never hidden, so nothing needs mending when we are killed. Knows nothing of
 * what is said.
 */
import { widthOf } from './measure.js';
import type { Outlet } from './outlet.js';
import { droppedLines } from './run-plain.js';
import type { Style } from './styles.js';

/** Time, as the footer needs it. */
export interface Clock {
  now(): number;
  /** Calls back once after so many milliseconds; gives a way to call it off. Must not keep the program alive. */
  after(milliseconds: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

export interface LiveOptions {
  readonly err: Outlet;
  readonly clock: Clock;
  /** What the footer looks like. */
  readonly style: Style;
  /** The footer as it is now, each line narrower than the terminal. */
  readonly footer: (columns: number, rows: number) => readonly string[];
  /** The footer tells a time that goes on. While it does not, nothing is redrawn by itself. */
  readonly ticking: () => boolean;
}

export interface Live {
  /** Puts a line above the footer. */
  say(line: string): void;
  /** The footer may have something else to tell. */
  changed(): void;
  /** Draws what is not drawn yet, and takes the footer away. */
  close(): void;
}

/** Milliseconds between two frames, at least; and at most, while the footer tells a time. */
const fastest = 100;
const slowest = 250;

/** Draws nothing until there is something to say. */
export function liveView({ err, clock, style, footer, ticking }: LiveOptions): Live {
  /** Lines that are not drawn yet, and how many were dropped before them. */
  let lines: string[] = [];
  let dropped = 0;
  /** The footer as it stands on the screen, and the width that the terminal had then. */
  let drawn: readonly string[] = [];
  let drawnOn = 0;
  let lastFrame = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const frame = (below: boolean): void => {
    const { columns, rows } = err.size();
    const next = below ? footer(columns, rows) : [];
    const same = columns === drawnOn && next.join('\n') === drawn.join('\n');
    if (below && same && lines.length === 0 && dropped === 0) return;
    // Lines that were drawn on a wider terminal stand on several rows now.
    const height = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    const above = dropped === 0 ? lines : [droppedLines(dropped).trimEnd(), ...lines];
    const text = [...above, ...next.map((line) => style(line))].map((line) => `${line}\x1b[K\n`).join('');
    const back = height === 0 ? '' : `\x1b[${height}A\r`;
    if (err.write(`${back}${text}${height > 0 ? '\x1b[J' : ''}`, !below)) {
      drawn = next;
      drawnOn = columns;
      dropped = 0;
    } else {
      dropped += lines.length;
    }
    lines = [];
    lastFrame = clock.now();
  };

  const draw = (): void => {
    cancel = undefined;
    // A terminal that is behind gets no frame that would only change the footer; it gets that when it goes on.
    const behind = lines.length === 0 && err.busy;
    if (!behind) frame(true);
    const owed = behind || (dropped > 0 && err.failure === undefined);
    if (ticking() || owed) cancel = clock.after(slowest, draw);
  };
  const changed = (): void => {
    cancel?.();
    cancel = clock.after(Math.max(0, lastFrame + fastest - clock.now()), draw);
  };

  return {
    say(line) {
      lines.push(line);
      changed();
    },
    changed,
    close() {
      cancel?.();
      frame(false);
    },
  };
}
