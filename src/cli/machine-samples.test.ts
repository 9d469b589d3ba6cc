import { describe, expect, it } from 'vitest';
import type { EventBody } from '../core/journal.ts';
import { sampleMachine } from './machine-samples.ts';

describe('samples of the machine', () => {
  it('say for how long nothing was done, and end with the run', async () => {
    const written: EventBody[] = [];
    {
      using _ = sampleMachine({ write: (event) => written.push(event) }, 20);
      await expect.poll(() => written.length).toBeGreaterThan(2);
      const from = written.length;
      const untilNs = process.hrtime.bigint() + 150_000_000n;
      while (process.hrtime.bigint() < untilNs);
      await expect.poll(() => written.length).toBeGreaterThan(from + 1);
      const still = written.slice(from).map((event) => (event.type === 'machine' ? event.stoodStillMs : 0));
      expect(Math.max(...still)).toBeGreaterThan(100);
      expect(written.every((event) => event.type === 'machine' && event.loadAverage >= 0)).toBe(true);
    }
    const after = written.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(written).toHaveLength(after);
  });
});
