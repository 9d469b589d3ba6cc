import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Report } from '../core/report.ts';
import { createHistoryReporter } from './history.ts';
import { runInfo } from './testing/infos.ts';
import { sampleReports } from './testing/reports.ts';

async function folder(): Promise<{ readonly root: string; readonly file: string; tell(report: Report): unknown }> {
  const root = await mkdtemp(join(tmpdir(), 'firedrill-history-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const reporter = createHistoryReporter();
  return {
    root,
    file: join(root, 'history.ndjson'),
    tell: (report) => reporter.onRunEnd?.(report, runInfo(report, root)),
  };
}

/** As docs/results.md tells readers to do: what is no whole line is passed over. */
async function readLines(file: string): Promise<readonly unknown[]> {
  return (await readFile(file, 'utf8')).split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

describe('the history', () => {
  it('has a line for each run, in their order', async () => {
    const { file, tell } = await folder();
    await tell(sampleReports.passed);
    await tell(sampleReports.failed);
    const text = await readFile(file, 'utf8');
    expect(text.split('\n')).toHaveLength(3);
    expect(JSON.parse(text.split('\n')[0] ?? '')).toEqual({
      schema: 'firedrill.history/1',
      runId: sampleReports.passed.runId,
      suiteId: sampleReports.passed.suiteId,
      drill: 'redis-primary-kill',
      verdict: 'passed',
      status: 'completed',
      cluster: 'restored',
      recoveryTimeMs: expect.objectContaining({ low: expect.closeTo(6240, -2), high: expect.closeTo(6270, -2) }),
      startedAt: sampleReports.passed.startedAt,
      durationMs: expect.any(Number),
      runtime: 'local',
      configHash: sampleReports.passed.configHash,
      versions: sampleReports.passed.versions,
    });
    // It did not recover by itself: there is no other end.
    expect(JSON.parse(text.split('\n')[1] ?? '')).toMatchObject({
      verdict: 'failed',
      recoveryTimeMs: { low: 29_816.7 },
    });
    expect(text.split('\n')[1]).not.toContain('"high"');
  });

  it('is not broken by a line that somebody left half written', async () => {
    const { file, tell } = await folder();
    await tell(sampleReports.passed);
    await appendFile(file, '{"schema":"firedrill.history/1","runId":"2026');
    await tell(sampleReports.failed);
    expect(await readLines(file)).toMatchObject([
      { runId: sampleReports.passed.runId },
      { runId: sampleReports.failed.runId },
    ]);
  });

  it('mixes no lines of those who write at once', async () => {
    const { file, tell } = await folder();
    const names = Array.from({ length: 50 }, (_, at) => `run-${at}`);
    await Promise.all(names.map((runId) => tell({ ...sampleReports.passed, runId })));
    const lines = (await readLines(file)) as { runId: string }[];
    expect(lines.map(({ runId }) => runId).sort()).toEqual(names.sort());
  });

  it('says who was set aside and what was run again, and nothing of sabotages', async () => {
    const { file, tell } = await folder();
    const quarantine = { owner: 'platform', reason: 'flaky', expires: '2026-12-01', inForce: true };
    await tell({ ...sampleReports.failed, quarantine, retryOf: 'before' });
    await tell({ ...sampleReports.failed, sabotage: 'on purpose' });
    expect(await readLines(file)).toMatchObject([{ quarantine, retryOf: 'before' }]);
  });
});
