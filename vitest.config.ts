import { defineConfig } from 'vitest/config';

const ci = Boolean(process.env['CI']);

/** Units run two at a time; then the real clusters, one file at a time, so that nothing disturbs what they measure. */
export default defineConfig({
  test: {
    reporters: ci ? ['default', 'json', 'junit'] : ['default'],
    outputFile: { json: '.ci/out/tests.json', junit: '.ci/out/tests.junit.xml' },
    allowOnly: !ci,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          maxWorkers: 2,
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.test.ts'],
          fileParallelism: false,
          // Of the tests that say `concurrent`: those that measure do not.
          maxConcurrency: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
