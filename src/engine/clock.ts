/**
 * The engine's clock: starts at the wall's time and goes on with the monotonic one, so that a wall clock that is set
 * while objflow runs moves no deadline.
 */
import type { Clock } from './world.js';

/** Node fires at once what is further away than this, in milliseconds. */
const longest = 2 ** 31 - 1;

/** The clock of this process. */
export const systemClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  at(time, then) {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = time - systemClock.now();
      timer = left > longest ? setTimeout(wait, longest) : setTimeout(then, Math.max(0, Math.ceil(left)));
    };
    wait();
    return () => clearTimeout(timer);
  },
};

/** The wall clock minus the engine's clock, in milliseconds: not zero once somebody has set the wall clock. */
export const clockOffset = (): number => Date.now() - systemClock.now();
