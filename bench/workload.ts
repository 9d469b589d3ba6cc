// How late an open loop sends at 5,000 op/s to a real Redis beside a running cluster, against an empty timer loop in a
// second worker; and what the worker costs. The bar: its p99 is at most twice that of the empty loop, in the median of
// three rounds, because both are at the mercy of whatever else the machine does. What it is through the cluster's own
// links is printed without a bar: there Toxiproxy and three nodes want the same two cores.
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createClock } from '../src/core/clock.ts';
import { type AddressBook, clientHost } from '../src/core/node.ts';
import { redisLedger } from '../src/workloads/redis-ledger.ts';
import { startLoopbackSentinel } from '../test/loopback-sentinel.ts';
import { openSentinelCluster } from './support/sentinel-cluster.ts';

const seconds = 10;
const workload = 'writes';

await using cluster = await openSentinelCluster([workload]);
await using bare = await startLoopbackSentinel();
const links = cluster.addresses(clientHost(workload));
await measure('through links, ', links, 100);
await measure('through links, ', links, 5000);
const ratios: number[] = [];
for (let round = 1; round <= 3; round++) ratios.push(await measure('directly, ', bare.addresses, 5000));
const [, median = Number.NaN] = ratios.toSorted((a, b) => a - b);
console.log(`median ratio ${median.toFixed(2)}, at most 2`);
if (!(median <= 2)) process.exitCode = 1;

async function measure(how: string, addresses: AddressBook, ratePerSecond: number): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'firedrill-bench-'));
  try {
    const opsFile = join(dir, 'writes.ndjson');
    await using running = await redisLedger.start(redisLedger.params.parse({ rate: `${ratePerSecond}/s` }), {
      name: workload,
      client: 'oracle',
      runId: String(ratePerSecond),
      seed: 1,
      addresses,
      originNs: createClock().originNs,
      opsFile,
      readBackFile: join(dir, 'writes.read.ndjson'),
      journal: { write: (event) => console.error(event) },
      signal: new AbortController().signal,
    });
    await running.firstOk(5000);
    const empty = new Worker(new URL('./support/empty-timer-worker.ts', import.meta.url), {
      workerData: { ratePerSecond },
    });
    await once(empty, 'online');
    const before = { all: process.cpuUsage(), main: process.threadCpuUsage(), atMs: performance.now() };
    await sleep(seconds * 1000);
    empty.postMessage('end');
    const [yardstick] = (await once(empty, 'message')) as [{ latenesses: number[]; cpuMicros: NodeJS.CpuUsage }];
    const all = total(process.cpuUsage(before.all));
    const main = total(process.threadCpuUsage(before.main));
    const tookMicros = (performance.now() - before.atMs) * 1000;
    await running.stop();
    const [ours, theirs] = [percentiles(await latenessesIn(opsFile)), percentiles(yardstick.latenesses)];
    const ratio = ours.p99 / theirs.p99;
    const { ok, failed, unknown, notSent } = running.counters();
    console.log(
      `${how}${ratePerSecond}/s for ${seconds} s: ${ok} ok, ${failed} failed, ${unknown} unknown, ${notSent} not sent`,
    );
    console.log(`  lateness of sending   ${show(ours)}`);
    console.log(`  of an empty timer     ${show(theirs)}   ratio of the p99 ${ratio.toFixed(2)}`);
    const own = all - main - total(yardstick.cpuMicros);
    console.log(`  cpu of the worker     ${((100 * own) / tookMicros).toFixed(1)} % of a core`);
    return ratio;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function latenessesIn(opsFile: string): Promise<number[]> {
  const [, ...lines] = (await readFile(opsFile, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => {
    const [, , dueMs = Number.NaN, sentMs = Number.NaN] = JSON.parse(line) as number[];
    return sentMs - dueMs;
  });
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function show({ p50, p99, max }: Percentiles): string {
  return `p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  max ${max.toFixed(2)} ms`;
}

function total({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}
