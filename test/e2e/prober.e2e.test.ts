import { describe, expect, it } from 'vitest';
import { leftovers } from './support/leftovers.ts';
import { PROBED_FAULTS, runProbed } from './support/probed-run.ts';
import { createSandbox } from './support/sandbox.ts';

// Four of the eighty of `npm run bench -- prober`, which also holds the width to its bar: that wants a quiet machine.
describe('the oracle', () => {
  it.concurrent.each(PROBED_FAULTS)('sees the same outage as an independent prober: %s', async (fault) => {
    await using sandbox = await createSandbox();
    const { probed, measured, intersects } = await runProbed(sandbox, fault);
    expect(measured.lowMs).toBeGreaterThan(3000);
    expect({ probed, measured, intersects }).toEqual({ probed, measured, intersects: true });
    expect(leftovers(sandbox)).toEqual([]);
  });
});
