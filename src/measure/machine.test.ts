import { describe, expect, it } from 'vitest';
import { judgeRecorded, type RecordedRun, recordedKill } from '../../test/recorded-run.ts';
import type { MachineUse } from '../core/report.ts';

async function machine(change: (run: RecordedRun) => void = () => undefined): Promise<MachineUse> {
  const run = recordedKill();
  change(run);
  return (await judgeRecorded(run)).report.machine;
}

/** Sends one operation in fifty later than it was due. */
const late = (byMs: number) => (run: RecordedRun) => {
  const { writes = [] } = run.operations;
  run.operations = { writes: writes.map((op, at) => (at % 50 === 0 ? { ...op, dueMs: op.sentMs - byMs } : op)) };
};

const sampled =
  (...samples: readonly (readonly [loadAverage: number, stoodStillMs: number])[]) =>
  (run: RecordedRun) => {
    const atMs = run.events.at(-1)?.atMs ?? 0;
    run.events.splice(
      -1,
      0,
      ...samples.map(([loadAverage, stoodStillMs]) => ({ type: 'machine', loadAverage, stoodStillMs, atMs }) as const),
    );
  };

describe('the machine', () => {
  it('that was not in the way is told in numbers, and nothing is held against it', async () => {
    expect(await machine(sampled([0.4, 12], [1.2, 31], [0.9, 9]))).toMatchObject({
      loadAverage: 1.2,
      stoodStillMs: 31,
      tooBusy: [],
    });
    expect((await machine(late(20))).tooBusy).toEqual([]);
  });

  it('that was too busy is told with why', async () => {
    const { tooBusy, sentLateMs } = await machine((run) => {
      sampled([9.41, 120], [3, 1700])(run);
      late(80)(run);
    });
    expect(tooBusy).toEqual([
      expect.stringMatching(/^a load of 9\.4 on \d processors$/),
      'the runner stood still for 1.70 s',
      'one operation in a hundred was sent 80 ms late or later',
    ]);
    expect(sentLateMs).toBeCloseTo(80, 0);
  });

  it('of a run that recorded nothing of it is not known', async () => {
    const { tooBusy, loadAverage, stoodStillMs } = await machine();
    expect({ tooBusy, loadAverage, stoodStillMs }).toEqual({ tooBusy: [] });
  });
});
