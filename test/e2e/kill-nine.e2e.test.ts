import { describe, expect, it } from 'vitest';
import { everything } from './support/everything.ts';
import { killAndRollBack, moments } from './support/kill-nine.ts';
import { leftovers } from './support/leftovers.ts';
import { quickDrill } from './support/quick-drill.ts';
import { createSandbox } from './support/sandbox.ts';

const kill = {
  name: 'kill',
  fault: 'process.kill',
  targets: 'redis-primary',
  hold: { until: 'recovered', atMost: '10s' },
};
const bystander = quickDrill({
  method: [kill],
  assertions: [{ assert: 'rto', of: 'writes', since: 'kill', with: { atMost: '9s' } }],
});

describe('a runner that is killed with -9', () => {
  it('is cleaned up after by rollback, beside a run that goes on and passes', async () => {
    await using sandbox = await createSandbox();
    const name = sandbox.addDrill('everything', everything);
    const other = sandbox.start(['run', sandbox.addDrill('bystander', bystander)]);
    const besides = [await other.runId(), `process ${other.pid} `, `"pid":${other.pid},`];
    for (const atMs of moments(5, 9000, 11)) {
      const killed = await killAndRollBack(sandbox, name, { atMs, besides });
      console.log(killed.atMs, killed.during, killed.tookMs, killed.rollback.stdout);
      expect(killed).toMatchObject({ rollback: { code: 0 }, left: [] });
    }
    await other.endsWith(0);
    expect(leftovers(sandbox)).toEqual([]);
  });
});
