/**
 * What a start leaves behind. V8 collects while memory is asked for, and an idle daemon asks for none: what loading and
 * restoring threw away would stay for good, twice as much as what is kept.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of heap below which it is not worth the pause. */
const worthwhile = 100e6;

/** Milliseconds after a start: what is due has begun by then. */
const calm = 1000;

/** Collects all of it, once, a little later: half a second for a very big mapping, in which nothing else happens. */
export function collectLater(from = worthwhile, after = calm): void {
  setTimeout(() => {
    if (process.memoryUsage().heapUsed < from) return;
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    if (typeof collect === 'function') collect();
  }, after).unref();
}
