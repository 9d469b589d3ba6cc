// `node scripts/count-results.ts <vitest's JSON> [failed check …]`: the last line of .ci/run, and its exit code.
import { readFileSync } from 'node:fs';

/** The part of vitest's JSON report that is counted. */
interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** Counts tests. A file that failed without a failed test (it could not be loaded, a hook threw) counts as one failed. */
export function countTests({ testResults }: TestReport): Counts {
  const tests = testResults.flatMap((file) => file.assertionResults);
  const count = (status: string) => tests.filter((test) => test.status === status).length;
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  return {
    passed: count('passed'),
    failed: count('failed') + brokenFiles.length,
    skipped: skipped.map((test) => test.fullName),
  };
}

/** What .ci/run prints and exits with. A check that failed outside of the tests counts as one failed; no test at all is a failure too. */
export function summarize(report: TestReport | undefined, failedChecks: readonly string[]) {
  const counts = report === undefined ? { passed: 0, failed: 0, skipped: [] } : countTests(report);
  const onlyTheRunner = counts.failed === 0 ? failedChecks : failedChecks.filter((check) => check !== 'tests');
  const noTests = counts.passed + counts.failed === 0 && !failedChecks.includes('tests') ? ['no test ran'] : [];
  const problems = [...onlyTheRunner, ...noTests];
  const failed = counts.failed + problems.length;
  const lines = [
    ...counts.skipped.map((name) => `skipped: ${name}`),
    ...problems.map((problem) => `failed check: ${problem}`),
    `${counts.passed} passed, ${failed} failed`,
  ];
  return { lines, exitCode: failed === 0 ? 0 : 1 };
}

function read(file: string): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const [file = '', ...failedChecks] = process.argv.slice(2);
  const { lines, exitCode } = summarize(read(file), failedChecks);
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = exitCode;
}
