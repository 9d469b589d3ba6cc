import { describe, expect, it } from 'vitest';
import { at, judgeRecorded, operationsWith, recordedKill, type Stamped } from '../../test/recorded-run.ts';

function mark(name: string, source: string, atMs: number, detail = 'master mymaster redis-1 6379'): Stamped {
  return { type: 'mark', mark: name, source, detail, atMs };
}

async function phases(marks: readonly Stamped[], downToMs: number = at.back) {
  const run = recordedKill();
  run.operations = { writes: operationsWith({ downFromMs: at.kill, downToMs }) };
  run.events = [...run.events, ...marks].sort((a, b) => a.atMs - b.atMs);
  const { report } = await judgeRecorded(run);
  return report.phases.map(({ name, atMs, detail }) => [name, Math.round(atMs - at.kill), detail]);
}

describe('the story of a failover', () => {
  it('is told by its servers and its clients, in order of time', async () => {
    const marks = [
      mark('+sdown', 'sentinel-2', at.kill + 5000),
      mark('+odown', 'sentinel-2', at.kill + 5100),
      mark('promoted', 'redis-2', at.kill + 5400, 'role is now primary'),
      mark('+switch-master', 'sentinel-2', at.kill + 5900, 'mymaster redis-1 6379 redis-2 6379'),
    ];
    expect(await phases(marks)).toEqual([
      ['first-failure', expect.any(Number), 'writes'],
      ['+sdown', 5000, 'sentinel-2: master mymaster redis-1 6379'],
      ['+odown', 5100, 'sentinel-2: master mymaster redis-1 6379'],
      ['promoted', 5400, 'redis-2: role is now primary'],
      ['+switch-master', 5900, 'sentinel-2: mymaster redis-1 6379 redis-2 6379'],
      ['first-write', expect.any(Number), 'writes: acknowledged again'],
    ]);
  });

  it('speaks of no failure where nothing has failed: answers stopped for a while, and all came', async () => {
    const run = recordedKill();
    const held = operationsWith({ downFromMs: 0, downToMs: 0 }).map((op) => {
      const hangs = op.sentMs >= at.kill && op.sentMs < at.back;
      return hangs ? { ...op, settledMs: at.back + 1 + (op.sentMs - at.kill) / 1000 } : op;
    });
    run.operations = { writes: held };
    const { report } = await judgeRecorded(run);
    expect(report.measured['writes']).toMatchObject({ failed: 0, unknown: 0 });
    expect(report.phases.map(({ name }) => name)).toEqual(['first-silence', 'first-write']);
  });

  it('leaves out what only stuttered where there was an outage', async () => {
    const run = recordedKill();
    const stutter = { fromMs: at.kill + 100, toMs: at.kill + 250 };
    run.operations = {
      writes: operationsWith({ downFromMs: at.kill + 1000, downToMs: at.back }).map((op) => {
        const hangs = op.sentMs >= stutter.fromMs && op.sentMs < stutter.toMs;
        return hangs ? { ...op, settledMs: stutter.toMs + (op.sentMs - stutter.fromMs) / 1000 } : op;
      }),
    };
    const { report } = await judgeRecorded(run);
    expect(report.measured['writes']?.units[0]?.outages).toHaveLength(2);
    const [failure, write] = report.phases.map(({ name, atMs }) => [name, Math.round(atMs - at.kill)] as const);
    expect([failure?.[0], write?.[0]]).toEqual(['first-failure', 'first-write']);
    expect(failure?.[1]).toBeGreaterThanOrEqual(1000);
    expect(write?.[1]).toBeGreaterThanOrEqual(at.back - at.kill);
  });

  it('tells once what several say of the same node, and nothing from before the fault', async () => {
    const marks = [
      mark('+sdown', 'sentinel-1', at.kill - 1000),
      mark('+sdown', 'sentinel-2', at.kill + 5000),
      mark('+sdown', 'sentinel-3', at.kill + 5010),
      mark('+sdown', 'sentinel-3', at.kill + 5020, 'slave redis-3:6379 redis-3 6379'),
      mark('+vote-for-leader', 'sentinel-3', at.kill + 5030),
    ];
    const told = await phases(marks);
    expect(told.filter(([name]) => name === '+sdown').map(([, after]) => after)).toEqual([5000, 5020]);
    expect(told.map(([name]) => name)).not.toContain('+vote-for-leader');
  });

  it('has no first write when there was none, and nothing of clients that were never without service', async () => {
    expect((await phases([], Number.POSITIVE_INFINITY)).map(([name]) => name)).toEqual(['first-failure']);
    expect(await phases([], at.kill)).toEqual([]);
  });
});
