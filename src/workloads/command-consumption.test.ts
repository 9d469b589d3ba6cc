import { describe, expect, it } from 'vitest';
import type { OpRecord } from '../journal/ops-format.ts';
import { Consumption } from './command-consumption.ts';

/** A program whose clock is the run's own, told of at 1 ms, 2 ms, … */
function consumption() {
  const ops: OpRecord[] = [];
  let ms = 0;
  const told = new Consumption({
    units: ['orders/0', 'orders/1'],
    offset: { offsetNs: 0, errorNs: 0 },
    recorder: { record: (op) => void ops.push(op) },
    nowMs: () => ms,
  });
  const at = (): { unit: string; at: number } => {
    ms += 1;
    return { unit: 'orders/0', at: ms * 1e6 };
  };
  return {
    ops,
    told,
    consume: (i: number, produced?: number) =>
      told.take({ consumed: i, ...at(), ...(produced === undefined ? {} : { produced }) }),
    process: (i: number) => told.take({ processed: i, ...at() }),
    commit: (i: number) => told.take({ committed: i, ...at() }),
    setAside: (i: number) => told.take({ deadLettered: i, ...at() }),
  };
}

describe('what a program reads', () => {
  it('was sent when it was produced, where it says so', () => {
    const { ops, consume, process } = consumption();
    consume(0, 500_000);
    process(0);
    expect(ops).toMatchObject([{ i: 0, unit: 0, dueMs: 0.5, sentMs: 0.5, settledMs: 2, outcome: 'ok' }]);
  });

  it('makes one operation, however often it is read', () => {
    const { ops, told, consume, process } = consumption();
    for (const i of [0, 1, 1]) {
      consume(i);
      process(i);
    }
    expect(ops.map(({ i }) => i)).toEqual([0, 1]);
    expect(told.order(0)).toEqual([0, 1, 1]);
  });

  it('was passed over when it was committed and not processed, and is still to come when it was not', () => {
    const { ops, told, consume, process, commit, setAside } = consumption();
    for (const i of [0, 1, 2, 3]) consume(i);
    process(0);
    setAside(1);
    commit(2);
    told.finish();
    expect(ops.map(({ i, outcome, errorCode }) => [i, outcome, errorCode])).toEqual([
      [0, 'ok', undefined],
      [1, 'failed', 'DEAD_LETTERED'],
      [2, 'failed', 'NOT_PROCESSED'],
      [3, 'failed', 'NOT_REACHED'],
    ]);
  });

  it('is a mistake where it was never consumed, or of a unit that there is not', () => {
    const { told, process, commit } = consumption();
    expect(() => process(9)).toThrow('record 9 was processed and never consumed');
    expect(() => commit(9)).toThrow('record 9 was committed and never consumed');
    expect(() => told.take({ consumed: 0, unit: 'orders/7', at: 0 })).toThrow('unit orders/7');
    expect(() => told.take({ consumed: 0, unit: 'orders/0', at: 1e12 })).toThrow('ahead of the clock');
  });
});
