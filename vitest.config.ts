import { defineConfig } from 'vitest/config';

const ci = Boolean(process.env['CI']);

/** What is held against a clock of its own. */
const alone = ['test/e2e/prober.e2e.test.ts'];

const e2e = {
  // Of the tests that say `concurrent`: those that measure do not.
  maxConcurrency: 2,
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

/** One after the other: units, drills, and what wants the machine for itself. */
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
          maxWorkers: 4,
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...e2e,
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.test.ts'],
          exclude: alone,
          // A drill waits for most of its time: one of Redis uses a seventh of two processors, one of Kafka a third.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...e2e,
          name: 'e2e-alone',
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
