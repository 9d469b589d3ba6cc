// Cold start to steady state: a cluster of the runtime `local` (Toxiproxy and all links) against the bare processes
// started by a shell script, in turn, both until the same probe says the same. `npm run bench -- start [pairs]`
import { setTimeout as sleep } from 'node:timers/promises';
import { createClock } from '../src/core/clock.ts';
import type { Cluster, ClusterSpec } from '../src/core/cluster.ts';
import type { Json } from '../src/core/json.ts';
import { redisTopology } from '../src/probes/redis-topology.ts';
import { localRuntime } from '../src/runtimes/local/local.ts';
import { redisSentinel } from '../src/services/redis-sentinel/service.ts';
import { provision } from '../src/toolchain/provision.ts';
import { median, runtimeContext, specOf, startBare } from './support/bare.ts';

const POLL_MS = 5;
const GIVE_UP_MS = 30_000;

const spec = { name: 'redis-sentinel', settings: {}, basePort: 6301 };

/** Time until the hypothesis of the shipped drills holds. */
async function untilSteady(cluster: Pick<Cluster, 'addresses'>, startedNs: bigint): Promise<number> {
  const signal = AbortSignal.timeout(GIVE_UP_MS);
  const cx = { cluster: cluster as Cluster, clock: createClock(), journal: { write: () => undefined }, signal };
  await using probe = await redisTopology.open({ service: undefined }, cx);
  for (;;) {
    signal.throwIfAborted();
    const value = await probe.read(signal).catch(() => undefined);
    if (value !== undefined && isSteady(value)) return Number(process.hrtime.bigint() - startedNs) / 1e6;
    await sleep(POLL_MS);
  }
}

function isSteady(value: Json): boolean {
  const { acceptingWrites, replicasInStep, sentinelsAgreeing, canFailOver, replicasKnown } = value as Record<
    string,
    Json
  >;
  return (
    acceptingWrites === 1 && replicasInStep === 2 && sentinelsAgreeing === 3 && canFailOver === 3 && replicasKnown === 2
  );
}

const specFor = (round: number): ClusterSpec => specOf(redisSentinel, spec, `bench-start-${process.pid}-${round}`);

async function startOurs(round: number): Promise<number> {
  const startedNs = process.hrtime.bigint();
  await using cluster = await localRuntime.open(specFor(round), runtimeContext());
  return await untilSteady(cluster, startedNs);
}

async function startBarely(round: number): Promise<number> {
  const startedNs = process.hrtime.bigint();
  await using cluster = await startBare(specFor(round), tools['redis-server']);
  return await untilSteady(cluster, startedNs);
}

// A replica that finds its primary not yet listening tries again a second later: bare starts fall into two groups.
const pairs = Number(process.argv[3] ?? 9);
const { tools } = await provision({ tools: ['redis-server', 'toxiproxy'] });
const [ours, barely, ratios]: [number[], number[], number[]] = [[], [], []];
for (let round = 0; round < pairs; round++) {
  const [a, b] = [await startOurs(round), await startBarely(round)];
  ours.push(a);
  barely.push(b);
  ratios.push(a / b);
  process.stderr.write(`${round + 1}: ${a.toFixed(0)} ms, bare ${b.toFixed(0)} ms, ratio ${(a / b).toFixed(2)}\n`);
}
process.stdout.write(
  `cold start to steady state, ${pairs} pairs: median ${median(ours).toFixed(0)} ms, bare ${median(barely).toFixed(0)} ms, ratio ${median(ratios).toFixed(2)} (bar: 1.25); fastest ${Math.min(...ours).toFixed(0)} ms, bare ${Math.min(...barely).toFixed(0)} ms\n`,
);
