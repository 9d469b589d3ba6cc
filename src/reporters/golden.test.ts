// What each sort of report looks like, as files: to be read like a stranger would, whenever they change.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitOf } from '../core/exit-code.ts';
import type { Report } from '../core/report.ts';
import { renderDrillResult } from './console/drill-result.ts';
import { renderInvocation } from './console/invocation-summary.ts';
import { createPaint } from './console/paint.ts';
import { createJsonReporter } from './json.ts';
import { createJunitReporter } from './junit.ts';
import { createMarkdownReporter } from './markdown.ts';
import { capture } from './testing/capture.ts';
import { invocationInfo, runInfo } from './testing/infos.ts';
import { sampleReports } from './testing/reports.ts';
import { displayWidth } from './text.ts';

/** A watch is an invocation of its own. */
const reports = Object.values<Report>(sampleReports).filter(({ watched }) => watched === undefined);
const paint = createPaint(capture(), false);
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'firedrill-reporters-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe.each(Object.entries(sampleReports))('a report that is %s', (name, report: Report) => {
  it.each([80, 120])('on a console of %i columns', async (width) => {
    const lines = renderDrillResult(report, `reports/${report.runId}/`, { width, paint });
    // A path is not broken: it is there to be copied.
    const tooLong = lines.filter((line) => displayWidth(line) > width && !line.includes(`reports/${report.runId}/`));
    expect(tooLong).toEqual([]);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`golden/${name}.console-${width}.txt`);
  });

  it('as report.md', async () => {
    await createMarkdownReporter().onRunEnd?.(report, runInfo(report, root));
    const text = await readFile(join(root, report.runId, 'report.md'), 'utf8');
    await expect(text).toMatchFileSnapshot(`golden/${name}.report.md`);
  });

  it('as junit.xml', async () => {
    await createJunitReporter().onRunEnd?.(report, runInfo(report, root));
    const text = await readFile(join(root, report.runId, 'junit.xml'), 'utf8');
    await expect(text).toMatchFileSnapshot(`golden/${name}.junit.xml`);
  });

  it('as result.json: the report, and nothing but it', async () => {
    await createJsonReporter().onRunEnd?.(report, runInfo(report, root));
    const text = await readFile(join(root, report.runId, 'result.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
    expect(text.split('\n').length).toBeGreaterThan(20);
  });
});

describe('an invocation', () => {
  it.each([80, 120])('on a console of %i columns', async (width) => {
    const ending = {
      info: invocationInfo(root, reports.length + 1),
      exit: exitOf(reports),
      dir: 'reports/20261121-140312-7c1e/',
    };
    const lines = renderInvocation(reports, ending, { width, paint });
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`golden/invocation.console-${width}.txt`);
  });

  it('as summary.json', async () => {
    const info = invocationInfo(root, reports.length + 1);
    await createJsonReporter().onInvocationEnd?.(reports, info);
    const text = await readFile(join(info.dir, 'summary.json'), 'utf8');
    await expect(text).toMatchFileSnapshot('golden/invocation.summary.json.txt');
  });

  it('as junit.xml', async () => {
    const info = invocationInfo(root, reports.length + 1);
    await createJunitReporter().onInvocationEnd?.(reports, info);
    const text = await readFile(join(info.dir, 'junit.xml'), 'utf8');
    expect(text).toContain('<testsuites name="firedrill" tests="42" failures="5" errors="26"');
    expect(text.match(/<testsuite /g)).toHaveLength(reports.length);
  });

  it('of a watch counts no drills', () => {
    const ending = { info: invocationInfo(root, 1), exit: exitOf([sampleReports.watched]), dir: 'reports/x/' };
    expect(renderInvocation([sampleReports.watched], ending, { width: 80, paint })).toEqual([
      '',
      'Summary: reports/x/',
      'Exit 0: watched to the end',
    ]);
  });

  it('of one drill needs no table', () => {
    const ending = { info: invocationInfo(root, 1), exit: exitOf([sampleReports.passed]), dir: 'reports/x/' };
    expect(renderInvocation([sampleReports.passed], ending, { width: 80, paint })).toEqual([
      '',
      '1 drill: 1 passed',
      'Summary: reports/x/',
      'Exit 0: every drill passed',
    ]);
  });
});
