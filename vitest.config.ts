import { defineConfig } from 'vitest/config';

const ci = Boolean(process.env['CI']);

/** What fills half of this machine by itself (six JVMs), or counts what the engine has. */
const heavy = ['test/e2e/*kafka*.e2e.test.ts', 'test/e2e/images.e2e.test.ts'];
/** Two clients are held against each other: each finds the new primary when it gets to run. */
const alone = ['test/e2e/prober.e2e.test.ts'];

const e2e = {
  // Of the tests that say `concurrent`: those that measure do not.
  maxConcurrency: 2,
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

/** One after the other: units, drills that leave most of the machine idle, those of Kafka, and what wants it for itself. */
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
          maxWorkers: 3,
          // A quarter of the time went into reading the same modules for each of them.
          isolate: false,
          setupFiles: ['test/setup/environment.ts'],
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
          exclude: [...heavy, ...alone],
          // A drill of Redis uses a fifth of two processors.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...e2e,
          name: 'e2e-heavy',
          include: heavy,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...e2e,
          name: 'e2e-alone',
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
