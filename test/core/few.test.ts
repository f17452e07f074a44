/**
 * Few members take little room, and behave as those of sets and maps do.
 */
import { expect, test } from 'vitest';
import { FewByKey } from '../../src/core/few.js';
import { forSeeds } from './pattern-tools.js';

test('values by key are those of a map', () => {
  forSeeds(300, (random) => {
    const few = new FewByKey<number | undefined>();
    const map = new Map<string, number | undefined>();
    for (let at = 0; at < 12; at++) {
      const key = random.of(['', 'a', 'b', 'c']);
      if (random.below(3) === 0) {
        few.delete(key);
        map.delete(key);
      } else {
        few.set(key, at);
        map.set(key, at);
      }
      expect([few.size, few.get('a'), few.get(''), [...few.values()]]).toEqual([
        map.size,
        map.get('a'),
        map.get(''),
        [...map.values()],
      ]);
    }
  });
});
