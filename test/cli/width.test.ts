import { expect, test } from 'vitest';
import { createContext } from '../../src/cli/context.js';

test('where standard output is no terminal nothing is as wide as there is room for', () => {
  const { isTTY, columns } = process.stdout;
  expect(createContext({}).width).toBe(isTTY ? columns : Number.POSITIVE_INFINITY);
});
