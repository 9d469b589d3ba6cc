// Whether a ledger has seen the outage that the independent prober saw.
import { expect } from 'vitest';
import type { OpRecord as Op } from '../../src/journal/ops-format.ts';
import type { LedgerRun } from '../run-ledger.ts';
import type { Gap } from './start-prober.ts';

export async function untilOkForLong(run: LedgerRun): Promise<void> {
  await run.until('recovery', ({ okSinceMs }) => okSinceMs !== undefined && run.nowMs() - okSinceMs > 700);
}

export function expectSameOutage(ops: readonly Op[], gaps: readonly Gap[]): void {
  const seen = outageOf(ops);
  const [probed] = gaps.toSorted((a, b) => b.highMs - a.highMs);
  if (probed === undefined) throw new Error('the prober saw no outage');
  expect(seen.high).toBeGreaterThan(1000);
  expect(seen.low).toBeLessThanOrEqual(probed.highMs);
  expect(seen.high).toBeGreaterThanOrEqual(probed.lowMs);
  expect(seen.fromMs).toBeLessThanOrEqual(probed.toMs);
  expect(seen.toMs).toBeGreaterThanOrEqual(probed.fromMs);
}

interface Outage {
  readonly low: number;
  readonly high: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The longest one between two oks, with the bounds of the design, section 9. */
function outageOf(ops: readonly Op[]): Outage {
  const oks = ops.filter((op) => op.outcome === 'ok').sort((a, b) => a.settledMs - b.settledMs);
  const outages = oks.slice(1).map((z, index) => {
    const a = oks[index] ?? z;
    const between = ops.filter((op) => op.outcome !== 'ok' && op.sentMs > a.sentMs && op.sentMs < z.settledMs);
    const starts = between.map((op) => (op.errorCode === 'TIMEOUT' ? op.sentMs : op.settledMs));
    const low = Math.max(0, Math.max(...between.map((op) => op.sentMs)) - Math.min(...starts));
    return { fromMs: a.sentMs, toMs: z.settledMs, high: z.settledMs - a.sentMs, low: between.length === 0 ? 0 : low };
  });
  const longest = outages.sort((x, y) => y.high - x.high)[0];
  if (longest === undefined) throw new Error('no oks');
  return longest;
}
