/** What it means to be told to stop: the first time lets running tasks finish, for a while; the second ends them now. */
import type { Engine } from '../engine/engine.js';
import type { WatchEvent } from '../report/run-event.js';

/** Has somebody call `stop` with 1 the first time, 2 the second, and so on; gives what ends that. */
export type StopBy = (stop: (times: number) => void) => () => void;

/** Stops this engine when it is told to; gives what ends that. `grace` in milliseconds. */
export function stopWhenTold(
  stopBy: StopBy,
  engine: Engine,
  grace: () => number,
  tell: (event: Omit<Extract<WatchEvent, { event: 'stopping' }>, 'at'>) => void,
  warn: (message: string) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = stopBy((times) => {
    clearTimeout(timer);
    if (times > 1) {
      if (times === 2 && engine.state.runs.size > 0) warn('ending the running tasks now');
      engine.stop('terminate');
      return;
    }
    tell({ event: 'stopping', running: engine.state.runs.size, grace: grace() });
    engine.stop('finish');
    timer = setTimeout(() => engine.stop('terminate'), grace()).unref();
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}
