// The worst outage is a failure, and no lack of data; a limit inside the error of measuring is neither.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunStarted } from '../../../src/core/journal.ts';
import { leftovers } from '../support/leftovers.ts';
import { quickDrill } from '../support/quick-drill.ts';
import { createSandbox } from '../support/sandbox.ts';

const kill = {
  name: 'kill',
  fault: 'process.kill',
  targets: 'redis-primary',
  hold: { until: 'recovered', atMost: '6s' },
};
/** Much longer than it takes to see that a replica is missing. */
const HOLD_S = 60;
const rto = { assert: 'rto', of: 'writes', since: 'kill', with: { atMost: '20s' } };

describe.concurrent('a run fails', () => {
  it.each([
    ['when nobody takes over', { settings: { redis: { 'replica-priority': 0 } } }, 5900],
    ['when our own revert comes before recovery', { method: [{ ...kill, hold: '2s' }] }, 1900],
  ])('%s, though that was within the objective', async (_, over, heldMs) => {
    await using sandbox = await createSandbox();
    const drill = quickDrill({ method: [kill], assertions: [rto], ...over });
    const run = sandbox.start(['run', sandbox.addDrill('rescued', drill)]);
    await run.endsWith(1);
    const { verdict, assertions, measured } = await run.result();
    expect(verdict).toBe('failed');
    expect(assertions[0]).toMatchObject({ name: 'rto', verdict: 'failed', data: { rescuedByRevert: true } });
    const { low = 0, high } = measured['writes']?.recoveryTimeMs ?? {};
    expect(high).toBeUndefined();
    expect(low).toBeGreaterThan(heldMs);
    expect(leftovers(sandbox)).toEqual([]);
  });

  it('only when the limit lies below what was measured, and proves nothing when it lies inside', async () => {
    await using sandbox = await createSandbox();
    const run = sandbox.start(['run', sandbox.addDrill('kill', quickDrill({ method: [kill], assertions: [rto] }))]);
    await run.endsWith(0);
    const { low = 0, high = 0 } = (await run.result()).measured['writes']?.recoveryTimeMs ?? {};
    expect(low).toBeGreaterThan(3000);
    const dir = join(sandbox.reports, await run.runId());
    const limits = { above: high + 1, inside: (low + high) / 2, below: low - 1 };
    const codes: Record<string, unknown> = {};
    for (const [name, limitMs] of Object.entries(limits)) {
      cpSync(dir, `${dir}-${name}`, { recursive: true });
      setLimit(join(`${dir}-${name}`, 'events.ndjson'), limitMs);
      codes[name] = (await sandbox.run(['judge', `${dir}-${name}`])).code;
    }
    expect(codes).toEqual({ above: 0, inside: 3, below: 1 });
  });

  it('by its stop condition, which ends it', async () => {
    await using sandbox = await createSandbox();
    const tolerance = { replicasInStep: 2 };
    const stopConditions = [{ name: 'a replica is missing', probe: 'redis.topology', tolerance, for: '500ms' }];
    const method = [{ name: 'kill', fault: 'process.kill', targets: 'redis-2', hold: `${HOLD_S}s` }];
    const run = sandbox.start(['run', sandbox.addDrill('guarded', quickDrill({ stopConditions, method }))]);
    await run.endsWith(5);
    const { status, verdict, faults, cluster } = await run.result();
    expect({ status, verdict, cluster }).toEqual({ status: 'aborted', verdict: 'inconclusive', cluster: 'restored' });
    const [{ calledAtMs, revertedAtMs } = { calledAtMs: 0, revertedAtMs: undefined }] = faults;
    expect((revertedAtMs ?? Number.POSITIVE_INFINITY) - calledAtMs).toBeLessThan(HOLD_S * 1000);
    expect(leftovers(sandbox)).toEqual([]);
  });
});

/** As if the drill had asked for another objective. */
function setLimit(file: string, atMostMs: number): void {
  const [first = '', ...events] = readFileSync(file, 'utf8').split('\n');
  const run = JSON.parse(first) as RunStarted;
  const assertions = run.drill.assertions.map((assertion) => ({ ...assertion, params: { atMostMs } }));
  writeFileSync(file, [JSON.stringify({ ...run, drill: { ...run.drill, assertions } }), ...events].join('\n'));
}
