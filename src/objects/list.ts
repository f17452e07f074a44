/** Looks at everything that is wanted, once. */
import type { Look, ObjectId } from '../core/object.js';
import { lookAt } from './files.js';
import type { SetAside } from './names.js';
import { createTree } from './tree.js';
import type { FileWorld } from './world.js';

export interface Listing {
  /** Every object that is there and wanted; what is not among them is absent. */
  readonly looks: readonly Look[];
  readonly setAside: readonly SetAside[];
}

/** What is there now. */
export async function listFiles(world: FileWorld): Promise<Listing> {
  const looks: Look[] = [];
  const setAside: SetAside[] = [];
  const touched = new Set<ObjectId>();
  const tree = createTree(world, {
    entered() {},
    left() {},
    looked: (some) => {
      for (const look of some) looks.push(look);
    },
    touched: (objects) => {
      for (const object of objects) touched.add(object);
    },
    setAside: (found) => {
      setAside.push(found);
    },
  });
  await tree.list();
  for (const look of await lookAt(world, [...touched])) if (look.found.state !== 'absent') looks.push(look);
  return { looks, setAside };
}
