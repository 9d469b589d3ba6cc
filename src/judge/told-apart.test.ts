// Planted failures, and what only looks like one.
import { describe, expect, it } from 'vitest';
import {
  at,
  judgeRecorded,
  operationsWith,
  type RecordedRun,
  recordedKill,
  timedOut,
} from '../../test/recorded-run.ts';

const down = { downFromMs: at.kill, downToMs: at.back };

describe('a planted failure is told, by its name', () => {
  async function told(run: RecordedRun, name: string): Promise<string> {
    const { report, exit, finding } = await judgeRecorded(run);
    expect({ exit, verdict: report.verdict, finding: finding(name).verdict }).toEqual({
      exit: 1,
      verdict: 'failed',
      finding: 'failed',
    });
    const others = report.assertions.filter((one) => one.name !== name && one.verdict === 'failed');
    expect(others).toEqual([]);
    return finding(name).actual;
  }

  it('lost: what was acknowledged is on no node', async () => {
    const run = recordedKill();
    for (const copy of run.copies['writes'] ?? []) copy.values = copy.values.filter((i) => i !== 100 && i !== 101);
    expect(await told(run, 'rpo')).toMatch(/^2 of 1,250 lost/);
  });

  it('lost: the copy that counts does not have it, though another one has', async () => {
    const run = recordedKill();
    const [counts] = run.copies['writes'] ?? [];
    if (counts !== undefined) counts.values = counts.values.filter((i) => i !== 7);
    expect(await told(run, 'rpo')).toMatch(/^1 of 1,250 lost/);
  });

  it('duplicate', async () => {
    const run = recordedKill();
    for (const copy of run.copies['writes'] ?? []) copy.values.push(5);
    expect(await told(run, 'duplicates')).toMatch(/^1 more than once/);
  });

  it('out of order', async () => {
    const run = recordedKill();
    for (const copy of run.copies['writes'] ?? []) copy.values.unshift(...copy.values.splice(50, 1));
    expect(await told(run, 'ordering')).toMatch(/^50 out of order/);
  });

  it('never recovered', async () => {
    const run = recordedKill('\n  - { assert: rto, of: writes, since: kill, with: { atMost: 10s } }');
    run.operations['writes'] = operationsWith({ downFromMs: at.kill, downToMs: Number.POSITIVE_INFINITY });
    expect(await told(run, 'rto')).toMatch(/did not recover/);
  });

  it('rescued by our own revert', async () => {
    const run = recordedKill('\n  - { assert: rto, of: writes, since: kill, with: { atMost: 60s } }');
    run.operations['writes'] = operationsWith({ downFromMs: at.kill, downToMs: at.revert + 150 });
    expect(await told(run, 'rto')).toMatch(/did not recover by itself in 9.0\d s/);
  });

  it('too slow', async () => {
    const run = recordedKill('\n  - { assert: rto, of: writes, since: kill, with: { atMost: 5s } }');
    expect(await told(run, 'rto')).toMatch(/6.0\d s/);
  });

  it('longer than the settings explain', async () => {
    const run = recordedKill('\n  - { assert: predicted, of: writes, since: kill }');
    run.operations['writes'] = operationsWith({ downFromMs: at.kill, downToMs: at.kill + 8000 });
    expect(await told(run, 'predicted')).toMatch(/8.0\d s/);
  });

  it('everything hung, and then succeeded: no operation failed, and it was an outage', async () => {
    const run = recordedKill('\n  - { assert: availability, of: writes, with: { longest: 200ms } }');
    run.operations['writes'] = operationsWith({ downFromMs: 0, downToMs: 0 }).map((op) =>
      op.sentMs >= at.kill && op.sentMs < at.kill + 450 ? { ...op, settledMs: at.kill + 450 + op.i / 1000 } : op,
    );
    expect(await told(run, 'availability')).toMatch(/4[0-9]{2} ms/);
  });

  it('two nodes took writes', async () => {
    const run = recordedKill();
    for (const event of run.events) {
      if (event.type === 'probe' && event.startedMs === 9000)
        Object.assign(event, { value: { primaries: 2, acceptingWrites: 2 } });
    }
    expect(await told(run, 'split-brain')).toMatch(/acceptingWrites 2/);
  });

  it('the steady state did not come back', async () => {
    const run = recordedKill();
    run.events = run.events.filter(({ type }) => type !== 'steadyAgain');
    run.drill = { ...run.drill, timing: { ...run.drill.timing, recoveryWithinMs: 2000 } };
    expect(await told(run, 'steady-state')).toMatch(/not back after/);
  });
});

describe('what may differ is no failure', () => {
  it('unknown writes, there or not', async () => {
    const run = recordedKill();
    const writes = operationsWith(down).map((op) => (op.outcome === 'failed' ? { ...op, ...timedOut(op.sentMs) } : op));
    run.operations['writes'] = writes;
    const found = writes.filter(({ outcome }, n) => outcome === 'ok' || (outcome === 'unknown' && n % 2 === 0));
    for (const copy of run.copies['writes'] ?? []) copy.values = found.map(({ i }) => i);
    const { report, exit } = await judgeRecorded(run);
    expect(exit).toBe(0);
    expect(report.measured['writes']).toMatchObject({ unknown: 600, lostWrites: 0, failedButFound: 0 });
  });

  it('the order of writes that were under way together', async () => {
    const run = recordedKill();
    run.operations['writes'] = operationsWith(down).map((op) =>
      op.i === 10 || op.i === 11 ? { ...op, settledMs: op.sentMs + 15 } : op,
    );
    for (const copy of run.copies['writes'] ?? []) copy.values.splice(10, 2, 11, 10);
    expect((await judgeRecorded(run)).exit).toBe(0);
  });
});
