// Cold start to ready: six JVMs of the runtime `local` (Toxiproxy, all links, hosts files) against the bare processes
// with the same flags started by a shell, and those without archives of classes. In turn, all until the same question is
// answered: every broker unfenced, the quorum complete, a topic's replicas in sync. `npm run bench -- kafka-start [rounds]`
import { createClock } from '../src/core/clock.ts';
import type { Cluster } from '../src/core/cluster.ts';
import type { ServiceSpec } from '../src/core/kinds.ts';
import { localRuntime } from '../src/runtimes/local/local.ts';
import { kafka } from '../src/services/kafka/service.ts';
import { provision } from '../src/toolchain/provision.ts';
import { median, runtimeContext, specOf, startBare } from './support/bare.ts';

const GIVE_UP_MS = 120_000;

const spec: ServiceSpec = {
  name: 'kafka',
  settings: {},
  topics: { orders: { partitions: 3, replicas: undefined, replicationFactor: 3, config: {} } },
  basePort: 6301,
};

async function untilReady(cluster: Pick<Cluster, 'addresses' | 'spec'>, startedNs: bigint): Promise<number> {
  const signal = AbortSignal.timeout(GIVE_UP_MS);
  await kafka.prepare?.(spec, {
    cluster: cluster as Cluster,
    clock: createClock(),
    journal: { write: () => undefined },
    signal,
  });
  return Number(process.hrtime.bigint() - startedNs) / 1e6;
}

async function timed(start: () => Promise<Pick<Cluster, 'addresses' | 'spec'> & AsyncDisposable>): Promise<number> {
  const startedNs = process.hrtime.bigint();
  await using cluster = await start();
  return await untilReady(cluster, startedNs);
}

const rounds = Number(process.argv[3] ?? 5);
const { tools } = await provision({ tools: ['kafka', 'toxiproxy'], onProgress: (line) => console.error(line) });
const withoutArchives = (tools.kafka.args ?? []).filter((arg) => !arg.startsWith('-XX:SharedArchiveFile'));

const times = { ours: [] as number[], bare: [] as number[], plain: [] as number[] };
for (let round = 0; round < rounds; round++) {
  const cluster = specOf(kafka, spec, `bench-kafka-start-${process.pid}-${round}`);
  times.ours.push(await timed(() => localRuntime.open(cluster, runtimeContext())));
  times.bare.push(await timed(() => startBare(cluster, tools.kafka)));
  times.plain.push(await timed(() => startBare(cluster, { ...tools.kafka, args: withoutArchives })));
  const [ours, bare, plain] = Object.values(times).map((all) => `${(all.at(-1) ?? 0).toFixed(0)} ms`);
  process.stderr.write(`${round + 1}: ${ours}, bare ${bare}, bare without archives ${plain}\n`);
}

const [ours, bare, plain] = [median(times.ours), median(times.bare), median(times.plain)];
const [toBare, toPlain] = [ours / bare, ours / plain];
process.stdout.write(
  `cold start to ready, ${rounds} rounds: median ${ours.toFixed(0)} ms, bare ${bare.toFixed(0)} ms (ratio ${toBare.toFixed(2)}, bar 1.25), bare without archives ${plain.toFixed(0)} ms (ratio ${toPlain.toFixed(2)}, bar 0.70)\n`,
);
if (toBare > 1.25 || toPlain > 0.7) process.exitCode = 1;
