/**
 * The world as `--dry-run` has it: the objects are real, the rest only pretends. Nothing is written and nothing runs;
 * every command succeeds at once and makes its targets anew; waiting takes no time.
 */
import { asVersion, type Look, type ObjectId } from '../core/object.js';
import { ok } from '../core/result.js';
import { systemClock } from '../engine/clock.js';
import type { Objects, World } from '../engine/world.js';
import type { Execution } from '../execute/executor.js';

/**
 * A world over real objects in which nothing happens. `underWay` gives what a run makes that somebody else has in his
 * hands: it ends well too; undefined for one that nobody has.
 */
export function pretendWorld(
  objects: Objects,
  tell: World['tell'],
  underWay: (run: string) => readonly ObjectId[] | undefined,
): World {
  const made = new Map<ObjectId, Look>();
  let ahead = 0;
  const now = (): number => systemClock.now() + ahead;
  const makes = (run: string, targets: readonly ObjectId[]): Execution => {
    for (const object of targets) made.set(object, pretended(object, run, now()));
    return { outcome: Promise.resolve({ exitCode: 0 }), stop() {}, log: '' };
  };
  return {
    objects: {
      list: objects.list,
      async look(ids, content) {
        const real = await objects.look(
          ids.filter((id) => !made.has(id)),
          content,
        );
        return [...real, ...ids.flatMap((id) => made.get(id) ?? [])];
      },
      sync: async () => undefined,
    },
    executor: {
      start: (work) =>
        makes(
          work.run,
          work.targets.flatMap((target) => target.objects),
        ),
      async attach(run) {
        const targets = underWay(run);
        return targets && makes(run, targets);
      },
      forget() {},
      hook: async () => {},
    },
    journal: { append: () => ok(undefined), sync: () => ok(undefined), compactIfWorthwhile: () => ok(false) },
    clock: {
      now,
      at(time, then) {
        const timer = setImmediate(() => {
          ahead += Math.max(0, time - now());
          then();
        });
        return () => clearImmediate(timer);
      },
    },
    tell,
  };
}

function pretended(object: ObjectId, run: string, at: number): Look {
  const about = { file: run, written: run, stamp: run, size: 1, moved: true };
  return { object, found: { state: 'present', version: asVersion(`pretended by ${run}`), changedAt: at, ...about } };
}
