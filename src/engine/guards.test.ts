import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StopConditionSpec } from '../core/drill.ts';
import type { Json } from '../core/json.ts';
import { createGuards } from './guards.ts';
import type { Reading, Samplers } from './samplers.ts';

const condition: StopConditionSpec = {
  name: 'two primaries',
  probe: { name: 'p', kind: 'p', params: {}, everyMs: 100, timeoutMs: 400 },
  tolerance: { fields: { primaries: { op: 'atMost', value: 1 } } },
  forMs: 1000,
  position: { file: 'f', line: 1, col: 1 },
};

/** Readings are given by hand; the clock is vitest's. */
function watch(): { read(value: Json | Error): void; trips: string[] } {
  let latest: Reading | undefined;
  let heard: (probe: string, reading: Reading) => void = () => undefined;
  const samplers = {
    latest: () => latest,
    onReading: (listener: typeof heard) => {
      heard = listener;
      return () => undefined;
    },
  } as unknown as Samplers;
  const trips: string[] = [];
  const guards = createGuards([condition], {
    samplers,
    nowMs: () => Date.now(),
    trip: (name, because) => trips.push(`${name}: ${because}`),
  });
  guards.arm();
  return {
    trips,
    read: (value) => {
      const at = { startedMs: Date.now(), atMs: Date.now() };
      latest = value instanceof Error ? { ok: false, error: value.message, ...at } : { ok: true, value, ...at };
      heard('p', latest);
    },
  };
}

describe('a stop condition', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const over = async (ms: number, each: () => void): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      each();
      await vi.advanceTimersByTimeAsync(100);
    }
  };

  it('does not trip while its probe is within the tolerance', async () => {
    const { read, trips } = watch();
    await over(5000, () => read({ primaries: 1 }));
    expect(trips).toEqual([]);
  });

  it('does not trip before its time is up, and forgets when all is well again', async () => {
    const { read, trips } = watch();
    await over(900, () => read({ primaries: 2 }));
    await over(100, () => read({ primaries: 1 }));
    await over(900, () => read({ primaries: 2 }));
    expect(trips).toEqual([]);
  });

  it('trips once when it deviates for its time, and says what was seen', async () => {
    const { read, trips } = watch();
    await over(100, () => read({ primaries: 1 }));
    await over(3000, () => read({ primaries: 2 }));
    expect(trips).toHaveLength(1);
    expect(trips[0]).toMatch(/two primaries: expected .*primaries at most 1.*, was .*2/);
  });

  it.each([
    ['its probe fails', (read: (value: Json | Error) => void) => read(new Error('no answer'))],
    ['its probe is not read at all', () => undefined],
  ])('trips without data, when %s', async (_, each) => {
    const { read, trips } = watch();
    await over(100, () => read({ primaries: 1 }));
    await over(3000, () => each(read));
    expect(trips).toEqual([expect.stringMatching(/^two primaries: no data, for/)]);
  });
});
