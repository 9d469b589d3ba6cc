// What every reporter promises, whatever it is told and when: it never throws, and it never writes where it should not.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reporter } from '../core/kinds.ts';
import { createConsoleReporter } from './console/console.ts';
import { createJsonReporter } from './json.ts';
import { createJunitReporter } from './junit.ts';
import { createMarkdownReporter } from './markdown.ts';
import { createMultiplexer } from './multiplexer.ts';
import { capture } from './testing/capture.ts';
import { sampleEvents } from './testing/events.ts';
import { invocationInfo, runInfo } from './testing/infos.ts';
import { sampleReports } from './testing/reports.ts';

const creators: readonly (readonly [string, () => Reporter])[] = [
  ['console, piped', () => createConsoleReporter({ stdout: capture(), stderr: capture(), isTty: false })],
  ['console, on a terminal', () => createConsoleReporter({ stdout: capture(40), stderr: capture(40), isTty: true })],
  ['json', createJsonReporter],
  ['markdown', createMarkdownReporter],
  ['junit', createJunitReporter],
  [
    'all of them together',
    () =>
      createMultiplexer([createJsonReporter(), createMarkdownReporter(), createJunitReporter()], (_, error) => {
        throw error;
      }),
  ],
];
const reports = Object.entries(sampleReports);
const { passed } = sampleReports;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'firedrill-contract-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe.each(creators)('the reporter %s', (_, create) => {
  it.each(reports)('takes a report that is %s', async (_name, report) => {
    const reporter = create();
    await reporter.onInvocationStart?.(invocationInfo(root, 1));
    await reporter.onRunStart?.(runInfo(report, root));
    for (const event of sampleEvents) reporter.onEvent?.(event);
    await reporter.onRunEnd?.(report, runInfo(report, root));
    await reporter.onInvocationEnd?.([report], invocationInfo(root, 1));
    expect(reporter.name).not.toBe('');
  });

  it('takes an invocation that was interrupted in the middle of a run, and one in which nothing ran', async () => {
    const reporter = create();
    await reporter.onInvocationStart?.(invocationInfo(root, 3));
    await reporter.onRunStart?.(runInfo(passed, root));
    for (const event of sampleEvents.slice(0, 40)) reporter.onEvent?.(event);
    await expect(Promise.resolve(reporter.onInvocationEnd?.([], invocationInfo(root, 3)))).resolves.toBeUndefined();
  });

  it('takes its hooks in any order, and more than once', async () => {
    const hook = fc.constantFrom('invocationStart', 'runStart', 'event', 'progress', 'runEnd', 'invocationEnd');
    await fc.assert(
      fc.asyncProperty(fc.array(hook, { maxLength: 12 }), async (order) => {
        const reporter = create();
        for (const [at, next] of order.entries()) await call(reporter, next, at);
        await expect(Promise.resolve(reporter.onInvocationEnd?.([], invocationInfo(root, 1)))).resolves.toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it('writes into the folders that it was given, and leaves no drafts', async () => {
    const names = (await readdir(root, { recursive: true })).filter((name) => name.includes('.'));
    expect(names.filter((name) => !/(^|\/)(result\.json|summary\.json|report\.md|junit\.xml)$/.test(name))).toEqual([]);
  });
});

async function call(reporter: Reporter, hook: string, at: number): Promise<void> {
  const event = sampleEvents[at * 7];
  if (hook === 'invocationStart') await reporter.onInvocationStart?.(invocationInfo(root, 1));
  if (hook === 'runStart') await reporter.onRunStart?.(runInfo(passed, root));
  if (hook === 'event' && event !== undefined) reporter.onEvent?.(event);
  if (hook === 'progress') reporter.onProgress?.('a line\n\u001b[2J');
  if (hook === 'runEnd') await reporter.onRunEnd?.(passed, runInfo(passed, root));
  if (hook === 'invocationEnd') await reporter.onInvocationEnd?.([passed], invocationInfo(root, 1));
}
