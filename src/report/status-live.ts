/**
 * The state as it goes on: drawn over and over on a terminal, told again elsewhere whenever it is another. Knows nothing
 * of where it comes from.
 */
import type { Outlet } from './outlet.js';
import { type Clock, liveView } from './run-live.js';
import { stamp } from './run-stamp.js';
import { renderStatus, type StatusView } from './status.js';
import { styles } from './styles.js';

export interface Told {
  readonly view: StatusView;
  lastLine(run: string): string | undefined;
  document(indent: number): string;
}

export interface StatusTeller {
  tell(told: Told): void;
  /** Time goes on, or the terminal has another size. */
  tick(): void;
  /** Leaves the last that was told. */
  close(): void;
}

export interface TellerOptions {
  readonly out: Outlet;
  readonly color: boolean;
  readonly verbose: boolean;
  readonly clock: Clock;
}

/** On a terminal; needs a line of it for the cursor. */
export function liveStatus({ out, color, verbose, clock }: TellerOptions): StatusTeller {
  let last: Told | undefined;
  const faint = styles(color).faint;
  const render = ({ view, lastLine }: Told, columns: number, rows: number): string =>
    renderStatus(view, { color, verbose, width: columns - 1, rows, now: clock.now(), lastLine });
  const live = liveView({
    err: out,
    clock,
    style: (text) => text,
    ticking: () => false,
    footer(columns, rows) {
      if (last === undefined) return [];
      const lines = render(last, columns, rows - 1)
        .trimEnd()
        .split('\n');
      // What does not fit would be drawn again at each frame, below what scrolled away.
      return [...lines.slice(0, Math.max(1, rows - 2)), faint('Ctrl-C ends')];
    },
  });
  return {
    tell(told) {
      last = told;
      live.changed();
    },
    tick: live.changed,
    close() {
      live.close();
      const { columns, rows } = out.size();
      if (last !== undefined) out.write(render(last, columns, rows), true);
    },
  };
}

/** Lines with the time before them, whenever more has changed than ages. */
export function plainStatus({ out, color, verbose, clock, width }: TellerOptions & { width: number }): StatusTeller {
  const { faint } = styles(color);
  let before: string | undefined;
  return {
    tell({ view, lastLine }) {
      const render = (now: number): string => renderStatus(view, { color, verbose, width, now, lastLine });
      const ended = view.jobs.map(({ lastEndedAt }) => lastEndedAt);
      // Seen from the beginning of time everything is equally old.
      const now = JSON.stringify([render(0), view.lastLandingAt, ended]);
      if (now === before) return;
      const gap = before === undefined ? '' : '\n';
      before = now;
      out.write(`${gap}${faint(stamp(clock.now(), true))}\n${render(clock.now())}`);
    },
    tick() {},
    close() {},
  };
}

/** One document a line, whenever it is another. */
export function jsonStatus({ out }: Pick<TellerOptions, 'out'>): StatusTeller {
  let before: string | undefined;
  return {
    tell({ document }) {
      const now = document(0);
      if (now !== before && out.write(now)) before = now;
    },
    tick() {},
    close() {},
  };
}
