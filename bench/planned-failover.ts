// The safe form of redis.failover on somebody else's Redis (TLS, access lists), under 100 confirmed writes a second: how long
// they stop, and what is lost. `npm run bench -- planned-failover [rounds] [momentWithin]`
import { createClock } from '../src/core/clock.ts';
import type { FaultInput } from '../src/core/kinds.ts';
import { redisFailover } from '../src/faults/redis-failover.ts';
import type { OpRecord } from '../src/journal/ops-format.ts';
import { startLedger } from '../test/run-ledger.ts';
import { attachedContext } from '../test/support/secured-context.ts';
import { startSecuredRedis } from '../test/support/secured-redis.ts';

const MOST_MS = 2000;
const rounds = Number(process.argv[3] ?? 10);
const momentWithin = process.argv[4] ?? '12s';
const params = redisFailover.params.parse({ momentWithin });

await using redis = await startSecuredRedis({ settings: { redis: { 'min-replicas-to-write': 1 } } });
await using run = await startLedger(redis, { rate: '100/s', confirmedBy: 1 });
const served = (forMs: number): Promise<unknown> =>
  run.until('service', ({ okSinceMs }) => okSinceMs !== undefined && run.nowMs() - okSinceMs > forMs);

const paused: { readonly atMs: number; readonly facts: Readonly<Record<string, unknown>> }[] = [];
for (let round = 0; round < rounds; round++) {
  await served(1500);
  const cx = { ...attachedContext(redis.addresses), clock: createClock(run.originNs) };
  const { facts, notBeforeMs = 0 } = await redisFailover.inject({ params } as FaultInput<typeof params>, cx);
  paused.push({ atMs: notBeforeMs, facts });
  await served(1500);
  await redis.untilWhole();
}
const { ops } = await run.finish();
const [primary] = await run.readBack(30_000);
const found = new Set(primary?.values);
const acknowledged = ops.filter(({ outcome }) => outcome === 'ok');
const lost = acknowledged.filter(({ i }) => !found.has(i)).length;
const outages = paused.map(({ atMs }, at) => longestGapMs(acknowledged, atMs, paused[at + 1]?.atMs));
for (const [at, { facts }] of paused.entries()) {
  const moment = facts['atItsBest'] === true ? '' : ', at no moment of its own';
  console.log(
    `${String(facts['from'])} → ${String(facts['to'])}: at most ${outages[at]?.toFixed(0)} ms without a confirmed write${moment}`,
  );
}
const sorted = outages.toSorted((a, b) => a - b);
const over = outages.filter((ms) => ms > MOST_MS).length;
console.log(
  `${rounds} planned failovers: median ${sorted[Math.floor(rounds / 2)]?.toFixed(0)} ms, worst ${sorted.at(-1)?.toFixed(0)} ms; ` +
    `${lost} of ${acknowledged.length} confirmed writes lost; ${over} over ${MOST_MS} ms (bar: 0 lost, 0 over)`,
);
process.exitCode = lost === 0 && over === 0 ? 0 : 1;

/** From the sending of one acknowledged write to the acknowledgement of the next, before the next round begins. */
function longestGapMs(oks: readonly OpRecord[], fromMs: number, toMs = Number.POSITIVE_INFINITY): number {
  const own = oks
    .filter(({ settledMs }) => settledMs > fromMs - 1000 && settledMs < toMs)
    .sort((a, b) => a.settledMs - b.settledMs);
  return Math.max(...own.slice(1).map((op, at) => op.settledMs - (own[at]?.sentMs ?? op.sentMs)));
}
