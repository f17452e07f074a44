/** What a signal does: the first lets running tasks finish, for a while; the second ends them now. */
import type { Engine } from '../engine/engine.js';
import type { WatchEvent } from '../report/run-event.js';

/** To be called with 1 at the first signal, 2 at the second, and so on. `grace` in milliseconds. */
export function stopper(
  engine: Engine,
  grace: () => number,
  tell: (event: Omit<Extract<WatchEvent, { event: 'stopping' }>, 'at'>) => void,
  warn: (message: string) => void,
): (times: number) => void {
  let timer: NodeJS.Timeout | undefined;
  return (times) => {
    clearTimeout(timer);
    if (times > 1) {
      if (times === 2 && engine.state.runs.size > 0) warn('ending the running tasks now');
      engine.stop('terminate');
      return;
    }
    tell({ event: 'stopping', running: engine.state.runs.size, grace: grace() });
    engine.stop('finish');
    timer = setTimeout(() => engine.stop('terminate'), grace()).unref();
  };
}
