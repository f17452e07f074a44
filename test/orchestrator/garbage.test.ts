/** What is thrown away at a start is collected, although nothing asks for memory. */
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectLater } from '../../src/orchestrator/garbage.js';

const thrownAway = (): WeakRef<object> => new WeakRef({});

test('a little later all of it is collected, where there is enough', async () => {
  const waste = thrownAway();
  await setTimeout(1); // what was made in this turn is kept for its length
  collectLater(Number.POSITIVE_INFINITY, 0);
  await setTimeout(5);
  expect(waste.deref()).toBeDefined();
  await setTimeout(1);
  collectLater(0, 0);
  await setTimeout(5);
  expect(waste.deref()).toBeUndefined();
});
