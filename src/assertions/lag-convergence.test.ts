import { describe, expect, it } from 'vitest';
import { at, judgeRecorded, recordedKill, type Stamped } from '../../test/recorded-run.ts';
import type { Json } from '../core/json.ts';
import type { NamedFinding } from '../core/report.ts';

const ASKED = `
  - assert: lagConvergence
    probe: { kind: kafka.lag, with: { group: consumers }, every: 100ms }
    since: kill
    within: 8s
    for: 1s
    with: { records: 100 }`;

/** The lag at a moment in ms since the kill: records, null where it is not known, undefined where nothing could be read. */
type Lag = (sinceMs: number) => number | null | undefined;
/** One partition: how far the log has got, as far as its leader says, and how far the group. */
type Ends = (sinceMs: number) => { readonly end: number | null; readonly committed: number };

async function judged(lag: Lag, asked = ASKED): Promise<NamedFinding> {
  return judgedValues((sinceMs) => {
    const records = lag(sinceMs);
    if (records === undefined) return undefined;
    return { records, atLeast: records ?? 5, ms: records === null ? null : records * 10 };
  }, asked);
}

async function judgedPartition(ends: Ends): Promise<NamedFinding> {
  return judgedValues((sinceMs) => {
    const { end, committed } = ends(sinceMs);
    const records = end === null ? null : end - committed;
    return {
      records,
      atLeast: records ?? 0,
      ms: null,
      partitions: { 'orders/0': { records, ms: null, committed, end } },
    };
  });
}

async function judgedValues(valueAt: (sinceMs: number) => Json | undefined, asked = ASKED): Promise<NamedFinding> {
  const run = recordedKill(asked);
  const probe = run.drill.assertions[0]?.probe?.name ?? '';
  const readings: Stamped[] = [];
  for (let startedMs = at.method; startedMs < at.drain; startedMs += 100) {
    const value = valueAt(startedMs - at.kill);
    const read = value === undefined ? { error: 'nobody answers' } : { value };
    readings.push({ type: 'probe', probe, startedMs, ...read, atMs: startedMs + 20 });
  }
  run.events = [...run.events, ...readings].toSorted((a, b) => a.atMs - b.atMs);
  return (await judgeRecorded(run)).finding('lagConvergence');
}

/** Grows by 100 a second for five seconds, and is worked off by 500 a second. */
const failover: Lag = (ms) => Math.round(ms < 0 ? 3 : ms < 5000 ? 3 + ms / 10 : Math.max(3, 503 - (ms - 5000) / 2));

describe('lag convergence', () => {
  it('says when the group had caught up, how far it was behind, and how fast it was', async () => {
    const found = await judged(failover);
    expect(found).toMatchObject({ verdict: 'passed', because: '' });
    expect(found.actual).toMatch(
      /^caught up after 5\.7\d s to 5\.9\d s; at most 50\d records behind, worked off at 4\d\d a second$/,
    );
    expect(found.data['peakRecords']).toBeGreaterThan(490);
  });

  it('fails when it comes too late, or never', async () => {
    const slow: Lag = (ms) => failover(ms < 5000 ? ms : 5000 + (ms - 5000) / 5);
    expect(await judged(slow)).toMatchObject({ verdict: 'failed', because: 'it came too late' });
    const stuck: Lag = (ms) => (ms < 0 ? 0 : 200);
    expect(await judged(stuck)).toMatchObject({ verdict: 'failed', because: 'it never caught up' });
  });

  it('is not taken in by a lag that has not begun to grow, nor by one that grows again', async () => {
    const late: Lag = (ms) => (ms < 2000 ? 3 : failover(ms - 2000));
    expect((await judged(late)).actual).toMatch(/^caught up after 7\.7\d s/);
    const again: Lag = (ms) => (ms > 9000 && ms < 9500 ? 900 : failover(ms));
    expect(await judged(again)).toMatchObject({ verdict: 'failed' });
  });

  it('cannot tell where it was not read: the limit lies in the gap', async () => {
    const gap: Lag = (ms) => (ms > 5000 && ms < 9000 ? undefined : failover(ms));
    const found = await judged(gap);
    expect(found).toMatchObject({
      verdict: 'inconclusive',
      because: 'the limit lies within the error of the measurement',
    });
    const unknown: Lag = (ms) => (ms > 5000 && ms < 9000 ? null : failover(ms));
    expect(await judged(unknown)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('knows how far the log can have got while its leader was silent: no farther than what it says afterwards', async () => {
    const moved = (committedThen: number): Ends => {
      const silent = (ms: number): boolean => ms > 7000 && ms < 9000;
      return (ms) =>
        ms < 5000
          ? { end: 500, committed: 0 }
          : silent(ms)
            ? { end: null, committed: committedThen }
            : { end: 520, committed: 500 };
    };
    const found = await judgedPartition(moved(500));
    expect(found).toMatchObject({ verdict: 'passed', because: '' });
    expect(found.actual).toMatch(/^caught up after 4\.\d+ s to 5\.\d+ s/);
    // It may have been 120 behind then: when it caught up for good is not known.
    expect(await judgedPartition(moved(400))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('cannot tell what was not watched', async () => {
    const cut: Lag = (ms) => (ms > 6200 ? undefined : failover(ms));
    expect((await judged(cut)).because).toMatch(/^nothing was read for the last/);
    expect(await judged(() => undefined)).toMatchObject({ verdict: 'inconclusive', because: 'nobody answers' });
    const dark: Lag = (ms) => (ms < 5000 ? failover(ms) : null);
    expect(await judged(dark)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('takes the age of the oldest record, too', async () => {
    const aged = ASKED.replace('records: 100', 'age: 1s');
    expect(await judged(failover, aged)).toMatchObject({ verdict: 'passed' });
    expect(await judged((ms) => (ms < 0 ? 0 : 150), aged)).toMatchObject({ verdict: 'failed' });
  });

  it('says so when it never was behind', async () => {
    const found = await judged(() => 7);
    expect(found).toMatchObject({ verdict: 'passed', actual: 'never over the limit, at most 7 records behind' });
  });
});
