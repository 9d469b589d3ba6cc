import { describe, expect, it } from 'vitest';
import { leftovers } from './support/leftovers.ts';
import { createSandbox } from './support/sandbox.ts';

describe('a shipped drill', () => {
  it('runs', async () => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', 'redis-primary-kill', '--set', 'timing.warmUp=2s', '--set', 'timing.heldFor=1s']);
    await run.untilStep('kill', 'confirmed');
    console.log(leftovers(sandbox));
    expect(await run.ended).toBe(0);
    console.log(await run.runId(), (await run.result()).verdict);
    expect(leftovers(sandbox)).toEqual([]);
  });
});
