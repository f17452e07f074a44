/**
 * Looks into objects of which something has changed: directories, and files whose marker has. One at a time, and what
 * takes long to look into rests for many times as long. The last change is always looked at.
 */
import { isDirectory, type ObjectId } from '../core/object.js';
import type { Later } from './follow.js';

/** Milliseconds in which one object is looked into once. */
const calm = 50;
/** What takes long to look into is left alone for so many times as long. */
const rest = 10;

export interface InsideOptions {
  /** Looks into an object, and tells what it saw. */
  readonly look: (object: ObjectId) => Promise<void>;
  readonly later: Later;
}

/** To be called with objects of which something has changed. */
export function lookInside({ look, later }: InsideOptions): (objects: readonly ObjectId[]) => void {
  const touched = new Set<ObjectId>();
  const resting = new Set<ObjectId>();
  let looking = false;

  async function lookAtTouched(): Promise<void> {
    if (looking) return;
    looking = true;
    for (const next of touched) {
      if (resting.has(next)) continue;
      touched.delete(next);
      const began = performance.now();
      await look(next);
      resting.add(next);
      const took = isDirectory(next) ? performance.now() - began : 0;
      later(Math.max(calm, rest * took), () => {
        resting.delete(next);
        if (!touched.delete(next)) return;
        // To the end: a round that is under way has passed it by.
        touched.add(next);
        void lookAtTouched();
      });
    }
    looking = false;
  }

  return (objects) => {
    if (objects.length === 0) return;
    for (const object of objects) touched.add(object);
    void lookAtTouched();
  };
}
