import { describe, expect, it } from 'vitest';
import { at, judgeRecorded, operationsWith, type RecordedRun, recordedKill, refused } from '../../test/recorded-run.ts';

async function availability(limits: string, operations?: RecordedRun['operations'][string]) {
  const run = recordedKill(`
  - { assert: availability, of: writes, with: { ${limits} } }`);
  if (operations !== undefined) run.operations = { writes: operations };
  return (await judgeRecorded(run)).finding('availability');
}

const twice = operationsWith({ downFromMs: at.kill, downToMs: at.kill + 2000 }).map((op) =>
  op.sentMs >= at.revert + 500 && op.sentMs < at.revert + 1500 ? { ...op, ...refused(op.sentMs) } : op,
);

describe('availability', () => {
  it('is judged by the longest outage of the whole run', async () => {
    expect(await availability('longest: 7s')).toMatchObject({
      verdict: 'passed',
      expected: 'no outage over 7.00 s',
      actual: expect.stringMatching(/^1 outage, the longest (5\.99|6\.00) s to 6\.01 s$/),
    });
    expect(await availability('longest: 5s')).toMatchObject({
      verdict: 'failed',
      because: 'seen by writes, of mymaster',
    });
    expect((await availability('longest: 6s')).verdict).toBe('inconclusive');
  });

  it('is judged by all of them together, ours included', async () => {
    const found = await availability('total: 4s', twice);
    expect(found).toMatchObject({ verdict: 'passed', actual: expect.stringMatching(/^2 outages, .* in all$/) });
    expect((await availability('total: 2500ms', twice)).verdict).toBe('failed');
    expect((await availability('total: 3s', twice)).verdict).toBe('inconclusive');
  });

  it('is judged by how many there were', async () => {
    expect((await availability('outages: 2', twice)).verdict).toBe('passed');
    expect((await availability('outages: 1', twice)).verdict).toBe('failed');
    const blip = operationsWith({ downFromMs: at.kill, downToMs: at.kill + 10 });
    expect((await availability('outages: 0', blip)).verdict).toBe('inconclusive');
  });

  it('does not count what only stutters, and tells it', async () => {
    const stuttering = operationsWith({ downFromMs: 0, downToMs: 0 }).map((op) =>
      op.sentMs >= at.kill && op.sentMs < at.kill + 150 ? { ...op, settledMs: at.kill + 151 } : op,
    );
    expect(await availability('outages: 0', stuttering)).toMatchObject({
      verdict: 'passed',
      actual: expect.stringMatching(/^1 outage \(a stutter\), the longest 1\d\d ms to 1\d\d ms$/),
    });
    expect((await availability('longest: 100ms', stuttering)).verdict).toBe('failed');
  });

  it('tells the longest that was seen, and that a longer one could not be', async () => {
    const refusing = operationsWith({ downFromMs: at.kill, downToMs: at.kill + 30 });
    expect((await availability('longest: 1s', refusing)).actual).toMatch(
      /^1 outage, the longest \d+ ms to (3|4)\d ms \(one under \d\d ms could not be seen\)$/,
    );
  });

  it('does not promise more than could be seen', async () => {
    const all = operationsWith({ downFromMs: 0, downToMs: 0 });
    expect(await availability('longest: 1s', all)).toMatchObject({
      verdict: 'passed',
      actual: expect.stringMatching(/^no outage seen \(one under \d+ ms could not be\)$/),
    });
    expect((await availability('longest: 20ms', all)).verdict).toBe('inconclusive');
    const paused = all.filter(({ sentMs }) => sentMs < 9000 || sentMs > 12_000);
    expect((await availability('longest: 1s', paused)).verdict).toBe('inconclusive');
  });

  it('without an end fails', async () => {
    const gone = operationsWith({ downFromMs: at.kill, downToMs: Number.POSITIVE_INFINITY });
    expect(await availability('longest: 7s', gone)).toMatchObject({
      verdict: 'failed',
      actual: expect.stringMatching(/^1 outage, the longest more than 13\.\d\d s$/),
    });
  });

  it('of a workload that never worked proves nothing', async () => {
    const never = operationsWith({ downFromMs: 0, downToMs: Number.POSITIVE_INFINITY });
    expect(await availability('longest: 7s', never)).toMatchObject({
      verdict: 'inconclusive',
      because: 'not one operation of writes was ok',
    });
  });
});
