// Second tries and quarantines: shown by all reporters, in the run's own results and in those of the invocation.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exitOf } from '../core/exit-code.ts';
import type { Quarantine } from '../core/journal.ts';
import type { Report } from '../core/report.ts';
import { renderDrillResult } from './console/drill-result.ts';
import { renderInvocation } from './console/invocation-summary.ts';
import { createPaint } from './console/paint.ts';
import { createJsonReporter } from './json.ts';
import { renderJunit } from './junit.ts';
import { capture } from './testing/capture.ts';
import { invocationInfo } from './testing/infos.ts';
import { sampleReports } from './testing/reports.ts';

const layout = { width: 120, paint: createPaint(capture(), false) };
const quarantine: Quarantine = { owner: 'platform', reason: 'KAFKA-1 is open', expires: '2026-12-01', inForce: true };
const { passed, failed, inconclusive } = sampleReports;
const retry: readonly Report[] = [
  { ...inconclusive, runId: 'first' },
  { ...passed, runId: 'second', retryOf: 'first' },
];
const aside: readonly Report[] = [passed, { ...failed, quarantine }];

function table(reports: readonly Report[], drills = reports.length): string {
  const ending = { info: invocationInfo('/', drills), exit: exitOf(reports), dir: 'reports/x' };
  return renderInvocation(reports, ending, layout).join('\n');
}

async function summaryOf(reports: readonly Report[], drills = 1): Promise<unknown> {
  const root = await mkdtemp(join(tmpdir(), 'firedrill-standing-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const info = invocationInfo(root, drills);
  await createJsonReporter().onInvocationEnd?.(reports, info);
  return JSON.parse(await readFile(join(info.dir, 'summary.json'), 'utf8'));
}

describe('a run that proved nothing and was made again', () => {
  it('stands beside the second on the console', () => {
    expect(table(retry, 1)).toMatch(/inconclusive, run again[\s\S]*passed, second try/);
    expect(table(retry, 1)).toContain('1 drill (1 of them run again): 1 passed');
    expect(table(retry, 1)).toContain('Exit 0: every drill passed');
    expect(renderDrillResult(retry[1] as Report, undefined, layout).join('\n')).toContain(
      'run again, because first proved nothing',
    );
  });

  it('is in summary.json without counting when it was sabotaged', async () => {
    const sabotaged = { ...failed, sabotage: 'Sentinels that wait a minute' };
    expect(await summaryOf([passed, sabotaged], 2)).toMatchObject({
      verdicts: { passed: 1, failed: 0, inconclusive: 0 },
      runs: [{ standing: 'counts' }, { standing: 'sabotaged', verdict: 'failed' }],
    });
  });

  it('is in summary.json with both', async () => {
    expect(await summaryOf(retry)).toMatchObject({
      verdicts: { passed: 1, failed: 0, inconclusive: 0 },
      retried: 1,
      exit: { code: 0 },
      runs: [
        { runId: 'first', verdict: 'inconclusive', standing: 'retried' },
        { runId: 'second', verdict: 'passed', standing: 'counts', retryOf: 'first' },
      ],
    });
  });

  it('is told in junit.xml, and makes red only what is red', () => {
    const both = renderJunit(retry);
    expect(both).toMatch(/<testsuites [^>]*failures="0" errors="0"/);
    expect(both).toContain('STEADY_STATE_ABSENT');
    expect(renderJunit(retry.slice(0, 1))).not.toContain('errors="0"');
    const inVain = [...retry.slice(0, 1), { ...inconclusive, runId: 'second', retryOf: 'first' }];
    expect(renderJunit(inVain)).not.toMatch(/<testsuites [^>]*errors="0"/);
  });
});

describe('a run that left its target as it was not before', () => {
  const left = ['redis-1 is down'];
  const undo = { code: 'UNDO_FAILED', message: 'step "kill" could not be undone: no', at: undefined, hint: undefined };
  const dirty: Report = { ...failed, target: 'staging', cluster: 'dirty', differences: left, problems: [undo] };

  it('ends the invocation: what is left, how it is mended, and how many were not run', async () => {
    const text = table([passed, dirty], 5);
    expect(text).toContain('2 of 5 drills ran: 1 passed, 1 failed, 1 NOT RESTORED');
    expect(text).toContain(`3 drills NOT RUN: ${failed.runId} did not leave staging as it was before`);
    expect(text).toContain('  left: redis-1 is down\n  left: step "kill" could not be undone: no\n');
    expect(text).toContain(`  → firedrill rollback ${failed.runId} tries again to undo it.`);
    expect(text).toContain('Exit 4');
    expect(await summaryOf([passed, dirty], 5)).toMatchObject({ planned: 5, notRun: 3, dirty: 1 });
  });

  it('is mended by hand when nothing of ours is left to be undone', () => {
    expect(table([{ ...dirty, problems: [] }], 2)).toMatch(/1 drill NOT RUN[\s\S]*mend it by hand/);
    expect(table([dirty], 1)).not.toContain('NOT RUN');
  });
});

describe('a drill in quarantine', () => {
  it('is shown as failed and set aside on the console, with whom to ask and until when', () => {
    expect(table(aside)).toContain('FAILED, in quarantine');
    expect(table(aside)).toContain('2 drills: 1 passed, 1 in quarantine, which do not count');
    expect(table(aside)).toContain('in quarantine until 2026-12-01 (platform: KAFKA-1 is open)');
    expect(table(aside)).toContain('Exit 0: every drill passed that is not in quarantine');
  });

  it('counts again from its day on, and says so', () => {
    const expired = [passed, { ...failed, quarantine: { ...quarantine, inForce: false } }];
    expect(table(expired)).toContain('FAILED, quarantine expired');
    expect(table(expired)).toContain('quarantine expired on 2026-12-01, it counts again (platform: KAFKA-1 is open)');
    expect(table(expired)).toContain('Exit 1');
    expect(renderJunit(expired)).not.toContain('failures="0" errors="0" time');
  });

  it('is in summary.json and junit.xml, and fails neither', async () => {
    expect(await summaryOf(aside)).toMatchObject({
      verdicts: { passed: 1, failed: 0 },
      quarantined: 1,
      exit: { code: 0 },
      runs: [{ standing: 'counts' }, { verdict: 'failed', standing: 'quarantined', quarantine }],
    });
    expect(renderJunit(aside)).toMatch(/<testsuites [^>]*failures="0" errors="0"/);
    expect(renderJunit(aside)).toContain('because: ');
    expect(renderJunit(aside)).toContain('in quarantine until 2026-12-01');
  });
});
