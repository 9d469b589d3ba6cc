import { describe, expect, it } from 'vitest';
import { judgeRecorded, type RecordedRun, recordedKill } from '../../test/recorded-run.ts';

describe('a run in which all went well', () => {
  it('passes, with everything that was measured', async () => {
    const { report, exit } = await judgeRecorded(recordedKill());
    expect(report.assertions.map(({ name, verdict }) => [name, verdict])).toEqual(
      ['rto', 'rpo', 'predicted', 'availability', 'ordering', 'duplicates', 'split-brain', 'steady-state'].map(
        (name) => [name, 'passed'],
      ),
    );
    expect(exit).toBe(0);
    expect(report).toMatchObject({ verdict: 'passed', status: 'completed', cluster: 'restored', problems: [] });
    const { writes } = report.measured;
    expect(writes).toMatchObject({ ok: 1250, failed: 600, unknown: 0, lostWrites: 0, duplicates: 0, reordered: 0 });
    const { low = 0, high = 0 } = writes?.recoveryTimeMs ?? {};
    expect(low).toBeGreaterThan(5970);
    expect(low).toBeLessThanOrEqual(6000);
    expect(high).toBeGreaterThanOrEqual(6000);
    expect(high).toBeLessThan(6020);
  });

  it('gets the same report when it is judged again', async () => {
    const [one, other] = [await judgeRecorded(recordedKill()), await judgeRecorded(recordedKill())];
    expect(one.report).toEqual(other.report);
  });
});

describe('the whole of several findings', () => {
  it('is failed when one is, whatever else is in doubt', async () => {
    const run = recordedKill();
    for (const copy of run.copies['writes'] ?? []) copy.values.pop();
    run.events = run.events.filter((event) => event.type !== 'probe');
    run.events.push({ type: 'mark', mark: '+tilt', source: 'sentinel-2', detail: '', atMs: 9000 });
    const { report, exit, finding } = await judgeRecorded(run);
    expect([finding('rpo').verdict, finding('split-brain').verdict]).toEqual(['failed', 'inconclusive']);
    expect(report.verdict).toBe('failed');
    expect(exit).toBe(1);
  });

  it('is failed when the steady state is not back, also without any assertion', async () => {
    const run = recordedKill('');
    run.events = run.events.filter(({ type }) => type !== 'steadyAgain');
    run.drill = { ...run.drill, timing: { ...run.drill.timing, recoveryWithinMs: 2000 } };
    expect((await judgeRecorded(run)).exit).toBe(1);
  });

  it('is inconclusive when an assertion is not known here, or breaks', async () => {
    const run = recordedKill('\n  - { assert: rpo, of: writes, with: { lostWrites: 0 } }');
    const [rpo] = run.drill.assertions;
    if (rpo === undefined) throw new Error('there is one');
    run.drill = {
      ...run.drill,
      assertions: [rpo, { ...rpo, name: 'a', kind: 'unheard-of' }, { ...rpo, name: 'b', params: null }],
    };
    const { report, exit, finding } = await judgeRecorded(run);
    expect([exit, report.verdict]).toEqual([3, 'inconclusive']);
    expect(finding('rpo').verdict).toBe('passed');
    expect(finding('a').because).toMatch(/no assertion "unheard-of"/);
    expect(finding('b').because).toMatch(/broke/);
  });
});

describe('the cluster afterwards', () => {
  async function leftBehind(change: (run: RecordedRun) => void): Promise<[cluster: string, exit: number]> {
    const run = recordedKill();
    change(run);
    const { report, exit } = await judgeRecorded(run);
    return [report.cluster, exit];
  }
  const restored = (clean: boolean) => (run: RecordedRun) => {
    for (const event of run.events) if (event.type === 'restored') Object.assign(event, { clean });
  };
  const removed = (isRemoved: boolean) => (run: RecordedRun) => {
    for (const event of run.events) if (event.type === 'end') Object.assign(event, { removed: isRemoved });
  };
  const unsaid = (run: RecordedRun): void => {
    run.events = run.events.filter(({ type }) => type !== 'restored');
  };

  it('is restored, gone with everything in it, or a matter for a person', async () => {
    expect(await leftBehind(restored(true))).toEqual(['restored', 0]);
    expect(await leftBehind(restored(false))).toEqual(['removed', 0]);
    expect(await leftBehind(unsaid)).toEqual(['removed', 0]);
    const both = (first: typeof unsaid) => (run: RecordedRun) => {
      first(run);
      removed(false)(run);
    };
    expect(await leftBehind(both(restored(false)))).toEqual(['dirty', 4]);
    expect(await leftBehind(both(unsaid))).toEqual(['dirty', 4]);
  });

  it('is as it was when nothing was hurt', async () => {
    const [cluster] = await leftBehind((run) => {
      run.events = run.events.filter(({ type }) => type !== 'restored' && type !== 'step');
      removed(false)(run);
    });
    expect(cluster).toBe('restored');
  });

  const rolledBack = (facts: { removed: boolean; failures: readonly string[] }) => (run: RecordedRun) => {
    restored(false)(run);
    removed(false)(run);
    const atMs = run.events.at(-1)?.atMs ?? 0;
    const by = 'firedrill rollback';
    run.events.push({ type: 'rolledBack', at: '2026-11-21T14:00:00Z', by, done: ['all of it'], atMs, ...facts });
  };

  it('needs nobody any more once somebody has rolled back all of it', async () => {
    expect(await leftBehind(rolledBack({ removed: true, failures: [] }))).toEqual(['removed', 0]);
    const unhurt = (run: RecordedRun): void => {
      rolledBack({ removed: true, failures: [] })(run);
      run.events = run.events.filter(({ type }) => type !== 'step' && type !== 'restored');
    };
    expect((await leftBehind(unhurt))[0]).toBe('removed');
    expect(await leftBehind(rolledBack({ removed: false, failures: [] }))).toEqual(['undone', 0]);
    expect(await leftBehind(rolledBack({ removed: false, failures: ['redis-1 is gone'] }))).toEqual(['dirty', 4]);
  });

  it('says who rolled it back, and does not send anybody to do it again', async () => {
    const run = recordedKill();
    rolledBack({ removed: true, failures: [] })(run);
    const hint = 'firedrill rollback x';
    run.events.splice(-1, 0, { type: 'problem', code: 'UNDO_FAILED', message: 'it would not start', hint, atMs: 1 });
    const { report } = await judgeRecorded(run);
    expect(report.rolledBack).toEqual({
      at: '2026-11-21T14:00:00Z',
      by: 'firedrill rollback',
      done: ['all of it'],
      failures: [],
    });
    expect(report.problems).toMatchObject([{ code: 'UNDO_FAILED', hint: undefined }]);
  });
});
