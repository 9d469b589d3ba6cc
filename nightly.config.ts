import { defineConfig } from 'vitest/config';

/** `npm run nightly`. Its JUnit has a testcase a drill; that of each run has one an assertion. */
export default defineConfig({
  test: {
    include: ['test/nightly/*.nightly.ts'],
    fileParallelism: false,
    reporters: process.env['GITHUB_ACTIONS'] ? ['default', 'junit', 'github-actions'] : ['default', 'junit'],
    outputFile: { junit: 'reports/nightly.junit.xml' },
    allowOnly: !process.env['CI'],
  },
});
