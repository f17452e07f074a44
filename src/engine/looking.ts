/**
 * Looks that the core asks for: made beside everything else, and told when they are done. What somebody else has looked at
 * meanwhile is newer, and is not told again.
 */
import { objectsIn } from '../core/held.js';
import { kindOf, type Look, type ObjectId } from '../core/object.js';
import type { State } from '../core/state.js';
import type { Loop, Present } from './world.js';

export interface Looking {
  /** Looks at these, and posts what was seen. */
  lookAt(ids: readonly ObjectId[], content?: boolean): void;
  /** Waits for a look that somebody makes: until then it counts. */
  during<T>(look: Promise<T>): Promise<T>;
  /** Objects were looked at by somebody else. */
  seen(looks: readonly Look[]): void;
  /** From now on, until it is ended, what somebody else has looked at. */
  since(): { readonly seen: ReadonlyMap<ObjectId, Look['found']>; end(): void };
  /** Looks that are not done yet. */
  readonly count: number;
}

/** Looks at the objects that are present when it is asked. */
export function createLooking(present: Present, { post, wakeUp, now }: Loop): Looking {
  let count = 0;
  /** For each look that takes its time: what somebody else has looked at since. */
  const newer = new Set<Map<ObjectId, Look['found']>>();

  async function during<T>(look: Promise<T>): Promise<T> {
    count += 1;
    try {
      return await look;
    } finally {
      count -= 1;
      wakeUp();
    }
  }

  async function lookAt(ids: readonly ObjectId[], content = false): Promise<void> {
    const { seen, end } = since();
    try {
      const looks = await present.objects.look(ids, content);
      const good = looks.filter(({ object, found }) => {
        const later = seen.get(object);
        return later === undefined || (content && isStillWanted(found, later));
      });
      post({ type: 'looked', at: now(), looks: good });
    } finally {
      end();
    }
  }

  function since(): ReturnType<Looking['since']> {
    const seen = new Map<ObjectId, Look['found']>();
    newer.add(seen);
    return { seen, end: () => void newer.delete(seen) };
  }

  return {
    lookAt: (ids, content) => void during(lookAt(ids, content)),
    during,
    seen(looks) {
      for (const objects of newer) for (const { object, found } of looks) objects.set(object, found);
    },
    since,
    get count() {
      return count;
    },
  };
}

/**
 * The core asks for the content of what it has seen once, and waits for it, unless it has seen since that the object is
 * gone or another.
 */
function isStillWanted(read: Look['found'], since: Look['found']): boolean {
  if (since.state === 'present') return read.state !== 'present' || read.stamp === since.stamp;
  return since.state === 'unknown';
}

/**
 * Files to be looked at once everything has been listed: targets of known tasks whose absence makes them due; and what a
 * task read last and was not listed now, where it would go on without it, or no longer stand failed. A directory that
 * cannot be read says nothing of what is in it.
 */
export function unlistedToLookAt(state: State): ObjectId[] {
  const found: ObjectId[] = [];
  for (const task of state.tasks.values()) {
    const { onMissingTarget, sources } = task.job.job;
    if (onMissingTarget === 'rerun')
      for (const object of task.targets)
        if (kindOf(object.id) === 'file' && object.version === undefined) found.push(object.id);
    const { last } = task;
    if (last && (last.outcome === 'failed' || sources.some(({ optional, pattern }) => optional || pattern.gathers)))
      for (const name of objectsIn(last.consumed)) {
        const id = name as ObjectId; // ids are what a run consumes
        if (kindOf(id) === 'file' && !state.objects.has(id)) found.push(id);
      }
  }
  return found;
}
