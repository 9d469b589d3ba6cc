// How long kafka.replication takes to read 1,000 partitions of three brokers, and what memory it holds on to. The number
// of seconds can be said: `npm run bench -- kafka-replication 600`.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openKafkaNodes } from '../src/clients/kafka-nodes.ts';
import { createTopics } from '../src/clients/kafka-topics.ts';
import { isJsonObject } from '../src/core/json.ts';
import type { OpenProbe } from '../src/core/kinds.ts';
import { waitFor } from '../src/core/wait.ts';
import { kafkaReplication } from '../src/probes/kafka-replication.ts';
import { contextOf } from '../test/kafka-context.ts';
import { type LoopbackKafka, startLoopbackKafka } from '../test/loopback-kafka.ts';

const topics = 10;
const partitionsEach = 100;
const everyMs = 100;
const mostMs = 250;
/** Of the heap after a collection: what would grow with every reading grows by more than this. */
const mostGrowthMegabytes = 5;

const seconds = Number(process.argv[3] ?? 60);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

await using kafka = await startLoopbackKafka({ combined: 3 });
await createPartitions(kafka);
const cx = contextOf(kafka);
await using probe = await kafkaReplication.open(kafkaReplication.params.parse({}), cx);
await waitFor(() => wholeOrNot(probe), { withinMs: 120_000, everyMs: 500, what: 'all partitions to be in step' });
console.log(
  `${topics * partitionsEach} partitions on 3 brokers are in step, read every ${everyMs} ms for ${seconds} s`,
);

const took: number[] = [];
const failures: string[] = [];
const heaps: number[] = [];
const cpuBefore = process.cpuUsage();
for (const endMs = cx.clock.nowMs() + seconds * 1000; cx.clock.nowMs() < endMs; ) {
  if (took.length % Math.ceil(took.length < 100 ? 50 : (seconds * 1000) / everyMs / 10) === 0)
    heaps.push(heapMegabytes());
  const startedMs = cx.clock.nowMs();
  await probe.read(cx.signal).catch((error: Error) => failures.push(error.message));
  const tookMs = cx.clock.nowMs() - startedMs;
  took.push(tookMs);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, everyMs - tookMs)));
}
heaps.push(heapMegabytes());
report();

function report(): void {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const growth = (heaps.at(-1) ?? 0) - (heaps[1] ?? 0);
  const { user, system } = process.cpuUsage(cpuBefore);
  console.log(`${took.length} readings: median ${ms(at(0.5))}, 99th percentile ${ms(at(0.99))}, worst ${ms(at(1))}`);
  if (failures.length > 0) console.log(`${failures.length} of them failed, the first with: ${failures[0]}`);
  console.log(
    `${((user + system) / 1000 / took.length).toFixed(1)} ms of processor time for each, whatever else runs here`,
  );
  console.log(
    `heap after a collection: ${heaps.map((heap) => heap.toFixed(1)).join(', ')} MB; grew by ${growth.toFixed(1)} MB`,
  );
  const missed = at(1) > mostMs || failures.length > 0 || growth > mostGrowthMegabytes;
  console.log(`the bar: ${ms(mostMs)} at worst, ${mostGrowthMegabytes} MB: ${missed ? 'missed' : 'met'}`);
  if (missed) process.exitCode = 1;
}

function heapMegabytes(): number {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}

async function createPartitions(cluster: LoopbackKafka): Promise<void> {
  using nodes = openKafkaNodes(cluster.book('probe'), { timeoutMs: 30_000, role: 'broker' });
  for (let topic = 0; topic < topics; topic++) {
    const replicas = Array.from({ length: partitionsEach }, (_, at) => [0, 1, 2].map((turn) => ((at + turn) % 3) + 1));
    const [answer] = await nodes.ask('broker-1', (broker) =>
      createTopics(broker, [{ name: `topic-${topic}`, replicas, config: {} }], 30_000),
    );
    if (answer?.error !== undefined) throw new Error(`topic-${topic}: ${answer.error} ${answer.message}`);
  }
}

async function wholeOrNot(open: OpenProbe): Promise<true | undefined> {
  const value = await open.read(new AbortController().signal).catch(() => null);
  const isThere = isJsonObject(value) && value['watched'] === topics * partitionsEach && value['isrWhole'] === true;
  return isThere ? true : undefined;
}
