import { defineConfig } from 'vitest/config';

/** What touches nothing that two files share: one can be loaded after the other, and what they import once. */
const pure = ['core', 'engine', 'manifest', 'report'].map((folder) => `${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    root: import.meta.dirname,
    // Two cores: some tests wait for files to settle while others compute.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      { extends: true, test: { name: 'world', include: ['**/*.test.ts'], exclude: pure } },
    ],
  },
});
