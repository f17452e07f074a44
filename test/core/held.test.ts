/** Versions that a task remembers: a list and a map say the same, and what was written down comes back. */
import { expect, test } from 'vitest';
import { held, heldOf, objectsIn, sizeOf, versionIn, versionsOf, versionUnder } from '../../src/core/held.ts';

const versions = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`file:landing/${at}.csv`, `${at}:1`]));

test.each([0, 1, 2, 16, 17, 18, 1000])('%i objects are all there, and no other', (count) => {
  const written = versions(count);
  const kept = heldOf(written);
  expect(versionsOf(kept)).toEqual(written);
  expect(sizeOf(kept)).toBe(count);
  expect(objectsIn(kept)).toEqual(Object.keys(written));
  for (const [object, version] of Object.entries(written)) expect(versionIn(kept, object)).toBe(version);
  expect(versionIn(kept, `file:landing/${count}.csv`)).toBeUndefined();
  // A version is no object.
  expect(versionIn(kept, '0:1')).toBeUndefined();
});

test('texts are kept as they are given, not copies of them', () => {
  const object = ['file:', 'a'].join('');
  const kept = held((take) => take(object, '1'));
  expect(objectsIn(kept)[0]).toBe(object);
});

test('what many tasks hold of nothing is one and the same', () => {
  expect(heldOf({})).toBe(heldOf({}));
});

test('an object is held under the very text under which it was asked for', () => {
  for (const count of [1, 3, 100]) {
    const kept = heldOf(versions(count));
    expect(versionUnder(kept, 'file:landing/0.csv')).toBe('0:1');
    expect(versionUnder(kept, 'file:landing/x.csv')).toBeUndefined();
    expect(versionsOf(kept)).toEqual(versions(count));
  }
});
