/**
 * The world as `--dry-run` and `simulate` have it: the objects are real, the rest only pretends. Nothing is written and
 * nothing runs. Every command succeeds at once and makes its targets anew, in the order in which they started; time
 * passes only when nothing else can happen, and then takes none. Decides nothing: the engine does.
 */
import { asVersion, type Look, type ObjectId } from '../core/object.js';
import { ok } from '../core/result.js';
import { never } from '../core/soonest.js';
import type { State } from '../core/state.js';
import type { Clock, Objects, World } from '../engine/world.js';
import type { Execution, Outcome } from '../execute/executor.js';

export interface Pretence {
  /** What the engine decides over. */
  readonly state: State;
  /** As they stand: looked at twice, an object is the same. */
  readonly objects: Pick<Objects, 'list' | 'look'>;
  /** Milliseconds since 1970 at which it all happens. */
  readonly at: number;
  /** Files that are there, whole and in a new version, whatever the disk says. */
  readonly landed?: readonly ObjectId[];
  readonly tell: World['tell'];
  /** What became of a run that somebody had started: it `goes on`, ended so, or (undefined) was lost. */
  readonly fateOf: (run: string) => 'goes on' | Outcome | undefined;
}

/** Larger than any `min_size`. */
const largest = Number.MAX_SAFE_INTEGER;

/** A world over these objects in which nothing happens. */
export function pretendWorld({ state, objects, at, landed = [], tell, fateOf }: Pretence): World {
  const there = new Map<ObjectId, Look>(landed.map((id) => [id, pretended(id, 'landing')]));
  /** What executes, in the order in which it started: each is to be ended. */
  const executing: (() => void)[] = [];
  const time = pretendTime(at, state);

  const makes = (run: string, targets: readonly ObjectId[]): Execution => {
    const outcome = new Promise<Outcome>((resolve) => {
      executing.push(() => {
        for (const object of targets) there.set(object, pretended(object, run));
        resolve({ exitCode: 0 });
      });
    });
    return { outcome, stop() {}, log: '' };
  };

  async function look(ids: readonly ObjectId[], content?: boolean): Promise<readonly Look[]> {
    const real = ids.filter((id) => !there.has(id));
    // What looks only at what is pretended takes equally long for all, so that they end in the order of their starts.
    const looks = real.length === 0 ? [] : await time.during(objects.look(real, content));
    return [...looks, ...ids.flatMap((id) => there.get(id) ?? [])];
  }

  return {
    objects: {
      async list() {
        const looks = await objects.list();
        const listed = new Set(looks.map(({ object }) => object));
        // In their places: the order of what has changed is the order in which it was listed.
        return [
          ...looks.map((one) => there.get(one.object) ?? one),
          ...[...there.values()].filter(({ object }) => !listed.has(object)),
        ];
      },
      look,
      sync: async () => undefined,
    },
    executor: {
      start: ({ run, targets }) =>
        makes(
          run,
          targets.flatMap((target) => target.objects),
        ),
      async attach(run) {
        const fate = fateOf(run);
        if (fate !== 'goes on') return fate;
        return makes(run, state.runs.get(run)?.run?.targets.map(({ id }) => id) ?? []);
      },
      forget() {},
      hook: async () => {},
    },
    journal: {
      append: () => ok(undefined),
      sync: () => ok(undefined),
      compactIfWorthwhile: () => ok(false),
      check: () => ok(undefined),
    },
    clock: time.clock,
    tell,
    turned() {
      time.turned();
      // What went on before we came goes on until everything has been looked at; no command is quicker than a look.
      if (state.open && !time.isLooking()) for (const end of executing.splice(0)) end();
    },
  };
}

/** A clock that stands; when nothing is under way, all that waits for some time gets it at once. */
function pretendTime(start: number, state: State) {
  let now = start;
  let alarm: { readonly time: number; readonly then: () => void } | undefined;
  let turns = 0;
  let looking = 0;
  let waiting = false;

  /** Two turns of the loop, because what has just ended is posted within one and dealt with in the next. */
  const passWhenQuiet = (): void => {
    if (waiting || !alarm || looking > 0 || !state.open) return;
    waiting = true;
    const before = turns;
    setImmediate(() =>
      setImmediate(() => {
        waiting = false;
        if (turns !== before) passWhenQuiet();
        else if (alarm && looking === 0) {
          const { time, then } = alarm;
          alarm = undefined;
          now = Math.max(now, time, latest(state));
          then();
        }
      }),
    );
  };

  const clock: Clock = {
    now: () => now,
    at(time, then) {
      const mine = { time, then };
      alarm = mine;
      passWhenQuiet();
      return () => {
        if (alarm === mine) alarm = undefined;
      };
    },
  };
  return {
    clock,
    turned(): void {
      turns += 1;
      passWhenQuiet();
    },
    isLooking: () => looking > 0,
    /** No time passes during this. */
    async during<T>(what: Promise<T>): Promise<T> {
      looking += 1;
      try {
        return await what;
      } finally {
        looking -= 1;
        passWhenQuiet();
      }
    },
  };
}

/** When the last of what waits for its time is to have it: what settles together lands together. */
function latest({ objects, runs }: State): number {
  let at = 0;
  for (const { settling } of objects.values())
    if (settling && settling.deadline !== never) at = Math.max(at, settling.deadline);
  for (const { run } of runs.values()) if (run?.stage === 'pausing') at = Math.max(at, run.nextAt);
  return at;
}

/** Complete by any rule: large, old, with its marker, and in a version that nobody has seen. */
function pretended(object: ObjectId, by: string): Look {
  const version = asVersion(`pretended by ${by}`);
  const about = { file: by, written: by, stamp: by, size: largest, moved: false, marker: 'there' } as const;
  return { object, found: { state: 'present', version, changedAt: 0, ...about } };
}

/**
 * Objects as they stood when each was first looked at: a file that is written on all the while would otherwise never
 * come to rest in a world where waiting takes no time.
 */
export function asTheyStand(objects: Pick<Objects, 'list' | 'look'>): Pick<Objects, 'list' | 'look'> {
  const seen = new Map<ObjectId, Look>();
  let listed: Promise<readonly Look[]> | undefined;
  const take = (looks: readonly Look[]): readonly Look[] => {
    for (const look of looks) seen.set(look.object, look);
    return looks;
  };
  const isUnread = (look: Look | undefined): boolean =>
    look?.found.state === 'present' && look.found.version === undefined;
  return {
    list() {
      listed ??= objects.list().then(take);
      return listed;
    },
    async look(ids, content = false) {
      const asked = ids.filter((id) => !seen.has(id) || (content && isUnread(seen.get(id))));
      if (asked.length > 0) take(await objects.look(asked, content));
      return ids.flatMap((id) => seen.get(id) ?? []);
    },
  };
}
